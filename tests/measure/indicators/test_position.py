"""Position among peers: bands and rounded shares, and never a rank."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trama_measure.indicators.position import MINIMUM_PEERS, Position, distribution, fifths, position

values_of_networks = arrays(
    float, st.integers(20, 300), elements=st.decimals(0, 10, places=1).map(float) | st.just(np.nan)
)


def test_a_hundred_different_values_fall_into_even_bands():
    peers = distribution(np.arange(1.0, 101.0))
    assert peers.deciles == pytest.approx([10.9, 20.8, 30.7, 40.6, 50.5, 60.4, 70.3, 80.2, 90.1])  # type 7, by hand
    assert peers.median == pytest.approx(50.5)
    assert position(37.0, peers) == Position(n=100, fifth=2, tenth=4, percent_below=35, percent_same=0, percent_step=5)
    assert np.bincount(fifths(np.arange(1.0, 101.0), peers)).tolist() == [0, 20, 20, 20, 20, 20]


def test_ties_share_a_band_and_are_told_apart_from_below():
    peers = distribution(np.repeat([4.0, 5.0, 6.0], [100, 200, 100]))
    assert position(5.0, peers) == Position(n=400, fifth=3, tenth=6, percent_below=25, percent_same=50, percent_step=1)
    assert position(4.0, peers).percent_below == 0
    assert [position(value, peers).fifth for value in (4.0, 6.0)] == [1, 5]


@pytest.mark.parametrize(("n", "step"), [(5571, 1), (200, 1), (199, 5), (40, 5), (39, 10), (20, 10), (19, None)])
def test_the_fewer_the_peers_the_coarser_the_share(n, step):
    peers = distribution(np.linspace(0, 10, n))
    found = position(3.0, peers)
    assert found.percent_step == step
    assert (found.fifth is None) == (n < MINIMUM_PEERS)
    assert fifths(np.array([3.0]), peers)[0] == (0 if step is None else 2)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_a_missing_value_has_no_position_and_a_missing_peer_is_counted_apart(missing):
    peers = distribution(np.concatenate([np.arange(50.0), [np.nan] * 3]))
    assert (peers.n, peers.n_missing) == (50, 3)
    assert position(missing, peers) == Position(50, None, None, None, None, None)
    assert np.isnan(distribution(np.array([np.nan])).median)


def test_infinite_numbers_and_tables_are_refused():
    with pytest.raises(ValueError):
        distribution(np.array([1.0, np.inf]))
    with pytest.raises(ValueError):
        distribution(np.ones((2, 2)))
    with pytest.raises(ValueError):
        position(np.inf, distribution(np.arange(50.0)))


def test_nothing_in_an_answer_is_a_rank():
    assert not [field.name for field in dataclasses.fields(Position) if "rank" in field.name]


@settings(deadline=None)
@given(values_of_networks)
def test_a_share_never_tells_two_neighbours_in_order_apart_when_all_values_differ(values):
    """Behind each rounded share there are at least two peers, so nobody can be numbered."""
    n = len(values)
    peers = distribution(np.arange(float(n)))
    shares = [position(float(own), peers).percent_below for own in range(n)]
    inner = [share for share in set(shares) if 0 < share < 100]
    assert all(shares.count(share) >= 2 for share in inner)
    assert shares == sorted(shares)


@settings(deadline=None)
@given(values_of_networks)
def test_bands_agree_with_each_other_and_grow_with_the_value(values):
    peers = distribution(values)
    places = [position(own, peers) for own in np.sort(values)]
    told = [place for place in places if place.tenth is not None]
    assert all(place.fifth == (place.tenth + 1) // 2 for place in told)
    assert [place.tenth for place in told] == sorted(place.tenth for place in told)
    assert fifths(np.sort(values), peers).tolist() == [place.fifth or 0 for place in places]


@settings(deadline=None)
@given(values_of_networks, st.randoms())
def test_the_order_of_the_peers_does_not_matter(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert position(5.0, distribution(values)) == position(5.0, distribution(np.array(shuffled)))
