"""Prior distributions of the item parameters, with the derivatives in what the engine moves.

A prior speaks of what people read (a, c); the engine moves alpha = D a and gamma = logit c. The chain rule is done
here and nowhere else: dc/dgamma = c (1 - c).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from trama_measure.arrays import FloatArray

from .parameters import ItemParameters


@dataclass(frozen=True, slots=True)
class Beta:
    """(p - 1) log c + (q - 1) log(1 - c)."""

    p: float
    q: float

    def __post_init__(self) -> None:
        if not (self.p > 1 and self.q > 1):
            raise ValueError(f"beta prior on c: p and q above 1 expected (a mode inside), found {self.p} and {self.q}")

    @property
    def mode(self) -> float:
        return (self.p - 1) / (self.p + self.q - 2)


@dataclass(frozen=True, slots=True)
class Normal:
    """-(x - mean)^2 / (2 sd^2)."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not self.sd > 0:
            raise ValueError(f"normal prior: an SD above 0 expected, found {self.sd}")


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of every item before the answers. ``None`` is plain maximum likelihood.

    ``log_a`` is normal on log a, a in the metric of D; ``c`` is beta on c, ``logit_c`` normal on logit c (one of them).
    """

    log_a: Normal | None = None
    c: Beta | None = None
    logit_c: Normal | None = None

    def __post_init__(self) -> None:
        if self.c is not None and self.logit_c is not None:
            raise ValueError("two priors for the same parameter: give c (beta) or logit_c (normal), not both")

    @classmethod
    def for_options(cls, options: int, log_a: Normal | None = None) -> Prior:
        """Beta on c with the mode at chance, 1 / options, and the weight of 20 answers: B(5, 17) for five options."""
        if options < 2:
            raise ValueError(f"options: at least 2 expected, found {options}")
        return cls(log_a=log_a, c=Beta(20 / options + 1, 20 * (1 - 1 / options) + 1))

    @property
    def holds_guessing(self) -> bool:
        return self.c is not None or self.logit_c is not None


def log_prior(prior: Prior, items: ItemParameters, scale_constant: float) -> FloatArray:
    """(k,) log density of the free parameters, without constants; minus infinity for a slope <= 0 under ``log_a``."""
    found = np.zeros(items.size)
    alpha, gamma = items.xi[:, 0], items.xi[:, -1]
    if prior.log_a is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (np.log(alpha / scale_constant) - prior.log_a.mean) / prior.log_a.sd
        found += np.where(items.free[:, 0], np.where(alpha > 0, -0.5 * z**2, -np.inf), 0.0)
    guessing = items.free[:, -1]
    if prior.c is not None:
        value = gamma[guessing]  # log c = -log(1 + e^-gamma), log(1 - c) = -log(1 + e^gamma)
        found[guessing] -= (prior.c.p - 1) * np.logaddexp(0, -value) + (prior.c.q - 1) * np.logaddexp(0, value)
    if prior.logit_c is not None:
        found[guessing] -= 0.5 * ((gamma[guessing] - prior.logit_c.mean) / prior.logit_c.sd) ** 2
    return found


def prior_derivatives(prior: Prior, items: ItemParameters, scale_constant: float) -> tuple[FloatArray, FloatArray]:
    """Gradient and information, each (k, m + 1), in alpha, delta and gamma."""
    gradient, information = np.zeros(items.xi.shape), np.zeros(items.xi.shape)
    slope, guessing = items.free[:, 0], items.free[:, -1]
    if prior.log_a is not None:
        alpha = items.xi[slope, 0]
        variance = prior.log_a.sd**2
        gradient[slope, 0] = -(np.log(alpha / scale_constant) - prior.log_a.mean) / (variance * alpha)
        information[slope, 0] = 1 / (variance * alpha**2)
    gamma = items.xi[guessing, -1]
    if prior.c is not None:
        c = expit(gamma)
        gradient[guessing, -1] = (prior.c.p - 1) * (1 - c) - (prior.c.q - 1) * c
        information[guessing, -1] = (prior.c.p + prior.c.q - 2) * c * (1 - c)
    if prior.logit_c is not None:
        gradient[guessing, -1] = -(gamma - prior.logit_c.mean) / prior.logit_c.sd**2
        information[guessing, -1] = 1 / prior.logit_c.sd**2
    return gradient, information
