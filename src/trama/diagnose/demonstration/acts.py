"""The invented acts of one round, each through the service that a page would call."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from trama.accounts.api import DemonstrationTeam

from ..answers.models import Submission
from ..answers.protocol import About
from ..answers.selectors import apart_in
from ..answers.services import record_saves
from ..priorities import services as priorities
from ..priorities.models import GutPart
from ..priorities.selectors import list_of, order_of, proposed
from ..rounds import services
from ..rounds.models import Round, RoundItem, RoundMember
from ..rounds.selectors import asked_of, latest_versions
from ..rounds.team import add_member
from .content import BrokenDemonstration, Ranking, Said, Script, scripts

COUNTED = {Submission.Outcome.SAVED, Submission.Outcome.MERGED}
BATCH = 50  # saves in one request
MINUTE = timedelta(minutes=1)


def version_for(scope_kind: str, slug: str) -> Any:
    """The newest published version of an instrument, or None where it is not loaded."""
    return next((one for one in latest_versions(scope_kind) if one.instrument.slug == slug), None)


def opened(
    scope: Any, script: Script, version: Any, team: DemonstrationTeam, *, begins: float, until: datetime,
    short: bool = False,
) -> tuple[Round, dict[str, RoundMember]]:  # fmt: skip
    """A round opened ``begins`` days ago by the first of its people, with the others in it."""
    at, (first, *_others) = team.ago(begins), script.people
    kinds = {one.key: one for one in version.respondents.all()}
    title = scripts().title(script, until.year)
    of = services.open_round(
        scope, version=version, title=title, answers_until=until, short=short,
        respondent=kinds.get(script.people[first]), by=team.people[first], at=at,
    )  # fmt: skip
    members = {first: RoundMember.objects.get(round=of, user=team.people[first])}
    for person, kind in script.people.items():
        if person != first and person in team.people:
            members[person] = add_member(
                of, team.people[person], part=RoundMember.Part.RESPONDENT, respondent=kinds.get(kind),
                by=team.people[first], at=at,
            )  # fmt: skip
    return of, members


def answer(of: Round, member: RoundMember, person: str, script: Script, *, at: datetime) -> None:
    """What one person says about what is asked of them."""
    asked = asked_of([member])[member.pk]
    saves = []
    for item, said in _told(of, script):
        if item.pk in asked:
            text = said.comments.get(person, "")
            saves.append(_save(item, About.ANSWER, said.of(person), text))
    _record(of, saves, by=member.user, at=at)


def agree(of: Round, script: Script, *, most: int | None = None, by: Any, at: datetime) -> None:
    """What the team agrees on, for the first ``most`` criteria (all)."""
    told = list(_told(of, script))[:most]
    apart = apart_in([item.pk for item, _said in told])
    saves = []
    for item, said in told:
        reason = said.reason or (script.reason if apart[item.pk].needs_reason(said.agreed) else "")
        saves.append(_save(item, About.AGREEMENT, said.agreed, reason))
    _record(of, saves, by=by, at=at)


def _told(of: Round, script: Script) -> Iterable[tuple[RoundItem, Said]]:
    for item in of.items.select_related("criterion").order_by("position"):
        said = script.criteria.get(item.criterion.key) if item.criterion is not None else None
        if said is not None:
            yield item, said


def _save(item: RoundItem, about: About, level: int, text: str) -> dict[str, Any]:
    changes = ["level", "text"] if text else ["level"]
    return {"id": str(uuid.uuid4()), "item": item.pk, "about": about.value, "base": 0, "changes": changes,
            "level": level, "text": text}  # fmt: skip


def _record(of: Round, saves: list[dict[str, Any]], *, by: Any, at: datetime) -> None:
    for start in range(0, len(saves), BATCH):
        for place, result in enumerate(record_saves(of.uid, saves[start : start + BATCH], by=by, at=at)):
            kept = result.submission
            if kept is None or kept.outcome not in COUNTED:
                why = result.problem or (kept.refusal if kept is not None else "")
                item = RoundItem.objects.get(pk=saves[start + place]["item"])
                raise BrokenDemonstration(f"{of.title}: {item.code} {item.title}, {by.email}: {why}")


def finish(members: Mapping[str, RoundMember], *, at: datetime) -> None:
    """Everybody says to have finished."""
    for member in members.values():
        services.finish_part(member, submission=uuid.uuid4(), by=member.user, at=at)


def submit(of: Round, *, by: Any, at: datetime) -> None:
    """The round is closed; criteria that nobody spoke of stay without agreement."""
    missing = services.not_agreed(of)
    services.submit_round(of, submission=uuid.uuid4(), acknowledged=missing, by=by, at=at)


def rank(of: Round, members: Mapping[str, RoundMember], ranking: Ranking, *, by: Any, at: datetime) -> None:
    """Scores of several people, the decision of the team with its reasons, and the signature of the director."""
    asked = [facts.item for facts in proposed(order_of(list_of(of), with_gut=False))]
    for person in ranking.people:
        if person not in members:
            continue
        for item in asked:
            scores = ranking.score(person, item.criterion.key)
            for part, value in zip(GutPart.values, scores, strict=True):
                priorities.score(members[person], item, part, value, before=None, by=members[person].user, at=at)
    order = order_of(list_of(of))
    items = {place.facts.item.criterion.key: place.facts.item for place in order.places}
    chosen = [items[key].pk for key in ranking.chosen if key in items]
    reasons = {item.pk: ranking.reason(key) for key, item in items.items()}
    kept = priorities.decide(
        of, chosen, reasons=reasons, number_reason=ranking.reasons["other"], revision=list_of(of).decision_revision,
        by=by, at=at + MINUTE,
    )  # fmt: skip
    priorities.sign(of, revision=kept.decision_revision, by=by, at=at + 2 * MINUTE)
