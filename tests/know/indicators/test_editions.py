"""One edition for all: the last one that is shared by enough of them."""

import pytest

from trama.know.indicators.columns import Value
from trama.know.indicators.editions import common_year


def editions(*years: int) -> dict[int, Value]:
    return {year: Value(5.0, "v", 1, year) for year in years}


@pytest.mark.parametrize(
    ("coverage", "year"),
    [(0.5, 2025), (0.8, 2023)],  # an advance sample of one in two is half of them, but not nearly all
)
def test_an_edition_that_one_of_two_has_stands_for_both_only_where_half_is_enough(coverage, year):
    assert common_year([editions(2021, 2023, 2025), editions(2021, 2023)], coverage=coverage) == year


def test_four_of_five_are_nearly_all():
    five = [*[editions(2021, 2023) for _ in range(4)], editions(2021)]
    assert common_year(five, coverage=0.8) == 2023


def test_without_any_value_there_is_no_edition():
    assert common_year([{}, {2023: Value(None, "d", 1, 2023)}]) is None
