"""Blocks from a bank: every requirement is met, the optimum is found, and what cannot be is named."""

from itertools import product

import numpy as np
import pytest

from trama_measure.responses import (
    BankItem,
    Design,
    Infeasible,
    Requirements,
    assemble,
    check,
    cyclic_design,
)


def bank(n=160, seed=1):
    generator = np.random.default_rng(seed)
    return [
        BankItem(f"q{place}", f"D{place % 11 + 1}", float(generator.normal()), "ABCDE"[int(generator.integers(5))])
        for place in range(n)
    ]


def test_seven_blocks_of_eleven_for_twenty_one_booklets_meet_every_requirement():
    """The shape of Saeb: 77 items in 7 blocks, booklets of 2 blocks, one item of each descriptor in a block."""
    design = cyclic_design(7, ((0, 1), (0, 2), (0, 3)))
    items = bank()
    asked = Requirements(
        blocks=tuple(design.blocks), size=11, block_descriptors={f"D{number}": (1, 1) for number in range(1, 12)},
        test_descriptors={"D1": (7, 7)}, booklets=design.booklets, booklet_descriptors={"D2": (2, 2)},
        block_keys=(1, 3), difficulty=0.0, tolerance=0.05, booklet_enemies=[("q0", "q1")],
        test_enemies=[("q2", "q3"), ("q4", "q5")], block_enemies=[("q6", "q7")], fixed={"q0": "B3"},
    )  # fmt: skip
    made = assemble(items, asked)
    known = {one.item: one for one in items}
    chosen = [item for own in made.blocks.values() for item in own]
    assert len(chosen) == len(set(chosen)) == 77
    for own in made.blocks.values():
        assert sorted(known[item].descriptor for item in own) == sorted({f"D{number}" for number in range(1, 12)})
        letters = [known[item].key for item in own]
        assert all(1 <= letters.count(letter) <= 3 for letter in "ABCDE")
        difficulties = [known[item].difficulty for item in own]
        assert abs(np.mean(difficulties)) <= 0.05 + 1e-9
        assert difficulties == sorted(difficulties)
        assert not {"q6", "q7"} <= set(own)
    assert "q0" in made.blocks["B3"]
    assert "q1" not in chosen  # every pair of blocks shares a booklet, so an enemy of q0 fits nowhere
    assert len({"q2", "q3"} & set(chosen)) <= 1
    assert made.worst_deviation == pytest.approx(max(abs(mean) for mean in made.difficulty.values()))
    assert check(Design(design.booklets, made.blocks)).is_balanced


def test_thirteen_blocks_for_the_twenty_six_booklets_of_saeb_1995():
    """Quotas and keys by booklet of three blocks, and enemies that may not meet in one."""
    design = cyclic_design(13, ((0, 1, 4), (0, 2, 7)))
    items = bank(200, seed=5)
    asked = Requirements(
        blocks=tuple(design.blocks), size=11, booklets=design.booklets, booklet_descriptors={"D1": (2, 5)},
        block_descriptors={"D2": (1, 2)}, difficulty=0.1, tolerance=0.15, booklet_enemies=[("q0", "q1")],
    )  # fmt: skip
    made = assemble(items, asked)
    filled = Design(design.booklets, made.blocks)
    descriptor = {one.item: one.descriptor for one in items}
    assert len(filled.items) == 143
    for booklet in filled.booklets:
        own = filled.items_of(booklet)
        assert len(own) == 33
        assert 2 <= sum(descriptor[item] == "D1" for item in own) <= 5
        assert not {"q0", "q1"} <= set(own)
    assert made.worst_deviation <= 0.15 + 1e-9
    assert not made.proven_optimal  # the first within the tolerance is taken


def test_the_optimum_of_a_small_bank_is_that_of_trying_everything():
    items = [
        BankItem(f"q{place}", "D", difficulty, "A") for place, difficulty in enumerate([-2.0, -1.1, 0.2, 0.9, 1.7])
    ]
    made = assemble(items, Requirements(blocks=("X", "Y"), size=2, difficulty=0.0))
    best = np.inf
    for places in product((None, 0, 1), repeat=5):
        if places.count(0) == places.count(1) == 2:
            means = [np.mean([items[row].difficulty for row in range(5) if places[row] == block]) for block in (0, 1)]
            best = min(best, max(abs(mean) for mean in means))
    assert made.worst_deviation == pytest.approx(best)
    assert made.proven_optimal


def test_what_cannot_be_met_is_named_with_what_there_is():
    items = bank(30)  # D1: q0, q11, q22
    with pytest.raises(Infeasible) as caught:
        assemble(items, Requirements(blocks=("X", "Y"), size=5, test_descriptors={"D1": (4, 9), "D99": (1, 1)}))
    assert {(one.requirement, one.found, one.low) for one in caught.value.missed} == {
        ("test, descriptor D1", 3.0, 4), ("test, descriptor D99", 0.0, 1),
    }  # fmt: skip
    assert "test, descriptor D1: found 3, expected 4 to 9" in str(caught.value)
    with pytest.raises(
        Infeasible, match=r"block Y, items: found \d, expected 16|block X, items: found \d+, expected 16"
    ):
        assemble(items, Requirements(blocks=("X", "Y"), size=16))
    with pytest.raises(Infeasible, match="sum of difficulty less target"):
        assemble(items, Requirements(blocks=("X",), size=5, difficulty=4.0, tolerance=0.1))
    together = Requirements(blocks=("X",), size=2, fixed={"q0": "X", "q1": "X"}, block_enemies=[("q0", "q1")])
    with pytest.raises(Infeasible, match="enemies q0 and q1"):
        assemble(items, together)
    with pytest.raises(Infeasible, match="key"):
        assemble(items, Requirements(blocks=("X",), size=5, block_keys=(2, 5)))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"test_enemies": [("q0", "zz")]}, "not in the bank: zz"),
        ({"fixed": {"q0": "Z"}}, "no block named Z"),
        ({"booklets": {"1": ("X", "W")}}, "no block named W"),
        ({"booklet_descriptors": {"D1": (1, 1)}}, "need the booklets"),
        ({"test_descriptors": {"D1": (3, 2)}}, "D1: found least 3 above most 2"),
        ({"block_keys": (3, 1)}, "keys of a block: found least 3 above most 1"),
    ],
)
def test_requirements_that_contradict_the_bank_are_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        assemble(bank(10), Requirements(blocks=("X",), size=2, **asked))


def test_a_bank_must_be_clean():
    with pytest.raises(ValueError, match="come twice in the bank: q0"):
        assemble([*bank(3), bank(1)[0]], Requirements(blocks=("X",), size=2))
    with pytest.raises(ValueError, match="items without a difficulty: z"):
        assemble([BankItem("z", "D", float("nan"), "A")], Requirements(blocks=("X",), size=1))
