"""Suppression against the audit, and the audit against counting every possible world."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trama_measure.disclosure import (
    MINIMUM_GROUP,
    TOTAL,
    Status,
    UnprotectableTable,
    audit,
    hierarchy,
    join,
    protect,
    two_way,
)
from trama_measure.disclosure.suppression import sensitive_cells

WORKED = np.array([[3, 40, 60], [50, 45, 70], [80, 35, 90]])
small_tables = arrays(
    np.int64,
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    elements=st.one_of(st.integers(0, 15), st.integers(0, 400)),
)


def named(counts, **more):
    return two_way(counts, [f"r{row}" for row in range(len(counts))], [f"c{c}" for c in range(counts.shape[1])], **more)


def possible_worlds(table, withheld):
    """Every table of whole numbers that agrees with what is published. For very small tables only."""
    cells = np.flatnonzero(withheld)
    matrix = table.matrix().toarray().astype(int)
    ceiling = int(table.counts.max())
    worlds = []
    ranges = [range(floor, ceiling + 1) for floor in table.floor[cells].tolist()]
    for values in itertools.product(*ranges):
        world = table.counts.copy()
        world[cells] = values
        if not (matrix @ world).any():
            worlds.append(world[cells])
    return np.array(worlds)


def test_withholding_the_small_cell_alone_protects_nothing():
    table = named(WORKED)
    report = audit(table, sensitive_cells(table))
    assert report.cells.tolist() == [0]
    assert (report.low[0], report.high[0]) == (3, 3)
    assert report.recovered.tolist() == [0]
    assert not report.safe


def test_the_worked_table_withholds_four_cells_at_the_corners_of_a_rectangle():
    protected = protect(named(WORKED))
    # 3 must be able to be 13: 40 gives in its row, 50 in its column, and the cell opposite (45) takes up both
    hidden = [label for label, count in protected.shown.items() if count is None]
    assert hidden == [("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")]
    report = audit(protected.table, protected.withheld)
    assert report.safe
    assert (report.low[0], report.high[0]) == (1, 42)  # by hand: 43 people in the row are left to two cells
    assert protected.shown[(TOTAL, TOTAL)] == 473


def test_the_next_smallest_cell_of_the_line_is_not_enough():
    """The usual rule of thumb: 3 and 4 withheld together are known to be 1 to 6, narrower than ten."""
    table = named(np.array([[3, 4, 90], [20, 30, 40], [60, 50, 70]]))
    rule_of_thumb = np.zeros(table.counts.size, dtype=bool)
    for label in [("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")]:
        rule_of_thumb[table.labels.index(label)] = True
    report = audit(table, rule_of_thumb)
    assert report.high[0] - report.low[0] == 5
    assert not report.safe
    assert audit(table, protect(table).withheld).safe


def test_primary_suppression_alone_is_caught_in_most_of_300_random_tables():
    """Negative control: the audit must find the cells that a naive release gives away."""
    rng = np.random.default_rng(2026)
    withheld, recovered = 0, 0
    for _ in range(300):
        table = named(rng.negative_binomial(0.7, 0.02, (rng.integers(3, 6), rng.integers(3, 5))))
        naive = sensitive_cells(table)
        withheld += int(naive.sum())
        recovered += audit(table, naive).recovered.size
    assert withheld > 500
    assert recovered / withheld > 0.6


@settings(deadline=None, max_examples=60)
@given(small_tables, st.booleans())
def test_every_protected_table_passes_the_audit_and_keeps_what_it_shows_true(counts, outcomes):
    table = named(counts, columns_are_outcomes=outcomes)
    protected = protect(table)
    assert audit(table, protected.withheld).safe
    assert protected.withheld[sensitive_cells(table)].all()
    for label, count in protected.shown.items():
        assert count is None or count == table.counts[table.labels.index(label)]
        assert count is None or count == 0 or count >= MINIMUM_GROUP
    if not outcomes:
        assert (table.counts[protected.withheld] > 0).all()  # so a reader's "at least 1" is all they know


@settings(deadline=None, max_examples=25)
@given(arrays(np.int64, (2, 2), elements=st.integers(0, 6)), st.integers(1, 511), st.booleans())
def test_the_audit_gives_the_same_bounds_as_counting_every_possible_world(counts, mask, outcomes):
    table = named(counts, columns_are_outcomes=outcomes)
    withheld = np.array([bool(mask >> bit & 1) for bit in range(9)])
    withheld &= np.cumsum(withheld) <= 4  # few enough to count
    withheld &= table.counts >= table.floor
    report = audit(table, withheld)
    worlds = possible_worlds(table, withheld)
    if report.cells.size:
        bounded = np.isfinite(report.high) & (report.high <= table.counts.max())
        assert report.low.tolist() == worlds.min(axis=0).tolist()
        assert report.high[bounded].tolist() == worlds.max(axis=0)[bounded].tolist()


def test_a_zero_is_told_where_it_means_nobody_and_hidden_where_it_speaks_of_everyone():
    counts = np.array([[0, 80], [30, 50], [40, 70]])
    assert not protect(named(counts)).withheld.any()
    protected = protect(named(counts, columns_are_outcomes=True))
    assert protected.shown[("r0", "c0")] is None
    assert protected.shown[("r0", "c1")] is None
    assert audit(protected.table, protected.withheld).safe


def test_a_table_without_small_cells_is_published_whole():
    protected = protect(named(np.array([[10, 40], [0, 60]])))
    assert (protected.status == Status.PUBLISHED).all()
    assert audit(protected.table, protected.withheld).safe


def test_a_small_total_goes_with_its_parts():
    protected = protect(named(np.array([[3, 4], [50, 60]])))
    assert protected.shown[("r0", TOTAL)] is None
    assert audit(protected.table, protected.withheld).safe


def test_a_count_that_stands_alone_is_withheld_and_nothing_bounds_it():
    alone = hierarchy({"school": 5, "other school": 0}, {})
    protected = protect(alone)
    assert protected.shown == {"school": None, "other school": 0}
    report = audit(alone, protected.withheld)
    assert (report.low.tolist(), report.high.tolist(), report.safe) == ([1.0], [float("inf")], True)


def test_a_hierarchy_protects_the_small_part_at_every_level():
    counts = {"basic": 500, "elementary": 407, "upper": 93, "early": 400, "final": 7}
    parts = {"basic": ["elementary", "upper"], "elementary": ["early", "final"]}
    protected = protect(hierarchy(counts, parts))
    assert protected.shown == {"basic": 500, "elementary": 407, "upper": 93, "early": None, "final": None}
    # with only 12 in the whole, its parts cannot hide ten apart: the whole has to go too
    counts = {"basic": 500, "elementary": 12, "upper": 488, "early": 5, "final": 7}
    protected = protect(hierarchy(counts, parts))
    assert protected.shown == {"basic": 500, "elementary": None, "upper": None, "early": None, "final": None}
    assert audit(protected.table, protected.withheld).safe


def test_what_others_publish_cannot_be_withheld_and_may_make_a_table_unpublishable():
    counts = {"elementary": 12, "early": 5, "final": 7}
    table = hierarchy(counts, {"elementary": ["early", "final"]})
    assert protect(table).shown["elementary"] is None
    with pytest.raises(UnprotectableTable) as refused:
        protect(table, already_public=["elementary"])
    assert set(refused.value.labels) <= {"early", "final"}
    with pytest.raises(UnprotectableTable, match="early"):
        protect(table, already_public=["early"])
    with pytest.raises(KeyError):
        protect(table, already_public=["upper"])


def test_two_safe_releases_may_give_a_group_away_together():
    """Stage and location are each safe alone; the same boys counted in both are not."""
    stages = hierarchy({"all": 200, "early": 195, "final": 5}, {"all": ["early", "final"]})
    schools = hierarchy({"early": 195, "school A": 95, "school B": 100}, {"early": ["school A", "school B"]})
    first = protect(stages)
    assert audit(stages, first.withheld).safe
    assert not protect(schools).withheld.any()
    both = join(stages, schools)
    withheld = np.array([label in {"final"} or first.shown.get(label, 0) is None for label in both.labels])
    withheld[both.labels.index("early")] = False  # the second release shows it
    assert audit(both, withheld).recovered.tolist() == [both.labels.index("final")]
    assert audit(both, protect(both).withheld).safe


@settings(deadline=None, max_examples=30)
@given(arrays(np.int64, (2, 3, 3), elements=st.one_of(st.integers(0, 12), st.integers(0, 300))))
def test_stage_by_location_at_two_levels_is_protected_as_one_release(counts):
    """Two municipalities and their state: the state's cells are the sums of the municipalities' cells."""
    rows, columns = ["creche", "preschool", "early"], ["urban", "rural", "settlement"]
    places = {"m1": counts[0], "m2": counts[1], "state": counts.sum(axis=0)}
    tables = []
    for name, inner in places.items():
        table = two_way(inner, rows, columns)
        tables.append(dataclasses.replace(table, labels=tuple((name, *label) for label in table.labels)))
    cells = [label for table in tables for label in table.labels]
    numbers = dict(zip(cells, np.concatenate([table.counts for table in tables]).tolist(), strict=True))
    sums = {("state", *rest): [("m1", *rest), ("m2", *rest)] for name, *rest in tables[0].labels}
    both = join(*tables, hierarchy(numbers, sums))
    protected = protect(both)
    assert audit(both, protected.withheld).safe
    assert all(count is None or count == 0 or count >= MINIMUM_GROUP for count in protected.shown.values())


def test_the_audit_refuses_a_mask_of_another_table():
    with pytest.raises(ValueError):
        audit(named(WORKED), np.zeros(4, dtype=bool))
