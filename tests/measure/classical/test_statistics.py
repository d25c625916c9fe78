"""Classical statistics: worked by hand, against the definitions, against published figures."""

import csv
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.classical import analyse, biserial, pooled_alpha, tally, tally_all
from trama_measure.responses import Alphabet, Answers, Key, Roster, decode, from_arrays, mark


def table(found: pl.DataFrame, booklet: str) -> dict[str, dict]:
    return {row["item"]: row for row in found.filter(pl.col("booklet") == booklet).iter_rows(named=True)}


def test_four_students_and_three_items_by_hand():
    # T = 3 2 1 0, population variance 1.25; item variances 3/16, 1/4, 3/16: alpha = 1.5 (1 - 0.625 / 1.25)
    found = analyse(tally(from_arrays(np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]]), items=["a", "b", "c"])))
    items = table(found.items, "1")
    assert [items[item]["facility"] for item in "abc"] == [0.75, 0.5, 0.25]
    # item b: x = 1 1 0 0, R = 2 1 1 0: cov 1/4, var x 1/4, var R 1/2
    assert items["b"]["discrimination"] == pytest.approx(0.25 / np.sqrt(0.125))
    assert items["b"]["biserial"] == pytest.approx(0.25 / np.sqrt(0.125) * 0.5 / 0.3989422804014327)
    assert items["b"]["alpha_without"] == pytest.approx(0.5)  # a and c: 2 (1 - 0.375 / 0.5)
    booklet = found.booklets.row(0, named=True)
    assert booklet["alpha"] == pytest.approx(0.75)
    assert booklet["sd"] == pytest.approx(np.sqrt(5 / 3))
    assert booklet["sem"] == pytest.approx(np.sqrt(5 / 3) / 2)
    assert booklet["mean"] == 1.5
    assert found.alpha.alpha == pytest.approx(0.75)
    assert (found.alpha.pairs, found.alpha.pairs_never_together) == (3, 0)


@pytest.mark.shared_data
def test_lsat6_as_the_manual_of_ltm_prints_it(shared_data):
    """Rizopoulos (2006), descript(LSAT): alpha 0.2950, and 0.2754 0.2376 0.2168 0.2459 0.2663 without each item."""
    rows = np.array([list(map(int, row)) for row in list(csv.reader((shared_data / "irt" / "lsat6.csv").open()))[1:]])
    found = analyse(tally(from_arrays(np.repeat(rows[:, :5], rows[:, 5], axis=0))))
    assert round(found.booklets["alpha"][0], 4) == 0.2950
    without = found.items.filter(pl.col("booklet") == "1")["alpha_without"].round(4).to_list()
    assert without == [0.2754, 0.2376, 0.2168, 0.2459, 0.2663]
    facility = found.items.filter(pl.col("booklet") == "all")["facility"].to_list()
    assert facility == [0.924, 0.709, 0.553, 0.763, 0.870]  # Bock and Lieberman (1970), table 1


def test_frequencies_as_weights_are_as_many_students():
    """LSAT6 by its 30 patterns with weights is LSAT6 by its 1,000 students."""
    generator = np.random.default_rng(0)
    patterns, weights = generator.integers(0, 2, (12, 4)), generator.integers(1, 9, 12)
    one = tally(from_arrays(patterns, weight=weights.astype(float)))
    other = tally(from_arrays(np.repeat(patterns, weights, axis=0)))
    for column in ("facility", "discrimination", "biserial", "alpha_without"):
        mine, its = analyse(one).items[column].to_numpy(), analyse(other).items[column].to_numpy()
        assert mine == pytest.approx(its, nan_ok=True)
    assert analyse(one).booklets["alpha"][0] == pytest.approx(analyse(other).booklets["alpha"][0])


@pytest.mark.shared_data
def test_the_key_of_item_32_of_sat12_is_suspected_and_the_option_named(shared_data):
    """The manual of mirt: the key of item 32 may be wrong and should be 3 instead of 5."""
    rows = list(csv.reader((shared_data / "irt" / "sat12.csv").open()))
    letters = json.loads((shared_data / "irt" / "estimativas_publicadas.json").read_text())["sat12"]["gabarito"]
    raw = decode(np.array([[ord(cell) for cell in row] for row in rows[1:]], dtype=np.uint8), Alphabet("12345", "8"))
    n, items = len(raw), tuple(rows[0])
    answers = Answers(raw, items, Roster(np.arange(n), np.zeros(n, dtype=np.int64), np.ones(n)))
    key = Key("TESTFACT", {item: "ABCDE"[right - 1] for item, right in zip(items, letters, strict=True)})
    found = analyse(tally(mark(answers, key), answers=answers, key=key))
    suspected = found.flags.filter(pl.col("code") == "key_suspected")
    assert suspected.select("item", "option", "key").rows() == [("Item.32", "C", "E")]
    scores = mark(answers, key).scored()
    assert found.booklets["alpha"][0] == pytest.approx(
        32 / 31 * (1 - scores.var(axis=0).sum() / scores.sum(axis=1).var()), abs=1e-12
    )


# The definitions, one item at a time


def by_definition(made, item):
    """Facility, discrimination pooled within booklets, over the students whose answer counts."""
    scores = made.scored()
    cov = var_x = var_rest = right = answered = 0.0
    for booklet in range(len(made.booklets)):
        rows = (made.roster.booklet == booklet) & (scores[:, item] >= 0)
        if not rows.any():
            continue
        x = (scores[rows, item] == 1).astype(float)
        rest = (scores[rows] == 1).sum(axis=1) - x
        cov += ((x - x.mean()) * (rest - rest.mean())).sum()
        var_x += ((x - x.mean()) ** 2).sum()
        var_rest += ((rest - rest.mean()) ** 2).sum()
        right, answered = right + x.sum(), answered + len(x)
    facility = right / answered if answered else np.nan
    return facility, cov / np.sqrt(var_x * var_rest) if var_x > 1e-9 and var_rest > 1e-9 else np.nan


@st.composite
def assessments(draw):
    n, k = draw(st.integers(2, 60)), draw(st.integers(1, 7))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    codes = generator.choice([0, 1, 251, 252, 253, 255], size=(n, k), p=[0.35, 0.35, 0.1, 0.05, 0.05, 0.1])
    return from_arrays(codes, booklet=generator.integers(0, draw(st.integers(1, 3)), n))


@settings(max_examples=80, deadline=None)
@given(assessments())
def test_items_are_what_the_definitions_say(made):
    items = table(analyse(tally(made)).items, "all")
    scores = made.scored()
    for column, item in enumerate(made.items):
        facility, discrimination = by_definition(made, column)
        assert items[item]["facility"] == pytest.approx(facility, nan_ok=True)
        assert items[item]["discrimination"] == pytest.approx(discrimination, nan_ok=True, abs=1e-9)
        presented = (made.codes[:, column] != 255).sum()
        assert items[item]["students"] == presented
        assert items[item]["answered"] == (scores[:, column] >= 0).sum()
        omitted = (made.codes[:, column] == 251).sum() / presented if presented else np.nan
        assert items[item]["omission"] == pytest.approx(omitted, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(assessments())
def test_alpha_of_a_booklet_is_its_definition_with_missing_answers_as_zero(made):
    found = analyse(tally(made)).booklets
    for label, alpha, mean in found.select("booklet", "alpha", "mean").iter_rows():
        x = (made.codes[made.roster.booklet == made.booklets.index(label)] == 1).astype(float)
        x = x[:, (made.codes[made.roster.booklet == made.booklets.index(label)] != 255).any(axis=0)]
        k, total = x.shape[1], x.sum(axis=1)
        if not k:
            continue
        assert mean == pytest.approx(total.mean())
        expected = k / (k - 1) * (1 - x.var(axis=0).sum() / total.var()) if k > 1 and total.var() > 1e-9 else np.nan
        assert alpha == pytest.approx(expected, nan_ok=True, abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(assessments(), st.integers(0, 2**32 - 1))
def test_partitions_and_the_order_of_students_change_nothing(made, seed):
    order = np.random.default_rng(seed).permutation(len(made))
    parts = [made.take(rows) for rows in np.array_split(order, 3) if len(rows)]
    whole, added = tally(made), tally_all(parts)
    assert set(whole.booklets) == set(added.booklets)
    for label, one in whole.booklets.items():
        its = added.booklets[label]
        at = [its.items.index(item) for item in one.items]  # an item may have been met in a later part only
        assert len(its.items) == len(one.items)
        assert np.array_equal(one.counts, its.counts[at])
        assert np.array_equal(one.products, its.products[np.ix_(at, at)])


@settings(max_examples=30, deadline=None)
@given(assessments(), st.randoms(use_true_random=False))
def test_the_order_of_the_items_and_the_names_of_the_booklets_change_nothing(made, random):
    order = list(range(len(made.items)))
    random.shuffle(order)
    labels = np.array([f"z{number}" for number in range(len(made.booklets))])[::-1][made.roster.booklet]
    other = from_arrays(made.codes[:, order], items=[made.items[place] for place in order], booklet=labels)
    mine, its = (table(analyse(tally(one)).items, "all") for one in (made, other))
    for item in made.items:
        for figure in ("facility", "discrimination", "biserial", "omission"):
            assert mine[item][figure] == pytest.approx(its[item][figure], nan_ok=True, abs=1e-9)
    assert pooled_alpha(tally(made)).alpha == pytest.approx(pooled_alpha(tally(other)).alpha, nan_ok=True, abs=1e-9)


def test_an_item_annulled_in_a_part_of_the_answers_is_refused():
    first = tally(from_arrays(np.array([[1, 254], [0, 254]])))
    second = tally(from_arrays(np.array([[1, 1], [0, 0]])))
    with pytest.raises(ValueError, match="booklet 1, item i2: annulled or marked otherwise in a part of the answers"):
        first + second


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 8))
def test_pooled_alpha_of_complete_data_is_alpha(seed, k):
    generator = np.random.default_rng(seed)
    codes = (generator.normal(size=(50, 1)) + generator.normal(size=(50, k)) > 0).astype(int)
    one = tally(from_arrays(codes))
    whole = analyse(one).booklets["alpha"][0]
    assert pooled_alpha(one).alpha == pytest.approx(whole, abs=1e-9)


def test_pooled_alpha_of_booklets_is_near_that_of_the_whole_test():
    """20 items of which each student sees 12 or 16: the alpha of 20 items is found again, within sampling error."""
    generator = np.random.default_rng(3)
    codes = (generator.normal(size=(30_000, 1)) + generator.normal(size=(30_000, 20)) > 0).astype(int)
    complete = analyse(tally(from_arrays(codes))).booklets["alpha"][0]
    booklet = generator.integers(0, 3, len(codes))
    hidden = codes.copy()
    for number, gone in enumerate((range(8), range(4, 12), range(16, 20))):
        hidden[np.ix_(booklet == number, list(gone))] = 255
    found = pooled_alpha(tally(from_arrays(hidden, booklet=booklet)), length=20)
    assert found.alpha == pytest.approx(complete, abs=0.01)
    assert found.pairs + found.pairs_never_together == 190


def test_annulled_items_leave_the_score_and_have_no_key():
    codes = np.array([[1, 254, 1], [0, 254, 0], [1, 254, 0]])
    found = analyse(tally(from_arrays(codes, items=["a", "b", "c"])))
    items = table(found.items, "1")
    assert np.isnan(items["b"]["facility"])
    assert np.isnan(items["b"]["alpha_without"])
    assert found.booklets["items"][0] == 2
    assert found.booklets["mean"][0] == pytest.approx(1.0)


def test_biserial_needs_a_facility_between_0_and_1():
    assert np.isnan(biserial(np.array([0.3, 0.3]), np.array([0.0, 1.0]))).all()
    assert biserial(np.array([0.3]), np.array([0.5]))[0] == pytest.approx(0.3 * 0.5 * np.sqrt(2 * np.pi))


def test_what_does_not_belong_together_is_refused():
    made = from_arrays(np.array([[1, 0], [0, 1]]), items=["a", "b"])
    other = from_arrays(np.array([[1, 0], [0, 1]]), items=["a", "c"])
    with pytest.raises(ValueError, match="different items or keys cannot be added"):
        tally(made) + tally(other)
    with pytest.raises(ValueError, match="there is no batch"):
        tally_all([])
    raw = Answers(np.array([[0, 6], [1, 2]], dtype=np.uint8), ("a", "b"), made.roster)
    key = Key("v", {"a": "A", "b": "B"})
    marked = mark(raw, key)
    with pytest.raises(ValueError, match="found option G, expected at most 5 options"):
        tally(marked, answers=raw, key=key)
    with pytest.raises(ValueError, match="found no key, expected the key that marked the responses, version 'v'"):
        tally(marked, answers=raw)
    moved = Answers(raw.codes, raw.items, Roster(np.array([5, 6]), np.zeros(2, dtype=np.int64), np.ones(2)))
    with pytest.raises(ValueError, match="students differ"):
        tally(marked, answers=moved, key=key, n_options=8)
