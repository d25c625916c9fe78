"""What exactly was signed, as one text: canonical JSON as of ``rounds.content``, hashed with SHA-256.

It holds every fact the rule saw, the computed order, what the team decided and why. People are not named in it.
"""

import json
from dataclasses import dataclass
from typing import Any

from trama.foundation.localised import in_language
from trama_measure.diagnosis import FACTORS

from ..rounds.content import canonical, hash_of
from ..rounds.models import Receipt
from .models import Priority, PriorityList, PrioritySignature, SetAside
from .order import RULE, Facts, Order


def list_content(kept: PriorityList, order: Order, chosen: list[Priority], aside: list[SetAside]) -> str:
    """The whole list, as it is signed."""
    of = kept.round
    receipt = Receipt.objects.filter(round=of, member__isnull=True).order_by("-pk").first()
    scores = dict(zip((one.item.pk for one in order.facts), order.ranked.score.tolist(), strict=True))
    return canonical(
        {
            "format": "trama priorities 1",
            "round": str(of.uid),
            "receipt": None if receipt is None else {"number": receipt.number, "hash": receipt.content_hash},
            "rule": {"version": RULE, "weights": {name: getattr(order.weights, name) for name in FACTORS}},
            "items": [_item(one, order, scores[one.item.pk]) for one in order.facts],
            "decided": [
                {
                    "item": one.item.position,
                    "title": _title(one),
                    "position": one.position,
                    "computed": one.computed_position,
                    "reason": one.reason,
                }
                for one in chosen
            ],
            "set_aside": [
                {"item": one.item.position, "computed": one.computed_position, "reason": one.reason} for one in aside
            ],
            "number_reason": kept.number_reason,
        }
    )


def _title(of: Priority) -> dict[str, str]:
    criterion = of.item.criterion
    if criterion is not None:
        return {"pt": criterion.title_pt, "en": criterion.title_en}
    return {"own": of.item.own_question.title if of.item.own_question is not None else ""}


def _item(one: Facts, order: Order, score: float) -> dict[str, Any]:
    position = order.position_of.get(one.item.pk)
    factor = one.factor if one.changed_by_team else None
    return {
        "item": one.item.position,
        "criterion": one.item.criterion.key if one.item.criterion is not None else None,
        "level": one.level,
        "provisional": one.provisional,
        "importance": one.importance,
        "reach": one.reach,
        "governability": one.governability,
        "changed": None
        if factor is None
        else {"reach": factor.reach, "governability": factor.governability, "reason": factor.reason},
        "gut": list(one.gut.medians),
        "scored_by": list(one.gut.people),
        "position": position,
        "score": None if position is None else round(score, 6),
    }


@dataclass(frozen=True, slots=True)
class Said:
    """What a signed text says, for a page: nothing is read from the list as it is now."""

    lines: list[dict[str, Any]]
    weights: dict[str, float]
    number_reason: str
    hash_fits: bool


def said_in(signature: PrioritySignature) -> Said:
    """Read a signed text again, and compute its hash again."""
    kept = json.loads(signature.content)
    lines = [{**one, "title": _in_language(one["title"])} for one in kept["decided"]]
    fits = hash_of(signature.content) == signature.content_hash
    return Said(lines, kept["rule"]["weights"], kept["number_reason"], fits)


def _in_language(title: dict[str, str]) -> str:
    return title["own"] if "own" in title else in_language(title["pt"], title["en"])
