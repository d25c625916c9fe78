"""Designs: what is balanced, what hangs together, and the designs of Saeb."""

import csv
import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.responses import (
    Design,
    UnconnectedBooklets,
    check,
    cyclic_design,
    difference_family,
    parts,
    refuse_unconnected,
)


def test_seven_blocks_in_twenty_one_booklets():
    design = cyclic_design(7, ((0, 1), (0, 2), (0, 3)))
    found = check(design)
    assert len(design.booklets) == 21
    assert found.is_balanced
    assert found.is_position_balanced
    assert found.problems == ()
    assert found.replications.tolist() == [6] * 7
    assert set(found.pairs[~np.eye(7, dtype=bool)].tolist()) == {1}
    assert (found.positions == 3).all()
    assert difference_family(7, 2) == ((0, 1), (0, 2), (0, 3))


@pytest.mark.shared_data
def test_saeb_1995_is_the_cyclic_design_of_thirteen_blocks(shared_data):
    """The 26 booklets of 3 of 13 blocks that Saeb used, in Saeb's own order."""
    with gzip.open(shared_data / "irt" / "saeb_1995_matematica_3em_respostas.csv.gz", "rt") as file:
        printed = {row["CADERNO"]: (row["BLOCO1"], row["BLOCO2"], row["BLOCO3"]) for row in csv.DictReader(file)}
    blocks = {str(number): () for number in range(1, 14)}
    built = cyclic_design(13, difference_family(13, 3), blocks)
    assert dict(sorted(printed.items())) == built.booklets
    found = check(Design(printed, blocks))
    assert found.is_balanced
    assert found.is_position_balanced
    assert found.replications.tolist() == [6] * 13
    assert (found.positions == 2).all()


@pytest.mark.parametrize(("v", "k"), [(7, 2), (7, 3), (13, 3), (13, 4), (19, 3), (21, 5), (25, 3), (31, 3)])
def test_difference_families_give_balanced_designs(v, k):
    found = check(cyclic_design(v, difference_family(v, k)))
    assert found.is_balanced
    assert found.is_position_balanced
    replications = (v - 1) // (k - 1)
    assert found.replications.tolist() == [replications] * v  # lambda (v - 1) = r (k - 1), lambda 1


@pytest.mark.parametrize(("v", "k"), [(7, 4), (11, 5), (9, 4), (13, 3)])
def test_pairs_may_be_together_twice(v, k):
    """Index 2: every pair of blocks in two booklets, r = 2 (v - 1) / (k - 1)."""
    if (v, k) == (9, 4):
        with pytest.raises(ValueError, match="must be a multiple of"):
            difference_family(v, k, 2)
        return
    found = check(cyclic_design(v, difference_family(v, k, 2)))
    assert found.is_balanced
    assert found.pairs[0, 1] == 2
    assert found.replications.tolist() == [2 * (v - 1) // (k - 1)] * v


def test_designs_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match=r"1 \(v - 1\) = 7 must be a multiple of k \(k - 1\) = 6"):
        difference_family(8, 3)
    with pytest.raises(ValueError, match="no cyclic difference family with v = 25, k = 4"):
        difference_family(25, 4)
    with pytest.raises(ValueError, match="residues from 0 to 6"):
        cyclic_design(7, ((0, 7),))
    with pytest.raises(ValueError, match="found 2 blocks, expected 7"):
        cyclic_design(7, ((0, 1),), {"A": (), "B": ()})


def test_what_is_not_balanced_is_said():
    design = Design({"1": ("A", "B"), "2": ("A", "C"), "3": ("A",)}, {"A": ("i",), "B": ("j",), "C": ("k", "l")})
    found = check(design)
    assert not found.is_balanced
    assert not found.is_position_balanced
    assert found.problems == (
        "booklets have 1 to 2 blocks",
        "blocks have 1 to 2 items",
        "block: B and others in 1 booklets, A in 3",
        "pair: B with C in 0 booklets, A with B and others in 1",
        "position: A in position 2 and others in 0 booklets, A in position 1 in 3",
    )


def test_a_design_must_make_sense():
    with pytest.raises(ValueError, match="booklet 1: unknown block B"):
        Design({"1": ("B",)}, {"A": ()})
    with pytest.raises(ValueError, match="booklet 1 holds a block twice: A, A"):
        Design({"1": ("A", "A")}, {"A": ()})
    with pytest.raises(ValueError, match="booklet 1: has no block"):
        Design({"1": ()}, {"A": ()})
    with pytest.raises(ValueError, match="items in more than one block: i"):
        Design({"1": ("A", "B")}, {"A": ("i",), "B": ("i",)})


def test_answers_in_print_order_go_to_their_items():
    design = Design({"x": ("A", "B"), "y": ("B", "C")}, {"A": ("a1", "a2"), "B": ("b1",), "C": ("c1",)})
    codes = np.array([[1, 0, 1], [0, 1, 9]], dtype=np.uint8)
    assert design.items == ("a1", "a2", "b1", "c1")
    assert design.spread(codes, ["x", "y"]).tolist() == [[1, 0, 1, 255], [255, 255, 0, 1]]
    assert design.positions()["y"] == {"b1": 1, "c1": 2}
    with pytest.raises(ValueError, match="booklet 'z' is not in the design"):
        design.spread(codes, ["x", "z"])
    with pytest.raises(ValueError, match="booklet x has 3 items, found rows of 2 answers"):
        design.spread(codes[:, :2], ["x", "y"])


def test_parts_that_share_no_item_are_named():
    incidence = np.array([[1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 0, 1, 0]], dtype=bool)
    assert [part.tolist() for part in parts(incidence)] == [[0, 1, 2], [3], [4]]
    with pytest.raises(UnconnectedBooklets) as caught:
        refuse_unconnected(incidence, ["a", "b", "c", "d", "e"], ["x", "y", "z"])
    said = str(caught.value)
    assert "3 parts that share no item" in said
    assert "part 1: 3 items (a, b, c), booklets x, y" in said
    assert "part 2: 1 items (d), booklets z" in said
    assert "part 3: 1 items (e), in no booklet" in said
    refuse_unconnected(incidence[:2, :3], ["a", "b", "c"], ["x", "y"])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 8).flatmap(
        lambda b: st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=b, max_size=b)
    )
)
def test_parts_are_what_walking_from_item_to_item_gives(rows):
    incidence = np.array(rows, dtype=bool)
    reach = np.eye(6, dtype=int) | (incidence.T.astype(int) @ incidence.astype(int) > 0)
    for _ in range(6):
        reach = (reach @ reach > 0).astype(int)
    expected = {tuple(np.flatnonzero(row).tolist()) for row in reach}
    assert {tuple(part.tolist()) for part in parts(incidence)} == expected
