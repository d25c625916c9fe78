"""Levels: official intervals, closed on the left; other readings under their own name."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.linking import NO_LEVEL, UPPER_SECONDARY, level_of, standards


@pytest.mark.parametrize(
    ("subject", "grade", "first", "last", "levels"),
    [("lp", 5, 125, 325, 10), ("mt", 5, 125, 350, 11), ("lp", 9, 200, 375, 9), ("mt", 9, 200, 400, 10),
     ("lp", UPPER_SECONDARY, 225, 400, 9), ("mt", UPPER_SECONDARY, 225, 450, 11)],
)  # fmt: skip
def test_levels_of_saeb_2019(subject, grade, first, last, levels):
    """Field facts 4.4: steps of 25 points, from the first to the last cut; subjects differ in how many."""
    standard = standards()["saeb-2019"]
    assert standard.official
    assert standard.of(subject, grade) == tuple(range(first, last + 25, 25))
    assert standard.levels(subject, grade) == tuple(range(levels))
    scores = np.array([0, first - 0.001, first, first + 24.999, first + 25, last - 0.001, last, 900])
    found = level_of(scores, subject, grade)
    assert found.tolist() == [0, 0, 1, 1, 2, levels - 2, levels - 1, levels - 1]


def test_literacy_begins_at_743():
    assert level_of(np.array([742.99, 743.0]), "lp", 2, "literacy-2023").tolist() == [0, 1]
    assert standards()["literacy-2023"].names == ("not_literate", "literate")


def test_four_groups_are_not_official_and_say_so():
    standard = standards()["four-groups"]
    assert not standard.official
    assert "not confirmed" in standard.source
    assert level_of(np.array([149, 150, 200, 250]), "lp", 5, "four-groups").tolist() == [0, 1, 2, 3]


@pytest.mark.shared_data
def test_cuts_of_the_world_bank_are_those_of_its_file(shared_data):
    with (shared_data / "irt" / "saeb_cortes_nivel_learningpoverty.csv").open() as file:
        rows = list(csv.DictReader(file))
    standard = standards()["learning-poverty"]
    assert len(rows) == len(standard.cuts) == 4
    for row in rows:
        cuts = tuple(float(row[f"threshold_{name}"]) for name in ("low", "med", "adv"))
        assert standard.of(row["subject"], int(row["idgrade"])) == cuts


@given(st.lists(st.floats(0, 600, allow_nan=False), min_size=2, max_size=20), st.sampled_from(["lp", "mt"]))
def test_a_higher_score_is_never_a_lower_level(scores, subject):
    found = level_of(np.sort(np.array(scores)), subject, 9)
    assert (np.diff(found) >= 0).all()


def test_a_missing_score_has_no_level_and_shapes_are_kept():
    found = level_of(np.array([[np.nan, 200.0], [130.0, 600.0]]), "mt", 5)
    assert found.tolist() == [[NO_LEVEL, 4], [1, 10]]


def test_what_has_no_levels_is_refused():
    with pytest.raises(ValueError, match="saeb-2019 has no levels for lp 2; it has lp 5, mt 5"):
        level_of(np.array([700.0]), "lp", 2)
    with pytest.raises(ValueError, match="no standard 'saeb'; found saeb-2019"):
        level_of(np.array([700.0]), "lp", 5, "saeb")
    with pytest.raises(ValueError, match="cannot be infinite"):
        level_of(np.array([np.inf]), "lp", 5)


def test_every_standard_has_a_source():
    assert all(one.source for one in standards().values())
