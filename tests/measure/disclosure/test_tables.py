"""Tables of counts: the sums that hold, and what is refused."""

import numpy as np
import pytest

from trama_measure.disclosure import TOTAL, hierarchy, join, two_way


def test_a_two_way_table_knows_all_its_margins():
    table = two_way(np.array([[3, 40], [50, 60]]), ["rural", "urban"], ["creche", "preschool"])
    shown = dict(zip(table.labels, table.counts.tolist(), strict=True))
    assert shown[("rural", TOTAL)] == 43
    assert shown[(TOTAL, "creche")] == 53
    assert shown[(TOTAL, TOTAL)] == 153
    assert len(table.equations) == 6  # two rows, two columns, and both ways to the total of totals
    assert np.abs(table.matrix() @ table.counts).max() == 0


def test_a_row_with_everyone_in_one_outcome_is_sensitive_and_one_with_nobody_is_not():
    counts = np.array([[0, 80], [30, 50], [0, 0]])
    outcome = two_way(counts, ["a", "b", "c"], ["below", "adequate"], columns_are_outcomes=True)
    alike = [label for label, yes in zip(outcome.labels, outcome.homogeneous.tolist(), strict=True) if yes]
    assert alike == [("a", "below"), ("a", "adequate")]
    assert not two_way(counts, ["a", "b", "c"], ["creche", "preschool"]).homogeneous.any()


def test_a_whole_that_is_not_the_sum_of_its_parts_is_refused_by_name():
    with pytest.raises(ValueError, match="elementary is 100, but its parts add up to 90"):
        hierarchy({"elementary": 100, "early": 60, "final": 30}, {"elementary": ["early", "final"]})
    with pytest.raises(ValueError, match="no count for final"):
        hierarchy({"elementary": 100, "early": 100}, {"elementary": ["early", "final"]})


@pytest.mark.parametrize("counts", [[[1.0, 2.0]], [[-1, 2]], [[1, 2, 3]], [1, 2]])
def test_counts_that_are_not_whole_or_not_there_are_refused(counts):
    with pytest.raises(ValueError):
        two_way(np.array(counts), ["a"], ["x", "y"])


def test_a_label_that_comes_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        two_way(np.array([[1, 2]]), ["a"], ["x", "x"])


def test_joined_tables_share_their_common_cells_and_must_agree_on_them():
    stages = hierarchy({"all": 100, "early": 60, "final": 40}, {"all": ["early", "final"]})
    places = hierarchy({"all": 100, "rural": 30, "urban": 70}, {"all": ["rural", "urban"]})
    both = join(stages, places)
    assert len(both.labels) == 5
    assert np.abs(both.matrix() @ both.counts).max() == 0
    later = hierarchy({"all": 101, "rural": 31, "urban": 70}, {"all": ["rural", "urban"]})
    with pytest.raises(ValueError, match="all is 100 in one table and 101 in another"):
        join(stages, later)


def test_a_joined_table_remembers_cell_by_cell_where_a_zero_is_always_told():
    outcome = two_way(np.array([[0, 80], [30, 50]]), ["a", "b"], ["below", "adequate"], columns_are_outcomes=True)
    places = hierarchy({("a", TOTAL): 80, "rural": 30, "urban": 50}, {("a", TOTAL): ["rural", "urban"]})
    both = join(outcome, places)
    floors = dict(zip(both.labels, both.floor.tolist(), strict=True))
    assert (floors[("a", "below")], floors["rural"], floors[("a", TOTAL)]) == (0, 1, 1)
    assert both.homogeneous.sum() == 2
    with pytest.raises(ValueError, match="at least one"):
        join()
