"""Change over editions, with numbers worked by hand."""

import numpy as np
import pytest

from trama_measure.indicators.trend import Trend, trend


def test_first_to_last_and_the_slope_of_the_line():
    found = trend(np.array([2023, 2019, 2021, 2017]), np.array([5.6, 5.2, np.nan, 4.8]))
    assert found == Trend(2017, 2023, pytest.approx(0.8), pytest.approx(0.128571, abs=1e-6), 3)  # by hand: 2.4/18.667


def test_one_edition_is_no_trend():
    assert trend(np.array([2021, 2023]), np.array([np.nan, 5.0])) is None
    assert trend(np.array([]), np.array([])) is None


def test_an_edition_that_comes_twice_and_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="twice"):
        trend(np.array([2021, 2021]), np.array([5.0, 5.1]))
    with pytest.raises(ValueError, match="one value per year"):
        trend(np.array([2021, 2023]), np.array([5.0]))
