"""Errors of gaps: the jackknife by hand, Rubin's rules, and coverage with schools and plausible values."""

import numpy as np
import pytest

from trama_measure.equity import (
    EquityError,
    Replicates,
    combine,
    combine_gap,
    jackknife_weights,
    mean_gap,
    percentile_gaps,
    transport,
)


def weighted_mean(values, weights):
    return float(np.average(values, weights=weights))


def test_the_jackknife_of_a_mean_is_its_usual_error():
    values = np.array([1.0, 4, 2, 8, 5])
    found = combine(weighted_mean, values[:, None], np.ones(5), jackknife_weights(np.ones(5), np.arange(5)))
    assert found.estimate == 4
    assert found.se == pytest.approx(values.std(ddof=1) / np.sqrt(5))
    assert (found.imputation, found.degrees, found.few_clusters) == (0, 4, True)


def test_strata_are_weighted_up_within():
    replicates = jackknife_weights(np.ones(5), ["a", "a", "b", "c", "d"], [1, 1, 1, 2, 2])
    assert replicates.weights.T.tolist() == [[0, 0, 2, 1, 1], [2, 2, 0, 1, 1], [1, 1, 1, 0, 2], [1, 1, 1, 2, 0]]
    assert replicates.factors.tolist() == [0.5] * 4


def test_rubins_rules_by_hand():
    plausible = np.array([[1.0, 2, 3], [3, 4, 5]])
    none = Replicates(np.ones((2, 40)), np.ones(40))
    found = combine(weighted_mean, plausible, np.ones(2), none)
    assert found.estimate == 3
    assert found.se == pytest.approx(np.sqrt((1 + 1 / 3) * 1.0))  # means 2, 3, 4
    assert found.degrees == pytest.approx(1 / (1 / 39 + 1 / 2))
    low, high = found.interval()
    assert (low + high) / 2 == pytest.approx(3)


def test_intervals_of_a_gap_cover_it_with_schools_and_plausible_values():
    """60 schools drawn anew each time; the true gap is 0.5; students' values are known up to a posterior of SD 0.5."""
    rng = np.random.default_rng(11)
    covered = []
    for _ in range(120):
        school = np.repeat(np.arange(60), 10)
        group = rng.random(600) < 0.4
        truth = 0.5 * group + rng.normal(size=60)[school] * 0.5 + rng.normal(size=600)
        # posterior draws: shrink towards the group's own mean, as a latent regression does
        shown = truth + rng.normal(size=600) * 0.5
        centre = np.where(group, shown[group].mean(), shown[~group].mean())
        share = 1.25 / 1.5
        plausible = (centre + share * (shown - centre))[:, None] + rng.normal(size=(600, 5)) * np.sqrt(
            1.25 * 0.25 / 1.5
        )
        weights = jackknife_weights(np.ones(600), school)
        found = combine_gap(mean_gap, plausible, np.ones(600), group, ~group, weights)
        low, high = found.interval()
        covered.append(low <= 0.5 <= high)
        assert found.imputation < found.sampling
    assert 0.89 <= np.mean(covered) <= 1


def test_any_distance_and_any_percentile_can_be_combined():
    rng = np.random.default_rng(1)
    group = np.arange(400) % 2 == 0
    values = rng.normal(size=(400, 3)) + group[:, None]
    replicates = jackknife_weights(np.ones(400), np.arange(400) // 10)
    moved = combine_gap(lambda *s: transport(*s).distance, values, np.ones(400), group, ~group, replicates)
    assert moved.estimate == pytest.approx(1, abs=0.2)
    assert 0.05 < moved.se < 0.2

    def median(a, b, wa, wb):
        return float(percentile_gaps(a, b, [50], wa, wb)[0])

    assert combine_gap(median, values, np.ones(400), group, ~group, replicates).estimate == pytest.approx(1, abs=0.35)


def test_what_does_not_fit_is_refused():
    with pytest.raises(EquityError, match="single cluster"):
        jackknife_weights(np.ones(3), [1, 2, 3], [1, 1, 2])
    with pytest.raises(EquityError, match="two strata"):
        jackknife_weights(np.ones(3), [1, 1, 3], [1, 2, 2])
    with pytest.raises(EquityError, match="3 clusters"):
        jackknife_weights(np.ones(3), [1, 2])
    replicates = jackknife_weights(np.ones(3), [1, 2, 3])
    with pytest.raises(EquityError, match="plausible values"):
        combine(weighted_mean, np.ones(3), np.ones(3), replicates)
    both = np.array([True, True, False])
    with pytest.raises(EquityError, match="common member"):
        combine_gap(mean_gap, np.ones((3, 1)), np.ones(3), both, both, replicates)
