"""The command line: load, import, list, report, withdraw."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from trama.know.indicators.models import Indicator, Observation, Release
from trama.know.models import Boundary, NetworkGroup, Place, School
from trama.know.sources.demonstration import DEMONSTRATION_FILE
from trama.know.sources.formats.opening import opened
from trama.know.sources.formats.registry import detect

from .conftest import NOON, population, table

pytestmark = pytest.mark.django_db


def _said(capsys: pytest.CaptureFixture[str], *words: str, **options: Any) -> str:
    call_command(*words, **options)
    return capsys.readouterr().out


@pytest.fixture
def nothing_shared(tmp_path: Path, settings: Any) -> None:
    settings.SHARED_DATA_DIR = tmp_path / "absent"


def test_without_files_the_invented_state_is_loaded_and_says_so(nothing_shared: None, capsys: Any):
    assert "Estado Inventado de Trama" in _said(capsys, "load")
    release = Release.objects.get()
    assert (release.is_demonstration, release.state) == (True, "published")
    assert Place.objects.filter(kind="municipality").count() == 40
    assert set(Place.objects.filter(kind="state").values_list("code", "name")) == {(99, "Estado Inventado de Trama")}
    assert not Place.objects.filter(kind="municipality").exclude(code__range=(9_900_000, 9_999_999)).exists()
    assert School.objects.count() > 100
    assert NetworkGroup.objects.count() == 2
    assert Boundary.objects.filter(drawing="state").count() == 40
    unused = set(Indicator.objects.values_list("code", flat=True)) - set(
        Observation.objects.values_list("indicator", flat=True).distinct()
    )
    assert not unused, "every indicator has something to show"


def test_the_invented_state_is_the_same_on_every_installation():
    def once() -> list[Any]:
        with opened(DEMONSTRATION_FILE) as members:
            return list(detect(members).read(members))

    first = once()
    assert sum(len(chunk.observations) for chunk in first) > 50_000
    assert once() == first


def test_the_invented_ideb_is_the_product_of_its_parts(nothing_shared: None, capsys: Any):
    _said(capsys, "load")
    cells: dict[tuple[Any, ...], dict[str, float]] = {}
    rows = Observation.objects.filter(indicator__in=["ideb", "ideb_n", "ideb_p"], place__kind="municipality", grade=0)
    for place, year, network, stage, code, value in rows.filter(status="v").values_list(
        "place", "year", "dependency", "stage", "indicator", "value"
    ):
        cells.setdefault((place, year, network, stage), {})[code] = value
    assert len(cells) > 1_000
    wrong = [cell for cell, parts in cells.items() if abs(parts["ideb_n"] * parts["ideb_p"] - parts["ideb"]) > 0.0501]
    assert not wrong


def test_loading_again_publishes_nothing_new(nothing_shared: None, capsys: Any):
    _said(capsys, "load")
    _said(capsys, "load")
    assert Release.objects.count() == 1


def test_a_folder_is_loaded_in_the_order_its_files_build_on(tmp_path: Path, nothing_shared: None, capsys: Any):
    folder = tmp_path / "data"
    population(folder / "a_population.csv", "2700201,2022,14176,t")
    table(
        folder / "b_municipios.csv",
        "codigo_ibge,nome,latitude,longitude,capital,codigo_uf,siafi_id,ddd,fuso_horario",
        "2700201,Anadia,-9.6,-36.3,0,27,1,82,America/Maceio",
    )
    table(folder / "c_estados.csv", "codigo_uf,uf,nome,latitude,longitude,regiao", "27,AL,Alagoas,-9.5,-36.5,Nordeste")
    table(folder / "z_other.csv", "a,b", "1,2")
    said = _said(capsys, "load", folder=folder)
    assert Observation.objects.get(place=2700201).value == 14176
    assert said.index("c_estados") < said.index("b_municipios") < said.index("a_population")
    assert "z_other.csv" in said


def test_a_rejected_file_is_told_and_does_not_stop_the_others(tmp_path: Path, territory: None, capsys: Any):
    folder = tmp_path / "data"
    population(folder / "bad.csv", "2700201,2022,?,t")
    population(folder / "good.csv", "2700201,2022,14176,t")
    said = _said(capsys, "load", folder=folder)
    assert "POPULACAO" in said
    assert Observation.objects.filter(release__state="published").count() == 1


def test_import_report_list_and_withdraw(tmp_path: Path, territory: None, capsys: Any):
    good = population(tmp_path / "good.csv", "2700201,2022,14176,t")
    said = _said(capsys, "data", "import", "auto", str(good), dry_run=True)
    assert "population: 1 (2022-2022)" in said
    assert not Release.objects.exists()
    _said(capsys, "data", "import", "ibge-population", str(good))
    release = Release.objects.get()
    assert release.title in _said(capsys, "data", "list")
    assert release.file_sha256 in _said(capsys, "data", "report", str(release.pk))
    _said(capsys, "data", "withdraw", str(release.pk), reason="test")
    assert Release.objects.get().state == "withdrawn"
    with pytest.raises(CommandError):
        call_command("data", "withdraw", str(release.pk))


def test_a_rejected_import_ends_with_an_error_and_its_rows_can_be_had_as_csv(
    tmp_path: Path, territory: None, capsys: Any
):
    bad = population(tmp_path / "bad.csv", "2700201,2022,=1+1,t", "2700210,2022,5,t")
    with pytest.raises(SystemExit):
        call_command("data", "import", "auto", str(bad))
    capsys.readouterr()
    release = Release.objects.get()
    rows = list(csv.reader(io.StringIO(_said(capsys, "data", "report", str(release.pk), "--csv"))))
    assert rows[0] == ["member", "row", "column", "found", "expected"]
    assert [row[1:4] for row in rows[1:]] == [["2", "POPULACAO", "'=1+1"], ["3", rows[2][2], "2700210"]]


@pytest.mark.parametrize("words", [("report", "999"), ("withdraw", "999"), ("import", "no-such-layout", "x.csv")])
def test_what_does_not_exist_is_said(words: tuple[str, ...], indicators: None):
    with pytest.raises(CommandError):
        call_command("data", *words)


def test_edited_indicators_are_left_alone_and_untouched_ones_follow_the_content(
    indicators: None, settings: Any, tmp_path: Path
):
    from trama.know.sources.content import load_indicators

    text = (settings.CONTENT_DIR / "indicators.toml").read_text(encoding="utf-8")
    Indicator.objects.filter(code="ideb").update(name_pt="Ideb (nosso texto)")
    changed = text.replace("População residente", "Habitantes").replace('name_pt = "Ideb"', 'name_pt = "IDEB"')
    (tmp_path / "indicators.toml").write_text(changed, encoding="utf-8")
    outcome = load_indicators(tmp_path, NOON)
    assert (outcome.created, outcome.updated, outcome.kept) == (0, 1, 1)
    assert Indicator.objects.get(code="ideb").name_pt == "Ideb (nosso texto)"
    assert Indicator.objects.get(code="population").name_pt == "Habitantes"
