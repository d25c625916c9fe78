"""The public tables re-shaped from Inep: read whole, and checked against independent sums."""

import csv
import gzip
import statistics
from pathlib import Path

import pytest

from .reading import Cell, read, refused

pytestmark = pytest.mark.shared_data

STAGES = {"EF anos iniciais": "AI", "EF anos finais": "AF", "EM": "EM"}
NETWORKS = {"Estadual": "estadual", "Municipal": "municipal", "Pública": "publica"}


@pytest.mark.parametrize(
    ("name", "source", "rows", "observations"),
    [
        ("ideb/ideb_municipio_2023_rede_etapa.csv.gz", "ideb-municipios-longo", 23_926, 23_926),
        ("ideb/ideb_af_publica_2005_2009_2013_2017_2021.csv.gz", "ideb-municipios-longo", 27_840, 27_840),
        ("ideb/ideb_ai_publica_2005_2019_original.xlsx", "ideb-ai-publica-amplo", 5_564, 83_460),
        ("ideb/ideb_ai_publica_2005_2021_longo.csv.gz", "ideb-municipios-tipo-longo", 89_024, 89_024),
        ("ideb/ideb_brasil_2005_2021_basedosdados.csv", "ideb-brasil-basedosdados", 126, 854),
        ("ideb/ideb_regiao_2005_2021_basedosdados.csv", "ideb-regioes-basedosdados", 495, 3_355),
        ("ideb/ideb_uf_2005_2021_basedosdados.csv", "ideb-uf-basedosdados", 2_673, 18_117),
        ("ideb/ideb_brasil_2005_2023_inep_longo.csv", "ideb-brasil-inep-longo", 140, 952),
        ("ideb/ideb_2025_amostra_rondonia.csv", "ideb-municipios-componentes", 92, 552),
        ("ideb/ideb_escolas_pe_2023_anos_iniciais.csv", "ideb-escolas-pe-ai", 1_912, 7_648),
        ("ideb/ideb_escolas_pe_2023_anos_finais.csv", "ideb-escolas-pe-af", 1_353, 5_412),
        ("ideb/ideb_escolas_pe_2023_ensino_medio.csv", "ideb-escolas-pe-em", 731, 2_924),
        (
            "matriculas/matriculas_docentes_ideb_ai_municipal_2007_2019.csv.gz",
            "sinopse-matriculas-ai-municipal",
            72_380,
            180_137,
        ),
        ("matriculas/matriculas_ef_municipal_2013_derivado.csv.gz", "matriculas-ef-municipal-2013", 4_674, 32_718),
    ],
)
def test_every_public_table_is_read_whole(shared_data: Path, name: str, source: str, rows: int, observations: int):
    whole = read(shared_data / name)
    assert whole.source == source
    assert (whole.rows, len(whole.observations), whole.problems) == (rows, observations, [])
    assert len(whole.cells) == observations


def test_the_checksum_of_the_municipal_means_agrees_in_all_25_cells(shared_data: Path):
    cells: dict[Cell, tuple[float | None, str]] = {}
    for name in (
        "ideb/ideb_municipio_2023_rede_etapa.csv.gz",
        "ideb/ideb_af_publica_2005_2009_2013_2017_2021.csv.gz",
        "ideb/ideb_ai_publica_2005_2019_original.xlsx",
        "matriculas/matriculas_docentes_ideb_ai_municipal_2007_2019.csv.gz",
    ):
        cells |= read(shared_data / name).cells
    groups: dict[tuple[str, str, int], list[float]] = {}
    for (indicator, _place, dependency, stage, _grade, _location, year), (value, _status) in cells.items():
        if indicator == "ideb" and value is not None:
            groups.setdefault((stage, dependency, year), []).append(value)
    checked = 0
    with (shared_data / "ideb" / "ideb_resumo_municipios_2005_2025_para_conferencia.csv").open(
        encoding="utf-8"
    ) as file:
        for row in csv.DictReader(file):
            if row["reproduzido_aqui"] != "sim":
                continue
            values = groups[STAGES[row["etapa"]], NETWORKS[row["rede"]], int(row["ano"])]
            assert len(values) == int(row["n_municipios"]), row
            assert round(statistics.fmean(values), 4) == pytest.approx(float(row["media_simples_municipios"]), abs=1e-4)
            checked += 1
    assert checked == 25


def test_the_checksum_itself_is_not_data(shared_data: Path):
    assert refused(shared_data / "ideb" / "ideb_resumo_municipios_2005_2025_para_conferencia.csv")


def test_the_wide_and_long_tables_of_the_early_years_agree_in_every_common_cell(shared_data: Path):
    wide = read(shared_data / "ideb" / "ideb_ai_publica_2005_2019_original.xlsx").cells
    long = read(shared_data / "ideb" / "ideb_ai_publica_2005_2021_longo.csv.gz").cells
    assert len(wide.keys() & long.keys()) == 83_460
    assert all(wide[key][0] == long[key][0] for key in wide)


def test_national_enrolments_of_the_early_years_equal_the_published_sums(shared_data: Path):
    cells = read(shared_data / "matriculas" / "matriculas_docentes_ideb_ai_municipal_2007_2019.csv.gz").cells
    sums: dict[int, float] = {}
    blanks = 0
    for (indicator, _place, _dependency, _stage, _grade, _location, year), (value, status) in cells.items():
        if indicator == "enrolment":
            sums[year] = sums.get(year, 0) + (value or 0)
            blanks += status == "b"
    published = {2007: 12_190_390, 2009: 11_838_401, 2011: 11_167_956, 2013: 10_791_218, 2015: 10_554_212}
    published |= {2017: 10_422_924, 2019: 10_159_653}
    assert {year: sums[year] for year in published} == published
    assert blanks == 348


def test_a_target_carried_past_2021_by_its_author_is_not_taken(shared_data: Path):
    cells = read(shared_data / "ideb" / "ideb_2025_amostra_rondonia.csv").cells
    assert {key[0] for key in cells} == {"ideb", "ideb_p", "ideb_n", "saeb_lp", "saeb_mt", "approval_rate"}


def test_schools_of_pernambuco_have_no_network_but_their_values_are_public(shared_data: Path):
    whole = read(shared_data / "ideb" / "ideb_escolas_pe_2023_anos_iniciais.csv")
    assert {school.dependency for school in whole.schools} == {""}
    assert {row.dependency for row in whole.observations} == {"publica"}
    assert whole.cells["ideb", 26106450, "publica", "AI", 0, "", 2023] == (4.4, "v")


def test_repeated_rows_are_dropped_and_differing_ones_reported(shared_data: Path, tmp_path: Path):
    text = gzip.decompress((shared_data / "ideb" / "ideb_municipio_2023_rede_etapa.csv.gz").read_bytes()).decode()
    lines = text.splitlines()[:50]
    lines += [lines[10], lines[11].rsplit(",", 1)[0] + ",9.9"]
    path = tmp_path / "twice.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    whole = read(path)
    assert len(whole.observations) == 49
    assert [problem.row for problem in whole.problems] == [52]
