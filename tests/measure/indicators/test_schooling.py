"""Flow and age-grade distortion: birthdays by hand, rates by hand, and what roundings may do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.indicators.schooling import age_grade_distortion, age_on, flow_rates, rates_agree


def test_a_birthday_counts_from_the_day_itself():
    born = np.array(["2018-03-31", "2018-04-01", "2018-01-31", "2016-02-29", "NaT"], dtype="datetime64[D]")
    assert age_on(born, "2025-03-31").tolist()[:4] == [7, 6, 7, 9]
    assert np.isnan(age_on(born, "2025-03-31")[4])
    leap = np.array(["2016-02-29"], dtype="datetime64[D]")
    assert (age_on(leap, "2025-02-28")[0], age_on(leap, "2025-03-01")[0]) == (8, 9)
    with pytest.raises(ValueError, match="born after"):
        age_on(born, "2017-01-01")


@given(st.dates(), st.dates())
def test_ages_are_those_of_the_calendar(born, day):
    if born > day:
        born, day = day, born
    expected = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    assert age_on(np.array([born], dtype="datetime64[D]"), day.isoformat())[0] == expected


def test_two_years_above_the_expected_age_are_behind():
    # grade 1 expects 6: 7 is not behind, 8 is; grade 5 expects 10: 12 is; grade 10 expects 15: 16 is not
    found = age_grade_distortion(np.array([6, 7, 8, 12, 11, 16, np.nan]), np.array([1, 1, 1, 5, 5, 10, 10]))
    assert found.table()["grade"].tolist() == [1, 5, 10]
    assert found.behind.tolist() == [1, 1, 0]
    assert found.enrolled.tolist() == [3, 2, 1]
    assert found.unknown.tolist() == [0, 0, 1]
    assert found.share.tolist() == pytest.approx([1 / 3, 1 / 2, 0])
    assert found.overall == pytest.approx(2 / 6)


def test_a_later_reference_day_never_lowers_the_rate():
    rng = np.random.default_rng(1)
    born = np.datetime64("2010-01-01") + rng.integers(0, 3650, 500)
    grade = rng.integers(1, 10, 500)
    rates = [age_grade_distortion(age_on(born, f"2025-{day}"), grade).overall for day in ("03-31", "05-28", "12-31")]
    assert rates == sorted(rates)


@pytest.mark.parametrize(
    ("age", "grade"), [([7.5], [1]), ([-1], [1]), ([7], [0]), ([7], [13]), ([7, 8], [1]), ([7], [1.0])]
)
def test_ages_and_grades_without_a_meaning_are_refused(age, grade):
    with pytest.raises(ValueError):
        age_grade_distortion(np.array(age, dtype=float), np.array(grade))


def test_flow_by_hand_and_with_gaps():
    flow = flow_rates(np.array([90.0, 0, np.nan]), np.array([6.0, 0, 1]), np.array([4.0, 0, 1]))
    assert (flow.approved[0], flow.failed[0], flow.left[0]) == (0.9, 0.06, 0.04)
    assert np.isnan(flow.approved[1:]).all()
    with pytest.raises(ValueError):
        flow_rates(np.array([-1.0]), np.array([1.0]), np.array([1.0]))


def test_published_rates_may_miss_100_by_their_roundings_only():
    found = rates_agree(
        np.array([90.0, 90.1, 90.0, np.nan]), np.array([6.0, 6.0, 6.0, 6]), np.array([4.0, 4.0, 4.3, 4])
    )
    assert found.tolist() == [True, True, False, False]
