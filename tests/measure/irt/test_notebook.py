"""The notebook on a booklet test runs from top to bottom on the real answers, and says why where they are absent."""

import math
import runpy
import shutil
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

NOTEBOOK = Path(__file__).resolve().parents[3] / "docs" / "notebooks" / "booklet_calibration.py"


@pytest.mark.shared_data
def test_the_notebook_runs_and_what_it_finds_agrees_with_the_official_figures(shared_data, capsys):
    names = runpy.run_path(str(NOTEBOOK))
    found = names["FOUND"]
    assert found["balanced"]
    assert found["converged"]
    assert any(warning.startswith("grid: points") for warning in found["warned"])
    assert found["correlation"] > 0.98
    for estimate, truth, error in zip(found["line"], (1.0, 0.0), found["line_errors"], strict=True):
        assert abs(estimate - truth) < 2 * error < 0.2
    assert math.fsum(found["shares"]) == pytest.approx(1)
    away = np.abs(np.subtract(found["shares"], found["official_shares"]))
    assert away.max() < 0.05  # the official figures stand on another key
    assert 0 < min(found["share_errors"]) < max(found["share_errors"]) < 0.02
    assert found["gap"] == pytest.approx(found["official_gap"], abs=2 * found["gap_error"])
    assert found["linking_error"] > 0.005
    for plot in names["PICTURES"].values():
        assert Xml.fromstring(plot.svg).tag.endswith("svg")
    assert "Report" in capsys.readouterr().out


def test_without_the_answers_the_notebook_says_what_it_expects_and_where(tmp_path):
    """A copy elsewhere finds no shared data beside it."""
    copy = tmp_path / "repository" / "docs" / "notebooks" / NOTEBOOK.name
    copy.parent.mkdir(parents=True)
    shutil.copy(NOTEBOOK, copy)
    with pytest.raises(SystemExit, match=r"saeb_1995_matematica_3em_respostas\.csv\.gz .* are expected in .*shared"):
        runpy.run_path(str(copy))
