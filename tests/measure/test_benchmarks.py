"""The benchmarks of the measures are found by their names, and the cycle of a state finds its invented truth."""

import pytest

from benchmarks.measure import state_cycle
from benchmarks.run import benchmarks, chosen

STUDENTS = 12_000


def test_a_name_a_folder_or_nothing_chooses():
    every = benchmarks()
    assert {"pages", "measure.answers", "measure.calibration", "measure.impact", "measure.state_cycle"} <= set(every)
    assert not any(name.endswith(("_worker", "run", "__init__")) for name in every)
    assert chosen([], every) == every
    assert set(chosen(["measure"], every)) == {name for name in every if name.startswith("measure.")}
    assert list(chosen(["measure.answers", "pages"], every)) == ["measure.answers", "pages"]
    with pytest.raises(SystemExit, match="no benchmark is called measur; there are"):
        chosen(["measur"], every)


def test_the_cycle_of_a_state_agrees_with_polars_and_with_what_was_invented(tmp_path):
    path, step = tmp_path / "answers.parquet", state_cycle.Steps()
    state_cycle.invented(STUDENTS, path)
    found = state_cycle.cycle(state_cycle.read(path, "mt", step), "mt", step)
    assert found["converged"]
    assert found["line"] == [pytest.approx(50.2, abs=4), pytest.approx(255, abs=4)]
    assert found["pv_sd"] == pytest.approx(found["line"][0], rel=0.05)
    assert len(set(found["right"])) == 1  # classes, schools and municipalities hold the same answers
    assert found["right"] == state_cycle.in_polars(path, "mt", step)["right"]
    assert {"calibrate, with standard errors", "mt: mark"} <= set(step.cpu)
