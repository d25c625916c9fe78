"""Questions about answers: what a member says, what others said once one may see it, what is in conflict."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet

from trama.foundation.prepared import prepared
from trama_measure.diagnosis import DOES_NOT_KNOW, NO_ANSWER, Divergence, provisional_levels, respondent_divergence

from ..rounds.models import Round, RoundItem, RoundMember, RoundStep
from .models import LEVEL_NOT_APPLICABLE, LEVEL_UNKNOWN, Agreement, Answer, Evidence, Submission
from .protocol import About, Earlier, Save, Standing
from .statements import Seat

WIDE = 2  # levels apart from which an agreement needs a reason


def membership_for_saving(user: Any, round_uid: UUID) -> RoundMember | None:
    """The person's part in a round, present or past: what a removed member had still to send is kept too. One query."""
    found = list(RoundMember.objects.select_related("round").filter(round__uid=round_uid, user=user.pk))
    return found[0] if found else None  # there is one at most, so that nothing needs sorting


def answers_close_at(of: Seat) -> datetime:
    """When members stop answering: at the deadline, or when the team began to agree, if that was before."""
    if of.state != Round.State.AGREEING:
        return of.answers_until
    began = RoundStep.objects.filter(round=of.round, to_state=Round.State.AGREEING).order_by("-pk")
    first = began.values_list("at", flat=True).first()
    return of.answers_until if first is None else min(first, of.answers_until)


def standing_of(row: Answer | Agreement | None) -> Standing:
    """An answer or agreement as the protocol sees it."""
    if row is None:
        return Standing()
    text = row.comment if isinstance(row, Answer) else row.reason
    return Standing(row.level, text, row.revision, row.level_revision, row.text_revision)


def saves_of(save: Save, member: Seat) -> QuerySet[Submission]:
    """Every save of the same answer or agreement that arrived so far."""
    same = Submission.objects.filter(item=save.item, agreement=save.about == About.AGREEMENT)
    return same if save.about == About.AGREEMENT else same.filter(member=member.member)


def earlier_saves(save: Save, member: Seat) -> list[Earlier]:
    """Those that were not refused, as the protocol sees them. One query."""
    found = saves_of(save, member).exclude(outcome=Submission.Outcome.REFUSED)
    fields = ("id", "changes", "applied", "revision", "after")
    return [
        Earlier(
            pk,
            frozenset(changes.split()),
            frozenset(applied.split()),
            revision or 0,
            frozenset(map(UUID, after.split())),
        )
        for pk, changes, applied, revision, after in found.values_list(*fields)
    ]


def open_conflicts(items: Iterable[int], *, member: RoundMember | None) -> list[Submission]:
    """Saves that met another change and that nobody has settled yet, oldest first: of a member, or of agreements."""
    return _open_conflicts(list(items), member.pk if member is not None else None)


@prepared
def _open_conflicts(items: Collection[int], member: int | None) -> QuerySet[Submission]:
    settled = Submission.objects.filter(resolves=OuterRef("pk")).exclude(outcome=Submission.Outcome.REFUSED)
    found = Submission.objects.filter(item__in=items, outcome=Submission.Outcome.CONFLICT)
    found = found.filter(agreement=True) if member is None else found.filter(agreement=False, member=member)
    return found.exclude(Exists(settled)).select_related("member__user").order_by("received_at", "id")


def known_saves(member: RoundMember, ids: Collection[UUID]) -> set[UUID]:
    """Which of these saves are here. After a restore of the database the client asks, and sends again what is not."""
    return set(Submission.objects.filter(member=member, pk__in=list(ids)).values_list("pk", flat=True))


def refused_saves(member: RoundMember) -> list[Submission]:
    """What a member sent and was refused, newest first."""
    found = Submission.objects.filter(member=member, outcome=Submission.Outcome.REFUSED)
    return list(found.select_related("item__criterion", "item__own_question").order_by("-received_at")[:100])


def history_of(item: RoundItem) -> tuple[list[Submission], list[Submission]]:
    """Every change that counted in an item, with who made it: those of answers, those of the agreement. One query.

    Both oldest first.
    """
    changes = _changes_of(item.pk)
    return [one for one in changes if not one.agreement], [one for one in changes if one.agreement]


@prepared
def _changes_of(item: int) -> QuerySet[Submission]:
    rows = Submission.objects.filter(item=item).exclude(applied="")
    return rows.select_related("member__user", "member__respondent").order_by("received_at", "id")


def may_see_others(member: RoundMember | None, of: Round, own_level: int | None) -> bool:
    """Others' answers to an item: while people answer, only who answered it; later, the whole round."""
    if of.state != Round.State.ANSWERING:
        return True
    return member is not None and own_level is not None


def answers_to(item: RoundItem) -> list[Answer]:
    """What members said about one item, those still in the round first."""
    return _answers_to(item.pk)


@prepared
def _answers_to(item: int) -> QuerySet[Answer]:
    rows = Answer.objects.filter(item=item, level__isnull=False).select_related("member__user", "member__respondent")
    return rows.order_by("member__respondent__position", "member__user__name", "member")


def evidence_of(items: Iterable[int]) -> list[Evidence]:
    """Links and files of items that were not taken away, in the order in which they came."""
    return _evidence_of(list(items))


@prepared
def _evidence_of(items: Collection[int]) -> QuerySet[Evidence]:
    rows = Evidence.objects.filter(item__in=items, removed_at__isnull=True)
    return rows.select_related("member__user").order_by("added_at", "pk")


@dataclass(frozen=True, slots=True)
class Apart:
    """How far the people who answered one item are apart, and what their answers come to."""

    n: int  # people who gave a level
    spread: int
    agreement: int  # ``trama_measure.diagnosis.Agreement``
    disputed: bool  # some say that it does not apply
    median: int | None  # the lower median, in the codes of ``Answer.level``; None where nobody answered
    distribution: tuple[int, int, int, int]  # people at each level
    unknown: int
    not_applicable: int

    def needs_reason(self, level: int | None) -> bool:
        """Whether a team that agrees on ``level`` has to say why."""
        if level is None:
            return False
        return self.spread >= WIDE or self.disputed or (self.median is not None and level != self.median)


def apart(levels: list[list[int | None]]) -> list[Apart]:
    """For each item, its answers (one per person, in the codes of ``Answer.level``) described."""
    people = max((len(row) for row in levels), default=0)
    table = np.full((max(people, 1), len(levels)), NO_ANSWER, dtype=np.int8)
    for column, row in enumerate(levels):
        table[: len(row), column] = [measured(level) for level in row]
    if not levels:
        return []
    found: Divergence = respondent_divergence(table)
    medians = provisional_levels(table)
    return [
        Apart(
            n=int(found.n[column]),
            spread=int(found.spread[column]),
            agreement=int(found.agreement[column]),
            disputed=bool(found.applies_disputed[column]),
            median=_from_measure(int(medians[column])),
            distribution=(row.count(1), row.count(2), row.count(3), row.count(4)),
            unknown=row.count(LEVEL_UNKNOWN),
            not_applicable=row.count(LEVEL_NOT_APPLICABLE),
        )
        for column, row in enumerate(levels)
    ]


def apart_in(item_ids: Collection[int]) -> dict[int, Apart]:
    """The same for items of a round, by their id. One query."""
    levels: dict[int, list[int | None]] = {item: [] for item in item_ids}
    for item, level in _levels_in(item_ids):
        levels[item].append(level)
    return dict(zip(levels, apart(list(levels.values())), strict=True))


@prepared
def _levels_in(items: Collection[int]) -> QuerySet[Answer, tuple[int, int | None]]:
    rows = Answer.objects.filter(item__in=items, level__isnull=False).order_by("member")
    return rows.values_list("item_id", "level")


def measured(level: int | None) -> int:
    """A stored level in the codes of ``trama_measure.diagnosis``: there 0 is no answer and -2 does not know."""
    if level is None:
        return NO_ANSWER
    return DOES_NOT_KNOW if level == LEVEL_UNKNOWN else level


def _from_measure(level: int) -> int | None:
    if level == NO_ANSWER:
        return None
    return LEVEL_UNKNOWN if level == DOES_NOT_KNOW else level
