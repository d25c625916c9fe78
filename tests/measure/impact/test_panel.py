"""Panels: long tables become matrices, and what is missing or contradictory is refused by name."""

import numpy as np
import polars as pl
import pytest

from trama_measure.impact.notices import ImpactError, NoticeCode
from trama_measure.impact.panel import Panel

LONG = {
    "network": ["a", "a", "a", "b", "b", "b", "c", "c", "c"],
    "year": [2019, 2021, 2023] * 3,
    "ideb": [4.0, 4.5, 5.0, 5.0, 5.1, 5.2, 3.0, 3.1, 3.3],
    "began": [2021, 2021, 2021, 0, 0, 0, None, None, None],
    "state": ["PE", "PE", "PE", "PE", "PE", "PE", "BA", "BA", "BA"],
    "pupils": [10, 11, 12, 20, 20, 20, 30, 29, 28],
}
NAMES = {"unit": "network", "period": "year", "outcome": "ideb", "start": "began"}


def test_a_frame_of_any_library_or_a_dict_of_arrays_becomes_the_same_panel():
    frame = pl.DataFrame(LONG)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=4)
    arrays = {name: np.array(values, dtype=object if name == "began" else None) for name, values in LONG.items()}
    for table in (frame, shuffled, frame.to_pandas(), arrays):
        panel = Panel.from_columns(table, **NAMES, cluster="state", covariates=["pupils"])
        assert panel.outcome.tolist() == [[4.0, 4.5, 5.0], [5.0, 5.1, 5.2], [3.0, 3.1, 3.3]]
        assert panel.periods.tolist() == [2019, 2021, 2023]
        assert panel.start.tolist() == [1, 3, 3]
        assert panel.clusters.tolist() == [1, 1, 0]
        assert panel.units.tolist() == ["a", "b", "c"]
        assert panel.covariates.shape == (3, 3, 1)  # the number of pupils changes


def test_a_start_between_two_editions_counts_from_the_later_one():
    panel = Panel.from_arrays(np.zeros((3, 3)), [2019, 2021, 2023], [2020, 2024, 2010])
    assert panel.start.tolist() == [1, 3, 0]
    assert [panel.name(position) for position in panel.start] == ["2021", "never", "2019"]


def test_gaps_are_refused_with_where_and_how_many_or_left_out_with_a_notice():
    rows = pl.DataFrame(LONG).filter(~((pl.col("network") == "a") & (pl.col("year") == 2021)))
    with pytest.raises(ImpactError, match=r"1 of 3 units lack a result .*2021: 1; units a\)"):
        Panel.from_columns(rows, **NAMES)
    panel = Panel.from_columns(rows, **NAMES, incomplete="drop_units")
    assert panel.units.tolist() == ["b", "c"]
    assert [(notice.code, notice.found) for notice in panel.notices] == [(NoticeCode.UNITS_DROPPED, 1.0)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ideb": None}, "no column ideb"),
        ({"year": [2019, 2019, 2023] + [2019, 2021, 2023] * 2}, "network a in year 2019: one row expected, found 2"),
        ({"began": [2021, 2023, 2021, 0, 0, 0, 0, 0, 0]}, "began of network a: one value in all periods expected"),
        ({"state": ["PE", "BA", "PE"] + ["PE"] * 6}, "state of network a: one value"),
        ({"year": [2019, None, 2023] * 3}, "year: a number expected in every row"),
    ],
)
def test_a_contradiction_in_a_table_is_refused_by_name(change, message):
    table = pl.DataFrame({key: value for key, value in (LONG | change).items() if value is not None})
    with pytest.raises(ImpactError, match=message):
        Panel.from_columns(table, **NAMES, cluster="state")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"outcome": np.zeros(3)}, "at least 2 units by 2 periods"),
        ({"periods": [2021, 2019]}, "increasing"),
        ({"start": [2021]}, "start: 3 numbers expected"),
        ({"weights": [1, 0, 1]}, "weights: positive"),
        ({"covariates": np.zeros((2, 1))}, "covariates: shape"),
        ({"clusters": [1, 2]}, "clusters: 3 labels"),
        ({"units": ["a"]}, "units: 3 names"),
        ({"outcome": np.array([[np.nan, 1], [np.nan, 2], [1, 2]]), "incomplete": "drop_units"}, "no two units"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arguments, message):
    whole = {"outcome": np.zeros((3, 2)), "periods": [2019, 2021], "start": [2021, np.nan, np.nan]} | arguments
    with pytest.raises(ImpactError, match=message):
        Panel.from_arrays(**whole)
