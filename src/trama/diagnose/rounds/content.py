"""What exactly was submitted, as one text, and its SHA-256. docs/decisions/0088 says what is in it and why.

The text is JSON in UTF-8 with sorted keys and no spaces. It is kept with the receipt and can be downloaded, so that
anyone who holds the file finds the hash again with ``sha256sum``.
"""

import hashlib
import json
from typing import Any

from .models import Round, RoundItem, RoundMember


def canonical(value: Any) -> str:
    """The one way to write a value down. Instants are already text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def round_content(of: Round) -> str:
    """Everything the team leaves behind: what was asked, answered, agreed and shown. Members are numbers here."""
    members = {member.pk: (n, member) for n, member in enumerate(of.members.order_by("pk"), start=1)}
    kinds: dict[int | None, str] = dict(of.version.respondents.values_list("pk", "key"))
    items = (
        of.items.select_related("criterion", "own_question", "agreement")
        .prefetch_related("answers", "evidence")
        .order_by("position")
    )
    return canonical(
        {
            **_head(of, "round"),
            "items": [
                {
                    **_question(item),
                    "answers": _answered(item, members, kinds),
                    "agreed": _agreed(item),
                    "evidence": _shown(item),
                }
                for item in items
            ],
        }
    )


def _answered(
    item: RoundItem, members: dict[int, tuple[int, RoundMember]], kinds: dict[int | None, str]
) -> list[dict[str, Any]]:
    """The answers to an item, by the number of who gave them. ``members``: number and member by key."""
    given = sorted((members[answer.member_id][0], answer) for answer in item.answers.all())
    return [
        {
            "member": number,
            "as": kinds.get(members[answer.member_id][1].respondent_id),
            "level": answer.level,
            "comment": answer.comment,
            "revision": answer.revision,
        }
        for number, answer in given
    ]


def _agreed(item: RoundItem) -> dict[str, Any] | None:
    agreement = getattr(item, "agreement", None)
    if agreement is None:
        return None
    return {"level": agreement.level, "reason": agreement.reason, "revision": agreement.revision}


def _shown(item: RoundItem) -> list[dict[str, Any]]:
    """The evidence that stands, in the order in which it came."""
    kept = [one for one in item.evidence.all() if one.removed_at is None]
    return [
        {
            "kind": one.kind,
            "title": one.title,
            "address": one.address,
            "file": one.file_name,
            "size": one.size,
            "sha256": one.sha256,
        }
        for one in sorted(kept, key=lambda one: one.pk)
    ]


def part_content(member: RoundMember) -> str:
    """What one member answered."""
    given = member.answers.select_related("item__criterion", "item__own_question").order_by("item__position")
    return canonical(
        {
            **_head(member.round, "part"),
            "answers": [
                {**_question(one.item), "level": one.level, "comment": one.comment, "revision": one.revision}
                for one in given
            ],
        }
    )


def _head(of: Round, what: str) -> dict[str, Any]:
    version = of.version
    return {
        "format": f"trama self-diagnosis {what} 1",
        "round": str(of.uid),
        "owner": {"kind": str(of.scope_kind), "id": of.scope_filter[f"{of.scope_kind}_id"]},
        "instrument": {
            "slug": version.instrument.slug,
            "version": version.version,
            "content_hash": version.content_hash,
            "short": of.short,
        },
    }


def _question(item: RoundItem) -> dict[str, Any]:
    """Which question it was: a criterion by its key and the hash of its words, an own question by its words."""
    if item.criterion is not None:
        return {"position": item.position, "criterion": item.criterion.key, "anchors": item.criterion.anchors_hash}
    own = item.own_question
    assert own is not None  # the database holds one of the two
    words = [own.title, own.question, own.fragile, own.basic, own.adequate, own.exemplary]
    return {"position": item.position, "own_question": words}
