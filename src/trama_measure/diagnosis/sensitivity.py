"""What would change a position: the smallest single change that does, found by trying each of them.

Two kinds of change. One factor of the criterion itself, moved by whole steps of its scale (a better level, a wider
reach); or one weight of the rule, moved by the steps in which it can be adjusted. Every step is tried outward from
where it stands, so what is named really does it, and nothing smaller of the same factor or weight does. Importance is
not tried: it belongs to the instrument and not to the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from trama_measure.arrays import IntArray

from .priorities import (
    FACTORS,
    MIDDLE_STEP,
    SCORED,
    WEIGHT_STEP,
    CriterionFactors,
    PriorityWeights,
    allowed_weights,
    order_of,
    positions_of,
)

FEWEST_CHOSEN: Final = 3
MOST_CHOSEN: Final = 5

MOVABLE: Final = ("levels", *SCORED)
"""Fields of ``CriterionFactors`` that are tried. A level may become exemplary; then the criterion leaves the list."""


@dataclass(frozen=True, slots=True)
class Change:
    """One factor of the criterion, or one weight, from one value to another."""

    name: str  # a field of ``CriterionFactors`` or of ``PriorityWeights``
    before: float | None  # None where the score was missing; the rule took the middle step for it
    after: float
    steps: int  # of the scale of the factor, or of 0.1 of the weight


@dataclass(frozen=True, slots=True)
class Moves:
    """What would do it: at most one change per factor and per weight, fewest steps first; empty if none does alone."""

    factors: tuple[Change, ...]
    weights: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class WhatWouldChange:
    """One candidate of the list."""

    criterion: int  # number in the instrument, from 0
    position: int  # from 1
    chosen: bool  # within the first ``top``
    crossing: Moves  # out of the chosen if it is in, into them if it is not
    pass_the_one_before: Moves | None  # None for the first
    fall_behind_the_next: Moves | None  # None for the last


def what_would_change(
    factors: CriterionFactors, weights: PriorityWeights | None = None, top: int = MOST_CHOSEN
) -> tuple[WhatWouldChange, ...]:
    """For each candidate, in the order of the list, the smallest single changes that would move it.

    A weight may put a criterion in at one value and out again further on: what is named is the nearest value.

    Raises
    ------
    ValueError
        If ``top`` is not 3 to 5, or the factors are of more than one network.
    """
    if not FEWEST_CHOSEN <= top <= MOST_CHOSEN:
        raise ValueError(f"a team chooses {FEWEST_CHOSEN} to {MOST_CHOSEN} priorities, found {top}")
    if factors.levels.ndim != 1:
        raise ValueError("priorities are ordered for one network at a time: arrays of one dimension")
    weights = weights or PriorityWeights()
    order = order_of(factors, weights).tolist()
    by_weight = list(_with_other_weights(factors, weights))
    found = []
    for place, criterion in enumerate(order):
        tried = list(_with_other_factors(factors, weights, criterion))
        chosen = place < top
        found.append(
            WhatWouldChange(
                criterion=criterion,
                position=place + 1,
                chosen=chosen,
                crossing=_moves(tried, by_weight, partial(_within_is, not chosen, criterion, top)),
                pass_the_one_before=_moves(tried, by_weight, partial(_stands_before, criterion, order[place - 1]))
                if place
                else None,
                fall_behind_the_next=_moves(tried, by_weight, partial(_stands_before, order[place + 1], criterion))
                if place + 1 < len(order)
                else None,
            )
        )
    return tuple(found)


type _Tried = tuple[Change, IntArray]  # a change, and the positions of all criteria after it


def _with_other_weights(factors: CriterionFactors, weights: PriorityWeights) -> Iterator[_Tried]:
    for name in FACTORS:
        current = getattr(weights, name)
        for value in allowed_weights(name):
            steps = round(abs(value - current) / WEIGHT_STEP)
            if steps:
                order = order_of(factors, replace(weights, **{name: value}))
                yield Change(name, current, value, steps), positions_of(order, factors.levels.size)


def _with_other_factors(factors: CriterionFactors, weights: PriorityWeights, criterion: int) -> Iterator[_Tried]:
    for name in MOVABLE:
        given = int(getattr(factors, name)[criterion])
        current = given or MIDDLE_STEP
        for value in range(1, 5 if name == "levels" else 6):
            if value != current:
                changed = getattr(factors, name).copy()
                changed[criterion] = value
                order = order_of(replace(factors, **{name: changed}), weights)
                change = Change(name, given or None, value, abs(value - current))
                yield change, positions_of(order, factors.levels.size)


def _moves(by_factor: list[_Tried], by_weight: list[_Tried], does_it: Callable[[IntArray], bool]) -> Moves:
    return Moves(_smallest_of_each(by_factor, does_it), _smallest_of_each(by_weight, does_it))


def _smallest_of_each(tried: list[_Tried], does_it: Callable[[IntArray], bool]) -> tuple[Change, ...]:
    """Per name the one with fewest steps, downward before upward; these by steps, equal ones as the names stand."""
    smallest: dict[str, Change] = {}
    for change, positions in tried:
        best = smallest.get(change.name)
        if (best is None or change.steps < best.steps) and does_it(positions):
            smallest[change.name] = change
    return tuple(sorted(smallest.values(), key=lambda change: change.steps))


def _within_is(wanted: bool, criterion: int, top: int, positions: IntArray) -> bool:
    return bool(0 < positions[criterion] <= top) is wanted


def _stands_before(one: int, other: int, positions: IntArray) -> bool:
    """Also if the other has left the list."""
    return bool(positions[one] and (positions[one] < positions[other] or positions[other] == 0))
