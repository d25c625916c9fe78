"""The notebook runs from top to bottom and finds what was put into its invented panel."""

import runpy
from pathlib import Path

import numpy as np

NOTEBOOK = Path(__file__).resolve().parents[3] / "docs" / "notebooks" / "staggered_programme.py"


def test_the_notebook_runs_and_finds_the_truth(capsys):
    names = runpy.run_path(str(NOTEBOOK))
    found, events = names["FOUND"], names["evaluation"].events
    table, truth = events.table(), names["truth_by_event"]
    known = ~np.isnan(table["se"])
    assert ((table["low"] <= truth) & (truth <= table["high"]))[known].all()
    assert {"effect_positive", "grows", "chosen_not_drawn", "only_participants"} <= set(found["codes"])
    assert abs(found["matched"] - found["overall"]) < 0.15
    assert found["forbidden"] > 0.05
    assert 0.6 < found["power"] < 0.95
    printed = capsys.readouterr().out
    assert "Conclusions" in printed
    assert NOTEBOOK.read_text("utf-8").count("invented") >= 2
