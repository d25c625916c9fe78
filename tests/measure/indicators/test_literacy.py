"""Literacy and participation: published figures as data, instruments kept apart, the absent left open."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.indicators.conditions import Truth
from trama_measure.indicators.literacy import (
    NATIONAL_TARGETS,
    PUBLISHED,
    Instrument,
    LiteracyFigure,
    gap_to_target,
    literacy_change,
    literate_share,
)
from trama_measure.indicators.participation import participation, publishable, share_of_all


def test_the_published_figures_and_targets():
    by = {(figure.year, figure.instrument): figure for figure in PUBLISHED}
    first, second = (by[year, Instrument.STATE_ASSESSMENTS] for year in (2023, 2024))
    assert literacy_change(first, second) == pytest.approx(3.2)
    assert gap_to_target(second) == pytest.approx(-0.8)
    assert gap_to_target(first) is None
    assert list(NATIONAL_TARGETS.values()) == [60, 64, 67, 71, 74, 77, 80]
    with pytest.raises(ValueError, match="one instrument"):
        literacy_change(by[2023, Instrument.SAEB_SAMPLE], second)
    with pytest.raises(ValueError, match="targets were set"):
        gap_to_target(by[2023, Instrument.SAEB_SAMPLE])
    with pytest.raises(ValueError, match="earlier and a later"):
        literacy_change(second, LiteracyFigure(2024, 1.0, Instrument.STATE_ASSESSMENTS))


def test_a_score_at_the_cut_is_above_it_and_schools_are_kept_together():
    scores = np.array([743.0, 742.9, 800, 700, 750, 760])
    found = literate_share(scores, ["a", "a", "b", "b", "c", "c"])
    assert (found.share, found.students, found.schools) == (pytest.approx(4 / 6), 6, 3)
    left = np.array([3 / 4, 3 / 4, 2 / 4])
    assert found.se == pytest.approx(np.sqrt(2 / 3 * ((left - left.mean()) ** 2).sum()))
    assert np.isnan(literate_share(scores, ["a"] * 6).se)
    weighted = literate_share(scores, ["a", "a", "b", "b", "c", "c"], np.array([1, 3, 1, 1, 1, 1.0]))
    assert weighted.share == pytest.approx(4 / 8)
    for bad in (np.array([]), np.array([1.0, np.nan])):
        with pytest.raises(ValueError):
            literate_share(bad, ["a"] * bad.size)


def test_presence_and_what_may_be_published():
    present, enrolled = np.array([8.0, 9, 80, 79, np.nan, 0]), np.array([10.0, 9, 100, 100, 100, 0])
    assert participation(present, enrolled)[:4] == pytest.approx([0.8, 1, 0.8, 0.79])
    expected = [Truth.NOT_MET, Truth.NOT_MET, Truth.MET, Truth.NOT_MET, Truth.UNKNOWN, Truth.NOT_MET]
    assert publishable(present, enrolled).tolist() == expected
    with pytest.raises(ValueError, match="row 1: 12 present of 10"):
        participation(np.array([1.0, 12]), np.array([10.0, 10]))
    with pytest.raises(ValueError, match="negative"):
        participation(np.array([-1.0]), np.array([10.0]))


def test_half_of_eighty_percent_says_forty_to_sixty_of_all():
    found = share_of_all(np.array([0.5]), np.array([80.0]), np.array([100.0]))
    assert (found.low[0], found.high[0]) == pytest.approx((0.4, 0.6))
    with pytest.raises(ValueError, match="divide a percentage"):
        share_of_all(np.array([50.0]), np.array([80.0]), np.array([100.0]))


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n), st.integers(0, n))))
def test_the_truth_of_all_lies_between_whatever_the_absent_know(sizes):
    enrolled, present, literate = sizes
    everyone = np.arange(enrolled) < literate
    there = everyone[:present]
    found = share_of_all(np.array([there.mean()]), np.array([float(present)]), np.array([float(enrolled)]))
    assert found.low[0] - 1e-12 <= everyone.mean() <= found.high[0] + 1e-12
