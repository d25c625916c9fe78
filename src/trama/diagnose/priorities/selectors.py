"""Questions about priorities: what is known of each criterion, the computed order, who sees it, who scored what."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import OuterRef, QuerySet, Subquery

from trama.foundation.prepared import prepared
from trama_measure.diagnosis import PriorityWeights, counted_levels, lower_median, respondent_divergence

from ..answers.selectors import apart_in, measured
from ..instruments.models import Level
from ..keeping import Memory
from ..rounds.models import Round, RoundItem, RoundMember
from ..rounds.selectors import reader_of_one
from .models import (
    Factor,
    GutChange,
    GutScore,
    OrderOpened,
    Priority,
    PriorityList,
)
from .order import NO_SCORES, PARTS, Facts, GutFacts, Order, computed_order
from .scales import FEWEST, MOST, ON_FIVE_STEPS, OWN_QUESTION_IMPORTANCE, PROPOSED

ITEM_FIELDS = (
    "round_id",
    "position",
    "criterion__key",
    "criterion__code",
    "criterion__title_pt",
    "criterion__title_en",
    "criterion__weight",
    "criterion__reach",
    "criterion__governability",
    "own_question__title",
    "agreement__level",
)


round_with_list = reader_of_one("network", "school", "group", "priority_list")
"""A round that the person sees, with owner and list, and no more: ``shown_list`` asks nothing else."""


def shown_list(of: Round) -> PriorityList:
    """The list of a round of ``round_with_list``; one that is not kept yet while nobody did anything."""
    kept: PriorityList = getattr(of, "priority_list", None) or PriorityList(round=of)
    kept.round = of
    return kept


def list_of(of: Round) -> PriorityList:
    """The round's list; one that is not kept yet while nobody did anything. One query."""
    found = PriorityList.objects.select_related("signed_by", "decided_by").filter(round=of).first()
    return found or PriorityList(round=of)


def weights_of(kept: PriorityList) -> PriorityWeights:
    return PriorityWeights(
        gap=kept.weight_gap,
        importance=kept.weight_importance,
        reach=kept.weight_reach,
        governability=kept.weight_governability,
        gut=kept.weight_gut,
    )


# --- facts and order ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Levelled:
    """The items of a round, in its order, with the levels that count."""

    items: tuple[RoundItem, ...]
    levels: tuple[int, ...]  # in the codes of trama_measure.diagnosis
    provisional: tuple[bool, ...]

    @property
    def has_gap(self) -> bool:
        """Whether there is anything to put in order."""
        return any(0 < level < Level.EXEMPLARY for level in self.levels)


@dataclass(frozen=True, slots=True)
class Given:
    """What people gave to a list: the team's own factors by item, and everybody's scores."""

    factors: dict[int, Factor]
    scores: tuple[tuple[int, int, int | None, int | None, int | None], ...]  # item, member, gravity, urgency, trend

    @property
    def people(self) -> int:
        """How many have given at least one score."""
        return len({member for _item, member, *_scores in self.scores})

    def of_member(self, member: RoundMember | None) -> dict[int, dict[str, int | None]]:
        """Item to what a member scored."""
        key = member.pk if member is not None else None
        return {item: dict(zip(PARTS, given, strict=True)) for item, whose, *given in self.scores if whose == key}

    def mark(self, *, with_gut: bool) -> tuple[Any, ...]:
        """The same wherever the order is the same: what is kept of it stands on this, the round and the weights."""
        factors = (
            (one.item_id, one.pk, one.revision, one.reach or 0, one.governability or 0, one.reason)
            for one in self.factors.values()
        )
        return (tuple(sorted(factors)), self.scores if with_gut else ())


def levelled_items(of: int) -> Levelled:
    """The items of a round (primary key) with their levels. Three queries at most.

    A level is the agreed one; where the team agreed on none, the lower median of the answers, marked as provisional.
    """
    items = tuple(
        RoundItem.objects.filter(round=of)
        .select_related("criterion", "own_question", "agreement")
        .only(*ITEM_FIELDS)
        .order_by("position")
    )
    agreed = [measured(agreed_level(item)) for item in items]
    open_items = [item.pk for item, level in zip(items, agreed, strict=True) if level == 0]
    medians = {pk: apart.median for pk, apart in apart_in(open_items).items()} if open_items else {}
    counted = counted_levels(agreed, [measured(medians.get(item.pk)) for item in items])
    return Levelled(items, tuple(map(int, counted.levels)), tuple(map(bool, counted.provisional)))


_levelled: Memory[Levelled] = Memory(300)


def kept_levelled(of: Round) -> Levelled:
    """The same of a submitted round, whose answers and texts nobody changes: kept until it is submitted again."""
    return _levelled.get((of.uid, of.revision, of.submitted_at), lambda: levelled_items(of.pk))


def given_of(kept: PriorityList) -> Given:
    """Two queries. Scores of who has left the round count."""
    if not kept.pk:
        return Given({}, ())
    return Given({factor.item_id: factor for factor in _factors_in(kept.pk)}, tuple(_scores_in(kept.pk)))


@prepared
def _factors_in(kept: int) -> QuerySet[Factor]:
    return Factor.objects.filter(list=kept)


@prepared
def _scores_in(kept: int) -> QuerySet[GutScore, tuple[int, int, int | None, int | None, int | None]]:
    rows = GutScore.objects.filter(list=kept).order_by("item", "member")
    return rows.values_list("item_id", "member_id", *PARTS)


def facts_from(levelled: Levelled, given: Given, *, with_gut: bool = True) -> list[Facts]:
    """What is known of each item, in the order of the round."""
    gut = gut_of(given) if with_gut else {}
    return [
        Facts(
            item=item,
            level=level,
            provisional=provisional,
            **_factors_of(item, given.factors.get(item.pk)),
            factor=given.factors.get(item.pk),
            gut=gut.get(item.pk, NO_SCORES),
        )
        for item, level, provisional in zip(levelled.items, levelled.levels, levelled.provisional, strict=True)
    ]


def agreed_level(item: RoundItem) -> int | None:
    agreement = getattr(item, "agreement", None)
    return agreement.level if agreement is not None else None


def _factors_of(item: RoundItem, factor: Factor | None) -> dict[str, int]:
    """Importance, reach and governability on the scales of the rule: the team's word before the instrument's."""
    criterion = item.criterion
    found = {"importance": OWN_QUESTION_IMPORTANCE, "reach": 0, "governability": 0}
    if criterion is not None:
        found = {
            "importance": criterion.weight,
            "reach": ON_FIVE_STEPS[criterion.reach],
            "governability": ON_FIVE_STEPS[criterion.governability],
        }
    if factor is not None:
        found["reach"] = factor.reach or found["reach"]
        found["governability"] = factor.governability or found["governability"]
    return found


def gut_of(given: Given) -> dict[int, GutFacts]:
    """Item (primary key) to what its scores come to."""
    rows = defaultdict(list)
    for item, _member, *scores in given.scores:
        rows[item].append([score or 0 for score in scores])
    if not rows:
        return {}
    most = max(map(len, rows.values()))
    table = np.zeros((most, len(rows), len(PARTS)), dtype=np.int8)  # people × items × gravity, urgency, trend
    for column, scored in enumerate(rows.values()):
        table[: len(scored), column] = scored
    medians, apart = lower_median(table, steps=5), respondent_divergence(table, steps=5)
    return {
        item: GutFacts(_three(medians[column]), _three(apart.n[column]), _three(apart.spread[column]))
        for column, item in enumerate(rows)
    }


def _three(values: Any) -> tuple[int, int, int]:
    gravity, urgency, trend = (int(value) for value in values)
    return gravity, urgency, trend


def order_of(kept: PriorityList, *, with_gut: bool = True) -> Order:
    """The computed order as it is now, for who writes. ``with_gut`` false: as if nobody had scored.

    At most six queries.
    """
    facts = facts_from(levelled_items(kept.round_id), given_of(kept), with_gut=with_gut)
    return computed_order(facts, weights_of(kept), chosen_or_usual(kept))


def order_shown(
    kept: PriorityList, *, with_gut: bool, given: Given | None = None, weights: PriorityWeights | None = None
) -> Order:
    """The same for a page, of a submitted round: levels are read once. At most three queries.

    The order under the list's own weights is kept while the same was given; with other ``weights`` it is computed.
    ``facts.factor`` of a kept order says what the team sees and why; who said so may be called otherwise by now.
    """
    of, top = kept.round, chosen_or_usual(kept)
    given = given if given is not None else given_of(kept)

    def compute() -> Order:
        facts = facts_from(kept_levelled(of), given, with_gut=with_gut)
        return computed_order(facts, weights or weights_of(kept), top)

    if weights is not None:
        return compute()
    stands_on = (of.uid, of.revision, of.submitted_at, weights_of(kept), top, given.mark(with_gut=with_gut), with_gut)
    return _orders.get(stands_on, compute)


_orders: Memory[Order] = Memory(200)
_asked: Memory[tuple[int, ...]] = Memory(300)


def asked_of_all(kept: PriorityList, given: Given) -> tuple[int, ...]:
    """The items (primary keys) that everybody who scores is asked about."""
    of = kept.round
    return _asked.get(
        (of.uid, of.revision, of.submitted_at, weights_of(kept), given.mark(with_gut=False)),
        lambda: tuple(one.item.pk for one in proposed(order_shown(kept, with_gut=False, given=given))),
    )


def order_for(
    kept: PriorityList, viewer: "Viewer", weights: PriorityWeights | None = None, *, given: Given | None = None
) -> Order:
    """The order as a person may see it: without GUT until they have scored themselves."""
    return order_shown(kept, with_gut=viewer.sees_order, weights=weights, given=given)


def chosen_or_usual(kept: PriorityList) -> int:
    """How many count as "the first": as many as the team decided, five before that."""
    n = len(_standing_in(kept.pk)) if kept.pk and kept.decided_at else MOST
    return min(max(n, FEWEST), MOST)


@prepared
def _standing_in(kept: int) -> QuerySet[Priority, int]:
    return Priority.objects.filter(list=kept, dropped_at__isnull=True).order_by().values_list("pk", flat=True)


# --- who sees what ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a person may see of a list, and what is asked of them."""

    member: RoundMember | None
    may_score: bool
    sees_order: bool  # the scores of others and the order made with them
    declined: bool  # chose to see it without scoring

    @property
    def coordinates(self) -> bool:
        return self.member is not None and self.member.part == RoundMember.Part.COORDINATOR


def viewer_of(user: Any, kept: PriorityList) -> Viewer:
    """Who may score sees others' scores after their own; who only reads, and the owner's people outside, at once.

    One query.
    """
    member = next(iter(_member_with_opening(kept.pk, kept.round_id, user.pk)), None)
    scorer = member is not None and member.part != RoundMember.Part.READER
    opened: bool | None = getattr(member, "opened", None)  # None: the order is still closed to them
    declined = opened is False
    return Viewer(
        member=member,
        may_score=scorer and not declined and not kept.is_signed,
        sees_order=not scorer or opened is not None or kept.is_signed,
        declined=declined,
    )


@prepared
def _member_with_opening(kept: int | None, round_: int, person: int) -> QuerySet[RoundMember]:
    opening = OrderOpened.objects.filter(list=kept, member=OuterRef("pk")).values("scored")[:1]
    members = RoundMember.objects.filter(round=round_, user=person, removed_at__isnull=True)
    return members.annotate(opened=Subquery(opening)).order_by("pk")


def proposed(order: Order) -> list[Facts]:
    """What is asked of everybody who scores: the first criteria of the order without GUT."""
    return [place.facts for place in order.places[:PROPOSED]]


def own_scores(kept: PriorityList, member: RoundMember | None) -> dict[int, dict[str, int | None]]:
    """Item to what a member scored. One query."""
    if member is None or not kept.pk:
        return {}
    rows = GutScore.objects.filter(list=kept, member=member).values_list("item_id", *PARTS)
    return {item: dict(zip(PARTS, scores, strict=True)) for item, *scores in rows}


def has_scored(own: dict[int, dict[str, int | None]], items: Iterable[int]) -> bool:
    """Whether each of these items has its three scores."""
    return all(all(own.get(item, {}).get(part) for part in PARTS) for item in items)


@dataclass(frozen=True, slots=True)
class Scored:
    """What one person gave to one item, with what they gave before."""

    name: str
    gravity: int | None
    urgency: int | None
    trend: int | None
    earlier: list[GutChange] = field(default_factory=list)

    @property
    def scores(self) -> tuple[int | None, int | None, int | None]:
        return self.gravity, self.urgency, self.trend


def scores_of_item(kept: PriorityList, item: RoundItem) -> list[Scored]:
    """Everybody's scores of one item, by name, and how they changed. Two queries."""
    changes = defaultdict(list)
    for change in _changed_scores(kept.pk, item.pk):
        changes[change.member_id].append(change)
    rows = _scores_given(kept.pk, item.pk)
    return sorted(
        (Scored(str(row.member.user), row.gravity, row.urgency, row.trend, changes[row.member_id]) for row in rows),
        key=lambda one: one.name.casefold(),
    )


@prepared
def _changed_scores(kept: int | None, item: int) -> QuerySet[GutChange]:
    return GutChange.objects.filter(list=kept, item=item, before__isnull=False).order_by("pk")


@prepared
def _scores_given(kept: int | None, item: int) -> QuerySet[GutScore]:
    return GutScore.objects.filter(list=kept, item=item).select_related("member__user")
