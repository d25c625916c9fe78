"""Many networks: bands from which no one's level can be computed."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.diagnosis import (
    MINIMUM_MEMBERS,
    MINIMUM_PEERS,
    banded_shares,
    common_priorities,
    level_distribution,
    may_be_published_anew,
)


@pytest.mark.parametrize(
    ("part", "whole", "band", "size"),
    [
        (2, 5, (0, 50), (5, 9)),
        (3, 5, (50, 100), (5, 9)),
        (5, 5, (50, 100), (5, 9)),  # "all" is never told
        (5, 11, (0, 50), (10, 19)),
        (2, 12, (0, 25), (10, 19)),
        (6, 12, (50, 75), (10, 19)),  # a share on a border is in the upper band
        (39, 39, (75, 100), (20, 39)),
        (4, 40, (10, 20), (40, 99)),
        (199, 200, (95, 100), (200, 0)),
        (4, 9, (-1, -1), (-1, -1)),
    ],
)
def test_bands_worked_by_hand(part, whole, band, size):
    minimum = MINIMUM_PEERS if whole == 9 else MINIMUM_MEMBERS
    told = banded_shares(part, whole, minimum)
    assert (told.low, told.high) == band
    assert (told.size_low, told.size_high) == size


@given(st.integers(5, 400))
def test_behind_every_band_stand_three_counts_or_more_and_every_share_lies_in_its_band(whole):
    parts = np.arange(whole + 1)
    told = banded_shares(parts, whole, 5)
    _, counts = np.unique(told.low, return_counts=True)
    assert counts.min() >= 3
    assert (told.low * whole <= 100 * parts).all()
    assert (100 * parts <= told.high * whole).all()


def test_at_least_basic_at_least_adequate_and_exemplary_worked_by_hand():
    # twelve networks: 3 fragile, 3 basic, 4 adequate, 2 exemplary; at least: 9, 6, 2 of 12
    column = np.array([1] * 3 + [2] * 3 + [3] * 4 + [4] * 2)
    told = level_distribution(np.column_stack([column, np.where(column == 1, -1, column)]))
    assert told.low[0].tolist() == [75, 50, 0]
    assert told.high[0].tolist() == [100, 75, 25]
    assert told.low[1].tolist() == [-1, -1, -1]  # nine networks with a level: no peers
    # the same nine as members of a territory, in halves: 9, 6, 2 of 9
    assert level_distribution(column[3:, np.newaxis], MINIMUM_MEMBERS).low.tolist() == [[50, 50, 0]]


def every_way(n):
    """Every way in which n networks can stand on four levels, as counts."""
    for a, b, c in itertools.product(range(n + 1), repeat=3):
        if a + b + c <= n:
            yield a, b, c, n - a - b - c


@pytest.mark.parametrize("n", range(5, 14))
def test_a_member_that_takes_itself_away_never_knows_where_all_the_others_or_none_of_them_stand(n):
    ways = list(every_way(n))
    told = level_distribution(np.array([np.repeat([1, 2, 3, 4], way) for way in ways]).T, MINIMUM_MEMBERS)
    left = defaultdict(list)
    for way, bands in zip(ways, told.low.tolist(), strict=True):
        for own in range(4):
            if way[own]:
                left[tuple(bands), own].append(np.subtract(way, np.eye(4, dtype=int)[own]))
    for others in left.values():
        reached = np.array(others)[:, ::-1].cumsum(axis=1)[:, :3]  # exemplary, at least adequate, at least basic
        assert (reached.min(axis=0) < reached.max(axis=0)).all()
        assert not (reached.min(axis=0) == n - 1).any()
        assert not (reached.max(axis=0) == 0).any()


def test_with_four_members_it_would_know():
    # halves of four: {0, 1} and {2, 3, 4}; who is the one knows that the others are none
    halves = [min(part * 2 // 4, 1) for part in range(5)]
    assert halves == [0, 0, 1, 1, 1]
    with pytest.raises(ValueError, match="under 5"):
        banded_shares(1, 4, 4)


def test_shares_of_each_level_would_give_the_counts_away_where_shares_of_at_least_do_not():
    quarter = [min(part * 4 // 12, 3) for part in range(13)]
    of_each, of_at_least = defaultdict(list), defaultdict(list)
    for way in every_way(12):
        of_each[tuple(quarter[count] for count in way)].append(way)
        of_at_least[tuple(quarter[count] for count in np.cumsum(way[::-1])[:3])].append(way)
    assert min(map(len, of_each.values())) == 1
    assert of_each[2, 2, 0, 0] == [(6, 6, 0, 0)]  # half or more twice: half each, and nobody anywhere else
    assert min(map(len, of_at_least.values())) > 1


@given(st.lists(st.lists(st.integers(-2, 4), min_size=3, max_size=3), min_size=1, max_size=25), st.randoms())
def test_the_order_of_networks_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert level_distribution(rows).low.tolist() == level_distribution(shuffled).low.tolist()


def test_common_priorities_are_ordered_by_band_and_not_by_the_count_behind_it():
    chosen = np.zeros((6, 4), dtype=bool)
    for criterion, members in enumerate([1, 3, 5, 2]):
        chosen[:members, criterion] = True
    found = common_priorities(chosen)
    assert found.shares.low.tolist() == [0, 50, 50, 0]
    assert found.order.tolist() == [1, 2, 0, 3]  # 5 of 6 does not stand before 3 of 6


def test_four_members_tell_no_common_priority():
    assert common_priorities(np.ones((4, 2), dtype=bool)).shares.low.tolist() == [-1, -1]


def test_a_distribution_is_published_anew_only_when_five_networks_came_left_or_changed():
    published = {f"network {number}": "answers" for number in range(12)}
    left_and_new = {**dict.fromkeys(list(published)[2:], "answers"), "x": "answers", "y": "answers"}
    assert not may_be_published_anew(published, published)
    assert not may_be_published_anew(published, left_and_new)  # two left, two came
    assert may_be_published_anew(published, {**left_and_new, "network 5": "other answers"})
    assert may_be_published_anew({}, {"the first": "answers"})  # whether it says anything is for the minimum to decide


def test_impossible_shares_and_wrong_shapes_are_refused():
    for part, whole in ((-1, 10), (11, 10)):
        with pytest.raises(ValueError, match="a part lies"):
            banded_shares(part, whole, 10)
    with pytest.raises(ValueError, match="dimensions"):
        level_distribution([1, 2])
    with pytest.raises(ValueError, match="dimensions"):
        common_priorities([True])
