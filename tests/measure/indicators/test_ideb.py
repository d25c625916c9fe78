"""The Ideb from its parts: worked numbers, every published row at hand, and what must hold for any numbers."""

import csv
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.indicators.ideb import (
    Recomputed,
    Scope,
    Stage,
    Verdict,
    difference,
    exact,
    flow_indicator,
    flow_indicator_many,
    ideb_from_n_and_p,
    mean_score,
    recompute,
    recompute_many,
    round_half_up,
    standardised_score,
)

STAGE_NAMES = {
    "EF anos iniciais": Stage.EARLY_YEARS,
    "EF anos finais": Stage.FINAL_YEARS,
    "Ensino médio": Stage.UPPER_SECONDARY,
    "EM": Stage.UPPER_SECONDARY,
    "iniciais (1-5)": Stage.EARLY_YEARS,
    "finais (6-9)": Stage.FINAL_YEARS,
    "todos (1-4)": Stage.UPPER_SECONDARY,
}
PERNAMBUCO = {
    Stage.EARLY_YEARS: ("ideb_escolas_pe_2023_anos_iniciais.csv", "INI", "IDEB_AI", 1912),
    Stage.FINAL_YEARS: ("ideb_escolas_pe_2023_anos_finais.csv", "FIN", "IDEB_AF", 1353),
    Stage.UPPER_SECONDARY: ("ideb_escolas_pe_2023_ensino_medio.csv", "EM", "IDEB_EM", 731),
}
stages = st.sampled_from(list(Stage))
scores = st.decimals(0, 500, places=2)
shares = st.decimals(0, 1, places=6)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("stage", "lp", "mt", "rates", "n", "p", "unrounded", "ideb"),
    [
        (Stage.EARLY_YEARS, "200", "210", ".99 .98 .90 .93 .95", "5.6080", "0.9489", 5.321, "5.3"),
        (Stage.FINAL_YEARS, "255.3", "248.7", ".88 .90 .92 .95", "5.0667", "0.9118", 4.620, "4.6"),
        (Stage.UPPER_SECONDARY, "270", "265", ".85 .90 .93", "4.4533", "0.8921", 3.973, "4.0"),
    ],
)
def test_the_worked_cases_of_the_field(stage, lp, mt, rates, n, p, unrounded, ideb):
    score = mean_score(stage, Decimal(lp), Decimal(mt))
    flow = flow_indicator(Decimal(rate) for rate in rates.split())
    assert round_half_up(score, Decimal("0.0001")) == Decimal(n)
    assert round_half_up(flow, Decimal("0.0001")) == Decimal(p)
    assert float(score * flow) == pytest.approx(unrounded, abs=0.0005)
    assert recompute(stage, Decimal(lp), Decimal(mt), flow).ideb == Decimal(ideb)


def test_p_is_the_harmonic_mean_and_neither_the_geometric_nor_the_arithmetic():
    p = flow_indicator([0.70, 0.90, 0.95, 0.95])
    assert float(p) == pytest.approx(0.8612, abs=0.00005)
    assert float(p) != pytest.approx(0.8684, abs=0.001)
    assert float(p) != pytest.approx(0.8750, abs=0.001)


def test_a_grade_that_approves_nobody_makes_p_zero_and_a_missing_rate_leaves_it_unknown():
    assert flow_indicator([0.9, 0, 0.95]) == 0
    assert flow_indicator([0.9, None, 0.95]) is None
    assert flow_indicator([0, None]) is None
    many = flow_indicator_many(np.array([[0.9, 0.0, 0.95], [0.9, np.nan, 0.95], [0.0, np.nan, 1.0], [1.0, 1.0, 1.0]]))
    assert many == pytest.approx(np.array([0.0, np.nan, np.nan, 1.0]), nan_ok=True)


@pytest.mark.parametrize("rates", [[], [95.0, 93.0], [-0.1, 0.9]])
def test_a_percentage_is_not_mistaken_for_a_share(rates):
    with pytest.raises(ValueError):
        flow_indicator(rates)
    with pytest.raises(ValueError):
        flow_indicator_many(np.array([rates], dtype=float).reshape(1, -1))


@pytest.mark.parametrize(
    ("stage", "lp", "mt"),
    [
        (Stage.EARLY_YEARS, 0.0182, 0.0191),
        (Stage.FINAL_YEARS, 0.0167, 0.0167),
        (Stage.UPPER_SECONDARY, 0.0150, 0.0140),
    ],
)
def test_one_saeb_point_moves_the_ideb_by_the_known_amount(stage, lp, mt):
    start = mean_score(stage, 250, 250)
    assert float(mean_score(stage, 251, 250) - start) == pytest.approx(lp, abs=0.00005)
    assert float(mean_score(stage, 250, 251) - start) == pytest.approx(mt, abs=0.00005)


@pytest.mark.parametrize(
    ("n", "p", "ideb"), [(4.55, 1, "4.6"), (5.05, 1, "5.1"), (9.1, 0.5, "4.6"), (4.549999, 1, "4.5"), (0.25, 1, "0.3")]
)
def test_a_tie_goes_up_whatever_the_binary_number_says(n, p, ideb):
    assert ideb_from_n_and_p(n, p) == Decimal(ideb)


def test_a_tie_goes_up_in_the_array_form_too():
    # final years, LP = MT: N is (score - 100) / 30, so 236.5 points give exactly 4.55, and 251.5 give 5.05
    points = np.array([236.5, 251.5, 236.49])
    assert recompute_many(Stage.FINAL_YEARS, points, points, np.ones(3)).ideb.tolist() == [4.6, 5.1, 4.5]
    # exact ties that floating point alone rounds down: N = 5.65, and N x P = 4.72 x 0.625 = 2.95
    points, p = np.array([269.5, 241.6]), np.array([1.0, 0.625])
    assert recompute_many(Stage.FINAL_YEARS, points, points, p).ideb.tolist() == [5.7, 3.0]
    one_more = recompute_many(Stage.UPPER_SECONDARY, np.array([377.52]), np.array([165.32]), np.array([0.89]))
    assert one_more.ideb.tolist() == [4.2]


@pytest.mark.shared_data
@pytest.mark.parametrize("stage", list(Stage))
def test_every_school_of_pernambuco_reproduces_its_published_ideb(shared_data, stage):
    name, prefix, published, expected_rows = PERNAMBUCO[stage]
    rows = rows_of(shared_data / "ideb" / name)
    assert len(rows) == expected_rows
    parts = [(row[f"{prefix}_SAEB_PT"], row[f"{prefix}_SAEB_MA"], row[f"{prefix}_P"], row[published]) for row in rows]
    for lp, mt, p, ideb in parts:
        recomputed = recompute(stage, Decimal(lp), Decimal(mt), Decimal(p))
        assert difference(Decimal(ideb), recomputed).verdict is Verdict.EQUAL
    columns = np.array(parts, dtype=float).T
    assert recompute_many(stage, *columns[:3]).ideb.tolist() == columns[3].tolist()


@pytest.mark.shared_data
def test_every_row_of_rondonia_reproduces_its_published_ideb(shared_data):
    rows = rows_of(shared_data / "ideb" / "ideb_2025_amostra_rondonia.csv")
    assert len(rows) == 92
    for row in rows:
        recomputed = recompute(
            STAGE_NAMES[row["etapa"]], Decimal(row["port"]), Decimal(row["mat"]), Decimal(row["rend"])
        )
        assert difference(Decimal(row["ideb"]), recomputed).verdict is Verdict.EQUAL, row
        if row["nm"] and row["ano"] != "2005":  # N of 2005 was published from scores that were revised later
            assert recomputed.n == pytest.approx(Decimal(row["nm"]), abs=Decimal("0.000002"))


@pytest.mark.shared_data
def test_every_row_of_brazil_is_its_published_n_times_p(shared_data):
    rows = rows_of(shared_data / "ideb" / "ideb_brasil_2005_2023_inep_longo.csv")
    assert len(rows) == 140
    for row in rows:
        n, p = Decimal(row["nota_media_padronizada"]), Decimal(row["indicador_rendimento"])
        assert ideb_from_n_and_p(n, p) == Decimal(row["ideb"]), row


@pytest.mark.shared_data
def test_brazil_reproduces_from_its_scores_only_with_the_unrounded_limits_of_aggregates(shared_data):
    rows = rows_of(shared_data / "ideb" / "ideb_brasil_2005_2023_inep_longo.csv")
    wrong = {Scope.NETWORK: [], Scope.AGGREGATE: []}
    for row in rows:
        parts = [Decimal(row[part]) for part in ("saeb_portugues", "saeb_matematica", "indicador_rendimento")]
        for scope, differing in wrong.items():
            recomputed = recompute(STAGE_NAMES[row["etapa"]], *parts, scope=scope)
            if difference(Decimal(row["ideb"]), recomputed).verdict is Verdict.DIFFERS:
                differing.append((row["rede"], row["ano"]))
            if scope is Scope.AGGREGATE and int(row["ano"]) >= 2011:
                assert recomputed.n == pytest.approx(Decimal(row["nota_media_padronizada"]), abs=Decimal("0.000001"))
    assert wrong[Scope.AGGREGATE] == []
    assert wrong[Scope.NETWORK] == [("Total", "2021"), ("Privada", "2015")]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "rows_with_all_parts", "differing"),
    [
        ("ideb_brasil_2005_2021_basedosdados.csv", 126, 0),
        ("ideb_regiao_2005_2021_basedosdados.csv", 495, 0),
        ("ideb_uf_2005_2021_basedosdados.csv", 2649, 3),
    ],
)
def test_regions_and_states_reproduce_but_for_three_rows_that_are_shown_as_different(
    shared_data, name, rows_with_all_parts, differing
):
    verdicts = []
    for row in rows_of(shared_data / "ideb" / name):
        parts = ("nota_saeb_lingua_portuguesa", "nota_saeb_matematica", "indicador_rendimento")
        lp, mt, p = (Decimal(row[part]) if row[part] else None for part in parts)
        recomputed = recompute(STAGE_NAMES[row["anos_escolares"]], lp, mt, p, scope=Scope.AGGREGATE)
        found = difference(Decimal(row["ideb"]) if row["ideb"] else None, recomputed)
        verdicts.append(found.verdict)
        assert found.by is None or abs(found.by) <= Decimal("0.1")
    assert verdicts.count(Verdict.EQUAL) + verdicts.count(Verdict.DIFFERS) == rows_with_all_parts
    assert verdicts.count(Verdict.DIFFERS) == differing


def test_the_difference_says_equal_or_by_how_much_or_what_is_missing():
    whole = recompute(Stage.FINAL_YEARS, 255.3, 248.7, 0.9118)
    assert difference(4.6, whole).verdict is Verdict.EQUAL
    off = difference(4.8, whole)
    assert (off.verdict, off.by, off.recomputed) == (Verdict.DIFFERS, Decimal("-0.2"), Decimal("4.6"))
    no_maths = recompute(Stage.FINAL_YEARS, 255.3, math.nan, None)
    assert no_maths == Recomputed(None, None, ("mt", "p"))
    left_open = difference(4.6, no_maths)
    assert (left_open.verdict, left_open.by, left_open.missing) == (Verdict.CANNOT_BE_COMPUTED, None, ("mt", "p"))
    assert difference(None, whole).verdict is Verdict.NOT_PUBLISHED
    with pytest.raises(ValueError, match="one decimal"):
        difference(4.65, whole)


def test_n_is_given_when_only_p_is_missing():
    assert recompute(Stage.FINAL_YEARS, 255.3, 248.7, None) == Recomputed(Decimal("5.066667"), None, ("p",))


@pytest.mark.parametrize("bad", [(-1, 200, 0.9), (200, 200, 1.2), (200, 200, -0.1), (float("inf"), 200, 0.9)])
def test_impossible_parts_are_refused_in_both_forms(bad):
    with pytest.raises(ValueError):
        recompute(Stage.EARLY_YEARS, *bad)
    with pytest.raises(ValueError):
        recompute_many(Stage.EARLY_YEARS, *(np.array([part], dtype=float) for part in bad))


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one length"):
        recompute_many(Stage.EARLY_YEARS, np.ones(2), np.ones(2), np.ones(3))


@settings(deadline=None)
@given(stages, scores, scores, shares)
def test_the_ideb_stays_between_0_and_10_and_both_forms_agree(stage, lp, mt, p):
    scalar = recompute(stage, lp, mt, p)
    assert 0 <= scalar.ideb <= 10
    assert scalar.ideb <= round_half_up(exact(scalar.n)) + Decimal("0.1")
    many = recompute_many(stage, *(np.array([float(part)]) for part in (lp, mt, p)))
    assert many.ideb[0] == float(scalar.ideb)
    assert many.n[0] == pytest.approx(float(scalar.n), abs=1e-6)


@settings(deadline=None)
@given(stages, scores, scores, shares, st.decimals(0, 50, places=2))
def test_a_higher_score_or_flow_never_lowers_the_ideb(stage, lp, mt, p, more):
    start = recompute(stage, lp, mt, p).ideb
    assert recompute(stage, lp + more, mt, p).ideb >= start
    assert recompute(stage, lp, mt + more, p).ideb >= start
    assert recompute(stage, lp, mt, min(p + more / 50, Decimal(1))).ideb >= start


@settings(deadline=None)
@given(st.lists(st.decimals("0.001", 1, places=3), min_size=1, max_size=9))
def test_p_lies_between_the_lowest_and_the_highest_rate_and_not_above_their_mean(rates):
    p = flow_indicator(rates)
    exact_rates = [Fraction(rate) for rate in rates]
    assert min(exact_rates) <= p <= max(exact_rates)
    assert p <= sum(exact_rates) / len(exact_rates)
    assert float(p) == pytest.approx(flow_indicator_many(np.array([rates], dtype=float))[0])


@settings(deadline=None)
@given(scores, st.integers(0, 300), st.integers(1, 300))
def test_a_score_beyond_the_limits_counts_as_the_limit(score, low, width):
    value = standardised_score(score, low, low + width)
    assert 0 <= value <= 10
    if score <= low:
        assert value == 0
    if score >= low + width:
        assert value == 10
