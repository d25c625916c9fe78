"""What a calibration found: items, groups, how sure, and whether it converged, as tables and as one saved file."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from trama_measure.arrays import FloatArray

from .em import State
from .families import item_information
from .layout import Layout, layout_of
from .maximise import at_bound
from .parameters import Family, ItemParameters
from .priors import Prior
from .scores import Scorer

LOW_SLOPE: Final = 0.2
HIGH_SLOPE: Final = 4.0
FAR_DIFFICULTY: Final = 4.0
HIGH_GUESSING: Final = 0.5
UNSURE_DIFFICULTY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Convergence:
    """How the iteration ended, told as it is."""

    converged: bool
    reasons: tuple[str, ...]  # why not; empty if it converged
    passes: int
    decrement: float  # the largest gradient of an item or group, in standard errors of complete data
    distance_se: float  # the largest remaining distance to the optimum, in standard errors
    trace: tuple[float, ...]  # log-posterior of every accepted state


@dataclass(frozen=True)
class Calibration:
    """Item parameters, groups, and everything needed to score with them or to put them on another scale."""

    names: tuple[str, ...]
    state: State
    scale_constant: float
    prior: Prior
    convergence: Convergence
    loglik: float
    log_posterior: float
    students: int
    answers: FloatArray  # (k, m) answers in each category
    group_students: tuple[int, ...]
    covariance: FloatArray | None  # (f, f) of the free parameters in the order of ``layout``
    errors: str  # "cross-product", "oakes", "sandwich" or "none"
    seed: int
    warnings: tuple[str, ...] = ()

    @property
    def parameters(self) -> ItemParameters:
        """The items in slope-intercept form, metric 1."""
        return self.state.items

    @property
    def labels(self) -> tuple[Hashable, ...]:
        return self.state.groups.labels

    @cached_property
    def layout(self) -> Layout:
        return layout_of(self.state)

    @property
    def free_parameters(self) -> int:
        masses = self.state.groups.masses
        return self.layout.size + (masses.size - masses.shape[0] - 2 if self.state.groups.histogram else 0)

    @property
    def aic(self) -> float:
        return -2 * self.loglik + 2 * self.free_parameters

    @property
    def bic(self) -> float:
        return -2 * self.loglik + float(np.log(self.students)) * self.free_parameters

    @cached_property
    def items(self) -> pl.DataFrame:
        """One row per item: a, b, c, intercept d, their standard errors, D, answers, share right, flags.

        With several categories b is the mean of the steps, which ``steps`` lists one by one.
        """
        items = self.parameters
        b, d = items.b(), np.where(self._has_step, items.xi[:, 1:-1], np.nan)
        errors = self._errors()
        guessing = items.families == Family.GUESSING
        points = (self.answers * np.arange(self.answers.shape[1])).sum(axis=1)
        answered = self.answers.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = points / answered / (items.categories - 1)
        frame = pl.DataFrame(
            {
                "item": list(self.names),
                "model": list(items.models),
                "categories": items.categories,
                "a": items.a(self.scale_constant),
                "b": np.nanmean(b, axis=1),
                "c": items.c(),
                "d": np.nanmean(d, axis=1),
                "se_a": errors["a"],
                "se_b": errors["mean_b"],
                "se_c": np.where(guessing, errors["c"], np.nan),
                "D": np.full(items.size, self.scale_constant),
                "answers": answered.astype(np.int64),
                "share_right": share,
                "anchored": ~items.free.any(axis=1),
            }
        )
        return frame.with_columns(pl.Series("flags", self._flags(frame), dtype=pl.List(pl.String)))

    @cached_property
    def steps(self) -> pl.DataFrame:
        """One row per item and step: b_k, its standard error, and the intercept d_k."""
        items = self.parameters
        b, errors = items.b(), self._errors()["b"]
        rows, steps = np.nonzero(self._has_step)
        return pl.DataFrame(
            {
                "item": [self.names[row] for row in rows.tolist()],
                "step": steps + 1,
                "b": b[rows, steps],
                "se_b": errors[rows, steps],
                "d": items.xi[rows, steps + 1],
            }
        )

    @cached_property
    def groups(self) -> pl.DataFrame:
        """One row per group: mean and SD of theta, their standard errors (NaN where fixed), students."""
        groups, layout = self.state.groups, self.layout
        variances = np.full(layout.size + 1, np.nan)
        if self.covariance is not None:
            variances[:-1] = np.diag(self.covariance)
        return pl.DataFrame(
            {
                "group": [None if label is None else str(label) for label in groups.labels],
                "mean": groups.mean,
                "sd": groups.sd,
                "se_mean": np.sqrt(variances[layout.mean]),
                "se_sd": np.sqrt(variances[layout.log_sd]) * groups.sd,
                "students": list(self.group_students),
                "reference": [place == groups.reference for place in range(groups.size)],
            },
            schema_overrides={"group": pl.String},
        )

    @property
    def scorer(self) -> Scorer:
        """What scores students on the scale of this calibration."""
        groups = self.state.groups
        return Scorer(self.parameters, groups.labels, groups.nodes, groups.masses, groups.mean, groups.sd)

    def score(self, answers: Any, method: str = "eap", **more: Any) -> pl.DataFrame:
        """Proficiencies of students: ``Scorer.score``."""
        return self.scorer.score(answers, method, **more)

    def information(self, theta: FloatArray) -> FloatArray:
        """(k, q) information of each item about theta."""
        return item_information(self.parameters, np.asarray(theta, dtype=np.float64))

    @property
    def _has_step(self) -> np.ndarray:
        items = self.parameters
        return np.arange(1, items.most_categories)[None, :] < items.categories[:, None]

    def _errors(self) -> dict[str, FloatArray]:
        """Standard errors by the delta method; NaN for what is fixed."""
        items = self.parameters
        k, steps = items.size, items.most_categories - 1
        found = {
            "a": np.full(k, np.nan),
            "b": np.full((k, steps), np.nan),
            "mean_b": np.full(k, np.nan),
            "c": np.full(k, np.nan),
        }
        if self.covariance is None:
            return found
        c = items.c()
        for item in range(k):
            places = self.layout.items[item]
            free = places >= 0
            own = np.zeros((places.size, places.size))
            own[np.ix_(free, free)] = self.covariance[np.ix_(places[free], places[free])]
            if not free.any():
                continue
            alpha, count = items.xi[item, 0], int(items.categories[item]) - 1
            slopes = np.zeros((count, places.size))  # of b_k in (alpha, delta, gamma)
            slopes[:, 0] = items.xi[item, 1 : count + 1] / alpha**2
            slopes[np.arange(count), 1 + np.arange(count)] = -1 / alpha
            if free[0]:
                found["a"][item] = np.sqrt(own[0, 0]) / self.scale_constant
            of_b = slopes @ own @ slopes.T
            found["b"][item, :count] = np.sqrt(np.diag(of_b))
            found["mean_b"][item] = np.sqrt(of_b.mean())
            if free[-1]:
                found["c"][item] = np.sqrt(own[-1, -1]) * c[item] * (1 - c[item])
        return found

    def _flags(self, frame: pl.DataFrame) -> list[list[str]]:
        slope = self.parameters.xi[:, 0]
        bound = at_bound(self.parameters).any(axis=1)
        b, c, se_b = (frame[name].to_numpy() for name in ("b", "c", "se_b"))
        checks = {
            "negative discrimination": slope < 0,
            "low discrimination": (slope >= 0) & (slope < LOW_SLOPE),
            "very high discrimination": slope > HIGH_SLOPE,
            "difficulty outside the scale": np.abs(b) > FAR_DIFFICULTY,
            "high guessing": c > HIGH_GUESSING,
            "uncertain difficulty": se_b > UNSURE_DIFFICULTY,
            "parameter at a bound": bound,
        }
        return [[name for name, found in checks.items() if found[item]] for item in range(len(self.names))]
