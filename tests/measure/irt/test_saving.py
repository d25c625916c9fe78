"""A calibration that was saved reads back as it was, and nothing else reads as one."""

import json

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from trama_measure.irt import ItemResponseModel, Normal, Prior, UnreadableCalibration
from trama_measure.irt.saving import load, save

from .worlds import drawn, three_parameter_items, two_parameter_items


@pytest.fixture
def calibration():
    draw = np.random.default_rng(0)
    answers = np.concatenate(
        [drawn(three_parameter_items(4), draw.normal(size=800)), drawn(two_parameter_items(3), draw.normal(size=800))],
        axis=1,
    )
    model = ItemResponseModel(
        model=["3pl"] * 4 + ["2pl"] * 3, prior=Prior.for_options(4, Normal(0.0, 0.5)), scale_constant=1.7
    )
    return model.fit(answers, groups=np.repeat(["a", "b"], 400), items=[f"ção {place}" for place in range(7)])


def test_to_the_last_bit(calibration, tmp_path):
    save(calibration, tmp_path / "maths.json")
    again = load(tmp_path / "maths.json")
    for table in ("items", "steps", "groups"):
        assert_frame_equal(getattr(again, table), getattr(calibration, table), check_exact=True)
    assert again.convergence == calibration.convergence
    assert again.prior == calibration.prior
    assert (again.aic, again.bic, again.names) == (calibration.aic, calibration.bic, calibration.names)
    answers = np.array([[0, 1, 1, 0, 1, 0, -1]], dtype=np.int8)
    assert again.score(answers, groups=["b"])["theta"][0] == calibration.score(answers, groups=["b"])["theta"][0]
    assert list(tmp_path.iterdir()) == [tmp_path / "maths.json"]


def test_what_is_no_calibration_is_refused(calibration, tmp_path):
    path = tmp_path / "maths.json"
    for content in ("", "{", "[]", '{"format": "something else"}', b"\xff\xfe"):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(UnreadableCalibration, match=r"maths\.json: not a saved calibration"):
            load(path)
    save(calibration, path)
    whole = json.loads(path.read_text())
    path.write_text(json.dumps(whole | {"version": 2}))
    with pytest.raises(UnreadableCalibration, match="version 2 found, 1 expected"):
        load(path)
    for part in ("items", "groups", "prior", "convergence", "scale_constant"):
        path.write_text(json.dumps({name: value for name, value in whole.items() if name != part}))
        with pytest.raises(UnreadableCalibration, match="damaged"):
            load(path)
