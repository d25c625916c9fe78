"""The whole country, from the real public files: counts and sums equal the official ones."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db.models import Count

from trama.foundation.content import load_content
from trama.know.indicators.models import Observation, Release
from trama.know.models import Boundary, Drawing, GroupMembership, Place, TeachingNetwork
from trama.know.sources.loading import ORDER, load_folder
from trama.know.territory.selectors import municipalities_on

from .conftest import NOON

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]

# Official totals: estimates and censuses of IBGE.
POPULATION = {
    2002: 174_632_960, 2006: 186_770_562, 2010: 190_755_799, 2014: 202_768_562, 2018: 208_494_900,
    2019: 210_147_125, 2020: 211_755_692, 2021: 213_317_639, 2022: 203_080_756,
}  # fmt: skip
MUNICIPALITIES = {2002: 5_560, 2006: 5_564, 2010: 5_565, 2014: 5_570, 2024: 5_570, 2025: 5_571}
NEWER_THAN_THE_FILE = {1504752, 2206720, 4212650, 4220000, 4314548, 5006275, 5101837}
# Mostly coastal municipalities of which the simplified file kept an islet and lost the rest: drawn as points.
SPECKS = {
    1303205, 1303536, 1500909, 1501709, 1502905, 1506112, 1508035, 1508308, 2100204, 2100832, 2102606, 2102903, 2103109,
    2103703, 2104305, 2104909, 2106201, 2112407, 2503209, 2607208, 2611408, 2906907, 3202405, 3202504, 3205200, 3205309,
    3302007, 3302403, 3302601, 3303807, 3304557, 3506359, 3509908, 3510500, 3520400, 3537602, 3550704, 3555406,
}  # fmt: skip
WITHOUT_OUTLINE = NEWER_THAN_THE_FILE | SPECKS


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any, shared_data: Path) -> Any:
    """The territory, populations, outlines, groups and municipal Ideb of Brazil, once for the module."""
    folder = tmp_path_factory.mktemp("country")
    (folder / "ideb").mkdir()
    (folder / "ideb" / "ideb_2023.csv.gz").write_bytes(
        (shared_data / "ideb" / "ideb_municipio_2023_rede_etapa.csv.gz").read_bytes()
    )
    kept = (django_settings.RAW_FILES_DIR, django_settings.VAR_DIR)
    django_settings.RAW_FILES_DIR, django_settings.VAR_DIR = folder / "raw", folder / "var"
    with django_db_blocker.unblock():
        from django.db import connection, transaction

        with transaction.atomic():
            load_content(django_settings.CONTENT_DIR, at=NOON, only="indicators")
            steps = []
            for part in ("territorio", "malhas", "colaboracao", "populacao"):
                steps += list(load_folder(shared_data / part, at=NOON))
            steps += list(load_folder(folder / "ideb", at=NOON))
            connection.check_constraints()  # now, once: PostgreSQL would ask again after each test
            yield steps
            transaction.set_rollback(True)
    django_settings.RAW_FILES_DIR, django_settings.VAR_DIR = kept


def test_every_file_is_accepted_without_one_bad_row(country: list[Any]):
    refused = {step.label: step.report for step in country if step.report and step.report.outcome == "rejected"}
    assert not refused
    assert all(step.report is not None for step in country), [step.label for step in country if not step.report]
    assert Release.objects.filter(state="staged").count() == 0


def test_places_are_those_of_the_country(country: list[Any]):
    kinds = dict(Place.objects.values_list("kind").annotate(Count("code")))
    assert kinds == {"country": 1, "region": 5, "state": 27, "municipality": 5_571}
    assert Place.objects.filter(kind="municipality", is_capital=True).count() == 27
    assert not Place.objects.filter(kind="municipality", latitude=None).exists()
    assert not Place.objects.filter(kind="municipality").exclude(parent__kind="state").exists()
    assert Place.objects.get(code=3506607).name == "Biritiba Mirim"  # IBGE's spelling, not the older one
    assert Place.objects.get(code=3506607).search_name == "biritiba mirim"


@pytest.mark.parametrize(("year", "count"), MUNICIPALITIES.items())
def test_municipalities_of_a_year(country: list[Any], year: int, count: int):
    assert municipalities_on(date(year, 7, 1)).count() == count


def test_the_history_agrees_with_who_has_a_population_in_each_year(country: list[Any]):
    for year in POPULATION:
        counted = set(
            Observation.objects.filter(indicator="population", year=year, place__kind="municipality").values_list(
                "place", flat=True
            )
        )
        installed = set(municipalities_on(date(year, 7, 1)).values_list("code", flat=True))
        assert counted == installed, year


def test_networks_follow_from_places(country: list[Any]):
    kinds = dict(TeachingNetwork.objects.values_list("dependency").annotate(Count("id")))
    assert kinds == {"municipal": 5_569, "estadual": 27, "federal": 27, "privada": 27}
    assert not TeachingNetwork.objects.filter(place__in=[5300108, 2605459]).exists()
    assert TeachingNetwork.objects.get(id=27002013).name == "Rede municipal de Anadia (AL)"
    names = set(TeachingNetwork.objects.filter(place__in=[12, 29, 35]).values_list("name", flat=True))
    assert {"Rede estadual do Acre", "Rede privada na Bahia", "Rede federal em São Paulo"} <= names


@pytest.mark.parametrize(("year", "people"), POPULATION.items())
def test_population_sums_are_the_official_totals(country: list[Any], year: int, people: int):
    found = Observation.objects.filter(indicator="population", year=year)
    per_release: dict[int, float] = {}
    for release, value in found.filter(place__kind="municipality").values_list("release", "value"):
        per_release[release] = per_release.get(release, 0) + value
    assert set(per_release.values()) == {people}
    assert set(found.filter(place=0).values_list("value", flat=True)) == {people}
    states = found.filter(place__kind="state", release=min(per_release)).values_list("value", flat=True)
    assert (len(states), sum(states)) == (27, people)


def test_every_municipality_has_an_ideb_row_in_2023(country: list[Any]):
    rows = Observation.objects.filter(indicator="ideb", year=2023)
    assert rows.values("place").distinct().count() == 5_570
    assert rows.filter(status="v", stage="AI", dependency="municipal").count() == 5_241
    assert not rows.filter(value=0).exists()


def test_outlines_are_there_small_and_inside_their_drawing(country: list[Any]):
    drawn = Boundary.objects.filter(place__kind="municipality")
    missing = set(Place.objects.filter(kind="municipality").values_list("code", flat=True))
    for drawing in ("country", "state"):
        found = set(drawn.filter(drawing=drawing).values_list("place", flat=True))
        assert missing - found == WITHOUT_OUTLINE, drawing
    size = sum(len(path) for path in drawn.filter(drawing="country").values_list("path", flat=True))
    assert size <= 700 * 1024
    assert Boundary.objects.filter(place__kind="state", drawing="country").count() == 27
    assert Drawing.objects.count() == 28
    for place in Place.objects.filter(code__in=WITHOUT_OUTLINE):
        assert place.state_code is not None
        assert place.latitude is not None
        assert place.longitude is not None
        for code in (0, place.state_code):
            drawing = Drawing.objects.get(place=code)
            x, y = drawing.point(place.latitude, place.longitude)
            assert 0 <= x <= drawing.width
            assert 0 <= y <= drawing.height


def test_members_of_groups_carry_what_their_sources_say(country: list[Any]):
    members = dict(GroupMembership.objects.values_list("group__slug").annotate(Count("id")))
    assert members == {
        "conisul": 17, "ade-granfpolis": 22, "ade-guaras": 9, "ade-chapada": 27, "melhoria-2019": 7,
    }  # fmt: skip
    late = GroupMembership.objects.get(group__slug="ade-granfpolis", network__place=4206009)
    assert late.start == date(2021, 1, 1)
    assert GroupMembership.objects.filter(group__slug="ade-granfpolis", start=date(2015, 1, 1)).count() == 21
    edition = set(GroupMembership.objects.filter(group__slug="melhoria-2019").values_list("start", "end"))
    assert edition == {(date(2019, 1, 1), date(2020, 1, 1))}
    thrice = GroupMembership.objects.get(
        group__slug="ade-chapada", network__place=2929909
    )  # Seabra: in all three lists
    assert (thrice.start, thrice.end) == (None, None)
    for mark in ("lista A", "lista B", "lista C"):
        assert mark in thrice.note
    assert "dez/2021" in thrice.source_date


def test_loading_again_changes_nothing(country: list[Any], shared_data: Path):
    before = Release.objects.count()
    again = list(load_folder(shared_data / "colaboracao", at=NOON))
    assert {step.report.outcome for step in again if step.report} == {"unchanged"}
    assert Release.objects.count() == before


def test_the_order_of_loading_names_layouts_that_exist():
    from trama.know.sources.formats.registry import FORMATS

    assert set(ORDER) <= {layout.source for layout in FORMATS}
