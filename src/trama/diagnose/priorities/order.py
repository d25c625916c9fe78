"""The computed order of one round's criteria: what is known of each, in arrays for the rule, and back to items.

Ordering takes about a millisecond and is done anew each time. What would change each position takes a hundred times as
long: it is kept in the process under a fingerprint of everything that it stands on, so that it can be old but never
wrong (docs/decisions/0108).
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.core.cache import caches

from trama_measure.diagnosis import (
    Candidacy,
    Change,
    CriterionFactors,
    PriorityList,
    PriorityWeights,
    Tie,
    WhatWouldChange,
    rank_priorities,
    what_would_change,
)

from .models import GutPart
from .scales import FEWEST, MOST

RULE = "1"  # grows when the rule gives other answers to the same facts
KEPT_SECONDS = 7 * 24 * 3600
PARTS = tuple(GutPart.values)


@dataclass(frozen=True, slots=True)
class GutFacts:
    """What the people who scored one item come to, in the order of ``GutPart``; 0 is missing."""

    medians: tuple[int, int, int] = (0, 0, 0)
    people: tuple[int, int, int] = (0, 0, 0)
    spread: tuple[int, int, int] = (0, 0, 0)

    @property
    def is_complete(self) -> bool:
        return all(self.medians)

    @property
    def is_empty(self) -> bool:
        return not any(self.medians)

    @property
    def joined(self) -> float | None:
        """The three as the rule joins them (a geometric mean of steps), back on the scale of 1 to 5."""
        if not self.is_complete:
            return None
        product = np.prod([(step + 1) / 6 for step in self.medians])
        return float(6 * product ** (1 / 3) - 1)


NO_SCORES = GutFacts()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one item of the round."""

    item: Any  # RoundItem with its criterion or own question
    level: int  # in the codes of trama_measure.diagnosis
    provisional: bool  # the median of the answers: the team did not agree
    importance: int
    reach: int  # 1 to 5, 0 missing
    governability: int
    factor: Any = None  # the team's own reach and governability, with the reason
    gut: GutFacts = NO_SCORES

    @property
    def title(self) -> str:
        return str(self.item.criterion.title if self.item.criterion is not None else self.item.own_question.title)

    @property
    def code(self) -> str:
        return self.item.criterion.code if self.item.criterion is not None else ""

    @property
    def gap(self) -> int:
        return 4 - self.level if self.level > 0 else 0

    @property
    def changed_by_team(self) -> bool:
        factor = self.factor
        return factor is not None and (factor.reach is not None or factor.governability is not None)


@dataclass(frozen=True, slots=True)
class Move:
    """What would change a position: one change and what it does. ``other``: the place passed, from 1."""

    does: str  # "leave", "enter", "pass", "fall"
    change: Change
    of_rule: bool  # a weight of the rule, else a factor of the criterion
    other: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """One candidate at its computed position."""

    facts: Facts
    position: int
    score: float
    first_possible: int
    last_possible: int
    pull: tuple[float, ...]  # in the order of FACTORS
    tie: Tie
    before: "Facts | None"

    @property
    def is_uncertain(self) -> bool:
        return self.first_possible != self.last_possible


@dataclass(frozen=True)
class Order:
    """The computed order of one round under one set of weights."""

    facts: list[Facts]
    weights: PriorityWeights
    top: int
    ranked: PriorityList
    factors: CriterionFactors

    @cached_property
    def places(self) -> list[Place]:
        """Candidates, most pressing first."""
        ranked, found = self.ranked, []
        for n, number in enumerate(ranked.order.tolist()):
            found.append(
                Place(
                    facts=self.facts[number],
                    position=n + 1,
                    score=float(ranked.score[number]),
                    first_possible=int(ranked.first_possible[number]),
                    last_possible=int(ranked.last_possible[number]),
                    pull=tuple(ranked.pull[number].tolist()),
                    tie=Tie(int(ranked.tie[n])),
                    before=self.facts[int(ranked.order[n - 1])] if n else None,
                )
            )
        return found

    @cached_property
    def position_of(self) -> dict[int, int]:
        """Item (primary key) to position, candidates only."""
        return {place.facts.item.pk: place.position for place in self.places}

    @cached_property
    def place_of(self) -> dict[int, Place]:
        return {place.facts.item.pk: place for place in self.places}

    @property
    def outside(self) -> list[tuple[Candidacy, list[Facts]]]:
        """Who is no candidate and why, in the order of the instrument."""
        candidacy = self.ranked.candidacy.tolist()
        return [
            (why, found)
            for why in (Candidacy.EXEMPLARY, Candidacy.NO_LEVEL, Candidacy.NOT_APPLICABLE)
            if (found := [facts for facts, code in zip(self.facts, candidacy, strict=True) if code == why])
        ]

    @property
    def first_are_settled(self) -> bool:
        """Whether the first ``top`` are the same whatever the missing scores are."""
        return all(
            place.last_possible <= self.top if place.position <= self.top else place.first_possible > self.top
            for place in self.places
        )

    @property
    def has_missing(self) -> bool:
        return any(place.is_uncertain for place in self.places)

    @cached_property
    def said(self) -> dict[tuple[Any, ...], str]:
        """Sentences about this order that were worded before, by what they are about and their language."""
        return {}

    @cached_property
    def moves(self) -> dict[int, Move]:
        """Item (primary key) to the smallest change that would move it; without an entry nothing alone does."""
        return {self.facts[number].item.pk: move for number, move in _kept_moves(self).items()}


def computed_order(facts: list[Facts], weights: PriorityWeights, top: int = MOST) -> Order:
    """Put the criteria in the order of the rule (docs/methods/priorities.md)."""
    factors = CriterionFactors.of(
        levels=[one.level for one in facts],
        importance=[one.importance for one in facts],
        reach=[one.reach for one in facts],
        governability=[one.governability for one in facts],
        gravity=[one.gut.medians[0] for one in facts],
        urgency=[one.gut.medians[1] for one in facts],
        trend=[one.gut.medians[2] for one in facts],
    )
    return Order(facts, weights, min(max(top, FEWEST), MOST), rank_priorities(factors, weights), factors)


def _fingerprint(order: Order) -> str:
    factors = order.factors
    digest = hashlib.sha256(f"{RULE} {order.top}".encode())
    for array in (
        factors.levels,
        factors.importance,
        factors.reach,
        factors.governability,
        factors.gravity,
        factors.urgency,
        factors.trend,
        order.weights.as_array(),
    ):
        digest.update(array.tobytes() + b"|")
    return f"diagnose.priorities.{digest.hexdigest()}"


def _kept_moves(order: Order) -> dict[int, Move]:
    kept, key = caches["pages"], _fingerprint(order)
    found = kept.get(key)
    if found is None:
        lines = what_would_change(order.factors, order.weights, order.top)
        found = {line.criterion: move for line in lines if (move := _smallest(line)) is not None}
        kept.set(key, found, KEPT_SECONDS)
    return dict(found)


def _smallest(line: WhatWouldChange) -> Move | None:
    """The one to name: into or out of the first before places among them, the criterion's own before the rule's."""
    tried = [
        ("leave" if line.chosen else "enter", line.crossing, 0),
        ("pass", line.pass_the_one_before, line.position - 1),
        ("fall", line.fall_behind_the_next, line.position + 1),
    ]
    for does, moves, other in tried:
        if moves is not None and moves.factors:
            return Move(does, moves.factors[0], False, other)
        if moves is not None and moves.weights:
            return Move(does, moves.weights[0], True, other)
    return None
