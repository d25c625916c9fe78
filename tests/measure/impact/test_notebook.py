"""The notebook runs from top to bottom and finds what was put into its invented panel."""

import runpy
from pathlib import Path

import numpy as np

NOTEBOOK = Path(__file__).resolve().parents[3] / "docs" / "notebooks" / "staggered_programme.py"


def test_the_notebook_runs_and_finds_the_truth(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("NOTEBOOK_OUTPUT", str(tmp_path))
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
    for language, words in (("pt-BR", "Tudo nesta página é inventado"), ("en", "Everything on this page is invented")):
        page = (tmp_path / f"staggered_programme.{language}.html").read_text("utf-8")
        assert f'<html lang="{language}">' in page
        assert words in page
    assert NOTEBOOK.read_text("utf-8").count("invented") >= 2
