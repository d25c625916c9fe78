"""The two regressions that the estimators need: least squares and logit, both weighted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from trama_measure.arrays import BoolArray, FloatArray

from .notices import ImpactError

STEPS: Final = 50
TIGHT: Final = 1e-12  # of the linear predictor
NEARLY: Final = 1e-10  # share of a covariate's sum of squares that the others leave unexplained
COLLINEAR: Final = "the covariates say the same thing twice (collinear); leave one out"
SEPARATED: Final = 30.0  # on the logit scale: a probability that no sample can tell from 0 or 1


def across(weights: FloatArray, columns: FloatArray) -> FloatArray:
    """``Σ_i w_i x_ij``, (k,), added in one order: BLAS would split the rows among threads."""
    return np.asarray(np.einsum("i,ij->j", weights, columns), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Gram:
    """``X'WX / m`` with its Cholesky factor."""

    factor: tuple[FloatArray, bool]

    @classmethod
    def of(cls, x: FloatArray, weights: FloatArray, where: str) -> Gram:
        """Factor the Gram matrix of an (m, p) design.

        Raises
        ------
        ImpactError
            If the columns are collinear, or nearly so.
        """
        gram = x.T @ (weights[:, np.newaxis] * x) / len(x)
        try:
            factor = cho_factor(gram, check_finite=False)
        except LinAlgError as error:
            raise ImpactError(f"{where}: {COLLINEAR}") from error
        unexplained = np.diag(factor[0]) ** 2 / np.diag(gram)  # 1 - R² of each column on those before it
        if unexplained.min() < NEARLY:
            raise ImpactError(f"{where}: {COLLINEAR}")
        return cls(factor)

    def solve(self, right: FloatArray) -> FloatArray:
        """``(X'WX / m)⁻¹ right``."""
        return np.asarray(cho_solve(self.factor, right, check_finite=False), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Logit:
    """A fitted propensity score."""

    coefficients: FloatArray  # (p,)
    probability: FloatArray  # (m,) strictly between 0 and 1
    linear: FloatArray  # (m,) linear predictor
    information: Gram


def logit(x: FloatArray, taking_part: BoolArray, weights: FloatArray, where: str = "propensity score") -> Logit:
    """Maximum likelihood by Newton's method, started at the overall share.

    Parameters
    ----------
    x : (m, p) design whose first column is 1
    taking_part : (m,) whether the unit takes part
    weights : (m,) positive

    Raises
    ------
    ImpactError
        If the covariates are collinear, or separate the two groups completely so that no maximum exists.
    """
    response = taking_part.astype(np.float64)
    share = float(weights @ response / weights.sum())
    coefficients = np.zeros(x.shape[1])
    coefficients[0] = np.log(share / (1 - share))
    linear = x @ coefficients
    for _ in range(STEPS):
        probability = 1 / (1 + np.exp(-linear))
        information = Gram.of(x, weights * probability * (1 - probability), where)
        step = information.solve(across(weights * (response - probability), x) / len(x))
        coefficients = coefficients + step
        change = x @ step
        linear = linear + change
        if np.abs(linear).max() > SEPARATED:
            break
        if np.abs(change).max() < TIGHT * (1 + np.abs(linear).max()):
            return Logit(coefficients, 1 / (1 + np.exp(-linear)), linear, information)
    raise ImpactError(
        f"{where}: the covariates tell those who take part from the others completely; use fewer or coarser"
    )
