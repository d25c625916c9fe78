"""What an evaluation found, as plain figures: kept as JSON today, shown in any language years later.

Findings hold no panel and no unit: nothing in them is about a single network, school or person.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from .conclusions import Code, Conclusion, seen
from .notices import ImpactError, Notice, NoticeCode

if TYPE_CHECKING:
    from .evaluation import Evaluation

WORTH_A_LOOK: Final = 0.1  # standardised mean difference
FORMAT: Final = 1  # of the JSON; a reader refuses another

type Columns = dict[str, list[Any]]
"""A table: names of columns to plain Python values, all of one length."""


@dataclass(frozen=True, slots=True)
class Findings:
    """A finished evaluation. Figures are in units of the outcome unless their name says otherwise."""

    n_units: int
    n_never: int
    n_clusters: int
    periods: list[float]
    weighted: bool
    covariates: list[str]
    comparison: str  # values of did.Comparison and did.Method
    method: str
    anticipation: int
    alpha: float
    draws: int
    seed: int
    drawn_by_lot: bool
    seen: bool  # whether the interval of the overall effect leaves zero out
    design: Columns  # as Evaluation.design
    balance: Columns  # as Evaluation.balance; empty where it could not be made
    estimate: Columns  # as Evaluation.estimate
    checks: Columns  # as Evaluation.checks
    sensitivity: Columns  # violation, low, high
    conclusions: list[Conclusion]
    notices: list[Notice]

    @property
    def clustered(self) -> bool:
        """Whether units were taken together in the margin of error."""
        return self.n_clusters < self.n_units

    def view(self, name: str) -> list[dict[str, float]]:
        """Rows of one view of the estimate: overall, event, cohort or period."""
        names = ("key", "estimate", "se", "low", "high")
        rows = range(len(self.estimate["view"]))
        return [{k: self.estimate[k][i] for k in names} for i in rows if self.estimate["view"][i] == name]

    @property
    def overall(self) -> dict[str, float]:
        """The headline: estimate, se, low, high."""
        return self.view("overall")[0]

    @property
    def mean_after(self) -> float:
        """Mean over the time since the start, what the sensitivity analysis is about."""
        return float(np.mean([row["estimate"] for row in self.view("event") if row["key"] >= 0]))

    def to_json(self) -> str:
        """The findings as text; the same findings give the same text."""
        return json.dumps({"format": FORMAT} | _plain(asdict(self)), ensure_ascii=False, indent=1, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Findings:
        """Read what ``to_json`` wrote.

        Raises
        ------
        ImpactError
            If the text is no JSON object of this format, or a field is missing or unknown.
        """
        try:
            kept = json.loads(text)
        except ValueError as error:
            raise ImpactError(f"findings: JSON expected, found {text[:40]!r}") from error
        found = kept.pop("format", None) if isinstance(kept, dict) else None
        if found != FORMAT:
            raise ImpactError(f"findings: an object of format {FORMAT} expected, found {found}")
        names = {each.name for each in fields(cls)}
        if kept.keys() != names:
            raise ImpactError(f"findings: fields missing or unknown: {sorted(kept.keys() ^ names)}")
        values = _numbers(kept)
        values["conclusions"] = [Conclusion(Code(each["code"]), each["figures"]) for each in values["conclusions"]]
        values["notices"] = [Notice(**(each | {"code": NoticeCode(each["code"])})) for each in values["notices"]]
        return cls(**values)


def find(evaluation: Evaluation) -> Findings:
    """Take every step of an evaluation and keep the figures."""
    panel, settings = evaluation.effects.panel, evaluation.settings
    try:
        balance = evaluation.balance()
    except ImpactError:
        balance = {}
    covariates = 0 if panel.covariates is None else panel.covariates.shape[-1]
    robust = evaluation.sensitivity()
    return Findings(
        n_units=panel.n_units,
        n_never=int(panel.never.sum()),
        n_clusters=panel.n_clusters,
        periods=panel.periods.tolist(),
        weighted=bool(np.ptp(panel.weights) > 0),
        covariates=list(evaluation.covariate_names) or [f"covariate {k + 1}" for k in range(covariates)],
        comparison=settings.comparison.value,
        method=settings.method.value,
        anticipation=settings.anticipation,
        alpha=settings.alpha,
        draws=evaluation.draws,
        seed=evaluation.seed,
        drawn_by_lot=evaluation.drawn_by_lot,
        seen=seen(evaluation.effect),
        design=_listed(evaluation.design()),
        balance=_listed(balance),
        estimate=_listed(evaluation.estimate()),
        checks=_listed(evaluation.checks()),
        sensitivity={name: [getattr(each, name) for each in robust] for name in ("violation", "low", "high")},
        conclusions=evaluation.conclusions(),
        notices=list(evaluation.notices),
    )


def _listed(table: dict[str, Any]) -> Columns:
    """Columns as lists of plain Python values."""
    return {name: [_python(value) for value in column] for name, column in table.items()}


def _python(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _plain(value: Any) -> Any:
    """Floats that JSON has no word for as strings: nan, inf, -inf."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    value = _python(value)
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    return float(value) if value in ("nan", "inf", "-inf") else value
