"""Ideb workbooks: the real one of Brazil, and generated ones of states, municipalities and schools."""

import csv
from pathlib import Path

import pytest

from trama.know.sources.formats.ideb import IDEB_FORMATS
from trama.know.sources.formats.ideb_layout import stage_of
from trama.know.sources.formats.opening import UPLOAD
from trama.know.sources.formats.values import network

from .. import official_layouts as official
from .reading import read, refused

STAGES = {"EF anos iniciais": "AI", "EF anos finais": "AF", "EM": "EM"}
INDICATORS = {
    "ideb": "ideb",
    "meta": "ideb_target",
    "indicador_rendimento": "ideb_p",
    "saeb_matematica": "saeb_mt",
    "saeb_portugues": "saeb_lp",
    "nota_media_padronizada": "ideb_n",
    "taxa_aprovacao": "approval_rate",
}


@pytest.mark.shared_data
def test_the_inep_workbook_says_what_the_long_table_made_from_it_says(shared_data: Path):
    workbook = read(shared_data / "ideb" / "inep_divulgacao_brasil_ideb_2023.xlsx")
    assert (workbook.source, workbook.description.vintage) == ("inep-ideb-brazil", "2023")
    assert workbook.rows == 14
    assert workbook.problems == []
    compared = 0
    with (shared_data / "ideb" / "ideb_brasil_2005_2023_inep_longo.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column, indicator in INDICATORS.items():
                key = (indicator, 0, network(row["rede"]), STAGES[row["etapa"]], 0, "", int(row["ano"]))
                expected = float(row[column]) if row[column] else None
                assert workbook.cells.get(key, (None, ""))[0] == expected, (row, column)
                compared += 1
    assert compared == 980


@pytest.mark.shared_data
def test_the_first_grade_is_the_column_without_number_as_row_nine_says(shared_data: Path):
    cells = read(shared_data / "ideb" / "inep_divulgacao_brasil_ideb_2023.xlsx").cells
    # By eye from the sheet of the early years, 2005, total: 81.6 | 89.5 76.2 80.1 84.6 84.8
    found = [cells["approval_rate", 0, "total", "AI", grade, "", 2005][0] for grade in range(6)]
    assert found == [81.6, 89.5, 76.2, 80.1, 84.6, 84.8]
    assert cells["approval_rate", 0, "total", "AF", 6, "", 2005][0] == 72.9
    assert cells["approval_rate", 0, "total", "EM", 1, "", 2005][0] == 65.6


def test_municipalities_are_read_with_their_marks_and_footnotes(tmp_path: Path):
    def spoil(rows: list[official.Cells]) -> None:
        rows[10][4:9] = ["-", "ND", "*", None, "87,5"]

    whole = read(official.ideb_municipalities(tmp_path / "m.xlsx", edit=spoil), UPLOAD)
    assert whole.source == "inep-ideb-municipalities"
    assert whole.description.vintage == "2025"
    assert whole.rows == 12
    assert whole.problems == []
    key = ("approval_rate", 2600054, "estadual", "AI")
    found = [whole.cells[(*key, grade, "", 2005)] for grade in range(5)]
    assert found == [(None, "n"), (None, "d"), (None, "d"), (None, "b"), (87.5, "v")]
    assert {row.dependency for row in whole.observations} == {"estadual", "municipal", "publica"}
    assert {row.row for row in whole.observations} == set(range(11, 23))


def test_the_technical_names_are_found_on_other_rows_too(tmp_path: Path):
    for row in (5, 9, 12, 15):
        whole = read(official.ideb_municipalities(tmp_path / f"{row}.xlsx", header_row=row))
        assert whole.rows == 12
        assert min(observation.row for observation in whole.observations) == row + 1


def test_final_years_and_upper_secondary_have_their_own_grades(tmp_path: Path):
    final = read(official.ideb_municipalities(tmp_path / "f.xlsx", "AF"))
    assert {row.grade for row in final.observations if row.indicator == "approval_rate"} == {0, 6, 7, 8, 9}
    upper = read(official.ideb_municipalities(tmp_path / "u.xlsx", "EM"))
    assert {row.grade for row in upper.observations if row.indicator == "approval_rate"} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("named", [False, True])
def test_regions_and_states_stand_mixed_and_abbreviated(tmp_path: Path, named: bool):
    whole = read(official.ideb_states(tmp_path / "uf.xlsx", named_ids=named))
    assert whole.source == "inep-ideb-states"
    assert {row.place for row in whole.observations} == {1, 11, 24, 43, 50, 2, 53}
    assert {row.dependency for row in whole.observations} == {"total", "estadual", "privada", "publica"}
    assert whole.problems == []


def test_the_repeated_name_of_2025_is_taken_for_the_edition_it_closes(tmp_path: Path):
    whole = read(official.ideb_states(tmp_path / "uf.xlsx"))
    years = {row.year for row in whole.observations if row.indicator == "ideb_p" and row.stage == "AI"}
    assert years == set(range(2005, 2026, 2))


def test_a_repeated_name_that_leaves_doubt_is_a_problem_and_neither_column_is_taken(tmp_path: Path):
    def repeat(rows: list[official.Cells]) -> None:
        rows[9][rows[9].index("VL_OBSERVADO_2021")] = "VL_OBSERVADO_2023"

    whole = read(official.ideb_municipalities(tmp_path / "m.xlsx", edit=repeat))
    assert [(problem.row, problem.column) for problem in whole.problems] == [(10, "VL_OBSERVADO_2023")]
    assert {row.year for row in whole.observations if row.indicator == "ideb"}.isdisjoint({2021, 2023})


def test_schools_come_with_their_values(tmp_path: Path):
    whole = read(official.ideb_schools(tmp_path / "s.xlsx", schools=7))
    assert whole.source == "inep-ideb-schools"
    assert [school.code for school in whole.schools] == list(range(26_000_001, 26_000_008))
    assert {(s.municipality, s.dependency, s.census_year, s.status) for s in whole.schools} == {
        (2600054, "municipal", 2025, None)
    }
    assert {row.place for row in whole.observations} == {school.code for school in whole.schools}


def test_integrated_upper_secondary_does_not_pass_for_the_regular_one(tmp_path: Path):
    whole = read(official.ideb_brazil(tmp_path / "i.xlsx", "EMI"))
    assert {row.stage for row in whole.observations} == {"EMI"}


def test_the_zip_of_2025_is_read_and_its_sum_verified(tmp_path: Path):
    book = official.ideb_municipalities(tmp_path / "divulgacao_anos_iniciais_municipios_2025.xlsx")
    assert read(official.zipped_2025(tmp_path / "good.zip", book)).rows == 12
    problems = refused(official.zipped_2025(tmp_path / "bad.zip", book, right_sum=False))
    assert "MD5" in problems[0].expected
    assert "0" * 32 in problems[0].expected


def test_several_stages_make_one_release_and_several_levels_none(tmp_path: Path):
    folder = tmp_path / "three"
    for stage in ("AI", "AF", "EM"):
        official.ideb_municipalities(folder / f"divulgacao_{official.STAGE_FILES[stage]}_municipios_2025.xlsx", stage)
    assert {row.stage for row in read(folder).observations} == {"AI", "AF", "EM"}
    official.ideb_brazil(folder / "brasil.xlsx")
    assert refused(folder)


def test_a_bad_cell_is_named_by_sheet_row_and_column_and_the_rest_is_read(tmp_path: Path):
    def spoil(rows: list[official.Cells]) -> None:
        rows[10][4] = "doze"
        rows[11][rows[9].index("VL_OBSERVADO_2023")] = 12
        rows[12][1] = 999
        rows[13][3] = "Comunitária"

    whole = read(official.ideb_municipalities(tmp_path / "m.xlsx", edit=spoil))
    assert [(p.row, p.column, p.found) for p in whole.problems] == [
        (11, "VL_APROVACAO_2005_SI_4", "doze"),
        (12, "VL_OBSERVADO_2023", "12.0"),
        (13, "CO_MUNICIPIO", "999.0"),
        (14, "REDE", "Comunitária"),
    ]
    assert len({row.row for row in whole.observations}) == 10


def test_the_same_place_and_network_twice_is_a_problem(tmp_path: Path):
    whole = read(official.ideb_municipalities(tmp_path / "m.xlsx", edit=lambda rows: rows.insert(12, list(rows[10]))))
    assert [(problem.row, problem.column) for problem in whole.problems] == [(13, "REDE")]


def test_the_stage_comes_from_the_title_before_the_sheet_and_the_file():
    assert stage_of("Ensino Fundamental Regular - Anos Finais", "Brasil (AI)", [], "") == "AF"
    assert stage_of("", "UF e Regiões (EM)", [], "divulgacao_anos_iniciais.xlsx") == "EM"
    assert stage_of("", "Plan1", [], "divulgacao_anos_finais_municipios_2023.xlsx") == "AF"
    assert stage_of("", "Plan1", ["VL_APROVACAO_2005_SI"], "x.xlsx") == "AI"
    assert stage_of("", "Plan1", [], "x.xlsx") == ""


def test_every_level_has_a_source_of_its_own():
    assert [layout.source for layout in IDEB_FORMATS] == [
        "inep-ideb-brazil",
        "inep-ideb-states",
        "inep-ideb-municipalities",
        "inep-ideb-schools",
    ]
