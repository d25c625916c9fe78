"""Decided priorities with what they stand for, as pages, panels and later phases need them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import get_language

from trama.foundation.prepared import hang, prepared
from trama.know.api import scope_fields

from ..instruments.models import CriterionIndicator, CriterionTechnology
from ..keeping import Memory
from ..rounds.models import Round
from ..rounds.selectors import rounds_visible_to
from .models import Priority, PriorityList
from .selectors import agreed_level


@dataclass(frozen=True, slots=True)
class PriorityLine:
    """A decided priority, as later phases need it."""

    priority: Priority
    title: str
    position: int
    computed_position: int | None
    reason: str
    criterion: Any | None  # None: an own question of the owner
    level: int | None  # as agreed, 1 to 4
    technologies: tuple[str, ...]  # slugs, in the order of the criterion
    indicators: tuple[tuple[str, str], ...]  # (code of the indicator, stage)
    signed: bool


def priorities_visible_to(user: Any) -> QuerySet[Priority]:
    """Decided priorities of submitted rounds that the person sees; those that were dropped later are not among them."""
    rows = Priority.objects.filter(
        dropped_at__isnull=True, list__round__state=Round.State.SUBMITTED, list__round__in=rounds_visible_to(user)
    )
    return rows.select_related("list__round", "item__criterion", "item__own_question")


@dataclass(frozen=True, slots=True)
class DecidedPriorities:
    """What a round decided, in order: what the panel "priorities" is about."""

    round: Round
    lines: list[PriorityLine]


_lines: Memory[list[PriorityLine]] = Memory(300)


def kept_priorities(kept: PriorityList) -> DecidedPriorities:
    """The same as ``priorities_of`` for a page: kept until the decision, its signature or the round change."""
    of = kept.round
    key = (of.uid, of.revision, of.submitted_at, kept.decision_revision, kept.signed_at, get_language())
    return DecidedPriorities(of, _lines.get(key, lambda: priorities_of(of)) if kept.decided_at else [])


def priorities_of(of: Round) -> list[PriorityLine]:
    """The decided priorities of one round, in order; none while the round is not submitted. Three queries."""
    if of.state != Round.State.SUBMITTED:
        return []
    rows = _decided_in(of.pk)
    criteria = {row.item.criterion.pk: row.item.criterion for row in rows if row.item.criterion is not None}
    hang(criteria.values(), "technologies", _technologies_of(criteria))
    hang(criteria.values(), "indicators", _indicators_of(criteria))
    return [_line(row) for row in rows]


@prepared
def _decided_in(round_: int) -> QuerySet[Priority]:
    rows = Priority.objects.filter(list__round=round_, dropped_at__isnull=True).order_by("position")
    return rows.select_related("list", "item__criterion", "item__own_question", "item__agreement")


@prepared
def _technologies_of(criteria: Collection[int]) -> QuerySet[CriterionTechnology]:
    return CriterionTechnology.objects.filter(criterion__in=criteria)


@prepared
def _indicators_of(criteria: Collection[int]) -> QuerySet[CriterionIndicator]:
    return CriterionIndicator.objects.filter(criterion__in=criteria)


def _line(row: Priority) -> PriorityLine:
    item, criterion = row.item, row.item.criterion
    level = agreed_level(item)
    own: Any = item.own_question
    return PriorityLine(
        priority=row,
        title=str(criterion.title if criterion is not None else own.title),
        position=row.position,
        computed_position=row.computed_position,
        reason=row.reason,
        criterion=criterion,
        level=level if level is not None and level > 0 else None,
        technologies=tuple(link.technology for link in criterion.technologies.all()) if criterion is not None else (),
        indicators=tuple((one.indicator, one.stage) for one in criterion.indicators.all())
        if criterion is not None
        else (),
        signed=row.list.is_signed,
    )


def latest_priorities(scope: Any) -> list[PriorityLine]:
    """The decided priorities of an owner's latest submitted round that has any. Four queries.

    Asks nobody's permission: the caller shows them to people of the owner only.
    """
    owner = {name: value for name, value in scope_fields(scope).items() if value is not None}
    latest = (
        Round.objects.filter(**owner, state=Round.State.SUBMITTED, priority_list__priorities__dropped_at__isnull=True)
        .exclude(priority_list__priorities=None)
        .annotate(last=Max("submitted_at"))
        .order_by("-last", "-pk")
        .first()
    )
    return priorities_of(latest) if latest is not None else []
