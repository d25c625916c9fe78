"""What every figure about groups begins with: values with weights, checked."""

from __future__ import annotations

import numpy as np

from trama_measure.arrays import FloatArray


class EquityError(ValueError):
    """Values, weights or groups from which no figure can be computed; says what was found and what was expected."""


def sample(name: str, values: FloatArray, weights: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """(n,) values and positive weights as numbers.

    Raises
    ------
    EquityError
        If there is no value, one is missing or infinite, or a weight is negative, missing, or all are zero. Those with
        weight 0 are left out.
    """
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not found.size:
        raise EquityError(f"{name}: a row of values expected, found an array of shape {found.shape}")
    if not np.isfinite(found).all():
        raise EquityError(f"{name}: {int((~np.isfinite(found)).sum())} of {found.size} values are missing or infinite")
    if weights is None:
        return found, np.ones(found.size)
    own = np.asarray(weights, dtype=np.float64)
    if own.shape != found.shape:
        raise EquityError(f"{name}: {found.size} weights expected, found {own.shape}")
    if not (np.isfinite(own) & (own >= 0)).all() or not own.any():
        raise EquityError(f"{name}: weights of 0 or more, not all 0, expected")
    return found[own > 0], own[own > 0]


def codes_of(name: str, labels: object, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Distinct labels and the position of each row's own, (g,) and (n,)."""
    found = np.asarray(labels)
    if found.shape != (size,):
        raise EquityError(f"{name}: {size} labels expected, found {found.shape}")
    names, codes = np.unique(found, return_inverse=True)
    return names, codes
