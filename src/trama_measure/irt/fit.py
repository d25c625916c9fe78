"""Does the model describe the answers? Item fit by effect size and by test, local dependence, person fit.

Section 14 of the method. With a million students every test rejects: read RMSD and mean squares first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.stats import chi2

from trama_measure.arrays import FloatArray

from .em import ExpectedTask
from .engines import engine_named
from .families import expected_score, probabilities, theta_derivatives
from .results import Calibration
from .scores import WIDTH_95
from .sumscores import sum_score_distribution

RMSD_TO_LOOK_AT: Final = 0.05
RMSD_TOO_LARGE: Final = 0.10
SMALLEST_EXPECTED: Final = 1.0


def item_fit(calibration: Calibration, answers: Any, *, groups: Any = None, threads: int = 1) -> pl.DataFrame:
    """One row per item: RMSD, infit and outfit mean squares, from the expected counts of one pass.

    RMSD is the root mean square difference between the share of points expected by the model and that expected from
    the answers, over the distribution of theta: 0.05 deserves a look, 0.10 is large. Mean squares are the squared
    residuals over their expectation, averaged over each student's posterior; 1 is what the model expects, above 1 is
    more noise, below 1 less.

    Parameters
    ----------
    answers : (n, k) int8, -1 not in the likelihood, or an object with ``scored()``
    groups : (n,) labels, as in the calibration
    """
    matrix = answers.scored() if hasattr(answers, "scored") else np.asarray(answers)
    items = calibration.parameters
    counts, nodes = expected_counts(calibration, matrix, groups, threads)
    p = probabilities(items, nodes)
    points = np.arange(items.most_categories)[None, :, None]
    exists = points < items.categories[:, None, None]
    expected = expected_score(items, nodes)
    spread = np.maximum((p * exists * (points - expected[:, None]) ** 2).sum(axis=1), 1e-12)
    students = counts.sum(axis=1)
    total = np.maximum(students.sum(axis=1), 1e-300)
    squares = (counts * (points - expected[:, None]) ** 2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = np.where(students > 0, (counts * points).sum(axis=1) / students, expected)
    away = (seen - expected) / (items.categories[:, None] - 1)
    rmsd = np.sqrt((students * away**2).sum(axis=1) / total)
    flags = np.where(rmsd > RMSD_TOO_LARGE, "large", np.where(rmsd > RMSD_TO_LOOK_AT, "look", ""))
    return pl.DataFrame(
        {
            "item": list(calibration.names),
            "answers": (matrix >= 0).sum(axis=0),
            "rmsd": rmsd,
            "infit": squares.sum(axis=1) / (students * spread).sum(axis=1),
            "outfit": (squares / spread).sum(axis=1) / total,
            "flag": flags.tolist(),
        }
    )


def s_x2(calibration: Calibration, answers: Any, *, group: int = 0) -> pl.DataFrame:
    """Orlando and Thissen's S-X2 of right/wrong items that all students of ``answers`` answered.

    Share right at each sum of points against the share that the model expects there; sums in which fewer than one
    right or wrong answer is expected are joined with their neighbour towards the middle.

    Parameters
    ----------
    answers : (n, k) int8 of one booklet; columns that are -1 throughout are left out
    group : position of the group that the students come from

    Raises
    ------
    ValueError
        If an item has several categories, or some students did not answer what others did.
    """
    rows = []
    for name, free, cells in _sum_cells(calibration, answers, group):
        statistic = sum(
            (one.right - one.expected) ** 2 * (1 / one.expected + 1 / (one.students - one.expected)) for one in cells
        )
        df = len(cells) - free
        p = float(chi2.sf(statistic, df)) if df > 0 else np.nan
        rows.append((name, float(statistic), df, p))
    return pl.DataFrame(rows, schema=["item", "s_x2", "df", "p"], orient="row")


def observed_by_sum(calibration: Calibration, answers: Any, item: str, *, group: int = 0) -> pl.DataFrame:
    """The cells of ``s_x2`` for one item: sums of points, students, observed share right (95 %) and expected share.

    Raises
    ------
    ValueError
        As ``s_x2``; or if the item is not in the booklet.
    """
    for name, _, cells in _sum_cells(calibration, answers, group, only=item):
        students = np.array([one.students for one in cells])
        observed = np.array([one.right for one in cells]) / students
        surely = wilson(observed, students)
        return pl.DataFrame(
            {
                "item": [name] * len(cells),
                "lowest_sum": [one.low for one in cells],
                "highest_sum": [one.high for one in cells],
                "mean_sum": np.array([one.points for one in cells]) / students,
                "students": students,
                "observed": observed,
                "low": surely[0],
                "high": surely[1],
                "expected": np.array([one.expected for one in cells]) / students,
            }
        )
    raise ValueError(f"item {item} is not in this booklet")


def observed_by_theta(
    calibration: Calibration, answers: Any, items: Sequence[str], *, groups: Any = None, parts: int = 12
) -> pl.DataFrame:
    """What RMSD compares, in so many parts of the scale with about as many expected students each.

    Every student counts at each point of the grid with the posterior there. Columns: item, theta (mean of the part),
    students (expected, not whole), observed share of the points with its 95 % interval (Wilson's for right and wrong),
    and expected share. The interval takes the expected students for whole ones, which makes it rather too wide.

    Raises
    ------
    ValueError
        If an item is unknown, or fewer than three parts are asked for.
    """
    unknown = [item for item in items if item not in calibration.names]
    if unknown or parts < 3:
        raise ValueError(f"no item is called {unknown[0]!r}" if unknown else f"3 parts or more expected, found {parts}")
    matrix = answers.scored() if hasattr(answers, "scored") else np.asarray(answers)
    places = np.array([calibration.names.index(item) for item in items])
    found, nodes = expected_counts(calibration, matrix, groups)
    counts, parameters = found[places], calibration.parameters.take(places)
    model = expected_score(parameters, nodes)
    frames = []
    for row, item in enumerate(items):
        students = counts[row].sum(axis=0)
        points = np.arange(counts.shape[1]) @ counts[row]
        squares = np.arange(counts.shape[1]) ** 2 @ counts[row]
        most = int(parameters.categories[row]) - 1
        part = np.minimum((np.cumsum(students) - students / 2) / students.sum() * parts, parts - 1).astype(np.int64)
        columns = (students, points / most, squares / most**2, students * nodes, students * model[row] / most)
        sums = np.stack([np.bincount(part, weights=column, minlength=parts) for column in columns])
        sums = sums[:, sums[0] > 0]
        n, (got, square, theta, fitted) = sums[0], sums[1:] / sums[0]
        reach = WIDTH_95 * np.sqrt(np.maximum(square - got**2, 0) / n)
        low, high = wilson(got, n) if most == 1 else (np.clip(got - reach, 0, 1), np.clip(got + reach, 0, 1))
        named = {"item": [item] * n.size, "theta": theta, "students": n, "observed": got}
        frames.append(pl.DataFrame(named | {"low": low, "high": high, "expected": fitted}))
    return pl.concat(frames)


def wilson(share: FloatArray, number: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The 95 % interval of shares of so many answers (Wilson 1927, JASA 22, 209-212): never outside 0 and 1."""
    z2 = WIDTH_95**2
    middle = (share + z2 / (2 * number)) / (1 + z2 / number)
    reach = WIDTH_95 / (1 + z2 / number) * np.sqrt(share * (1 - share) / number + z2 / (4 * number**2))
    return np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)


def expected_counts(
    calibration: Calibration, matrix: np.ndarray, groups: Any, threads: int = 1
) -> tuple[FloatArray, FloatArray]:
    """(k, m, q) expected students at each point who gave each category, and (q,) the points."""
    scorer = calibration.scorer
    source = scorer.source(matrix, groups, threads=threads)
    return source.total(ExpectedTask(scorer.step, engine_named("auto"))).counts, scorer.nodes


def local_dependence(calibration: Calibration, answers: Any, *, groups: Any = None) -> pl.DataFrame:
    """Yen's Q3: for each pair of items the correlation of their residuals about EAP, largest first.

    ``above_mean`` is what the correlation has over the mean of all pairs (which is about -1 / (k - 1) without any
    dependence); 0.2 and more deserves a look (Christensen, Makransky and Horton 2017).
    """
    matrix = answers.scored() if hasattr(answers, "scored") else np.asarray(answers)
    theta = calibration.score(matrix, groups=groups)["theta"].to_numpy()
    known = np.isfinite(theta)
    matrix, theta = matrix[known], theta[known]
    seen = (matrix >= 0).astype(np.float64)
    residuals = np.where(matrix >= 0, matrix - expected_score(calibration.parameters, theta).T, 0.0)
    pairs = seen.T @ seen
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = residuals.T @ seen / pairs  # of the row's item among those who saw both
        cross = residuals.T @ residuals / pairs - mean * mean.T
        variance = (residuals**2).T @ seen / pairs - mean**2
        q3 = cross / np.sqrt(variance * variance.T)
    one, other = np.triu_indices(q3.shape[0], 1)
    values = q3[one, other]
    frame = pl.DataFrame(
        {
            "item": [calibration.names[place] for place in one.tolist()],
            "other": [calibration.names[place] for place in other.tolist()],
            "q3": values,
            "above_mean": values - np.nanmean(values),
            "students": pairs[one, other].astype(np.int64),
        }
    )
    return frame.filter(pl.col("students") > 2).sort("q3", descending=True)


def person_fit(calibration: Calibration, answers: Any, *, method: str = "wle", groups: Any = None) -> pl.DataFrame:
    """Drasgow's lz of each student: the log-likelihood at the student's own theta, less its expectation, over its SD.

    Far below zero (-3) are answers that the model hardly expects of anybody: copied, careless, a slipped answer sheet.
    With theta estimated its SD is below 1 (0.8 for 15 items), so cut-offs are on the safe side.
    """
    scores = calibration.score(answers, method, groups=groups)
    matrix = answers.scored() if hasattr(answers, "scored") else np.asarray(answers)
    theta = scores["theta"].to_numpy()
    found = np.full(theta.size, np.nan)
    known = np.flatnonzero(np.isfinite(theta))
    for start in range(0, known.size, 4096):
        rows = known[start : start + 4096]
        found[rows] = _lz(calibration, matrix[rows], theta[rows])
    return scores.select("student", "theta", "answered").with_columns(pl.Series("lz", found))


def _lz(calibration: Calibration, matrix: np.ndarray, theta: FloatArray) -> FloatArray:
    items = calibration.parameters
    p, _, _ = theta_derivatives(items, theta)  # (k, m, n)
    exists = np.arange(items.most_categories)[None, :, None] < items.categories[:, None, None]
    logs = np.log(p)
    mean = (p * logs * exists).sum(axis=1)
    variance = (p * logs**2 * exists).sum(axis=1) - mean**2
    seen = (matrix >= 0).T
    own = np.take_along_axis(logs, np.maximum(matrix, 0).T[:, None, :].astype(np.int64), axis=1)[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        return ((own - mean) * seen).sum(axis=0) / np.sqrt((variance * seen).sum(axis=0))


@dataclass(frozen=True, slots=True)
class _Cell:
    """Students with ``low`` to ``high`` right answers: how many, and how many of them have the item right."""

    low: int
    high: int
    students: float
    expected: float
    right: float
    points: float  # sum of the right answers of these students

    @property
    def thin(self) -> bool:
        return self.expected < SMALLEST_EXPECTED or self.students - self.expected < SMALLEST_EXPECTED

    def __add__(self, other: _Cell) -> _Cell:
        return _Cell(
            min(self.low, other.low), max(self.high, other.high), self.students + other.students,
            self.expected + other.expected, self.right + other.right, self.points + other.points,
        )  # fmt: skip


def _sum_cells(
    calibration: Calibration, answers: Any, group: int, only: str | None = None
) -> Iterator[tuple[str, int, list[_Cell]]]:
    """For each item of one booklet its name, its free parameters and its cells; or for one of them."""
    matrix = answers.scored() if hasattr(answers, "scored") else np.asarray(answers)
    shown = np.flatnonzero((matrix >= 0).any(axis=0))
    matrix = matrix[:, shown]
    if (matrix < 0).any():
        row, item = np.argwhere(matrix < 0)[0].tolist()
        raise ValueError(
            f"s_x2: row {row} has no answer to {calibration.names[shown[item]]}; give one booklet at a time"
        )
    items = calibration.parameters.take(shown)
    if (items.categories > 2).any():
        raise ValueError("s_x2: right and wrong items expected, found one with several categories")
    scorer = calibration.scorer
    mass, k = scorer.masses[group], items.size
    right = probabilities(items, scorer.nodes)[:, 1]
    all_sums = sum_score_distribution(items, scorer.nodes) @ mass
    sums = matrix.sum(axis=1)
    number = np.bincount(sums, minlength=k + 1)[1:k].astype(np.float64)
    for item in range(k):
        name = calibration.names[shown[item]]
        if only is not None and name != only:
            continue
        others = sum_score_distribution(items.take(np.delete(np.arange(k), item)), scorer.nodes)
        expected = (others[: k - 1] * right[item]) @ mass / all_sums[1:k]
        observed = np.bincount(sums, weights=matrix[:, item], minlength=k + 1)[1:k]
        cells = [
            _Cell(score, score, *of, score * of[0])
            for score, of in enumerate(
                zip(number.tolist(), (number * expected).tolist(), observed.tolist(), strict=True), start=1
            )
        ]
        yield name, int(items.free[item].sum()), _joined(cells)


def _joined(cells: list[_Cell]) -> list[_Cell]:
    """Cells with at least one right and one wrong answer expected in each."""
    cells = list(cells)
    while len(cells) > 1 and any(cell.thin for cell in cells):
        place = next(place for place, cell in enumerate(cells) if cell.thin)
        towards = place + 1 if place < len(cells) / 2 else place - 1
        low = min(place, towards)
        cells[low : low + 2] = [cells[place] + cells[towards]]
    return cells
