"""From answers to one scale: two calibrations linked, and the same by fixed anchors."""

import numpy as np
import pytest

from trama_measure.irt import ItemResponseModel
from trama_measure.linking import Method, Scale, four_methods, jackknife, link, of_calibration

COMMON = [f"c{number}" for number in range(14)]


@pytest.fixture(scope="module")
def two_forms():
    """Two forms of 24 items, 14 common; group X is N(0, 1), group Y is N(-0.3, 1.25). Returns both calibrations."""
    generator = np.random.default_rng(12)
    found = []
    a = dict(zip(COMMON, np.exp(generator.normal(0.2, 0.2, 14)), strict=True))
    b = dict(zip(COMMON, generator.normal(0, 0.9, 14), strict=True))
    for form, mean, sd in (("x", 0.0, 1.0), ("y", -0.3, 1.25)):
        own = [f"{form}{number}" for number in range(10)]
        a |= dict(zip(own, np.exp(generator.normal(0.2, 0.2, 10)), strict=True))
        b |= dict(zip(own, generator.normal(0, 0.9, 10), strict=True))
        items = COMMON + own
        theta = generator.normal(mean, sd, 4000)
        logit = np.array([a[item] for item in items]) * (theta[:, None] - np.array([b[item] for item in items]))
        answers = (generator.random(logit.shape) < 1 / (1 + np.exp(-logit))).astype(np.int8)
        found.append((answers, items))
    return found, [ItemResponseModel(model="2pl").fit(answers, items=items) for answers, items in found]


def test_the_line_is_found_within_its_jackknife_error(two_forms):
    """θ on the scale of Y is (θ + 0.3) / 1.25: A = 0.8, B = 0.24."""
    _, (x, y) = two_forms
    sets = of_calibration(x), of_calibration(y)
    for found in four_methods(*sets).values():
        assert found.slope == pytest.approx(0.8, abs=0.05)
        assert found.intercept == pytest.approx(0.24, abs=0.05)
    error = np.sqrt(np.diag(jackknife(*sets, Method.HAEBARA).covariance))
    assert error == pytest.approx([0.01, 0.01], abs=0.015)


def test_fixed_anchors_give_what_linking_gives(two_forms):
    """The new items of X on the scale of Y, by calibrating with the anchors of Y fixed, and by linking."""
    ((answers, items), _), (x, y) = two_forms
    published = of_calibration(y, Scale("y")).take(COMMON)
    fixed = ItemResponseModel(model="2pl", anchors=published.anchors()).fit(answers, items=items)
    linked = link(of_calibration(x), of_calibration(y, Scale("y"))).parameters(of_calibration(x))
    mine = of_calibration(fixed, Scale("y"))
    new = [item for item in items if item not in COMMON]
    assert mine.take(COMMON).a == pytest.approx(published.a, abs=1e-9)
    assert mine.take(new).b[:, 0] == pytest.approx(linked.take(new).b[:, 0], abs=0.06)
    assert mine.take(new).a == pytest.approx(linked.take(new).a, rel=0.05)


def test_the_constant_of_a_calibration_comes_along(two_forms):
    ((answers, items), _), (x, _) = two_forms
    normal = of_calibration(ItemResponseModel(model="2pl", scale_constant=1.7).fit(answers, items=items))
    assert normal.scale_constant == 1.7
    assert normal.with_constant(1.0).a == pytest.approx(of_calibration(x).a, rel=1e-3)
    found = link(normal, of_calibration(x))
    assert (found.slope, found.intercept) == pytest.approx((1.0, 0.0), abs=1e-3)
