"""Does the model describe the answers? Item fit by effect size and by test, local dependence, person fit.

Section 14 of the method. With a million students every test rejects: read RMSD and mean squares first.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from scipy.stats import chi2

from trama_measure.arrays import FloatArray

from .em import ExpectedTask
from .engines import engine_named
from .families import expected_score, probabilities, theta_derivatives
from .results import Calibration
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
    scorer, items = calibration.scorer, calibration.parameters
    source = scorer.source(matrix, groups, threads=threads)
    counts = source.total(ExpectedTask(scorer.step, engine_named("auto"))).counts  # (k, m, q)
    p = probabilities(items, scorer.nodes)
    points = np.arange(items.most_categories)[None, :, None]
    exists = points < items.categories[:, None, None]
    expected = expected_score(items, scorer.nodes)
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
    rows = []
    for item in range(k):
        others = sum_score_distribution(items.take(np.delete(np.arange(k), item)), scorer.nodes)
        expected = (others[: k - 1] * right[item]) @ mass / all_sums[1:k]
        observed = np.bincount(sums, weights=matrix[:, item], minlength=k + 1)[1:k]
        cells = _joined(number, number * expected, observed)
        statistic = sum((o - e) ** 2 / e + (o - e) ** 2 / (n - e) for n, e, o in cells)
        df = len(cells) - int(items.free[item].sum())
        p = float(chi2.sf(statistic, df)) if df > 0 else np.nan
        rows.append((calibration.names[shown[item]], float(statistic), df, p))
    return pl.DataFrame(rows, schema=["item", "s_x2", "df", "p"], orient="row")


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


def _joined(number: FloatArray, expected: FloatArray, observed: FloatArray) -> list[tuple[float, float, float]]:
    """Cells (students, expected right, right) with at least one right and one wrong answer expected in each."""
    cells = [(n, e, o) for n, e, o in zip(number.tolist(), expected.tolist(), observed.tolist(), strict=True)]

    def thin(cell: tuple[float, float, float]) -> bool:
        return cell[1] < SMALLEST_EXPECTED or cell[0] - cell[1] < SMALLEST_EXPECTED

    while len(cells) > 1 and any(thin(cell) for cell in cells):
        place = next(place for place, cell in enumerate(cells) if thin(cell))
        towards = place + 1 if place < len(cells) / 2 else place - 1
        joined = tuple(one + other for one, other in zip(cells[place], cells[towards], strict=True))
        low = min(place, towards)
        cells[low : low + 2] = [(joined[0], joined[1], joined[2])]
    return cells
