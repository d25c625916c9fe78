"""Linking error carried into means and shares: recomputed under every link, and added."""

import numpy as np
import pytest

from trama_measure.estimates import estimate, jk2, means, shares
from trama_measure.linking import SAEB, jackknife, level_of, parameter_set, standards

LEVELS = standards()["four-groups"].levels("mt", 9)


@pytest.fixture(scope="module")
def world():
    """Anchors with some noise, and 400 students in 16 schools with 5 plausible values on the scale of X."""
    generator = np.random.default_rng(21)
    items = [f"i{number}" for number in range(15)]
    a, b = np.exp(generator.normal(0.2, 0.2, 15)), generator.normal(0, 1, 15)
    x = parameter_set(items, a, b, scale_constant=1.0)
    y = parameter_set(items, a / 1.1, 1.1 * b + 0.2 + generator.normal(0, 0.12, 15), scale_constant=1.0)
    links = jackknife(x, y.moved(50.0, 250.0, SAEB))
    school = np.repeat(np.arange(16), 25)
    theta = generator.normal(0, 0.4, 16)[school] + generator.normal(size=400)
    plausible = theta[:, None] + 0.4 * generator.normal(size=(400, 5))
    return links, school, plausible, generator.uniform(0.5, 2, 400), generator.integers(0, 2, 400)


def test_the_error_of_a_mean_grows_by_the_linking_error(world):
    links, school, plausible, weight, group = world

    def group_means(scores):
        return np.array([np.average(scores[group == one].mean(axis=1), weights=weight[group == one]) for one in (0, 1)])

    linking = links.variance(group_means, plausible)
    scores = links.link.abilities(plausible)
    with_error = means(scores, weight, jk2(school // 2, school), group, linking=linking)
    without = means(scores, weight, jk2(school // 2, school), group)
    assert with_error["mean"].to_list() == without["mean"].to_list()
    expected = without["se"].to_numpy() ** 2 + linking
    assert with_error["se"].to_numpy() ** 2 == pytest.approx(expected)
    assert (linking > 0.5).all()
    # by the line alone: the variance of A m + B, with m the mean on the scale of X
    x_mean = np.average(plausible[group == 0].mean(axis=1), weights=weight[group == 0])
    assert linking[0] == pytest.approx(np.array([x_mean, 1]) @ links.covariance @ np.array([x_mean, 1]))


def test_the_error_of_shares_grows_where_scores_lie_near_a_cut(world):
    links, school, plausible, weight, group = world

    def level_shares(scores):
        levels = level_of(scores, "mt", 9, "four-groups")
        return np.array([
            [np.average((levels == kind)[group == one].mean(axis=1), weights=weight[group == one]) for kind in LEVELS]
            for one in (0, 1)
        ])  # fmt: skip

    linking = links.variance(level_shares, plausible)
    levels = level_of(links.link.abilities(plausible), "mt", 9, "four-groups")
    table = shares(levels, weight, jk2(school // 2, school), LEVELS, group, linking=linking)
    assert table["share"].to_numpy().reshape(2, 4) == pytest.approx(level_shares(links.link.abilities(plausible)))
    assert table["se_linking"].to_numpy().reshape(2, 4) == pytest.approx(np.sqrt(linking))
    assert table["level"].to_list() == ["0", "1", "2", "3"] * 2


def test_a_difference_of_two_groups_hardly_depends_on_the_anchors(world):
    """Both groups move with the line: what is left is the part of A, times the distance of their means."""
    links, school, plausible, weight, group = world

    def difference(values, w):
        return np.array([np.average(values[group == 1], weights=w[group == 1])
                         - np.average(values[group == 0], weights=w[group == 0])])  # fmt: skip

    scores = links.link.abilities(plausible)
    linking = links.variance(lambda s: difference(s.mean(axis=1), weight), plausible)
    found = estimate(difference, scores, weight, jk2(school // 2, school), linking=linking)
    single = means(scores, weight, jk2(school // 2, school), group)
    assert found.value[0] == pytest.approx(single["mean"][1] - single["mean"][0])
    assert linking[0] < 0.1
