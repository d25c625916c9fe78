"""Parameters of the items: what the engine moves (slope and intercepts), and what people read (a, b, c, d and D)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

import numpy as np
from scipy.special import expit, logit

from trama_measure.arrays import BoolArray, FloatArray, IntArray

MODELS: Final = ("rasch", "1pl", "2pl", "3pl", "graded", "gpcm")
DICHOTOMOUS: Final = ("rasch", "1pl", "2pl", "3pl")
NO_GUESSING: Final = -np.inf
START_GUESSING: Final = 0.15


class Family(IntEnum):
    """The shape of the probabilities."""

    LOGISTIC = 0
    GUESSING = 1
    GRADED = 2
    PARTIAL_CREDIT = 3


FAMILY: Final = {
    "rasch": Family.LOGISTIC,
    "1pl": Family.LOGISTIC,
    "2pl": Family.LOGISTIC,
    "3pl": Family.GUESSING,
    "graded": Family.GRADED,
    "gpcm": Family.PARTIAL_CREDIT,
}


@dataclass(frozen=True, slots=True)
class ItemParameters:
    """k items. ``xi`` has the columns slope alpha, intercepts delta_1 to delta_(m-1), and gamma = logit c.

    Metric 1, whatever D is: P = c + (1 - c) / (1 + exp(-(alpha theta + delta))). ``m`` is the largest number of
    categories; intercepts that an item does not have are 0, a gamma that it does not have is minus infinity.
    """

    xi: FloatArray  # (k, m + 1)
    free: BoolArray  # (k, m + 1) what is estimated
    models: tuple[str, ...]  # (k,)
    categories: IntArray  # (k,)

    @property
    def size(self) -> int:
        return len(self.models)

    @property
    def most_categories(self) -> int:
        return self.xi.shape[1] - 1

    @property
    def families(self) -> IntArray:
        """(k,) of ``Family``."""
        return np.array([FAMILY[model] for model in self.models], dtype=np.int64)

    @property
    def tied(self) -> BoolArray:
        """(k,) items that share one free slope."""
        return np.array([model == "1pl" for model in self.models]) & self.free[:, 0]

    def with_xi(self, xi: FloatArray) -> ItemParameters:
        return replace(self, xi=xi)

    def moved(self, mean: float, sd: float) -> ItemParameters:
        """The same probabilities written for (theta - mean) / sd. Only free parameters follow."""
        xi = self.xi.copy()
        slope = self.xi[:, :1]
        xi[:, 0] = np.where(self.free[:, 0], self.xi[:, 0] * sd, self.xi[:, 0])
        xi[:, 1:-1] = np.where(self.free[:, 1:-1], self.xi[:, 1:-1] + slope * mean, self.xi[:, 1:-1])
        return self.with_xi(xi)

    def take(self, items: IntArray) -> ItemParameters:
        """Some of the items, in the order given."""
        return ItemParameters(
            self.xi[items], self.free[items], tuple(self.models[i] for i in items.tolist()), self.categories[items]
        )

    # What people read

    def a(self, scale_constant: float) -> FloatArray:
        """(k,) discrimination."""
        return self.xi[:, 0] / scale_constant

    def b(self) -> FloatArray:
        """(k, m - 1) difficulty of each step, NaN where there is none."""
        steps = np.arange(1, self.most_categories)[None, :] < self.categories[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(steps, -self.xi[:, 1:-1] / self.xi[:, :1], np.nan)

    def c(self) -> FloatArray:
        """(k,) lower asymptote; 0 where the model has none."""
        return expit(self.xi[:, -1])


def blank_parameters(models: Sequence[str], categories: IntArray) -> ItemParameters:
    """Parameters at a neutral start: slope 1, steps apart, guessing 0.15.

    Raises
    ------
    ValueError
        If a model has no such name, or a right/wrong model has an item with more than two categories.
    """
    categories = np.asarray(categories, dtype=np.int64)
    for item, (model, count) in enumerate(zip(models, categories.tolist(), strict=True)):
        if model not in MODELS:
            raise ValueError(f"item {item}: no model is called {model!r}; expected one of {', '.join(MODELS)}")
        if model in DICHOTOMOUS and count > 2:
            raise ValueError(f"item {item}: {model} is for right and wrong, found {count} categories")
    width = int(categories.max(initial=2)) + 1
    xi = np.zeros((len(models), width))
    xi[:, 0] = 1.0
    free = np.zeros(xi.shape, dtype=np.bool_)
    free[:, 0] = [model != "rasch" for model in models]
    free[:, 1:-1] = np.arange(1, width - 1)[None, :] < categories[:, None]
    guessing = np.array([model == "3pl" for model in models])
    xi[:, -1] = np.where(guessing, logit(START_GUESSING), NO_GUESSING)
    free[:, -1] = guessing
    return ItemParameters(xi, free, tuple(models), categories)


def published_parameters(
    a: FloatArray,
    b: FloatArray,
    c: FloatArray | None = None,
    *,
    scale_constant: float,
    models: Sequence[str] | str | None = None,
) -> ItemParameters:
    """Parameters as an agency publishes them. Nothing is free.

    Parameters
    ----------
    a : (k,) discrimination in the metric of ``scale_constant`` (no default: a wrong D is a wrong score)
    b : (k,) difficulties, or (k, m - 1) steps, NaN where an item has fewer
    c : (k,) lower asymptotes, 0 if absent
    models : one for all or one each; by default 3pl where c > 0, else 2pl, and gpcm has to be named

    Raises
    ------
    ValueError
        If lengths differ, D is not positive, c is outside [0, 1), or steps are given without naming their model.
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    steps = b[:, None] if b.ndim == 1 else b
    c = np.zeros(a.size) if c is None else np.asarray(c, dtype=np.float64)
    if not a.shape == c.shape == steps.shape[:1]:
        raise ValueError(f"one a, b and c per item expected, found {a.size}, {steps.shape[0]} and {c.size}")
    if not scale_constant > 0:
        raise ValueError(f"scale_constant: a positive D expected, found {scale_constant}")
    if ((c < 0) | (c >= 1)).any():
        raise ValueError(f"c: values in [0, 1) expected, found {c[(c < 0) | (c >= 1)][0]}")
    if models is None:
        if steps.shape[1] > 1:
            raise ValueError("items with several steps: name their models, graded or gpcm")
        models = ["3pl" if value > 0 else "2pl" for value in c.tolist()]
    elif isinstance(models, str):
        models = [models] * a.size
    categories = 1 + (~np.isnan(steps)).sum(axis=1)
    items = blank_parameters(models, categories)
    alpha = a * scale_constant
    xi = items.xi.copy()
    xi[:, 0] = alpha
    xi[:, 1:-1] = np.where(np.isnan(steps), 0.0, -alpha[:, None] * np.where(np.isnan(steps), 0.0, steps))
    with np.errstate(divide="ignore"):
        xi[:, -1] = logit(c)
    return ItemParameters(xi, np.zeros(xi.shape, dtype=np.bool_), items.models, categories)
