"""From students to a panel of schools: the figures of students, and errors that cover."""

import numpy as np
import polars as pl
import pytest

from trama_measure.impact.aggregate import aggregate
from trama_measure.impact.did import group_time_effects
from trama_measure.impact.notices import ImpactError
from trama_measure.impact.panel import Panel
from trama_measure.impact.people import cell_means

NAMES = {"unit": "school", "period": "year", "outcome": "score"}


def students(rng, *, effect=0.5, sizes=None, shift=0.0, schools=60):
    """Others every year: a school's own level and shock, students' noise; half of the schools begin in 2021."""
    sizes = rng.integers(5, 40, schools) if sizes is None else sizes
    level, rows = rng.normal(size=schools), []
    for year in (2019, 2020, 2021, 2022):
        for school in range(schools):
            treated = school % 2 == 0 and year >= 2021
            poor = rng.random(sizes[school]) < 0.3 + shift * treated
            score = level[school] + rng.normal(0, 0.2) + effect * treated - 0.8 * poor + rng.normal(size=sizes[school])
            start = 2021.0 if school % 2 == 0 else np.nan
            rows += [(school, year, each, start, float(p)) for each, p in zip(score, poor, strict=True)]
    return pl.DataFrame(rows, schema=["school", "year", "score", "start", "poor"], orient="row")


def effect_of(table, outcome="score", weight=None):
    panel = Panel.from_columns(table, unit="school", period="year", outcome=outcome, start="start", weight=weight)
    return aggregate(group_time_effects(panel), "simple")


def test_with_schools_of_one_size_the_effect_is_that_of_the_students_themselves():
    """Against the four means of students before and after, of schools that began and others."""
    frame = students(np.random.default_rng(1), sizes=np.full(60, 12)).filter(pl.col("year").is_in([2020, 2021]))
    means = {
        (began, year): own["score"].mean()
        for (began, year), own in frame.with_columns(began=pl.col("start") == 2021).group_by("began", "year")
    }
    assert {key[0] for key in means} == {True, False}
    expected = means[True, 2021] - means[True, 2020] - means[False, 2021] + means[False, 2020]
    assert effect_of(cell_means(frame, **NAMES, constant=["start"])).overall == pytest.approx(expected, abs=1e-12)


def test_size_makes_it_an_effect_on_the_mean_student():
    """Small schools gain 1, large ones nothing: the mean school gains half, the mean student a tenth."""
    sizes = np.tile([10, 10, 90, 90], 15)
    frame = students(np.random.default_rng(2), effect=0.0, sizes=sizes)
    gain = (pl.col("start") == 2021) & (pl.col("year") >= 2021) & (pl.col("school") % 4 == 0)
    frame = frame.with_columns(score=pl.col("score") + gain.fill_null(value=False).cast(pl.Float64))
    table = cell_means(frame, **NAMES, constant=["start"])
    assert effect_of(table).overall == pytest.approx(0.5, abs=0.25)
    assert effect_of(table, weight="size").overall == pytest.approx(0.1, abs=0.15)
    assert table["size"][:8].tolist() == [10] * 8


def test_means_counts_and_weights_are_those_of_the_cell():
    rows = {
        "school": ["a", "a", "a", "a", "b", "b"],
        "year": [2019, 2019, 2021, 2021, 2019, 2021],
        "score": [1.0, 4.0, 3.0, np.nan, 7.0, 8.0],
        "poor": [1, 0, 1, 1, 0, np.nan],
        "w": [2.0, 1, 1, 1, 5, 1],
        "start": [2021.0] * 4 + [np.nan] * 2,
        "state": ["PE"] * 4 + ["BA"] * 2,
    }
    table = cell_means(rows, **NAMES, constant=["start", "state"], composition=["poor"], weight="w")
    assert table["school"].tolist() == ["a", "a", "b", "b"]
    assert table["score"].tolist() == [2.0, 3.0, 7.0, 8.0]
    assert table["poor"][:3] == pytest.approx([2 / 3, 1, 0])
    assert np.isnan(table["poor"][3])
    assert table["people"].tolist() == [2, 1, 1, 1]
    assert table["absent"].tolist() == [0, 1, 0, 0]
    assert table["size"].tolist() == [3, 3, 5, 5]
    assert table["state"].tolist() == ["PE", "PE", "BA", "BA"]
    few = cell_means(rows, **NAMES, constant=["start"], fewest=2)
    assert np.isnan(few["score"]).tolist() == [False, True, True, True]
    with pytest.raises(ImpactError, match="2 of 2 units lack a result"):
        effect_of(few)


def test_errors_cover_although_schools_share_shocks_and_students_are_others():
    inside = 0
    for seed in range(120):
        view = effect_of(cell_means(students(np.random.default_rng(seed)), **NAMES, constant=["start"])).overall_table()
        inside += view["low"][0] <= 0.5 <= view["high"][0]
    assert inside / 120 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 120)


def test_a_change_in_who_the_students_are_is_seen_as_an_effect_on_the_composition():
    """More poor students come once the school takes part: the score falls, and the placebo outcome shows why."""
    frame = students(np.random.default_rng(5), effect=0.0, shift=0.4, schools=200)
    table = cell_means(frame, **NAMES, constant=["start"], composition=["poor"])
    moved = effect_of(table, "poor").overall_table()
    assert moved["low"][0] > 0.3
    assert effect_of(table).overall == pytest.approx(-0.8 * 0.4, abs=0.12)
    still = cell_means(
        students(np.random.default_rng(5), schools=200), **NAMES, constant=["start"], composition=["poor"]
    )
    low, high = (effect_of(still, "poor").overall_table()[end][0] for end in ("low", "high"))
    assert low < 0 < high


@pytest.mark.parametrize(
    ("change", "more", "message"),
    [
        ({}, {"outcome": "grade"}, "no column grade"),
        ({"year": [2019, np.nan]}, {}, "year: a number expected"),
        ({"w": [1.0, 0.0]}, {"weight": "w"}, "w: positive weights"),
        ({"start": [2021.0, 2022.0]}, {"constant": ["start"]}, "start of school a: one value for all people"),
        ({"start": [2021.0, np.nan]}, {"constant": ["start"]}, "start of school a: one value for all people"),
        ({"school": ["a", "b"]}, {}, "school b has nobody in the first period"),
        ({}, {"fewest": 0}, "at least 1 person"),
        ({"people": [1, 2]}, {"composition": ["people"]}, "stand in the way"),
    ],
)
def test_what_makes_no_panel_is_refused_by_name(change, more, message):
    rows = {"school": ["a", "a"], "year": [2019, 2021], "score": [1.0, 2.0]} | change
    with pytest.raises(ImpactError, match=message):
        cell_means(rows, **(NAMES | more))
