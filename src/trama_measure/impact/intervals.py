"""Standard errors and bands, from the influence function or from joint draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.special import ndtri

from trama_measure.arrays import FloatArray

from .draws import IQR_OF_NORMAL, standard_errors
from .panel import Panel

TINY: Final = 1e-12  # of a standard error: the reference period, which is zero by construction


def spread(draws: FloatArray) -> FloatArray:
    """Standard error of each column of (B, k) draws: the interquartile range of a normal of that size."""
    low, high = np.quantile(draws, (0.25, 0.75), axis=0)
    return np.asarray((high - low) / IQR_OF_NORMAL, dtype=np.float64)


def simultaneous(draws: FloatArray, se: FloatArray, alpha: float) -> float:
    """How many standard errors a band needs so that it holds in all columns at once with 1 - alpha.

    Never less than the pointwise quantile: with few columns and draws the estimate may fall below it by chance.
    """
    real = se > TINY
    pointwise = float(ndtri(1 - alpha / 2))
    if not real.any():
        return pointwise
    greatest = np.abs(draws[:, real] / se[real]).max(axis=1)
    return max(float(np.quantile(greatest, 1 - alpha)), pointwise)


def bands(
    panel: Panel,
    alpha: float,
    estimate: FloatArray,
    influence: Callable[[], FloatArray],
    columns: FloatArray | None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Standard errors, lower and upper ends, (k,) each; NaN where the effect is zero by construction.

    Parameters
    ----------
    influence : gives the (n, k) influence function; asked for only without draws
    columns : (B, k) joint draws of the errors of these estimates; None for analytical standard errors and pointwise
        intervals
    """
    if columns is None:
        se, width = standard_errors(influence(), panel), float(ndtri(1 - alpha / 2))
    else:
        se = spread(columns)
        width = simultaneous(columns, se, alpha)
    se = np.where(se > TINY, se, np.nan)
    return se, estimate - width * se, estimate + width * se
