"""Packing loses nothing that the likelihood needs; sums from bits are the sums of the answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.responses import (
    GroupSums,
    by_descriptor,
    by_item,
    by_item_weighted,
    from_arrays,
    groups_of,
    pack,
    unpack,
)

CODES = (0, 1, 251, 252, 253, 254, 255)


@st.composite
def assessments(draw):
    n, k = draw(st.integers(1, 60)), draw(st.integers(1, 20))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weights = draw(st.sampled_from([(1, 1, 0, 0, 0, 0, 0), (4, 4, 1, 1, 1, 1, 2), (1, 1, 1, 1, 1, 1, 1)]))
    codes = generator.choice(CODES, size=(n, k), p=np.array(weights) / sum(weights))
    booklet = generator.integers(0, draw(st.integers(1, 4)), n)
    school = generator.integers(0, draw(st.integers(1, 8)), n)
    if draw(st.booleans()):
        school = np.sort(school)
    return from_arrays(codes, booklet=booklet, school=school)


def plain_sums(made, groups, **treatment):
    """The definition, one answer at a time."""
    scored = made.scored(**treatment)
    right = np.zeros((len(groups.ids), len(made.items)), dtype=int)
    answered = np.zeros_like(right)
    for row, code in enumerate(groups.codes.tolist()):
        right[code] += scored[row] == 1
        answered[code] += scored[row] >= 0
    return right, answered


@settings(max_examples=150, deadline=None)
@given(assessments(), st.sampled_from(["wrong", "missing"]), st.sampled_from(["wrong", "missing"]))
def test_unpacking_gives_back_the_scores_and_sums_are_exact(made, omitted, not_reached):
    packed = pack(made, omitted=omitted, not_reached=not_reached)
    assert np.array_equal(unpack(packed), made.scored(omitted=omitted, not_reached=not_reached))
    groups = groups_of(made.roster.school)
    found = by_item(packed, groups)
    right, answered = plain_sums(made, groups, omitted=omitted, not_reached=not_reached)
    assert np.array_equal(found.right, right)
    assert np.array_equal(found.answered, answered)


@pytest.mark.parametrize("sizes", [[1], [7, 1, 8], [248, 249, 3], [500, 2, 2100], [1] * 30])
def test_groups_that_begin_and_end_inside_a_word(sizes):
    """Words hold 8 students and a byte counts 31 words: the sizes stand on both edges."""
    school = np.repeat(np.arange(len(sizes)), sizes)
    codes = np.random.default_rng(5).integers(0, 2, (len(school), 11))
    codes[:, 3] = 1  # a column that fills every byte it can
    made = from_arrays(codes, school=school)
    groups = groups_of(school)
    found = by_item(pack(made), groups)
    right, answered = plain_sums(made, groups)
    assert np.array_equal(found.right, right)
    assert np.array_equal(found.answered, answered)
    assert found.right[:, 3].tolist() == sizes


def test_bits_stand_where_the_docstring_says():
    codes = np.zeros((1, 10), dtype=int)
    codes[0, [0, 3, 9]] = 1
    (part,) = pack(from_arrays(codes)).booklets
    assert part.right.tolist() == [[0b00001001, 0b00000010]]
    assert part.counted is None
    codes[0, 4] = 252
    (part,) = pack(from_arrays(codes)).booklets
    assert part.counted.tolist() == [[0b11101111, 0b00000011]]


def test_items_of_other_booklets_take_no_room():
    codes = np.full((4, 16), 255)
    codes[:2, :8], codes[2:, 8:] = 1, 0
    packed = pack(from_arrays(codes, booklet=np.array(["x", "x", "y", "y"])))
    assert packed.nbytes == 4
    assert [part.items.tolist() for part in packed.booklets] == [list(range(8)), list(range(8, 16))]


def test_packing_is_the_same_for_one_block_of_rows_or_many(monkeypatch):
    from trama_measure.responses import packing

    made = from_arrays(np.random.default_rng(2).choice(CODES, (97, 9)), booklet=np.arange(97) % 3)
    whole = pack(made)
    monkeypatch.setattr(packing, "_ROWS", 10)
    for one, other in zip(whole.booklets, pack(made).booklets, strict=True):
        assert np.array_equal(one.right, other.right)
        assert np.array_equal(one.counted, other.counted)


def test_sums_by_descriptor_and_by_larger_group():
    made = from_arrays(np.array([[1, 1, 0], [1, 0, 251], [0, 1, 255]]), items=["a", "b", "c"])
    items = by_item(pack(made), groups_of(np.array([10, 10, 20])))
    assert items.right.tolist() == [[2, 1, 0], [0, 1, 0]]
    assert items.answered.tolist() == [[2, 2, 2], [1, 1, 0]]
    found = by_descriptor(items, {"a": "D1", "b": "D3", "c": "D1"})
    assert found.columns == ("D1", "D3")
    assert found.right.tolist() == [[2, 1], [0, 1]]
    assert found.answered.tolist() == [[4, 2], [1, 1]]
    assert found.share == pytest.approx(np.array([[0.5, 0.5], [0.0, 1.0]]))
    assert np.isnan(items.share[1, 2])
    whole = found.regroup(np.array([0, 0]), 1)
    assert (whole.right.tolist(), whole.answered.tolist()) == ([[2, 2]], [[5, 3]])
    assert (found + found).right.tolist() == [[4, 2], [0, 2]]


@settings(max_examples=40, deadline=None)
@given(assessments())
def test_weighted_sums_with_weights_of_one_are_counts(made):
    groups = groups_of(made.roster.school)
    counted, weighted = by_item(pack(made), groups), by_item_weighted(made, groups)
    assert np.array_equal(counted.right, weighted.right)
    assert np.array_equal(counted.answered, weighted.answered)


def test_weighted_sums_by_hand():
    made = from_arrays(np.array([[1, 0], [0, 252], [1, 251]]), weight=np.array([2.0, 0.5, 1.5]))
    found = by_item_weighted(made, groups_of(np.array([1, 1, 2])))
    assert found.right.tolist() == [[2.0, 0.0], [1.5, 0.0]]
    assert found.answered.tolist() == [[2.5, 2.0], [1.5, 1.5]]
    assert found.share.tolist() == [[0.8, 0.0], [1.0, 0.0]]
    with pytest.raises(ValueError, match=r"found \(2,\) group codes, expected \(3,\)"):
        by_item_weighted(made, groups_of(np.array([1, 2])))


def test_sums_refuse_what_does_not_fit():
    made = from_arrays(np.array([[1, 0]]), items=["a", "b"])
    with pytest.raises(ValueError, match=r"found \(2,\) group codes, expected \(1,\)"):
        by_item(pack(made), groups_of(np.array([1, 2])))
    items = by_item(pack(made), groups_of(np.array([1])))
    with pytest.raises(ValueError, match=r"no descriptor for b \(1 items\)"):
        by_descriptor(items, {"a": "D1"})
    with pytest.raises(ValueError, match="with the same columns"):
        _ = items + GroupSums(items.right, items.answered, ("a", "c"))
