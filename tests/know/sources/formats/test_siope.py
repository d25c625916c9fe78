"""Siope: six-digit codes, Brazilian numbers, one period of six."""

import csv
from pathlib import Path

import pytest

from trama.know.sources.formats.siope import ibge_check_digit, indicator_of

from .. import official_layouts as official
from .reading import read, refused


@pytest.mark.shared_data
def test_the_check_digit_is_that_of_every_municipality(shared_data: Path):
    with (shared_data / "territorio" / "municipios.csv").open(encoding="utf-8") as file:
        codes = [int(row["codigo_ibge"]) for row in csv.DictReader(file)]
    assert len(codes) == 5_571
    assert [code for code in codes if ibge_check_digit(code // 10) != code % 10] == []


def test_the_check_digit_worked_by_hand_and_an_exception():
    # 355030 (São Paulo): 3x1 5x2=10→1 5x1 0x2 3x1 0x2 → 3+1+5+0+3+0 = 12 → 20-12 = 8
    assert ibge_check_digit(355030) == 8
    assert ibge_check_digit(261153) == 3  # Quixaba, one of the nine that do not follow the rule
    with pytest.raises(ValueError, match=r"IBGE"):
        ibge_check_digit(35)


@pytest.mark.parametrize("kind", ["json", "csv", "yearly"])
def test_the_year_is_the_sixth_period_and_absent_is_absent(tmp_path: Path, kind: str):
    if kind == "json":
        path = official.siope_json(tmp_path / "siope.json")
    else:
        path = official.siope_csv(tmp_path / "siope.csv", yearly=kind == "yearly")
    whole = read(path)
    assert (whole.source, whole.description.vintage, whole.problems) == ("fnde-siope-indicadores", "2023", [])
    cells = whole.cells
    assert cells["mde_share", 2600054, "municipal", "", 0, "", 2023] == (26.5, "v")
    assert cells["fundeb_pay_share", 2600104, "municipal", "", 0, "", 2023] == (None, "b")
    assert cells["spending_per_student", 2700102, "municipal", "", 0, "", 2023] == (9880.54, "v")
    assert cells["mde_share", 26, "estadual", "", 0, "", 2023] == (27.75, "v")
    assert {key[0] for key in cells} == {
        "mde_share",
        "fundeb_pay_share",
        "fundeb_balance_share",
        "spending_per_student",
    }


def test_indicators_are_told_by_how_their_names_begin():
    assert indicator_of("1.1 - Percentual de aplicação das receitas de impostos e transferências") == "mde_share"
    assert (
        indicator_of("Percentual de aplicação do FUNDEF ou FUNDEB na remuneração dos profissionais")
        == "fundeb_pay_share"
    )
    assert indicator_of("Investimento educacional por aluno da educação básica") == "spending_per_student"
    assert indicator_of("Investimento educacional por aluno da educação infantil") is None
    assert indicator_of("") is None


def test_bad_rows_are_named_and_repetitions_told_apart(tmp_path: Path):
    def spoil(rows: list[dict[str, object]]) -> None:
        first = next(row for row in rows if row["NUM_PERI"] == 6)
        rows.append(dict(first))
        rows.append({**first, "VAL_INDI": 99.0})
        rows.append({**first, "COD_MUNI": 99, "NUM_ANO": 2022})
        rows.append({**first, "SIG_UF": "AL", "NUM_ANO": 2022})
        rows.append({**first, "TIPO": "Distrital", "NUM_ANO": 2022})
        rows.append({**first, "VAL_INDI": "vinte", "NUM_ANO": 2021})

    before = len(official.siope_records())
    whole = read(official.siope_json(tmp_path / "siope.json", edit=spoil))
    assert [(p.row - before, p.column) for p in whole.problems] == [
        (2, "NOM_INDI"),
        (3, "COD_MUNI"),
        (4, "COD_MUNI"),
        (5, "TIPO"),
        (6, "VAL_INDI"),
    ]


def test_json_of_another_kind_is_refused(tmp_path: Path):
    for text in ("{}", '{"value": 3}', "[1, 2]", '{"value": [', "[" * 5_000):
        path = tmp_path / "siope.json"
        path.write_text(text)
        assert refused(path)
