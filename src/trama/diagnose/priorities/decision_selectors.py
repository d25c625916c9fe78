"""Questions about decisions: what was decided and left out, how it differs from the computed order, what was signed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from trama.foundation.prepared import prepared

from ..rounds.selectors import rounds_visible_to
from .models import Priority, PriorityList, PrioritySignature, SetAside
from .order import Order
from .scales import FEWEST, MOST


def decided(kept: PriorityList) -> list[Priority]:
    """What the team decided, in its order. One query."""
    if not kept.pk:
        return []
    return [_in_list(one, kept) for one in _decided_in(kept.pk)]


def set_aside(kept: PriorityList) -> list[SetAside]:
    """What the rule put among the first and the team did not choose. One query."""
    if not kept.pk:
        return []
    return [_in_list(one, kept) for one in _aside_in(kept.pk)]


def _in_list[T: Priority | SetAside](one: T, kept: PriorityList) -> T:
    one.list = kept
    return one


@prepared
def _decided_in(kept: int) -> QuerySet[Priority]:
    rows = Priority.objects.filter(list=kept, dropped_at__isnull=True)
    return rows.select_related("item__criterion", "item__own_question").order_by("position")


@prepared
def _aside_in(kept: int) -> QuerySet[SetAside]:
    rows = SetAside.objects.filter(list=kept).select_related("item__criterion", "item__own_question")
    return rows.order_by("computed_position")


def decided_words(kept: PriorityList) -> list[tuple[int, int, str]]:
    """What the team decided: item (primary key), place, reason. One query."""
    if not kept.pk:
        return []
    return _decided_words(kept.pk)


@prepared
def _decided_words(kept: int) -> QuerySet[Priority, tuple[int, int, str]]:
    rows = Priority.objects.filter(list=kept, dropped_at__isnull=True).order_by("position")
    return rows.values_list("item_id", "position", "reason")


def aside_words(kept: PriorityList) -> list[tuple[int, str]]:
    """What the team left for later: item (primary key), reason. One query."""
    return _aside_words(kept.pk) if kept.pk else []


@prepared
def _aside_words(kept: int) -> QuerySet[SetAside, tuple[int, str]]:
    return SetAside.objects.filter(list=kept).values_list("item_id", "reason")


@dataclass(frozen=True, slots=True)
class Differences:
    """How a decision differs from the computed order: items (primary keys)."""

    moved: frozenset[int]
    added: frozenset[int]
    left_out: tuple[int, ...]  # in the computed order

    @property
    def need_reason(self) -> set[int]:
        return {*self.moved, *self.added, *self.left_out}


def differences(chosen: list[int], order: Order) -> Differences:
    """What has to be explained about a choice, in its order, of candidates (primary keys of items).

    Of n chosen, one that the rule does not put among its first n was added, one of these that is missing was left out.
    Of the others as few as possible count as moved: those outside the longest run that keeps the computed order (of
    several such runs, the one with the most pressing criteria), so that putting one first does not mean explaining all.
    """
    computed = order.position_of
    n = len(chosen)
    added = frozenset(item for item in chosen if computed[item] > n)
    left_out = tuple(place.facts.item.pk for place in order.places[:n] if place.facts.item.pk not in set(chosen))
    stayed = [item for item in chosen if item not in added]
    return Differences(frozenset(set(stayed) - set(_longest_run(stayed, computed))), added, left_out)


def _longest_run(items: list[int], computed: dict[int, int]) -> list[int]:
    """The longest sub-sequence with rising computed positions; of equally long ones that with the smallest sum."""
    best: list[list[int]] = []
    for n, item in enumerate(items):
        before = [best[m] for m in range(n) if computed[items[m]] < computed[item]]
        best.append([*max(before, key=lambda run: _worth(run, computed), default=[]), item])
    return max(best, key=lambda run: _worth(run, computed), default=[])


def _worth(run: list[int], computed: dict[int, int]) -> tuple[int, int]:
    return len(run), -sum(computed[item] for item in run)


def outside_the_usual(n: int, order: Order) -> bool:
    """Whether choosing ``n`` needs a reason: three to five is usual, fewer where there are not so many candidates."""
    return n > MOST or n < min(FEWEST, len(order.places))


def signatures_of(kept: PriorityList) -> list[PrioritySignature]:
    """What was signed, newest first. One query."""
    if not kept.pk:
        return []
    return _signatures_of(kept.pk)


@prepared
def _signatures_of(kept: int) -> QuerySet[PrioritySignature]:
    rows = PrioritySignature.objects.filter(list=kept).select_related("signed_by", "reopening__by")
    return rows.defer("content").order_by("-pk")


def signatures_visible_to(user: Any) -> QuerySet[PrioritySignature]:
    """Signed lists of the rounds that a person sees."""
    return PrioritySignature.objects.filter(list__round__in=rounds_visible_to(user)).select_related(
        "signed_by", "list__round", "reopening__by"
    )


def submitted_after_signing(kept: PriorityList) -> bool:
    """Whether the round was reopened and submitted again since the list was signed."""
    return kept.signed_at is not None and (
        kept.round.submitted_at is None or kept.round.submitted_at > kept.signed_at or not kept.round.is_frozen
    )
