"""``ItemResponseModel``: say what is to be estimated and how, ``fit`` it to answers, get a ``Calibration``."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from trama_measure.arrays import FloatArray
from trama_measure.responses.packing import Packed

from . import standard_errors
from .em import Pass, Progress, Run, Settings, State, evaluate, run
from .engines import engine_named
from .errors import CalibrationRefused
from .groups import normal_groups
from .maximise import at_bound
from .priors import Prior
from .quadrature import Quadrature
from .results import Calibration, Convergence
from .scoring import Scoring
from .sources import (
    InMemory,
    Mapper,
    Partitioned,
    Source,
    in_memory,
    keep_in_memory,
    labels_of,
    matrix_or_packed,
    shape_of,
)
from .spacing import spacing_warning
from .start import Anchors, starting_items, with_anchors
from .survey import FEWEST_ANSWERS, Survey, SurveyTask, refuse_what_cannot_be_calibrated

NEAR_ENOUGH: Final = 0.01
"""Standard errors from the optimum: what counts as converged."""

TIGHTENINGS: Final = 3
LATENT: Final = ("normal", "histogram")
ERRORS: Final = ("cross-product", "oakes", "sandwich", "none")
PRECISIONS: Final = ("float64", "float32")


@dataclass(frozen=True, kw_only=True)
class ItemResponseModel:
    """A calibration to be made.

    Parameters
    ----------
    model : one of rasch, 1pl, 2pl, 3pl, graded, gpcm for all items, or one name per item
    prior : of the item parameters; left out, B(5, 17) on c for 3pl (five options) and nothing else. ``Prior()`` is none
    scale_constant : D, in which a is read and written; 1 is the logistic metric
    latent : "normal", or "histogram" for an empirical distribution
    reference : the group with mean 0 and SD 1; left out, the first
    free_reference_sd : estimate the reference's SD; left out, only if every slope is fixed (rasch)
    anchors : items with known parameters; all groups are then free
    quadrature : the grid
    tolerance, max_passes : when to stop; see section 7 of the method
    precision : float64, or float32 in the products of a pass
    engine : "auto", "numpy" or "kernel"
    threads : of the passes; any number gives the same bits
    mapper : an object with ``map`` that runs partitions elsewhere
    memory_limit : bytes of packed answers that may be kept between passes; partitions above it are read again
    errors : standard errors: "cross-product", "oakes", "sandwich" or "none"
    fewest_answers : per item, for 3pl without a prior on c
    seed : of the sample for standard errors
    """

    model: str | Sequence[str] = "2pl"
    prior: Prior | None = None
    scale_constant: float = 1.0
    latent: str = "normal"
    reference: Hashable = None
    free_reference_sd: bool | None = None
    anchors: Anchors = field(default_factory=dict)
    quadrature: Quadrature = field(default_factory=Quadrature)
    tolerance: float = 1e-3
    max_passes: int = 500
    precision: str = "float64"
    engine: str = "auto"
    threads: int = 1
    mapper: Mapper | None = None
    memory_limit: int = 512 * 2**20
    errors: str = "cross-product"
    fewest_answers: int = FEWEST_ANSWERS
    seed: int = 0

    def __post_init__(self) -> None:
        for name, known in (("latent", LATENT), ("errors", ERRORS), ("precision", PRECISIONS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}: one of {', '.join(known)} expected, found {getattr(self, name)!r}")
        if not self.scale_constant > 0:
            raise ValueError(f"scale_constant: a positive D expected, found {self.scale_constant}")
        if not self.tolerance > 0 or self.max_passes < 1 or self.threads < 1:
            raise ValueError("tolerance, max_passes and threads: numbers above 0 expected")

    def fit(
        self,
        answers: Any,
        *,
        items: Sequence[str] | None = None,
        groups: Sequence[Hashable] | np.ndarray | None = None,
        weights: FloatArray | None = None,
        students: Sequence[Hashable] | np.ndarray | None = None,
        clusters: np.ndarray | None = None,
        progress: Progress | None = None,
    ) -> Calibration:
        """Estimate.

        Parameters
        ----------
        answers : (n, k) int8, or partitions
            Category of each answer, 0 wrong and 1 right, -1 not in the likelihood; an object with ``scored()`` that
            gives such an array; what ``responses.pack`` packed, which is fastest; or a sequence of partitions
            (``sources.Partition``), which carry groups and weights.
        items : (k,) names; left out, item 1, item 2 and so on
        groups, weights, students : (n,) of each student; a student who comes twice is refused
        clusters : (n,) numbers from 0, such as schools, for errors="sandwich"
        progress : called after every pass with its number, the log-posterior and the largest gradient

        Raises
        ------
        CalibrationRefused
            See section 10 of the method.
        """
        _refuse_duplicates(students)
        if not _is_partitions(answers):
            answers = matrix_or_packed(answers)
        source = self._source(answers, groups, weights)
        width = _width(answers)
        names = _names(items, width)
        survey = source.total(SurveyTask(width, len(source.labels)))
        start = self._start(source, survey, names)
        prior = self._prior(start)
        refuse_what_cannot_be_calibrated(survey, start.items, names, source.labels, prior, self.fewest_answers)
        settings = self._settings(prior, survey.students / survey.weight)
        ended, final, information, distance = self._iterate(source, start, settings, progress)
        covariance = self._covariance(source, final, settings, information, clusters, survey)
        warnings = _warnings(source, final, survey.students)
        return self._result(
            names, prior, survey, final, covariance, _convergence(ended, final, distance, names), warnings
        )

    def _result(
        self,
        names: tuple[str, ...],
        prior: Prior,
        survey: Survey,
        final: Pass,
        covariance: FloatArray | None,
        convergence: Convergence,
        warnings: tuple[str, ...],
    ) -> Calibration:
        return Calibration(
            names=names,
            state=final.state,
            scale_constant=self.scale_constant,
            prior=prior,
            convergence=convergence,
            loglik=final.expected.loglik,
            log_posterior=final.objective,
            students=survey.students,
            answers=survey.answers,
            group_students=tuple(survey.groups.tolist()),
            covariance=covariance,
            errors=self.errors,
            seed=self.seed,
            warnings=warnings,
        )

    def _settings(self, prior: Prior, weight_scale: float) -> Settings:
        return Settings(
            prior=prior,
            scale_constant=self.scale_constant,
            tolerance=self.tolerance,
            max_passes=self.max_passes,
            dtype=self.precision,
            weight_scale=weight_scale,
            engine=engine_named(self.engine),
        )

    def _source(self, answers: Any, groups: Any, weights: Any) -> Source:
        if _is_partitions(answers):
            if groups is not None or weights is not None:
                raise ValueError("partitions carry their own groups and weights; give none beside them")
            partitions = tuple(answers)
            source = Partitioned(partitions, labels_of(partitions), self.threads, self.mapper)
            return source if self.mapper is not None else keep_in_memory(source, self.memory_limit)
        labels: tuple[Hashable, ...] = (None,) if groups is None else tuple(np.unique(np.asarray(groups)).tolist())
        return in_memory(answers, groups, weights, labels, self.threads)

    def _start(self, source: Source, survey: Survey, names: Sequence[str]) -> State:
        models = [self.model] * len(names) if isinstance(self.model, str) else list(self.model)
        if len(models) != len(names):
            raise ValueError(f"model: one name, or {len(names)} of them, expected; found {len(models)}")
        known = {
            name: len(given) - (models[place] == "3pl")
            for place, name in enumerate(names)
            if (given := self.anchors.get(name)) is not None
        }
        categories = np.array(
            [max(int(seen), known.get(name, 2)) for seen, name in zip(survey.categories, names, strict=True)]
        )
        answers = np.zeros((len(names), max(int(categories.max()), survey.answers.shape[1])))
        answers[:, : survey.answers.shape[1]] = survey.answers
        prior = self.prior or Prior()
        items = with_anchors(
            starting_items(models, answers, categories, prior), names, self.anchors, self.scale_constant
        )
        reference: int | None = None
        if not self.anchors:
            if self.reference is not None and self.reference not in source.labels:
                raise ValueError(
                    f"reference: one of {', '.join(map(str, source.labels))} expected, found {self.reference!r}"
                )
            reference = 0 if self.reference is None else source.labels.index(self.reference)
        free_sd = self.free_reference_sd
        if free_sd is None:
            free_sd = not items.free[:, 0].any()
        groups = normal_groups(
            source.labels,
            self.quadrature.nodes(),
            reference=reference,
            free_reference_sd=free_sd,
            histogram=self.latent == "histogram",
        )
        return State(items, groups)

    def _prior(self, start: State) -> Prior:
        if self.prior is not None:
            return self.prior
        return Prior.for_options(5) if start.items.free[:, -1].any() else Prior()

    def _iterate(
        self, source: Source, start: State, settings: Settings, progress: Progress | None
    ) -> tuple[Run, Pass, FloatArray, float]:
        """Run, verify how far the optimum still is, and go on with a tighter tolerance where it is too far."""
        passes = 0
        trace: tuple[float, ...] = ()
        few = standard_errors.FEW_STUDENTS
        scoring = Scoring(source, settings, self.seed)
        for _ in range(1 + TIGHTENINGS):
            left = replace(settings, max_passes=max(1, self.max_passes - passes))
            ended = run(source, start, left, progress, scoring)
            passes, trace = passes + ended.passes, trace + ended.trace
            final = ended.last
            if settings.dtype != "float64":
                final = evaluate(source, final.state, settings, dtype="float64")
            known = scoring.information if final.expected.students > few else None
            if known is None:
                known = standard_errors.cross_product(source, final, settings, seed=self.seed, most=few)
            information = known
            distance = standard_errors.distance_in_errors(final, information)
            if not distance > NEAR_ENOUGH or passes >= self.max_passes:
                break
            start = final.state
            settings = replace(settings, tolerance=settings.tolerance * min(0.3, 0.5 * NEAR_ENOUGH / distance))
        return replace(ended, passes=passes, trace=trace), final, information, distance

    def _covariance(
        self,
        source: Source,
        final: Pass,
        settings: Settings,
        information: FloatArray,
        clusters: np.ndarray | None,
        survey: Survey,
    ) -> FloatArray | None:
        if self.errors == "none":
            return None
        if clusters is not None and (self.errors != "sandwich" or not isinstance(source, InMemory)):
            raise ValueError("clusters are for errors='sandwich', with the students in memory")
        if survey.students > standard_errors.FEW_STUDENTS and self.errors == "cross-product":
            information = standard_errors.cross_product(source, final, settings, seed=self.seed)
        rough = standard_errors.inverse(information)
        if self.errors == "cross-product":
            return rough
        near = np.sqrt(np.diag(rough))
        near = np.where(np.isfinite(near), near, 0.05)
        observed = standard_errors.oakes(source, final, settings, near)
        if self.errors == "oakes":
            return standard_errors.inverse(observed)
        return standard_errors.sandwich(source, final, settings, observed, clusters)


def _convergence(ended: Run, final: Pass, distance: float, names: Sequence[str]) -> Convergence:
    reasons = []
    bounds = at_bound(final.state.items).any(axis=1)
    if not ended.stopped:
        reasons.append(f"{ended.passes} passes were used up with a gradient of {final.decrement:.2g} standard errors")
    if np.isnan(distance):
        reasons.append(
            "the information is not positive definite: some parameters cannot be told apart by these answers"
        )
    elif distance > NEAR_ENOUGH:
        reasons.append(f"the optimum may be {distance:.2g} standard errors away, {NEAR_ENOUGH} is asked")
    if bounds.any():
        reasons.append("parameters at a bound: " + ", ".join(names[item] for item in np.flatnonzero(bounds).tolist()))
    return Convergence(not reasons, tuple(reasons), ended.passes, final.decrement, distance, ended.trace)


def _warnings(source: Source, final: Pass, students: int) -> tuple[str, ...]:
    groups = final.state.groups
    low, high = groups.nodes[0], groups.nodes[-1]
    found = []
    for label, mean, sd in zip(groups.labels, groups.mean.tolist(), groups.sd.tolist(), strict=True):
        if mean - 3 * sd < low or mean + 3 * sd > high:
            found.append(
                f"group {label}: mean {mean:.2f} and SD {sd:.2f} reach beyond the grid [{low:.1f}, {high:.1f}]"
            )
    if coarse := spacing_warning(source, final.state, students):
        found.append(coarse)
    return tuple(found)


def _names(items: Sequence[str] | None, width: int) -> tuple[str, ...]:
    names = tuple(items) if items is not None else tuple(f"item {number}" for number in range(1, width + 1))
    if len(names) != width or len(set(names)) != width:
        raise ValueError(f"items: {width} different names expected, found {len(set(names))} among {len(names)}")
    return names


def _refuse_duplicates(students: Any) -> None:
    if students is None:
        return
    unique, count = np.unique(np.asarray(students), return_counts=True)
    twice = np.flatnonzero(count > 1)
    if twice.size:
        named = ", ".join(str(unique[place]) for place in twice[:5].tolist())
        raise CalibrationRefused(f"students: {twice.size} come more than once, such as {named}; expected one row each")


def _is_partitions(answers: Any) -> bool:
    whole = isinstance(answers, Packed) or hasattr(answers, "shape") or hasattr(answers, "scored")
    return isinstance(answers, Iterable) and not whole


def _width(answers: Any) -> int:
    if _is_partitions(answers):
        return int(next(iter(answers[0].batches())).answers.shape[1])
    return shape_of(answers)[1]
