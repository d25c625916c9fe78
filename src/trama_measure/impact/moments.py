"""Which values of one parameter do moment inequalities not reject? Conditional and hybrid tests.

Andrews, Roth and Pakes (2023), without nuisance parameters: ``Y ~ N(μ, Σ)``, the null says μ <= 0 in every row. The
test statistic is the largest studentised row; its critical value is that of a normal cut off where another row would
have been the largest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from trama_measure.arrays import BoolArray, FloatArray

GRID: Final = 801
BISECTIONS: Final = 24  # of a step of the grid: far below any standard error
DRAWS: Final = 10_000
SAME: Final = 1 - 1e-10  # correlation from which two rows are one


def accepted(
    values: FloatArray,
    covariance: FloatArray,
    slope: FloatArray,
    alpha: float,
    first_stage: float,
    seed: int,
    scale: float,
) -> tuple[float, float] | None:
    """Lowest and highest deviation x for which ``values - slope·x`` is not rejected; ``None`` if all are.

    Parameters
    ----------
    values : (r,) the rows at x = 0; covariance : (r, r); slope : (r,)
    first_stage : size of the least-favourable first stage; 0 for the conditional test alone
    scale : a length within a few of which the ends lie; the search widens until both ends are rejected
    """
    deviation = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviation, deviation)
    cap = _least_favourable(correlation, first_stage, seed) if first_stage else np.inf

    def keeps(points: FloatArray) -> BoolArray:
        rows = (values - points[:, np.newaxis] * slope) / deviation
        return ~rejected(rows, correlation, alpha, first_stage, cap)

    width = 4 * scale
    while True:
        grid = np.linspace(-width, width, GRID)
        kept = keeps(grid)
        if not kept[0] and not kept[-1]:
            break
        width *= 2
    if not kept.any():
        return None
    first, last = int(np.flatnonzero(kept)[0]), int(np.flatnonzero(kept)[-1])
    return _end(keeps, grid[first], grid[first - 1]), _end(keeps, grid[last], grid[last + 1])


def rejected(
    rows: FloatArray, correlation: FloatArray, alpha: float, first_stage: float = 0.0, cap: float = np.inf
) -> BoolArray:
    """(m,) whether the null is rejected for (m, r) studentised rows."""
    which = rows.argmax(axis=1)
    largest = rows[np.arange(len(rows)), which]
    own = correlation[which]  # (m, r) of each row with the largest
    other = own < SAME
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = np.where(other, (rows - own * largest[:, np.newaxis]) / (1 - own), -np.inf).max(axis=1)
    level = (alpha - first_stage) / (1 - first_stage)
    above = np.logaddexp(np.log(level) + log_ndtr(-cut), np.log1p(-level) + log_ndtr(-cap))
    critical = np.where(cut < cap, -ndtri_exp(np.minimum(above, -1e-300)), cap)
    return np.asarray((largest > np.maximum(critical, 0.0)) | (largest > cap), dtype=np.bool_)


def _end(keeps: Callable[[FloatArray], BoolArray], inside: float, outside: float) -> float:
    for _ in range(BISECTIONS):
        middle = (inside + outside) / 2
        if keeps(np.array([middle]))[0]:
            inside = middle
        else:
            outside = middle
    return float(inside)


def _least_favourable(correlation: FloatArray, level: float, seed: int) -> float:
    """1 - level quantile of the largest of correlated standard normals."""
    values, vectors = np.linalg.eigh(correlation)
    real = values > 1e-12
    root = vectors[:, real] * np.sqrt(values[real])
    largest = (_normals(seed, int(real.sum())) @ root.T).max(axis=1)
    return float(np.quantile(largest, 1 - level))


@lru_cache(maxsize=8)
def _normals(seed: int, size: int) -> FloatArray:
    return np.random.default_rng(seed).standard_normal((DRAWS, size))
