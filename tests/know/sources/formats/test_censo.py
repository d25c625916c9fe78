"""School Census: three layouts, their sums, and what makes a census incomplete."""

import gzip
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from trama.know.sources.formats.coordinates import position

from .. import official_layouts as official
from .reading import read, refused


@pytest.mark.shared_data
def test_tocantins_2025_has_the_counts_of_its_table(shared_data: Path):
    whole = read(shared_data / "censo_escolar" / "censo2025_tabela_escola_tocantins.csv.gz")
    assert whole.problems == []
    assert Counter(school.dependency for school in whole.schools) == {
        "municipal": 1_303,
        "estadual": 560,
        "privada": 343,
        "federal": 11,
    }
    assert Counter(school.location for school in whole.schools) == {"U": 1_386, "R": 831}
    assert len({school.municipality for school in whole.schools}) == 139
    assert len({school.code for school in whole.schools}) == 2_217
    assert sum(school.latitude is None for school in whole.schools) == 536
    assert (whole.schools[0].latitude, whole.schools[0].longitude) == (-9.6240167, -49.1565213)
    assert {row.indicator for row in whole.observations}.isdisjoint({"enrolment"})
    assert "without enrolments" in whole.description.title or "sem matrículas" in whole.description.title


@pytest.mark.shared_data
def test_a_whole_state_has_its_sums_and_a_part_has_not(shared_data: Path):
    tocantins = read(shared_data / "censo_escolar" / "censo2025_tabela_escola_tocantins.csv.gz").cells
    active = {key[2]: value for key, (value, _s) in tocantins.items() if key[:2] == ("schools", 17) and key[5] == ""}
    assert active == {
        "federal": 11,
        "estadual": 449,
        "municipal": 922,
        "privada": 199,
        "publica": 1_382,
        "total": 1_581,
    }
    places = {key[1] for key in tocantins}
    assert 1 not in places  # the Norte has six more states
    assert 0 not in places
    city = read(shared_data / "censo_escolar" / "censo2017_layout_original_rio_claro_escolas.csv").cells
    assert {key[1] for key in city} == {3543907}


@pytest.mark.shared_data
def test_infrastructure_divides_by_the_active_schools_that_declared_the_item(shared_data: Path):
    path = shared_data / "censo_escolar" / "censo2025_tabela_escola_tocantins.csv.gz"
    cells = read(path).cells
    frame = pl.read_csv(gzip.decompress(path.read_bytes()), infer_schema=False)
    declared = frame.filter(
        (pl.col("TP_SITUACAO_FUNCIONAMENTO") == "1")
        & (pl.col("TP_DEPENDENCIA") == "3")
        & pl.col("IN_INTERNET").is_in(["0", "1"])
    )
    share = 100 * declared.filter(pl.col("IN_INTERNET") == "1").height / declared.height
    assert cells["infra_internet", 17, "municipal", "", 0, "", 2025][0] == pytest.approx(share)
    assert all(
        0 <= value <= 100 for key, (value, _s) in cells.items() if key[0].startswith("infra_") and value is not None
    )


@pytest.mark.shared_data
def test_the_2024_sample_reads_the_same_in_latin_1(shared_data: Path, tmp_path: Path):
    path = shared_data / "censo_escolar" / "censo2024_layout_original_amostra.csv"
    as_published = tmp_path / "microdados_ed_basica_2024.csv"
    as_published.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    ours, theirs = read(path), read(as_published)
    assert ours.schools == theirs.schools
    assert ours.cells == theirs.cells
    assert ours.rows == 15
    assert ours.schools[0].code == 11022558
    assert ours.cells["enrolment", 11022558, "estadual", "BAS", 0, "", 2024] == (4.0, "v")


@pytest.mark.shared_data
def test_the_layout_of_2017_joins_classes_to_schools(shared_data: Path, tmp_path: Path):
    source = shared_data / "censo_escolar"
    schools = (source / "censo2017_layout_original_rio_claro_escolas.csv").read_bytes()
    classes = gzip.decompress((source / "censo2017_layout_original_rio_claro_turmas.csv.gz").read_bytes())
    path = official.zip_of(tmp_path / "2017.zip", {"DADOS/ESCOLAS.CSV": schools, "DADOS/TURMAS.CSV": classes})
    whole = read(path)
    assert whole.problems == []
    total = {
        key[3]: value
        for key, (value, _s) in whole.cells.items()
        if key[:3] == ("enrolment", 3543907, "total") and key[5] == ""
    }
    # Sums of NU_MATRICULAS by TP_ETAPA_ENSINO, taken with awk from the file of classes
    assert total["CRE"] == 4_537
    assert total["PRE"] == 4_728
    assert total["INF"] == 4_537 + 4_728 + 13
    assert total["AI"] == 2_427 + 2_352 + 2_644 + 2_414 + 2_413
    assert total["AF"] == 2_564 + 2_726 + 2_358 + 2_307
    assert total["EF"] == total["AI"] + total["AF"] + 296 + 33
    assert total["EJA"] == 167 + 42 + 521 + 75 + 686 + 96
    assert "ESP" not in total


@pytest.mark.shared_data
def test_names_without_codes_are_refused_with_what_to_bring(shared_data: Path):
    problems = refused(shared_data / "censo_escolar" / "censo2023_paraiba_matriculas_escola.csv.gz")
    assert "CO_ENTIDADE" in problems[0].expected


def _expected(
    rows: list[official.Cells], municipality: int, networks: set[int], column: str, location: int | None
) -> int | None:
    """The sum over the rows; None where there are schools and none reported."""
    where = {name: position for position, name in enumerate(rows[0])}
    found = [
        row[where[column]]
        for row in rows[1:]
        if row[where["CO_MUNICIPIO"]] == municipality
        and row[where["TP_DEPENDENCIA"]] in networks
        and location in (None, row[where["TP_LOCALIZACAO"]])
    ]
    reported = [int(str(value)) for value in found if value != ""]
    return sum(reported) if reported or not found else None


def test_sums_by_municipality_network_and_location_are_those_of_the_rows(tmp_path: Path):
    rows = official.census_rows(2023, 200)
    whole = read(official.census_single(tmp_path / "microdados_ed_basica_2023.csv", schools=200))
    assert whole.problems == []
    cells = whole.cells
    universes = {"municipal": {3}, "estadual": {2}, "federal": {1}, "privada": {4}, "publica": {1, 2, 3}}
    universes["total"] = {1, 2, 3, 4}
    for _uf, code, _name in official.MUNICIPALITIES:
        for dependency, networks in universes.items():
            for stage, column in (("EF", "QT_MAT_FUND"), ("AI", "QT_MAT_FUND_AI"), ("BAS", "QT_MAT_BAS")):
                for location, number in (("", None), ("U", 1), ("R", 2)):
                    key = ("enrolment", code, dependency, stage, 0, location, 2023)
                    expected = _expected(rows, code, networks, column, number)
                    found = cells.get(key, (None if expected is None else 0, ""))[0]
                    assert found == expected, key


def test_an_undeclared_item_is_not_a_no(tmp_path: Path):
    rows = official.census_rows(2023, 200)
    item = rows[0].index("IN_INTERNET")
    declared = [row[item] for row in rows[1:] if row[5] == 2600054 and row[8] == 3 and row[item] != ""]
    undeclared = [row for row in rows[1:] if row[5] == 2600054 and row[8] == 3 and row[10] == 1 and row[item] == ""]
    assert undeclared
    cells = read(official.census_single(tmp_path / "c.csv", schools=200)).cells
    share = cells["infra_internet", 2600054, "municipal", "", 0, "", 2023][0]
    assert share == pytest.approx(100 * sum(value == 1 for value in declared) / len(declared))


def test_a_stopped_school_has_a_blank_and_not_a_zero(tmp_path: Path):
    whole = read(official.census_single(tmp_path / "c.csv", schools=40))
    stopped = [school.code for school in whole.schools if school.status == 2]
    assert len(stopped) == 4
    for code in stopped:
        found = [(row.stage, row.value, row.status) for row in whole.observations if row.place == code]
        assert found == [("BAS", None, "b")]


def test_a_network_whose_schools_are_all_stopped_is_blank_too(tmp_path: Path):
    def stop(rows: list[official.Cells]) -> None:
        for row in rows[1:]:
            row[8] = 3 if row[7] == 26_000_001 else 2
        first = next(row for row in rows[1:] if row[7] == 26_000_001)
        first[10:] = [2, "", *[""] * (len(first) - 12)]

    cells = read(official.census_single(tmp_path / "c.csv", edit=stop)).cells
    assert cells["enrolment", 2600054, "municipal", "BAS", 0, "", 2023] == (None, "b")
    assert ("enrolment", 2600054, "municipal", "EF", 0, "", 2023) not in cells
    assert cells["schools", 2600054, "municipal", "", 0, "", 2023] == (0.0, "v")


def test_the_tables_of_2025_join_by_school(tmp_path: Path):
    whole = read(official.census_2025(tmp_path / "2025"))
    assert whole.problems == []
    assert whole.rows == 80
    assert len(whole.schools) == 80
    assert {row.stage for row in whole.observations if row.indicator == "enrolment"} >= {"BAS", "EF", "ESP"}
    assert (whole.schools[1].latitude, whole.schools[1].longitude) == (-8.4567123, -36.1234567)
    assert whole.schools[0].latitude is None
    single = read(official.census_single(tmp_path / "same.csv", 2025)).cells
    assert {key: value for key, value in whole.cells.items() if key[0] == "enrolment"} == {
        key: value for key, value in single.items() if key[0] == "enrolment"
    }


def test_a_missing_table_of_2025_fails_closed_and_the_school_table_alone_says_what_it_lacks(tmp_path: Path):
    problems = refused(official.census_2025(tmp_path / "without", enrolments=False))
    assert "Tabela_Matricula" in problems[0].expected
    alone = read(official.census_2025(tmp_path / "alone", enrolments=False, others=False))
    assert {row.indicator for row in alone.observations}.isdisjoint({"enrolment"})
    (tmp_path / "pupils").mkdir()
    table = official.census_2025(tmp_path / "all") / "Tabela_Matricula_2025_V2.csv"
    table.rename(tmp_path / "pupils" / table.name)
    assert "Tabela_Escola" in refused(tmp_path / "pupils")[0].expected


def test_identical_repetitions_are_dropped_and_conflicting_ones_reported(tmp_path: Path):
    def repeat(rows: list[official.Cells]) -> None:
        rows.append(list(rows[1]))
        rows.append(list(rows[2]))
        rows[-1][8] = 1 if rows[-1][8] != 1 else 2

    whole = read(official.census_single(tmp_path / "c.csv", schools=20, edit=repeat))
    assert len(whole.schools) == 20
    assert [(problem.row, problem.column) for problem in whole.problems] == [(23, "CO_ENTIDADE")]


def test_bad_cells_are_named_by_line_and_column_and_their_school_is_left_out(tmp_path: Path):
    def spoil(rows: list[official.Cells]) -> None:
        rows[1][8] = 7
        rows[2][5] = 3550308
        rows[3][7] = 260
        rows[4][0] = 2022
        rows[5][rows[0].index("QT_MAT_BAS")] = "muitas"
        rows[6][rows[0].index("QT_MAT_FUND")] = -3
        rows[7].append("mais")

    whole = read(official.census_single(tmp_path / "c.csv", schools=20, edit=spoil))
    assert sorted((problem.row, problem.column) for problem in whole.problems) == [
        (2, "TP_DEPENDENCIA"),
        (3, "CO_MUNICIPIO"),
        (4, "CO_ENTIDADE"),
        (4, "CO_MUNICIPIO"),
        (5, "NU_ANO_CENSO"),
        (6, "QT_MAT_BAS"),
        (7, "QT_MAT_FUND"),
        (8, ""),
    ]
    assert len(whole.schools) == 15


def test_names_with_quotes_line_breaks_and_separators_are_read(tmp_path: Path):
    def name(rows: list[official.Cells]) -> None:
        rows[1][6] = '"ESCOLA ""A""; B\r\nANEXO"'
        rows[3][8] = 9

    whole = read(official.census_single(tmp_path / "c.csv", schools=6, edit=name))
    assert whole.schools[0].name == 'ESCOLA "A"; B ANEXO'
    assert [(problem.row, problem.column) for problem in whole.problems] == [(5, "TP_DEPENDENCIA")]


def test_a_name_that_is_too_long_is_cut_and_said(tmp_path: Path):
    def name(rows: list[official.Cells]) -> None:
        rows[1][6] = "ESCOLA " * 40

    whole = read(official.census_single(tmp_path / "c.csv", schools=4, edit=name))
    assert len(whole.schools) == 4
    assert len(whole.schools[0].name) == 160
    assert [(problem.row, problem.column) for problem in whole.problems] == [(2, "NO_ENTIDADE")]


def test_a_position_is_mended_only_where_one_place_of_the_mark_fits_the_state():
    assert position("-96240167", "-491565213", 17) == (-9.6240167, -49.1565213)
    assert position("-9,6240167", "-49.1565213", 17) == (-9.6240167, -49.1565213)
    assert position("-96240167", "-491565213", 15) == (None, None)  # -9.6 and -0.96 are both in Pará
    assert position("", "-49.1", 17) == (None, None)
    assert position("nove", "1e400", 17) == (None, None)
    assert position("40.7", "-74.0", 17) == (None, None)
