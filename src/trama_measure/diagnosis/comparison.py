"""Change from one round to the next, over the criteria that are the same in both.

A criterion is the same if it has the same key and the same anchors. Where an anchor was rewritten, "basic" no longer
means what it meant, and an arrow would compare two instruments and not two years: both levels are given, without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .levels import NOT_APPLICABLE, CountedLevels
from .profile import MINIMUM_COVERAGE, TOLERANCE


class ChangeKind(StrEnum):
    """What can be said of a criterion over two rounds."""

    ROSE = "rose"
    SAME = "same"
    FELL = "fell"
    ANCHORS_CHANGED = "anchors_changed"  # the same key, other words: shown side by side, not compared
    PROVISIONAL = "provisional"  # not agreed in one of the rounds
    NO_LEVEL = "no_level"  # no level in one of the rounds
    ONLY_EARLIER = "only_earlier"  # left the instrument
    ONLY_LATER = "only_later"  # new in the instrument


@dataclass(frozen=True, slots=True)
class RoundLevels:
    """One round of one network. ``keys`` name the criteria over versions of the instrument, ``anchors`` their words."""

    keys: tuple[str, ...]
    anchors: tuple[str, ...]  # a fingerprint of the four anchors of each criterion: equal if they are equal
    counted: CountedLevels  # arrays (criteria,)


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """One criterion over two rounds. A level is ``None`` where the round has not got it."""

    key: str
    kind: ChangeKind
    earlier: int | None
    later: int | None


@dataclass(frozen=True, slots=True)
class RoundComparison:
    """Two rounds of one network, criterion by criterion."""

    changes: tuple[CriterionChange, ...]  # in the order of the later instrument, then what left it
    rose: int
    same: int
    fell: int
    coverage: float  # weight compared / weight that applies in the later round; 0 if nothing applies
    earlier_mean: float | None  # over the compared criteria alone, later weights; None below the minimum coverage
    later_mean: float | None

    @property
    def compared(self) -> int:
        """Criteria that stand behind the numbers."""
        return self.rose + self.same + self.fell


def compare_rounds(earlier: RoundLevels, later: RoundLevels, weights: Mapping[str, float]) -> RoundComparison:
    """Say for each criterion what changed, and for how much of the instrument that can be said.

    Parameters
    ----------
    weights : by key, above 0, for every criterion of the later round
        The later weights serve both means, so a new weighting never looks like a change of the network.

    Raises
    ------
    ValueError
        If a round has a key twice or lists of different lengths, or a criterion has no weight above 0.
    """
    before, after = _by_key(earlier), _by_key(later)
    for key in later.keys:
        if not (np.isfinite(weights.get(key, np.nan)) and weights[key] > 0):
            raise ValueError(f"criterion {key!r} has no weight above 0")
    order = (*later.keys, *(key for key in earlier.keys if key not in after))
    changes = tuple(_change(key, before.get(key), after.get(key)) for key in order)
    held = [change for change in changes if change.kind in (ChangeKind.ROSE, ChangeKind.SAME, ChangeKind.FELL)]
    held_weights = np.array([weights[change.key] for change in held])
    applies = sum(weights[key] for key in later.keys if after[key][1] != NOT_APPLICABLE)
    coverage = float(held_weights.sum() / applies) if applies else 0.0
    enough = bool(held) and coverage >= MINIMUM_COVERAGE - TOLERANCE
    kinds = [change.kind for change in held]
    return RoundComparison(
        changes=changes,
        rose=kinds.count(ChangeKind.ROSE),
        same=kinds.count(ChangeKind.SAME),
        fell=kinds.count(ChangeKind.FELL),
        coverage=coverage,
        earlier_mean=_mean([change.earlier for change in held], held_weights) if enough else None,
        later_mean=_mean([change.later for change in held], held_weights) if enough else None,
    )


type _Criterion = tuple[str, int, bool]  # anchors, level, provisional


def _by_key(round_: RoundLevels) -> dict[str, _Criterion]:
    levels, provisional = round_.counted.levels, round_.counted.provisional
    shapes = {(len(round_.keys),), (len(round_.anchors),), np.shape(levels), np.shape(provisional)}
    if len(shapes) > 1:
        raise ValueError("keys, anchors, levels and provisional must be one per criterion")
    if len(set(round_.keys)) < len(round_.keys):
        raise ValueError("a key names one criterion of a round, found one twice")
    facts = zip(round_.anchors, levels.tolist(), provisional.tolist(), strict=True)
    return dict(zip(round_.keys, facts, strict=True))


def _change(key: str, before: _Criterion | None, after: _Criterion | None) -> CriterionChange:
    earlier = before[1] if before and before[1] > 0 else None
    later = after[1] if after and after[1] > 0 else None
    return CriterionChange(key, _kind(before, after), earlier, later)


def _kind(before: _Criterion | None, after: _Criterion | None) -> ChangeKind:
    if before is None:
        return ChangeKind.ONLY_LATER
    if after is None:
        return ChangeKind.ONLY_EARLIER
    if before[0] != after[0]:
        return ChangeKind.ANCHORS_CHANGED
    if before[1] <= 0 or after[1] <= 0:
        return ChangeKind.NO_LEVEL
    if before[2] or after[2]:
        return ChangeKind.PROVISIONAL
    if after[1] == before[1]:
        return ChangeKind.SAME
    return ChangeKind.ROSE if after[1] > before[1] else ChangeKind.FELL


def _mean(levels: list[int | None], weights: np.ndarray) -> float:
    return float(np.average(np.array(levels, dtype=np.float64), weights=weights))
