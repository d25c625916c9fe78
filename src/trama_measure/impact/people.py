"""From people to a panel: results of students, by school and year, where the students of each year are others.

Such data are repeated cross-sections: no student is followed, but schools (or networks) are. A programme that schools
join is evaluated on their means, one row per school and year; see docs/methods/impact.md, section 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trama_measure.arrays import FloatArray, IntArray

from .notices import ImpactError
from .panel import Columns

SIZE, PEOPLE, ABSENT = "size", "people", "absent"
"""Names of the columns that are added; a column of the table may not have one of them."""


def cell_means(
    columns: Columns | Mapping[str, Any],
    *,
    unit: str,
    period: str,
    outcome: str,
    constant: Sequence[str] = (),
    composition: Sequence[str] = (),
    weight: str | None = None,
    fewest: int = 1,
) -> dict[str, Any]:
    """One row per unit and period from one row per person, for ``Panel.from_columns``.

    Parameters
    ----------
    columns : a frame or a mapping; one row per person
    outcome : result of the person; NaN where there is none (absent on the day)
    constant : columns that are the same for everybody in a unit, such as the start; carried along
    composition : columns that say who these people are; their means among those with a result
    weight : positive weights of people, those of a sampling design, say
    fewest : people with a result that a cell needs; with fewer its mean is NaN, and the panel then lacks a result

    Returns
    -------
    Columns unit, period, outcome (mean), the constant and composition columns, ``people`` (with a result), ``absent``
    (rows without) and ``size``: the weights of the unit's people in the first period, with or without a result. As
    ``weight`` of the panel it makes the effect one on the mean person; it is measured before any start, so that the
    programme cannot move it.

    Raises
    ------
    ImpactError
        If a column is absent, a constant changes within a unit, a weight is not positive, or a unit has nobody in the
        first period, so that it has no size.
    """
    if taken := {unit, period, outcome, *constant, *composition} & {SIZE, PEOPLE, ABSENT}:
        raise ImpactError(f"columns named {sorted(taken)} stand in the way of those that are added: rename them")
    if fewest < 1:
        raise ImpactError(f"fewest: at least 1 person expected, found {fewest}")
    names, row = np.unique(_of(columns, unit), return_inverse=True)
    times, at = np.unique(_of(columns, period).astype(np.float64), return_inverse=True)
    if np.isnan(times).any():
        raise ImpactError(f"{period}: a number expected in every row, found one missing")
    values = _of(columns, outcome).astype(np.float64)
    weights = _weights(columns, weight, values.size)
    cell = row * times.size + at
    used, where = np.unique(cell, return_inverse=True)
    present = np.isfinite(values)
    people = np.bincount(where[present], minlength=used.size)
    enough = people >= fewest
    found: dict[str, Any] = {unit: names[used // times.size], period: times[used % times.size]}
    for name in (outcome, *composition):
        own = values if name == outcome else _of(columns, name).astype(np.float64)
        found[name] = np.where(enough, _means(own, weights, where, present, used.size), np.nan)
    for name in constant:
        found[name] = _carried(_of(columns, name), row, names, unit, name)[used // times.size]
    found[PEOPLE] = people
    found[ABSENT] = np.bincount(where[~present], minlength=used.size)
    found[SIZE] = _sizes(weights, row, at, names, unit)[used // times.size]
    return found


def _of(columns: Any, name: str) -> NDArray[Any]:
    try:
        return np.asarray(columns[name])
    except Exception as error:  # each kind of frame has its own
        raise ImpactError(f"the table has no column {name}") from error


def _weights(columns: Any, name: str | None, size: int) -> FloatArray:
    if name is None:
        return np.ones(size)
    weights = _of(columns, name).astype(np.float64)
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise ImpactError(f"{name}: positive weights expected in every row, found one that is not")
    return np.asarray(weights, dtype=np.float64)


def _means(values: FloatArray, weights: FloatArray, where: IntArray, present: NDArray[Any], size: int) -> FloatArray:
    """Weighted means of the cells over those with a result; NaN where nobody has one."""
    used = present & np.isfinite(values)
    total = np.bincount(where[used], weights[used] * values[used], minlength=size)
    mass = np.bincount(where[used], weights[used], minlength=size)
    return np.asarray(np.divide(total, mass, out=np.full(size, np.nan), where=mass > 0), dtype=np.float64)


def _carried(values: NDArray[Any], row: IntArray, names: NDArray[Any], unit: str, name: str) -> NDArray[Any]:
    """One value per unit of a column that must not change within it; two missing numbers are the same."""
    first = np.empty(names.size, dtype=values.dtype)
    first[row[::-1]] = values[::-1]
    same = (values == first[row]) | ((values != values) & (first[row] != first[row]))
    if not same.all():
        i = int(np.flatnonzero(~same)[0])
        both = f"{values[i]} and {first[row[i]]}"
        raise ImpactError(f"{name} of {unit} {names[row[i]]}: one value for all people expected, found {both}")
    return first


def _sizes(weights: FloatArray, row: IntArray, at: IntArray, names: NDArray[Any], unit: str) -> FloatArray:
    sizes = np.bincount(row[at == 0], weights[at == 0], minlength=names.size)
    if not (sizes > 0).all():
        raise ImpactError(f"{unit} {names[int(np.argmin(sizes))]} has nobody in the first period, so it has no size")
    return np.asarray(sizes, dtype=np.float64)
