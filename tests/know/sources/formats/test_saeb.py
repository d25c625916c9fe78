"""Saeb: results with real codes, and microdata that only states leave."""

from pathlib import Path

import pytest

from trama.know.sources.formats.saeb import universe

from .. import official_layouts as official
from .reading import read, refused


def test_results_keep_the_universes_that_are_ours_and_leave_the_other_out(tmp_path: Path):
    whole = read(official.saeb_results(tmp_path / "saeb.xlsx"))
    assert (whole.source, whole.description.vintage) == ("inep-saeb-resultados", "2023")
    assert whole.problems == []
    assert {row.dependency for row in whole.observations} == {"federal", "estadual", "municipal", "publica", "total"}
    assert {row.place for row in whole.observations} == {26, 27, 2600054, 2600104, 2700102, 2700201}
    assert {row.stage for row in whole.observations} == {"AI", "AF", "EM", "EMI"}
    assert {row.location for row in whole.observations} == {"", "U", "R"}
    assert whole.cells  # no cell twice: capital and interior are left out of the sheet of states


@pytest.mark.parametrize(
    ("label", "dependency"),
    [
        ("Total - Estadual e Municipal", "other"),
        ("Total - Federal, Estadual e Municipal", "publica"),
        ("Total - Federal, Estadual, Municipal e Privada", "total"),
        ("Municipal", "municipal"),
        ("Pública", "publica"),
    ],
)
def test_a_label_of_network_is_a_universe(label: str, dependency: str):
    assert universe(label) == dependency


def test_without_a_column_the_year_comes_from_the_name_or_the_file_is_refused(tmp_path: Path):
    def drop_year(rows: list[official.Cells]) -> None:
        for row in rows:
            del row[0]

    named = official.saeb_results(tmp_path / "TS_MUNICIPIO_2019.xlsx", edit=drop_year)
    assert "2019" in {str(row.year) for row in read(named).observations}
    problems = refused(official.saeb_results(tmp_path / "results.xlsx", edit=drop_year))
    assert "ANO_SAEB" in problems[0].expected


def test_bad_cells_of_the_results_are_named(tmp_path: Path):
    def spoil(rows: list[official.Cells]) -> None:
        rows[2][7] = 900
        rows[3][3] = 12
        rows[4][5] = "Comunitária"
        rows[5][6] = "Ribeirinha"

    whole = read(official.saeb_results(tmp_path / "saeb.xlsx", edit=spoil))
    found = [(p.row, p.column) for p in whole.problems if "Munic" in p.member]
    assert found == [(3, "MEDIA_5_LP"), (4, "CO_MUNICIPIO"), (5, "DEPENDENCIA_ADM"), (6, "LOCALIZACAO")]


def _weighted(rows: list[official.Cells], state: int, kinds: set[int], subject: str) -> float:
    where = {name: position for position, name in enumerate(rows[0])}
    network = where.get("IN_PUBLICA", where.get("ID_DEPENDENCIA_ADM", 0))
    weight = total = 0.0
    for row in rows[1:]:
        if row[where["ID_UF"]] == state and row[network] in kinds and row[where[f"IN_PROFICIENCIA_{subject}"]] == 1:
            own = float(str(row[where[f"PESO_ALUNO_{subject}"]]))
            weight += own
            total += own * float(str(row[where[f"PROFICIENCIA_{subject}_SAEB"]]))
    return total / weight


@pytest.mark.parametrize(("separator", "old"), [(";", False), ("|", False), (",", True)])
def test_microdata_give_the_weighted_mean_of_each_state_and_nothing_smaller(tmp_path: Path, separator: str, old: bool):
    rows: list[official.Cells] = []
    path = official.saeb_pupils(tmp_path / "TS_ALUNO_5EF.csv", separator, 300, old, edit=rows.extend)
    whole = read(path)
    assert whole.source == "inep-saeb-microdados-uf"
    assert {row.place for row in whole.observations} == {26, 27}
    kinds = {1, 2, 3} if old else {1}
    year = 2017 if old else 2023
    for state in (26, 27):
        for subject, indicator in (("LP", "saeb_lp"), ("MT", "saeb_mt")):
            expected = _weighted(rows, state, kinds, subject)
            assert whole.cells[indicator, state, "publica", "AI", 0, "", year][0] == pytest.approx(expected)


def test_a_mean_of_fewer_than_ten_pupils_is_not_disclosed(tmp_path: Path):
    whole = read(official.saeb_pupils(tmp_path / "TS_ALUNO_5EF.csv", pupils=12))
    assert {row.status for row in whole.observations} == {"d"}


def test_the_school_table_is_refused_because_its_codes_are_masks(tmp_path: Path):
    path = official.write_csv(
        tmp_path / "TS_ESCOLA.csv", [["ID_SAEB", "ID_UF", "ID_ESCOLA", "MEDIA_5EF_LP"], [2023, 26, 60000001, 210.5]]
    )
    assert "TS_ESCOLA" in refused(path)[0].expected
