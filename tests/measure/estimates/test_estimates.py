"""Standard errors worked by hand, and against the definitions."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.estimates import LonelySchools, brr, census, combine, estimate, jk2, jkn, means, shares


def weighted_mean(values, weight):
    return np.array([(values * weight).sum() / weight.sum()])


def test_rubins_rules_by_hand():
    # figures 10 12 11, each with variance 4: mean 11, B = 1, (1 + 1/3) B = 4/3
    found = combine(np.array([[10.0], [12.0], [11.0]]), np.full((3, 1), 4.0), degrees=20, linking=0.5)
    assert found.value == pytest.approx([11.0])
    assert found.sampling == pytest.approx([4.0])
    assert found.imputation == pytest.approx([4 / 3])
    assert found.standard_error == pytest.approx([np.sqrt(4 + 4 / 3 + 0.5)])
    assert found.degrees == pytest.approx([(16 / 3) ** 2 / (16 / 20 + (4 / 3) ** 2 / 2)])


def test_one_value_without_sampling_has_no_error():
    found = combine(np.array([[3.0]]), np.zeros((1, 1)))
    assert found.standard_error.tolist() == [0.0]
    assert found.interval()[0].tolist() == [3.0]


def test_jk2_of_one_zone_by_hand():
    # schools with means 1 and 3 and equal weights: mean 2; without the first 3: (3 - 2)^2 = 1 = s^2 / n
    values, zone, school = np.array([1.0, 3.0]), np.array([1, 1]), np.array([10, 20])
    for both in (False, True):
        replicates = jk2(zone, school, both=both)
        found = estimate(weighted_mean, values, np.ones(2), replicates)
        assert found.sampling == pytest.approx([1.0])
    assert jk2(zone, school).factors.tolist() == [[0.0], [2.0]]
    assert jk2(zone, school, both=True).factors.tolist() == [[0.0, 2.0], [2.0, 0.0]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=25))
def test_jkn_over_single_students_is_the_variance_of_a_mean(values):
    values = np.array(values)
    n = len(values)
    found = estimate(weighted_mean, values, np.ones(n), jkn(np.zeros(n), np.arange(n)))
    assert found.sampling == pytest.approx([values.var(ddof=1) / n], abs=1e-9)


def test_jkn_adds_strata_and_knows_the_finite_population():
    values = np.array([1.0, 2.0, 4.0, 10.0, 16.0])
    stratum, school = np.array(["a", "a", "a", "b", "b"]), np.arange(5)

    def total(x, w):
        return np.array([(x * w).sum()])

    found = estimate(total, values, np.ones(5), jkn(stratum, school))
    # n_h s_h^2: 3 * 7/3 + 2 * 18
    assert found.sampling == pytest.approx([3 * (7 / 3) + 2 * 18])
    half = estimate(total, values, np.ones(5), jkn(stratum, school, fpc={"a": 0.5, "b": 0.0}))
    assert half.sampling == pytest.approx([3 * (7 / 3) * 0.5 + 2 * 18])
    assert jkn(stratum, school).degrees == 3


@pytest.mark.parametrize("strata", [1, 3, 4, 7, 8])
@pytest.mark.parametrize("fay", [0.0, 0.5])
def test_brr_of_a_total_is_the_sum_of_squared_differences(strata, fay):
    """Full orthogonal balance: for a linear figure the cross terms vanish, with any Fay factor."""
    values = np.random.default_rng(strata).normal(size=2 * strata)
    stratum = np.repeat(np.arange(strata), 2)
    replicates = brr(stratum, np.arange(2 * strata), fay=fay)

    def total(x, w):
        return np.array([(x * w).sum()])

    found = estimate(total, values, np.ones(2 * strata), replicates)
    assert found.sampling == pytest.approx([((values[::2] - values[1::2]) ** 2).sum()])
    assert replicates.factors.mean(axis=1) == pytest.approx(np.ones(2 * strata))
    assert replicates.degrees == strata


def sample(seed, n=300, schools=12, m=5):
    generator = np.random.default_rng(seed)
    school = generator.integers(0, schools, n)
    theta = generator.normal(size=schools)[school] + generator.normal(size=n)
    plausible = 250 + 50 * (theta[:, None] + 0.4 * generator.normal(size=(n, m)))
    return plausible, generator.uniform(0.5, 3.0, n), school, school // 2, generator.integers(0, 4, n)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["jk2", "jkn", "brr"]))
def test_tables_by_sums_of_schools_are_what_the_definition_gives(seed, method):
    plausible, weight, school, zone, group = sample(seed)
    replicates = {"jk2": jk2, "jkn": jkn, "brr": brr}[method](zone, school)
    table = means(plausible, weight, replicates, group)

    def by_group(values, w):
        return np.array([(values * w)[group == one].sum() / w[group == one].sum() for one in range(4)])

    slow = estimate(by_group, plausible, weight, replicates)
    assert table["mean"].to_numpy() == pytest.approx(slow.value)
    assert table["se"].to_numpy() == pytest.approx(slow.standard_error)
    assert table["se_imputation"].to_numpy() == pytest.approx(np.sqrt(slow.imputation))
    assert table["low"].to_numpy() == pytest.approx(slow.interval()[0])
    assert table["students"].to_list() == [int((group == one).sum()) for one in range(4)]


def test_shares_add_up_and_have_the_errors_of_their_definition():
    plausible, weight, school, zone, group = sample(8)
    levels = np.digitize(plausible, [200.0, 250.0, 300.0])
    table = shares(levels, weight, jk2(zone, school), range(4), group)
    assert table.columns[:3] == ["group", "level", "students"]
    sums = table.group_by("group").agg(pl.col("share").sum())
    assert sums["share"].to_numpy() == pytest.approx(np.ones(4))
    assert table["low"].min() >= 0
    assert table["high"].max() <= 1

    def third(values, w):
        return np.array([((values == 2) * w)[group == 1].sum() / w[group == 1].sum()])

    slow = estimate(third, levels, weight, jk2(zone, school))
    row = table.row(4 + 2, named=True)
    assert (row["group"], row["level"]) == (1, "2")
    assert row["share"] == pytest.approx(slow.value[0])
    assert row["se"] == pytest.approx(slow.standard_error[0])


def test_a_census_has_measurement_and_linking_error_only():
    plausible, weight, _, _, group = sample(3)
    table = means(plausible, weight, census(len(weight)), group, linking=np.array([1.0, 4.0, 9.0, 16.0]))
    assert table["se_sampling"].to_list() == [0.0] * 4
    assert table["se_linking"].to_list() == [1.0, 2.0, 3.0, 4.0]
    assert (table["se"].to_numpy() ** 2) == pytest.approx(
        table["se_imputation"].to_numpy() ** 2 + table["se_linking"].to_numpy() ** 2
    )


def test_averaging_plausible_values_first_would_make_the_ends_too_small():
    """Why the figure is computed five times: the mean of five values has too small a spread."""
    generator = np.random.default_rng(1)
    theta = generator.normal(size=20_000)
    eap = 0.6 * (theta + generator.normal(size=20_000) * np.sqrt(2 / 3))  # reliability 0.6
    plausible = eap[:, None] + np.sqrt(0.4) * generator.normal(size=(20_000, 5))
    low = (plausible < -1).astype(int)
    right = shares(low, np.ones(20_000), census(20_000), (0, 1)).row(1, named=True)["share"]
    wrong = (plausible.mean(axis=1) < -1).mean()
    truth = (theta < -1).mean()
    assert right == pytest.approx(truth, abs=0.01)
    assert wrong < truth - 0.02


def test_intervals_cover_the_mean_of_the_population():
    """200 samples of 10 zones of two schools of 20: 95 % intervals hold the truth about as often as they say."""
    generator = np.random.default_rng(11)
    covered = 0
    school = np.repeat(np.arange(20), 20)
    for _ in range(200):
        values = generator.normal(0, 0.5, 20)[school] + generator.normal(size=400)
        row = means(values, np.ones(400), jk2(school // 2, school)).row(0, named=True)
        covered += row["low"] <= 0 <= row["high"]
    assert 0.90 <= covered / 200 <= 0.99


def test_schools_that_are_alone_are_named():
    with pytest.raises(LonelySchools, match=r"jkn needs 2 or more schools in every stratum; 1 strata .* b \(1\)"):
        jkn(np.array(["a", "a", "b"]), np.array([1, 2, 3]))
    with pytest.raises(LonelySchools, match=r"jk2 needs 2 schools in every stratum; 1 strata .* a \(3\); join them"):
        jk2(np.array(["a", "a", "a"]), np.array([1, 2, 3]))
    with pytest.raises(ValueError, match="fay: found 1"):
        brr(np.zeros(2), np.arange(2), fay=1.0)
    with pytest.raises(ValueError, match="no share from 0 to 1 for stratum b"):
        jkn(np.array(["a", "a", "b", "b"]), np.arange(4), fpc={"a": 0.1})


def test_the_same_school_id_in_two_strata_is_two_schools():
    replicates = jkn(np.array(["a", "a", "b", "b"]), np.array([1, 2, 1, 2]))
    assert replicates.factors.shape == (4, 4)


def test_values_that_are_not_numbers_are_refused():
    replicates = census(2)
    with pytest.raises(ValueError, match="values must be numbers and weights above 0"):
        means(np.array([1.0, np.nan]), np.ones(2), replicates)
    with pytest.raises(ValueError, match="weights above 0"):
        means(np.ones(2), np.array([1.0, 0.0]), replicates)
    with pytest.raises(ValueError, match=r"found \(3,\) weights and \(2,\) schools for 2 students"):
        means(np.ones(2), np.ones(3), replicates)
    with pytest.raises(ValueError, match="found level 7, expected one of 0, 1"):
        shares(np.array([0, 7]), np.ones(2), replicates, (0, 1))
    with pytest.raises(ValueError, match=r"found \(3,\) groups for 2 students"):
        means(np.ones(2), np.ones(2), replicates, np.array([1, 2, 3]))
