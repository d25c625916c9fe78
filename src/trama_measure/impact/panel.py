"""A panel: units observed in the same periods, and the period in which each began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .notices import ImpactError, Notice, NoticeCode

SHOWN: Final = 5  # names in a message

type Incomplete = Literal["refuse", "drop_units"]


class Columns(Protocol):
    """A Polars or pandas frame, or a mapping of names to arrays: anything whose ``[name]`` can become an array."""

    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Panel:
    """n units in T periods. Build it with ``from_arrays`` or ``from_columns``; both check everything."""

    outcome: FloatArray  # (n, T), complete
    periods: FloatArray  # (T,) increasing: years or editions
    start: IntArray  # (n,) position of the first period with the programme; T where it never came
    covariates: FloatArray | None  # (n, p), or (n, T, p) if they vary over time
    weights: FloatArray  # (n,) mean 1
    clusters: IntArray  # (n,) codes from 0; each unit its own where none were given
    units: NDArray[Any]  # (n,) names
    notices: tuple[Notice, ...] = ()

    @property
    def n_units(self) -> int:
        """Number of units, n."""
        return self.outcome.shape[0]

    @property
    def n_periods(self) -> int:
        """Number of periods, T."""
        return self.outcome.shape[1]

    @property
    def n_clusters(self) -> int:
        """Number of clusters; n where every unit stands alone."""
        return int(self.clusters.max()) + 1

    @property
    def never(self) -> BoolArray:
        """(n,) units that do not begin within the panel."""
        return self.start == self.n_periods

    @property
    def cohorts(self) -> IntArray:
        """Positions of the periods in which somebody began, increasing."""
        found = np.unique(self.start)
        return found[found < self.n_periods].astype(np.int64)

    @property
    def treated(self) -> BoolArray:
        """(n, T) whether the programme is there."""
        return np.arange(self.n_periods) >= self.start[:, np.newaxis]

    def name(self, position: int) -> str:
        """The period at a position as people write it; ``never`` beyond the last."""
        return "never" if position >= self.n_periods else f"{self.periods[position]:g}"

    def keep(self, rows: BoolArray | IntArray, *notices: Notice) -> Panel:
        """The same panel with some units only, in the order asked for; clusters are counted anew."""
        codes = np.unique(self.clusters[rows], return_inverse=True)[1]
        weights = self.weights[rows]
        return Panel(
            outcome=self.outcome[rows],
            periods=self.periods,
            start=self.start[rows],
            covariates=None if self.covariates is None else self.covariates[rows],
            weights=weights / weights.mean(),
            clusters=codes.astype(np.int64),
            units=self.units[rows],
            notices=self.notices + notices,
        )

    @classmethod
    def from_arrays(
        cls,
        outcome: FloatArray,
        periods: FloatArray | Sequence[float],
        start: FloatArray | Sequence[float],
        *,
        covariates: FloatArray | None = None,
        weights: FloatArray | None = None,
        clusters: NDArray[Any] | Sequence[Any] | None = None,
        units: NDArray[Any] | Sequence[Any] | None = None,
        incomplete: Incomplete = "refuse",
    ) -> Panel:
        """A panel from arrays.

        Parameters
        ----------
        outcome : (n, T) array in any unit; NaN where there is no result
        periods : (T,) increasing numbers, such as years; they need not be evenly spaced
        start : (n,) the period in which each unit began, on the scale of ``periods``; NaN or infinity: never. A start
            between two periods counts from the later one; a start after the last period is a start never seen
        covariates : (n, p) or (n, T, p), complete
        weights : (n,) positive; clusters : (n,) labels of the units that were sampled or assigned together
        incomplete : "refuse", or "drop_units" to leave out units without a result in every period, with a notice

        Raises
        ------
        ImpactError
            If a shape does not fit, a period is not later than the one before, or something is missing.
        """
        values = _matrix(outcome)
        n, n_periods = values.shape
        times = _vector("periods", periods, n_periods)
        if not (np.diff(times) > 0).all():
            raise ImpactError(f"periods: increasing numbers expected, found {times[:SHOWN].tolist()} ...")
        names = np.arange(n) if units is None else np.asarray(units)
        if names.shape != (n,):
            raise ImpactError(f"units: {n} names expected, found {names.shape}")
        panel = cls(
            outcome=values,
            periods=times,
            start=_positions(start, times, n),
            covariates=_covariates(covariates, n, n_periods),
            weights=_weights(weights, n),
            clusters=_clusters(clusters, n),
            units=names,
        )
        return _complete(panel, incomplete)

    @classmethod
    def from_columns(
        cls,
        columns: Columns | Mapping[str, Any],
        *,
        unit: str,
        period: str,
        outcome: str,
        start: str,
        covariates: Sequence[str] = (),
        weight: str | None = None,
        cluster: str | None = None,
        never: float = 0.0,
        incomplete: Incomplete = "refuse",
    ) -> Panel:
        """A panel from a long table, one row per unit and period: a Polars or pandas frame, or a dict of arrays.

        Parameters
        ----------
        unit, period, outcome, start, weight, cluster : names of columns; ``start``, ``weight`` and ``cluster`` must not
            change within a unit
        covariates : names of columns; those that change within a unit are read in the base period of each effect
        never : value of ``start`` that means "never", beside missing and infinity
        incomplete : as in ``from_arrays``; a row that is absent counts as a missing result

        Raises
        ------
        ImpactError
            If a column is absent, a unit comes twice in a period, a constant column changes, or the panel has gaps.
        """
        names, times, (row, at), seen = _places(columns, unit, period)
        values = np.full(seen.shape, np.nan)
        values[row, at] = _column(columns, outcome).astype(np.float64)
        begun = _constant(columns, start, unit, names, row)
        begun = np.where(begun == never, np.nan, begun)
        wide = [_wide(columns, name, seen.shape, row, at) for name in covariates]
        labels = None if cluster is None else _labels(_column(columns, cluster))
        groups = None if labels is None else _same(labels.astype(np.float64), str(cluster), unit, names, row)
        return cls.from_arrays(
            values,
            times,
            begun,
            covariates=_stack(wide, seen),
            weights=None if weight is None else _constant(columns, weight, unit, names, row),
            clusters=groups,
            units=names,
            incomplete=incomplete,
        )


def _matrix(outcome: FloatArray) -> FloatArray:
    values = np.asarray(outcome, dtype=np.float64)
    if values.ndim != 2 or min(values.shape) < 2:
        raise ImpactError(f"outcome: at least 2 units by 2 periods expected, found an array of shape {values.shape}")
    return values


def _places(
    columns: Any, unit: str, period: str
) -> tuple[NDArray[Any], FloatArray, tuple[IntArray, IntArray], BoolArray]:
    """Names of units, periods, the place of each row in the matrix of both, and which places have one."""
    names, row = np.unique(_column(columns, unit), return_inverse=True)
    times, at = np.unique(_column(columns, period).astype(np.float64), return_inverse=True)
    if np.isnan(times).any():
        raise ImpactError(f"{period}: a number expected in every row, found one missing")
    seen = np.zeros((names.size, times.size), dtype=np.int64)
    np.add.at(seen, (row, at), 1)
    if (seen > 1).any():
        i, t = np.argwhere(seen > 1)[0]
        raise ImpactError(f"{unit} {names[i]} in {period} {times[t]:g}: one row expected, found {seen[i, t]}")
    return names, times, (row, at), seen > 0


def _vector(name: str, values: Any, size: int) -> FloatArray:
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (size,):
        raise ImpactError(f"{name}: {size} numbers expected, found an array of shape {found.shape}")
    return found


def _positions(start: Any, times: FloatArray, n: int) -> IntArray:
    begun = _vector("start", start, n)
    return np.searchsorted(times, np.where(np.isnan(begun), np.inf, begun)).astype(np.int64)


def _covariates(covariates: FloatArray | None, n: int, n_periods: int) -> FloatArray | None:
    if covariates is None:
        return None
    found = np.asarray(covariates, dtype=np.float64)
    if found.ndim == 1:
        found = found[:, np.newaxis]
    if found.shape[0] != n or found.ndim not in (2, 3) or (found.ndim == 3 and found.shape[1] != n_periods):
        raise ImpactError(f"covariates: shape ({n}, p) or ({n}, {n_periods}, p) expected, found {np.shape(covariates)}")
    return found


def _weights(weights: FloatArray | None, n: int) -> FloatArray:
    if weights is None:
        return np.ones(n)
    found = _vector("weights", weights, n)
    if not (np.isfinite(found) & (found > 0)).all():
        raise ImpactError("weights: positive numbers expected in every unit, found one that is not")
    return np.asarray(found / found.mean(), dtype=np.float64)


def _labels(values: NDArray[Any]) -> IntArray:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _clusters(clusters: Any, n: int) -> IntArray:
    if clusters is None:
        return np.arange(n)
    found = np.asarray(clusters)
    if found.shape != (n,):
        raise ImpactError(f"clusters: {n} labels expected, found an array of shape {found.shape}")
    return _labels(found)


def _complete(panel: Panel, incomplete: Incomplete) -> Panel:
    """The panel itself if nothing is missing; otherwise refuse it, or leave the units with gaps out and say so."""
    gaps = ~np.isfinite(panel.outcome)
    bad = gaps.any(axis=1)
    if panel.covariates is not None:
        bad |= ~np.isfinite(panel.covariates).reshape(panel.n_units, -1).all(axis=1)
    if not bad.any():
        return panel
    if incomplete == "refuse":
        where = ", ".join(f"{panel.name(t)}: {count}" for t, count in enumerate(gaps.sum(axis=0).tolist()) if count)
        who = ", ".join(map(str, panel.units[bad][:SHOWN].tolist()))
        raise ImpactError(
            f"{int(bad.sum())} of {panel.n_units} units lack a result or a covariate (outcome missing in"
            f" {where or 'none'}; units {who}{' ...' if bad.sum() > SHOWN else ''}). A complete panel is expected:"
            ' choose other periods, or leave these units out with incomplete="drop_units"'
        )
    if (~bad).sum() < 2:
        raise ImpactError(f"no two units have a result in every period: {int(bad.sum())} of {panel.n_units} lack one")
    notice = Notice(NoticeCode.UNITS_DROPPED, "", float(bad.sum()), 0.0)
    return panel.keep(~bad, notice)


def _column(columns: Columns | Mapping[str, Any], name: str) -> NDArray[Any]:
    try:
        values = columns[name]
    except Exception as error:  # each kind of frame has its own
        raise ImpactError(f"the table has no column {name}") from error
    return np.asarray(values)


def _constant(columns: Any, name: str, unit: str, names: NDArray[Any], row: IntArray) -> FloatArray:
    return _same(_column(columns, name).astype(np.float64), name, unit, names, row)


def _same(values: FloatArray, name: str, unit: str, names: NDArray[Any], row: IntArray) -> FloatArray:
    """One value per unit of a column that must not change within a unit."""
    first = np.full(names.size, np.nan)
    first[row] = values
    differs = (values != first[row]) & ~(np.isnan(values) & np.isnan(first[row]))
    if differs.any():
        i = int(np.flatnonzero(differs)[0])
        raise ImpactError(
            f"{name} of {unit} {names[row[i]]}: one value in all periods expected, found {values[i]:g} and"
            f" {first[row[i]]:g}"
        )
    return first


def _wide(columns: Any, name: str, shape: tuple[int, ...], row: IntArray, at: IntArray) -> FloatArray:
    wide = np.full(shape, np.nan)
    wide[row, at] = _column(columns, name).astype(np.float64)
    return wide


def _stack(wide: list[FloatArray], seen: BoolArray) -> FloatArray | None:
    """(n, p) if no covariate changes within a unit, (n, T, p) otherwise; None without covariates."""
    if not wide:
        return None
    cube = np.stack(wide, axis=2)
    first = cube[np.arange(len(cube)), np.argmax(seen, axis=1)][:, np.newaxis]
    constant = ((cube == first) | ~seen[:, :, np.newaxis]).all()
    return first[:, 0] if constant else cube
