"""Literate Child Indicator: aggregates are read, children are not."""

from pathlib import Path

from .. import official_layouts as official
from .reading import read, refused


def test_municipalities_have_share_and_mean_by_network(tmp_path: Path):
    whole = read(official.literacy_municipalities(tmp_path / "TS_MUNICIPIO.csv"))
    assert (whole.source, whole.description.vintage) == ("inep-alfabetizacao-municipios", "2024")
    assert whole.problems == []
    assert {(row.stage, row.grade) for row in whole.observations} == {("AI", 2)}
    assert {row.dependency for row in whole.observations} == {"estadual", "municipal", "publica"}
    assert {row.indicator for row in whole.observations} == {"literacy_rate", "literacy_mean"}
    assert len(whole.observations) == 4 * 3 * 2


def test_the_union_without_federal_schools_stands_for_public_only_where_public_is_not_published(tmp_path: Path):
    cells = read(official.literacy_states(tmp_path / "TS_ESTADO.csv")).cells
    assert cells["literacy_rate", 26, "publica", "AI", 2, "", 2024] == (61.5, "v")  # type 6
    assert cells["literacy_rate", 27, "publica", "AI", 2, "", 2024] == (55.5, "v")  # type 5


def test_results_and_targets_by_year_are_read_and_notes_skipped(tmp_path: Path):
    whole = read(official.literacy_results(tmp_path / "resultados_e_metas_municipios.xlsx"))
    assert whole.problems == []
    key = (2600054, "municipal", "AI", 2, "")
    assert whole.cells["literacy_rate", *key, 2023] == (61.5, "v")
    assert whole.cells["literacy_rate", *key, 2024] == (67.25, "v")
    assert whole.cells["literacy_target", *key, 2024] == (None, "n")
    assert whole.cells["literacy_target", *key, 2025] == (70.1, "v")


def test_pupil_records_are_refused_with_the_reason(tmp_path: Path):
    names: list[object] = [
        "NU_ANO_AVALIACAO",
        "CO_UF",
        "ID_ALUNO",
        "TP_SERIE",
        "CO_MUNICIPIO",
        "VL_PROFICIENCIA_LP",
        "IN_ALFABETIZADO",
    ]
    path = official.write_csv(tmp_path / "TS_ALUNO.csv", [names, [2024, 26, 1, 2, 2600054, 750.1, 1]])
    assert "TS_MUNICIPIO" in refused(path)[0].expected


def test_bad_cells_are_named(tmp_path: Path):
    def spoil(rows: list[official.Cells]) -> None:
        rows[1][7] = "150"
        rows[2][3] = 26
        rows[3][6] = 9
        rows[4][5] = 5

    whole = read(official.literacy_municipalities(tmp_path / "TS_MUNICIPIO.csv", edit=spoil))
    assert [(p.row, p.column) for p in whole.problems] == [
        (2, "PC_ALUNO_ALFABETIZADO"),
        (3, "CO_MUNICIPIO"),
        (4, "ID_TIPO_REDE"),
        (5, "TP_SERIE"),
    ]
