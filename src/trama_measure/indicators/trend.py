"""Change of an indicator over its editions: first to last, and the slope of the line through all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trama_measure.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Trend:
    """What happened between the first and the last edition with a value."""

    first_year: int
    last_year: int
    change: float  # last minus first, in units of the indicator
    slope_per_year: float  # least squares over every edition with a value
    n_editions: int


def trend(years: FloatArray, values: FloatArray) -> Trend | None:
    """Describe a series; ``None`` if fewer than two editions have a value.

    Parameters
    ----------
    years : (n,) array of whole years, in any order, each at most once
    values : (n,) array, NaN missing: a missing edition is left out, never filled in

    Raises
    ------
    ValueError
        If the lengths differ or a year comes twice.
    """
    years, values = np.asarray(years, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if years.shape != values.shape or years.ndim != 1:
        raise ValueError(f"one value per year expected, found {years.shape} years and {values.shape} values")
    if np.unique(years).size != years.size:
        raise ValueError("an edition comes twice")
    known = ~np.isnan(values)
    if known.sum() < 2:
        return None
    order = np.argsort(years[known])
    when, what = years[known][order], values[known][order]
    centred = when - when.mean()
    return Trend(
        first_year=int(when[0]),
        last_year=int(when[-1]),
        change=float(what[-1] - what[0]),
        slope_per_year=float(centred @ what / (centred @ centred)),
        n_editions=int(known.sum()),
    )
