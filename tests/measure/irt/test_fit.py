"""Fit of items and persons, dependence and DIF: published values, and misfit that was put in is found."""

import numpy as np
import pytest

from trama_measure.irt import ItemResponseModel, Quadrature, published_parameters
from trama_measure.irt.dif import likelihood_ratio_dif, logistic_dif
from trama_measure.irt.fit import item_fit, local_dependence, person_fit, s_x2

from .worlds import drawn, frequencies, two_parameter_items


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "printed"),
    [("lsat6", [0.450, 1.691, 0.666, 0.175, 0.111]), ("lsat7", [4.749440, 14.451071, 1.270381, 5.237400, 0.941125])],
)
def test_published_s_x2(shared_data, name, printed):
    answers, weights = frequencies(shared_data / "irt" / f"{name}.csv")
    people = np.repeat(answers, weights.astype(int), axis=0)
    found = ItemResponseModel(quadrature=Quadrature(61), tolerance=1e-5).fit(people)
    table = s_x2(found, people)
    assert table["s_x2"].to_list() == pytest.approx(printed, abs=5e-3)
    if name == "lsat6":
        assert table["p"][0] == pytest.approx(0.7984, abs=1e-3)
    else:
        assert table["df"].to_list() == [2] * 5


@pytest.fixture(scope="module")
def world():
    true = two_parameter_items(15, 1)
    theta = np.random.default_rng(2).normal(size=4000)
    answers = drawn(true, theta, 3)
    return true, theta, answers


def test_a_model_that_holds_fits(world):
    _, _, answers = world
    found = ItemResponseModel().fit(answers)
    table = item_fit(found, answers)
    assert table["rmsd"].max() < 0.03
    assert table["infit"].to_list() == pytest.approx([1.0] * 15, abs=0.05)
    assert table["outfit"].to_list() == pytest.approx([1.0] * 15, abs=0.1)
    assert (s_x2(found, answers)["p"] < 0.01).sum() <= 2
    assert local_dependence(found, answers)["above_mean"].max() < 0.1
    assert 0.7 < person_fit(found, answers)["lz"].std() < 1.0  # theta is estimated from the same answers


def test_an_item_that_the_model_does_not_describe_is_found(world):
    _, theta, answers = world
    wrong = answers.copy()
    draw = np.random.default_rng(5)
    wrong[:, 4] = draw.random(4000) < np.where(np.abs(theta) < 0.7, 0.8, 0.3)  # the middle does best
    table = item_fit(ItemResponseModel().fit(wrong), wrong)
    assert table["rmsd"].arg_max() == 4
    assert table["flag"][4] == "large"
    rasch = item_fit(ItemResponseModel(model="rasch").fit(answers), answers)
    slope = ItemResponseModel().fit(answers).items["a"].to_numpy()
    assert np.corrcoef(rasch["infit"].to_numpy(), slope)[0, 1] < -0.9  # steep items are too regular for one slope


def test_items_that_hang_together_are_named(world):
    _, _, answers = world
    twin = answers.copy()
    same = np.random.default_rng(6).random(4000) < 0.6
    twin[same, 9] = twin[same, 2]
    found = ItemResponseModel().fit(twin, items=[f"M{place}" for place in range(15)])
    first = local_dependence(found, twin).row(0, named=True)
    assert {first["item"], first["other"]} == {"M2", "M9"}
    assert first["above_mean"] > 0.2


def test_a_slipped_answer_sheet_is_seen(world):
    true, _, answers = world
    order = np.argsort(true.b()[:, 0])
    odd = answers.copy()
    odd[0, order] = [0] * 7 + [1] * 8  # the easy wrong, the hard right
    lz = person_fit(ItemResponseModel().fit(answers), odd)["lz"]
    assert lz[0] < -3
    assert (lz < -3).mean() < 0.01


@pytest.fixture(scope="module")
def two_groups():
    """The second group is weaker, and item 3 is harder for it by 0.8."""
    true = two_parameter_items(12, 7)
    draw = np.random.default_rng(8)
    harder = published_parameters(
        true.a(1.0), true.b()[:, 0] + 0.8 * (np.arange(12) == 3), scale_constant=1.0, models="2pl"
    )
    answers = np.concatenate([drawn(true, draw.normal(size=2500), 9), drawn(harder, draw.normal(-0.6, 1, 2500), 10)])
    return answers, np.repeat(["urban", "rural"], 2500)


def test_regression_names_the_item_and_not_the_weaker_group(two_groups):
    answers, groups = two_groups
    found = ItemResponseModel().fit(answers, groups=groups)
    table = logistic_dif(found, answers, groups, "rural")
    assert table["uniform"].arg_max() == 3
    assert table["log_odds"][3] < -0.5
    assert table["r2_gained"].arg_max() == 3
    assert (table["class"].to_list()[:3], table["class"][4]) == (["A"] * 3, "A")
    with pytest.raises(ValueError, match="two groups"):
        logistic_dif(found, answers, groups, "islands")
    together = logistic_dif(ItemResponseModel().fit(answers), answers, groups, "rural")  # calibrated as one group
    assert together["r2_gained"].arg_max() == 3


def test_the_likelihood_ratio_says_how_large_it_is(two_groups):
    answers, groups = two_groups
    names = [f"M{place}" for place in range(12)]
    table = likelihood_ratio_dif(ItemResponseModel(), answers, groups, "rural", items=names, studied=["M3", "M5"])
    assert table["p"][0] < 1e-6
    assert table["p"][1] > 1e-3
    assert table["df"].to_list() == [2, 2]
    assert table["gap"][0] < -0.08
    assert abs(table["gap"][1]) < 0.05
    assert table["statistic"].min() > -1e-6


def test_what_s_x2_cannot_do_is_refused(world):
    _, _, answers = world
    found = ItemResponseModel().fit(answers)
    holes = answers.copy()
    holes[7, 3] = -1
    with pytest.raises(ValueError, match="row 7 has no answer to item 4"):
        s_x2(found, holes)
