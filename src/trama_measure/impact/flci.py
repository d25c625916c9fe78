"""The shortest fixed-length interval under a bound on second differences; see ``sensitivity.smoothness``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import ndtr, ndtri

from trama_measure.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Shortest:
    """An affine estimator with its half-length."""

    centre: float
    half: float
    weights_before: FloatArray  # (k,) on the effects before the start
    open_low: float  # identified set of the linear extrapolation of the last two periods, without sampling error
    open_high: float


def folded_quantile(bias: float, alpha: float) -> float:
    """``cv``: |N(bias, 1)| is below it with probability 1 - alpha."""
    if bias > 8:  # the other tail is below 1e-15
        return float(bias + ndtri(1 - alpha))
    return float(brentq(lambda c: ndtr(c - bias) - ndtr(-c - bias) - (1 - alpha), 0, bias + 10, xtol=1e-14))


def shortest_interval(
    before: FloatArray, after: FloatArray, covariance: FloatArray, contrast: FloatArray, violation: float, alpha: float
) -> Shortest:
    """Choose weights on the effects before the start that make the interval shortest.

    The weights are written by the second differences they load on: ``h_i = Σ_{m>i} v_m (m - i)`` for the effect m
    periods before the reference, i from 1 to k - 1; the weight of the last one follows from unbiasedness under any
    straight line. The half-length ``se cv(bias/se)``, with bias ``M (Σ|h_i| + those after)``, is convex in h and smooth
    once h is split into its positive and negative parts.
    """
    k, p = before.size, after.size
    ahead = np.arange(1.0, p + 1)
    fixed = sum(abs(float(contrast[j:] @ (ahead[j:] - j))) for j in range(p))
    start, turn = _by_second_differences(k, float(contrast @ ahead))
    root = np.linalg.cholesky(covariance).T
    base, columns = root @ np.append(start, contrast), root[:, :k] @ turn

    def half_length(parts: FloatArray) -> tuple[float, FloatArray]:
        vector = base + columns @ (parts[: k - 1] - parts[k - 1 :])
        se = float(np.sqrt(vector @ vector))
        bias = violation * (fixed + float(parts.sum()))
        cv = folded_quantile(bias / se, alpha)
        near, far = np.exp(-0.5 * (cv - bias / se) ** 2), np.exp(-0.5 * (cv + bias / se) ** 2)
        by_bias = float((near - far) / (near + far))
        by_se = columns.T @ vector / se * (cv - by_bias * bias / se)
        return se * cv, np.concatenate([by_se, -by_se]) + by_bias * violation

    parts = np.zeros(2 * (k - 1))
    if k > 1:
        unit = abs(half_length(parts)[0])
        found = minimize(
            lambda x: tuple(value / unit for value in half_length(x)),
            parts,
            jac=True,
            bounds=[(0, None)] * parts.size,
            method="L-BFGS-B",
            options={"ftol": 1e-16, "gtol": 1e-11, "maxiter": 5000, "maxfun": 50000, "maxcor": 30},
        )
        parts = found.x
    weights = start + turn @ (parts[: k - 1] - parts[k - 1 :])
    line = float(contrast @ after) + float(contrast @ ahead) * float(before[-1])
    room = violation * fixed
    half = half_length(parts)[0]
    return Shortest(float(weights @ before + contrast @ after), half, weights, line - room, line + room)


def _by_second_differences(k: int, slope: float) -> tuple[FloatArray, FloatArray]:
    """Weights before the start as ``start + turn @ h``: (k,) and (k, k - 1), in order of time.

    ``slope`` is what a line of slope 1 adds to the target; ``Σ_m m v_m`` must equal it.
    """
    loads = np.array([[max(m - i, 0.0) for m in range(k, 0, -1)] for i in range(1, k)]).reshape(k - 1, k)
    system = np.vstack([loads, np.arange(k, 0, -1.0)])
    inverse = np.linalg.inv(system)
    return inverse[:, -1] * slope, inverse[:, :-1]
