"""The road an analyst follows: design, estimate, checks, conclusions. Each step is a tidy table.

>>> evaluation = Evaluation(panel, Settings(comparison=Comparison.NOT_YET), seed=1)
>>> evaluation.design()        # who is compared with whom, and what is too few
>>> evaluation.estimate()      # the effect: overall, by year since the start, by cohort, by calendar
>>> evaluation.checks()        # what was looked at, and what it showed
>>> evaluation.conclusions()   # what can be said, and what cannot
>>> evaluation.report(subject, "pt-BR").html()   # the same in plain words, as a page
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from trama_measure.arrays import FloatArray

from .aggregate import Aggregate, Kind, aggregate
from .conclusions import Conclusion, Evidence, conclude, yardstick
from .did import Base, GroupTimeEffects, Settings, group_time_effects
from .findings import WORTH_A_LOOK, Findings, find
from .notices import ImpactError, Notice
from .panel import Panel
from .placebo import placebo_in_time
from .pretrends import DetectableTrend, JointTest, detectable_trend, joint_pretest
from .report import Language, Report, Subject, write_report
from .sensitivity import EventStudy, Robust, breakdown, relative_magnitudes, smoothness
from .twfe import Bacon, TwoWay, bacon, two_way_effects

VIOLATIONS: Final = (0.0, 0.5, 1.0, 1.5, 2.0)
DRAWS: Final = 999


@dataclass(frozen=True)
class Evaluation:
    """One programme, one panel, one way of comparing. Every step is computed once, when it is asked for."""

    panel: Panel
    settings: Settings = field(default_factory=Settings)
    seed: int = 0  # of the bootstrap draws
    draws: int = DRAWS
    drawn_by_lot: bool = False  # whether chance alone decided who took part
    covariate_names: tuple[str, ...] = ()

    @cached_property
    def effects(self) -> GroupTimeEffects:
        """All group-time effects with joint draws."""
        return group_time_effects(self.panel, self.settings, draws=self.draws, seed=self.seed)

    @cached_property
    def events(self) -> Aggregate:
        """By periods since the start, every change counted from the last period before it."""
        universal = replace(self.settings, base=Base.UNIVERSAL)
        return aggregate(group_time_effects(self.panel, universal, draws=self.draws, seed=self.seed), Kind.DYNAMIC)

    @cached_property
    def effect(self) -> Aggregate:
        """By cohort; its overall mean is the headline: the mean effect on those who took part."""
        return aggregate(self.effects, Kind.GROUP)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the reader must know beside the numbers."""
        return self.effects.notices

    def design(self) -> dict[str, Any]:
        """Who is compared: columns cohort, units, clusters, periods_before, periods_after, outcome_before.

        The last row, cohort infinity, is those who never begin; outcome_before is their mean in the first period.
        """
        panel = self.effects.panel
        starts = [*panel.cohorts.tolist(), *([panel.n_periods] if panel.never.any() else [])]
        own = [panel.start == start for start in starts]
        return {
            "cohort": [float(panel.periods[s]) if s < panel.n_periods else float("inf") for s in starts],
            "units": [int(rows.sum()) for rows in own],
            "clusters": [int(np.unique(panel.clusters[rows]).size) for rows in own],
            "periods_before": starts,
            "periods_after": [panel.n_periods - start for start in starts],
            "outcome_before": [float(np.average(panel.outcome[r, 0], weights=panel.weights[r])) for r in own],
        }

    def balance(self) -> dict[str, Any]:
        """How unlike both groups were at first: columns covariate, taking_part, never, smd, worth_a_look.

        The first row is the outcome in the first period.
        """
        panel = self.effects.panel
        first = panel.outcome[:, :1]
        columns, names = first, ["outcome"]
        if panel.covariates is not None:
            own = panel.covariates if panel.covariates.ndim == 2 else panel.covariates[:, 0]
            columns = np.hstack([first, own])
            names += list(self.covariate_names) or [f"covariate {k + 1}" for k in range(own.shape[1])]
        if len(names) != columns.shape[1]:
            raise ImpactError(f"{columns.shape[1] - 1} covariate names expected, found {len(self.covariate_names)}")
        if panel.never.sum() < 2:
            raise ImpactError(f"balance needs two units that never begin, found {int(panel.never.sum())}")
        here, there = columns[~panel.never], columns[panel.never]
        spread = np.sqrt((here.var(axis=0, ddof=1) + there.var(axis=0, ddof=1)) / 2)
        difference = (here.mean(axis=0) - there.mean(axis=0)) / spread
        return {
            "covariate": names,
            "taking_part": here.mean(axis=0),
            "never": there.mean(axis=0),
            "smd": difference,
            "worth_a_look": np.abs(difference) > WORTH_A_LOOK,
        }

    def estimate(self) -> dict[str, Any]:
        """The effect: columns view, key, estimate, se, low, high. Within each view the band holds at all keys at once.

        Views: overall (one row), event, cohort, period; a key of NaN is the overall mean.
        """
        views = {
            "event": self.events,
            "cohort": self.effect,
            "period": aggregate(self.effects, Kind.CALENDAR),
        }
        rows: dict[str, list[Any]] = {name: [] for name in ("view", "key", "estimate", "se", "low", "high")}
        whole = self.effect.overall_table()
        _extend(rows, "overall", {"key": [float("nan")]} | whole)
        for name, view in views.items():
            _extend(rows, name, view.table())
        return rows

    @cached_property
    def pretest(self) -> JointTest | None:
        """Wald test of all effects before the start; ``None`` if there is none to test."""
        return _if_possible(lambda: joint_pretest(self.effects))

    @cached_property
    def detectable(self) -> DetectableTrend | None:
        """The difference in trends that the test before the start would have found with 80 %."""
        return _if_possible(lambda: detectable_trend(self.events))

    @cached_property
    def in_time(self) -> Aggregate | None:
        """The placebo of a start two periods earlier (one, where no cohort has two)."""
        for earlier in (2, 1):
            found = _if_possible(lambda k=earlier: placebo_in_time(self.panel, self.settings, earlier=k))
            if found is not None:
                return found
        return None

    @cached_property
    def study(self) -> EventStudy | None:
        """The event study as the sensitivity analysis takes it; ``None`` without effects before the start."""
        return _if_possible(lambda: EventStudy.of(self.events))

    @property
    def _target(self) -> FloatArray:
        """Weights of the mean effect after the start on what follows the base; zero while it is only anticipated."""
        settings = self.settings
        after = self.events.key[self.events.key > -settings.anticipation - 1] >= 0
        return np.asarray(after / after.sum(), dtype=np.float64)

    def sensitivity(self, violations: tuple[float, ...] = VIOLATIONS) -> list[Robust]:
        """Robust sets of the mean effect after the start for several M̄; empty without effects before the start."""
        if self.study is None:
            return []
        return [relative_magnitudes(self.study, m, self._target, alpha=self.settings.alpha) for m in violations]

    def extrapolation(self, violations: tuple[float, ...] = (0.0,)) -> list[Robust]:
        """Intervals that carry on the trend before the start, for several M; empty without effects before the start."""
        if self.study is None:
            return []
        return [smoothness(self.study, m, self._target, alpha=self.settings.alpha) for m in violations]

    @cached_property
    def breakdown(self) -> float | None:
        """The largest M̄ at which the sign of the mean effect is still known."""
        study = self.study
        if study is None:
            return None
        return breakdown(lambda m: relative_magnitudes(study, m, self._target, alpha=self.settings.alpha))

    @cached_property
    def regression(self) -> tuple[TwoWay, Bacon] | None:
        """The usual regression and what it compares; ``None`` where it cannot be computed."""
        return _if_possible(lambda: (two_way_effects(self.panel), bacon(self.panel)))

    def checks(self) -> dict[str, Any]:
        """What was looked at: columns check, estimate, low, high, p_value, passed; None where it says nothing.

        Checks: joint_test and detectable_bias before the start, placebo_in_time, relative_magnitudes (M̄ = 1),
        linear_extrapolation (M = 0), breakdown, twfe, forbidden_weight. A check that cannot be made has no row.
        """
        names = ("check", "estimate", "low", "high", "p_value", "passed")
        rows: dict[str, list[Any]] = {name: [] for name in names}

        def add(check: str, **figures: Any) -> None:
            for name in names[1:]:
                rows[name].append(figures.get(name))
            rows["check"].append(check)

        alpha = self.settings.alpha
        if self.pretest is not None:
            p_value = self.pretest.p_value
            add("joint_test", estimate=self.pretest.statistic, p_value=p_value, passed=p_value >= alpha)
        if self.detectable is not None:
            add("detectable_bias", estimate=self.detectable.bias, passed=self.detectable.bias < yardstick(self.effect))
        if self.in_time is not None:
            table = {name: float(values[0]) for name, values in self.in_time.overall_table().items() if name != "se"}
            add("placebo_in_time", **table, passed=table["low"] <= 0 <= table["high"])
        robust = [*self.sensitivity((1.0,)), *self.extrapolation()]
        for name, each in zip(("relative_magnitudes", "linear_extrapolation"), robust, strict=False):
            add(name, low=each.low, high=each.high, passed=each.excludes_zero)
        if self.breakdown is not None:
            add("breakdown", estimate=self.breakdown, passed=self.breakdown >= 1)
        if self.regression is not None:
            usual, parts = self.regression
            add(
                "twfe",
                estimate=usual.estimate,
                low=usual.estimate - 1.96 * usual.se,
                high=usual.estimate + 1.96 * usual.se,
            )
            add("forbidden_weight", estimate=parts.forbidden)
        return rows

    def conclusions(self) -> list[Conclusion]:
        """What can and cannot be concluded, the answer first."""
        at_one = self.sensitivity((1.0,))
        usual = self.regression
        return conclude(
            Evidence(
                effect=self.effect,
                events=self.events,
                pretest=self.pretest,
                trend=self.detectable,
                at_one=at_one[0] if at_one else None,
                breakdown=self.breakdown,
                in_time=self.in_time,
                twfe=None if usual is None else usual[0],
                forbidden=None if usual is None else usual[1].forbidden,
                notices=self.notices,
                drawn_by_lot=self.drawn_by_lot,
            )
        )

    @cached_property
    def findings(self) -> Findings:
        """Every figure of every step, to be kept; the panel is not in it."""
        return find(self)

    def report(self, subject: Subject, language: Language | str = Language.PORTUGUESE) -> Report:
        """The evaluation in plain words: ``.html()`` is a page of its own, ``.text()`` plain text."""
        return write_report(self.findings, subject, language)


def _extend(rows: dict[str, list[Any]], view: str, table: dict[str, Any]) -> None:
    size = len(table["estimate"])
    rows["view"] += [view] * size
    for name in ("key", "estimate", "se", "low", "high"):
        rows[name] += [float(value) for value in table[name]]


def _if_possible[Found](step: Any) -> Found | None:
    """What a step gives; ``None`` where the panel does not allow it. Other errors pass."""
    try:
        found: Found = step()
    except ImpactError:
        return None
    return found
