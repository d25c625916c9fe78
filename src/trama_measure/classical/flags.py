"""What to look at before calibrating, and why: each flag with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trama_measure.arrays import FloatArray

from .statistics import ItemStatistics, OptionStatistics, item_statistics, option_statistics
from .tally import Tally

FLAGS = (
    "negative_discrimination", "weak_discrimination", "key_suspected", "distractor_better_than_key", "too_hard",
    "too_easy", "omission", "not_reached", "position_effect", "constant", "few_students",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a flag is raised. The defaults are customary, not estimated: docs/methods/classical_test_theory.md."""

    weak: float = 0.15  # discrimination
    rival: float = 0.10  # by how much an option must beat the key, and its own least correlation
    hard: float = 0.10  # facility
    easy: float = 0.95  # facility
    omission: float = 0.10  # share
    not_reached: float = 0.10  # share
    position: float = 0.05  # change of facility from first to last position
    position_errors: float = 3.0  # the same in standard errors
    students: int = 100  # answers below which only "constant" is looked for


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at. ``found`` is the figure, ``threshold`` what it crossed; ``option`` the rival, if any."""

    item: str
    code: str  # of ``FLAGS``
    found: float
    threshold: float
    option: str | None = None
    key: str | None = None  # options that count as right
    detail: str = ""  # figures in a line, for a log


def flags(
    tally: Tally,
    items: ItemStatistics,
    options: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], FloatArray]],
    positions: Mapping[str, Mapping[str, int]] | None = None,
    limits: Thresholds = Thresholds(),
) -> list[Flag]:
    """All flags, item by item.

    Parameters
    ----------
    items : pooled over booklets, in the order of ``tally.items``
    options : item: kinds of answer that are options, those that are right, and the correlation of each option
    positions : booklet: item: position in print; without it position effects are not looked for
    """
    annulled = {
        item for one in tally.booklets.values() for item, gone in zip(one.items, one.annulled, strict=True) if gone
    }
    moved = {} if positions is None else position_effects(tally, positions)
    found: list[Flag] = []
    for row, item in enumerate(tally.items):
        if item in annulled or not items.students[row]:
            continue
        p, answers = float(items.facility[row]), int(items.answered[row])
        if answers and p in (0.0, 1.0):
            found.append(Flag(item, "constant", p, p, detail=f"facility {p:g} of {answers} answers"))
        if answers < limits.students:
            found.append(Flag(item, "few_students", answers, limits.students, detail=f"{answers} answers"))
            continue
        found += _of_difficulty(item, row, items, limits)
        found += _of_discrimination(item, float(items.discrimination[row]), options.get(item), limits)
        if item in moved:
            found += _of_position(item, moved[item], limits)
    return found


@dataclass(frozen=True, slots=True)
class PositionEffect:
    """How the facility of an item changes with its position, over the booklets that hold it."""

    first: int
    last: int
    change: float  # of facility from first to last position, by the fitted line
    standard_error: float


def position_effects(tally: Tally, positions: Mapping[str, Mapping[str, int]]) -> dict[str, PositionEffect]:
    """Weighted least squares of facility on position, for items at more than one position.

    Raises
    ------
    ValueError
        If a booklet or an item has no position.
    """
    points: dict[str, list[tuple[int, float, float]]] = {}
    for label, one in tally.booklets.items():
        absent = [item for item in one.items if item not in positions.get(label, {})]
        if absent:
            raise ValueError(f"booklet {label}: no position for {', '.join(absent[:10])} ({len(absent)} items)")
        own = item_statistics(one)
        for item, p, n in zip(one.items, own.facility.tolist(), own.answered.tolist(), strict=True):
            if n:
                points.setdefault(item, []).append((positions[label][item], p, float(n)))
    return {item: _line(own) for item, own in points.items() if len({place for place, _, _ in own}) > 1}


def _line(points: list[tuple[int, float, float]]) -> PositionEffect:
    place, p, n = (np.array(column, dtype=np.float64) for column in zip(*points, strict=True))
    mean = np.average(p, weights=n)
    centred = place - np.average(place, weights=n)
    spread = float((n * centred**2).sum())
    slope = float((n * centred * p).sum()) / spread
    reach = float(place.max() - place.min())
    error = np.sqrt(max(mean * (1 - mean), 1e-12) / spread)
    return PositionEffect(int(place.min()), int(place.max()), slope * reach, float(error * reach))


def _of_difficulty(item: str, row: int, items: ItemStatistics, limits: Thresholds) -> list[Flag]:
    p, omitted, late = (float(column[row]) for column in (items.facility, items.omission, items.not_reached))
    found = []
    if 0 < p < limits.hard:
        found.append(Flag(item, "too_hard", p, limits.hard, detail=f"facility {p:.3f}"))
    if limits.easy < p < 1:
        found.append(Flag(item, "too_easy", p, limits.easy, detail=f"facility {p:.3f}"))
    if omitted > limits.omission:
        found.append(Flag(item, "omission", omitted, limits.omission, detail=f"omitted by {omitted:.1%}"))
    if late > limits.not_reached:
        found.append(Flag(item, "not_reached", late, limits.not_reached, detail=f"not reached by {late:.1%}"))
    return found


def _of_discrimination(
    item: str, r: float, options: tuple[tuple[str, ...], tuple[str, ...], FloatArray] | None, limits: Thresholds
) -> list[Flag]:
    found = []
    if r < 0:
        found.append(Flag(item, "negative_discrimination", r, 0.0, detail=f"r {r:.3f}"))
    elif r < limits.weak:
        found.append(Flag(item, "weak_discrimination", r, limits.weak, detail=f"r {r:.3f}"))
    if options is None:
        return found
    kinds, right, correlations = options
    wrong = [(float(value), kind) for kind, value in zip(kinds, correlations, strict=True) if kind not in right]
    rival, name = max(((value, kind) for value, kind in wrong if np.isfinite(value)), default=(-np.inf, ""))
    own = r if np.isfinite(r) else -np.inf
    detail = f"option {name} r {rival:.3f}, key {'/'.join(right)} r {r:.3f}"
    key = "".join(right)
    if rival >= limits.rival and rival - own >= limits.rival:
        found.append(Flag(item, "key_suspected", rival, own + limits.rival, name, key, detail))
    elif rival > own:
        found.append(Flag(item, "distractor_better_than_key", rival, own, name, key, detail))
    return found


def _of_position(item: str, effect: PositionEffect, limits: Thresholds) -> list[Flag]:
    z = effect.change / effect.standard_error
    if abs(effect.change) < limits.position or abs(z) <= limits.position_errors:
        return []
    detail = f"facility changes by {effect.change:+.3f} from position {effect.first} to {effect.last}, z {z:+.1f}"
    return [Flag(item, "position_effect", effect.change, limits.position, detail=detail)]


def pooled_options(tally: Tally) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], OptionStatistics]]:
    """Options of every item over all booklets, weighted by students: kinds, those that are right, statistics (1, a)."""
    weights: dict[str, list[float]] = {}
    gathered: dict[str, list[tuple[FloatArray, FloatArray, FloatArray]]] = {}
    kinds_of: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for one in tally.booklets.values():
        own = option_statistics(one)
        for row, item in enumerate(one.items):
            right = tuple(kind for kind, score in zip(one.kinds, one.scores[row].tolist(), strict=True) if score == 1)
            kinds_of[item] = (one.kinds, right)
            weights.setdefault(item, []).append(float(one.weighted[row].sum()))
            gathered.setdefault(item, []).append((own.share[row], own.mean_rest[row], own.correlation[row]))
    found = {}
    for item, parts in gathered.items():
        columns = [_mean([part[place] for part in parts], np.array(weights[item])) for place in range(3)]
        found[item] = (*kinds_of[item], OptionStatistics(*(column[None, :] for column in columns)))
    return found


def _mean(columns: list[FloatArray], weights: FloatArray) -> FloatArray:
    """Weighted mean of the columns, NaN left out."""
    values = np.array(columns)
    held = np.where(np.isfinite(values), weights[:, None], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(held.sum(axis=0) > 0, np.nansum(values * held, axis=0) / held.sum(axis=0), np.nan)
