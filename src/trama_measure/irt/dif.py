"""Does an item treat two groups alike, once their proficiency is taken into account? By regression and by the model.

Both say how much, not only whether: with many students every difference is significant. Section 15 of the method.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import expit
from scipy.stats import chi2

from trama_measure.arrays import FloatArray

from .families import expected_score
from .model import ItemResponseModel
from .results import Calibration

MODERATE, LARGE = 0.035, 0.070
"""Nagelkerke's R2 gained by the group (Jodoin and Gierl 2001)."""

STEPS: Final = 30
MODERATE_GAP: Final = 0.05
LARGE_GAP: Final = 0.10


def logistic_dif(
    calibration: Calibration, answers: Any, groups: Sequence[Hashable] | np.ndarray, focal: Hashable
) -> pl.DataFrame:
    """Swaminathan and Rogers: right answers on theta, then on the group, then on their product.

    Theta is each student's EAP under one common distribution over the items of the own booklet, so nobody is matched
    on the group itself. Right/wrong items only.

    Returns
    -------
    item, students, uniform and nonuniform chi-square (1 degree of freedom each) and their p, log odds of the focal
    group, Nagelkerke's R2 gained by group and product, and its class: A negligible, B moderate, C large.

    Raises
    ------
    ValueError
        If groups are not two with students in both, or an item has several categories.
    """
    matrix = answers.scored() if hasattr(answers, "scored") else np.asarray(answers)
    member = _focal(groups, focal, matrix.shape[0])
    if (calibration.parameters.categories > 2).any():
        raise ValueError("logistic_dif: right and wrong items expected, found one with several categories")
    several = len(calibration.labels) > 1
    alike = [calibration.labels[0]] * matrix.shape[0] if several else None
    theta = calibration.score(matrix, groups=alike)["theta"].to_numpy()
    rows = []
    for item, name in enumerate(calibration.names):
        seen = matrix[:, item] >= 0
        right, t, g = matrix[seen, item].astype(np.float64), theta[seen], member[seen]
        if g.min(initial=1) == g.max(initial=0):
            rows.append((name, int(seen.sum()), *[np.nan] * 6, ""))
            continue
        one = np.ones(right.size)
        logs, last = [], np.zeros(0)
        for columns in ([one], [one, t], [one, t, g], [one, t, g, t * g]):
            beta, loglik = _logistic(np.stack(columns, axis=1), right)
            logs.append(loglik)
            last = beta if len(columns) == 3 else last
        uniform, other = 2 * (logs[2] - logs[1]), 2 * (logs[3] - logs[2])
        gained = _nagelkerke(logs[0], logs[3], right.size) - _nagelkerke(logs[0], logs[1], right.size)
        kind = "C" if gained >= LARGE else "B" if gained >= MODERATE else "A"
        p = [float(chi2.sf(max(value, 0.0), 1)) for value in (uniform, other)]
        rows.append((name, right.size, uniform, p[0], other, p[1], float(last[2]), gained, kind))
    names = ["item", "students", "uniform", "p_uniform", "nonuniform", "p_nonuniform", "log_odds", "r2_gained", "class"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def likelihood_ratio_dif(
    model: ItemResponseModel,
    answers: Any,
    groups: Sequence[Hashable] | np.ndarray,
    focal: Hashable,
    *,
    items: Sequence[str],
    studied: Sequence[str],
) -> pl.DataFrame:
    """Each studied item with its own parameters in each group, against common ones; the other items anchor the scale.

    Both fits have the same groups with their own distributions. The gap is what counts: the difference in expected
    share of points between the two curves, averaged over the focal group (signed, focal less reference; and absolute).

    Raises
    ------
    ValueError
        As ``logistic_dif``; also if a studied item is not among the items.
    """
    matrix = answers.scored() if hasattr(answers, "scored") else np.asarray(answers)
    member = _focal(groups, focal, matrix.shape[0]).astype(bool)
    names = np.where(member, "focal", "reference")
    missing = [name for name in studied if name not in items]
    if missing:
        raise ValueError(f"studied: no item is called {missing[0]!r}")
    plain = replace(model, reference="reference", errors="none", tolerance=min(model.tolerance, 1e-4))
    common = plain.fit(matrix, items=items, groups=names)
    rows = []
    for name in studied:
        item = list(items).index(name)
        split = np.concatenate([matrix, matrix[:, item : item + 1]], axis=1)
        split[member, item] = -1
        split[~member, -1] = -1
        models = model.model if isinstance(model.model, str) else [*model.model, model.model[item]]
        free = replace(plain, model=models).fit(split, items=[*items, f"{name} in focal"], groups=names)
        statistic = 2 * (free.log_posterior - common.log_posterior)
        df = free.free_parameters - common.free_parameters
        gap, absolute = _gap(free, item)
        size = "C" if absolute >= LARGE_GAP else "B" if absolute >= MODERATE_GAP else "A"
        rows.append((name, statistic, df, float(chi2.sf(max(statistic, 0.0), df)), gap, absolute, size))
    columns = ["item", "statistic", "df", "p", "gap", "absolute_gap", "class"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _gap(free: Calibration, item: int) -> tuple[float, float]:
    groups = free.state.groups
    points = expected_score(free.parameters, groups.nodes) / (free.parameters.categories[:, None] - 1)
    away = points[-1] - points[item]
    mass = groups.masses[groups.labels.index("focal")]
    return float(mass @ away), float(mass @ np.abs(away))


def _focal(groups: Any, focal: Hashable, n: int) -> FloatArray:
    names = np.asarray(groups)
    if names.shape != (n,):
        raise ValueError(f"groups: one per student expected, found {names.shape} for {n} students")
    member = (names == focal).astype(np.float64)
    if np.unique(names).size != 2 or not 0 < member.sum() < n:
        raise ValueError(f"groups: two groups, one of them {focal!r}, expected; found {np.unique(names).tolist()[:5]}")
    return member


def _logistic(x: FloatArray, y: FloatArray) -> tuple[FloatArray, float]:
    """Coefficients and log-likelihood of a logistic regression, by guarded Newton steps."""
    beta = np.zeros(x.shape[1])
    loglik = -np.log(2.0) * y.size
    for _ in range(STEPS):
        p = expit(x @ beta)
        information = x.T @ (x * (p * (1 - p))[:, None]) + 1e-9 * np.eye(beta.size)
        step = np.linalg.solve(information, x.T @ (y - p))
        for _ in range(STEPS):
            eta = x @ (beta + step)
            value = float(y @ eta - np.logaddexp(0, eta).sum())
            if value >= loglik - 1e-10:
                break
            step = step / 2
        settled = value - loglik < 1e-10
        beta, loglik = beta + step, value
        if settled:
            break
    return beta, loglik


def _nagelkerke(empty: float, full: float, n: int) -> float:
    return (1 - np.exp(2 * (empty - full) / n)) / max(1e-300, 1 - np.exp(2 * empty / n))
