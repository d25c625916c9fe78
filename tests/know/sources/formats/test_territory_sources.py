"""What the readers of territory, population, outlines and groups make of good files."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trama.know.sources.formats.base import Chunk, UnreadableFile
from trama.know.sources.formats.opening import OFFICIAL, opened
from trama.know.sources.formats.registry import detect
from trama.know.sources.formats.territory import municipalities_in

from .territory_files import (
    ARRANGEMENTS,
    GEOJSON,
    HISTORY,
    MUNICIPALITIES,
    PIB,
    POPULATION,
    SIDRA,
    SIDRA_FLAT,
    SIDRA_NESTED,
    STATES,
    TOPOJSON,
    TURICAS,
    municipality,
    write,
)


def read(path: Path) -> tuple[str, Any, Chunk]:
    """Source, description, and everything in one chunk."""
    whole = Chunk()
    with opened(path, OFFICIAL) as members:
        layout = detect(members)
        description = layout.describe(members)
        for chunk in layout.read(members):
            whole.rows_read += chunk.rows_read
            for name in ("places", "boundaries", "memberships", "observations", "problems"):
                getattr(whole, name).extend(getattr(chunk, name))
    return layout.source, description, whole


def test_municipalities_of_the_interface_bring_their_states_and_regions(tmp_path: Path):
    source, description, whole = read(
        write(tmp_path / "m.json", [municipality(2700201, "Anadia"), municipality(2600054, "Abreu")])
    )
    assert (source, whole.problems) == ("ibge-localities", [])
    assert {(p.code, p.kind, p.parent) for p in whole.places} == {
        (2, "region", 0), (27, "state", 2), (26, "state", 2), (2700201, "municipality", 27),
        (2600054, "municipality", 26),
    }  # fmt: skip
    assert description.rows_expected == 2


@pytest.mark.parametrize("packed", [False, True])
def test_without_a_microregion_the_state_comes_from_the_immediate_region(tmp_path: Path, packed: bool):
    item = municipality(5101837, "Boa Esperança do Norte")
    item["microrregiao"] = None
    path = write(tmp_path / "m.json", [item])
    if packed:
        path = tmp_path / "m.json.gz"
        path.write_bytes(gzip.compress((tmp_path / "m.json").read_bytes()))
    _source, description, whole = read(path)
    assert whole.problems == []
    found = next(place for place in whole.places if place.kind == "municipality")
    assert (found.code, found.name, found.parent) == (5101837, "Boa Esperança do Norte", 51)
    assert description.vintage == "2025"


def test_with_neither_region_the_code_tells_the_state(tmp_path: Path):
    item = {"id": 5101837, "nome": "Boa Esperança do Norte", "microrregiao": None, "regiao-imediata": None}
    _source, _description, whole = read(write(tmp_path / "m.json", [item]))
    assert (whole.problems, whole.places[0].parent) == ([], 51)


def test_a_municipality_under_the_wrong_state_is_a_problem(tmp_path: Path):
    item = municipality(2700201, "Anadia")
    item["microrregiao"]["mesorregiao"]["UF"]["id"] = 26
    _source, _description, whole = read(write(tmp_path / "m.json", [item]))
    assert [(problem.row, problem.column, problem.found) for problem in whole.problems] == [(1, "UF.id", "26")]


def test_the_compact_shape_of_mirrors_is_told_apart(tmp_path: Path):
    item = {
        "id": 2700201, "nome": "Anadia", "microrregiao": {"id": 1, "nome": "x", "mesorregiao": {"id": 1, "nome": "y"}},
        "uf": "AL", "estado": "Alagoas", "reg": "NE", "regiao": "Nordeste",
        "centroide": {"longitude": -36.3, "latitude": -9.6},
    }  # fmt: skip
    source, _description, whole = read(write(tmp_path / "m.json", [item]))
    assert (source, whole.problems) == ("ibge-localities-compact", [])
    assert {place.code for place in whole.places} == {2, 27, 2700201}
    assert next(p for p in whole.places if p.code == 2700201).latitude == -9.6


def test_tables_of_the_territory(tmp_path: Path):
    source, description, whole = read(write(tmp_path / "m.csv", MUNICIPALITIES))
    assert (source, description.vintage, whole.problems) == ("territory-municipalities", "2025", [])
    place = next(p for p in whole.places if p.code == 2704302)
    assert (place.name, place.latitude, place.is_capital, place.time_zone) == (
        "Maceió",
        -9.66599,
        True,
        "America/Maceio",
    )
    source, _description, whole = read(write(tmp_path / "e.csv", "\ufeff" + STATES))
    assert (source, whole.problems) == ("territory-states", [])
    assert {(p.code, p.kind, p.acronym) for p in whole.places} >= {(27, "state", "AL"), (2, "region", "NE")}
    source, _description, whole = read(write(tmp_path / "h.csv", HISTORY))
    assert (source, whole.places[0].installed_on, whole.places[0].name) == ("territory-history", date(2009, 1, 1), "")


@pytest.mark.parametrize(
    ("year", "count"),
    [(2000, None), (2002, 5560), (2005, 5564), (2008, 5564), (2010, 5565), (2013, 5570), (2025, 5571)],
)
def test_how_many_municipalities_there_were(year: int, count: int | None):
    assert municipalities_in(year) == count


def test_population_tables(tmp_path: Path):
    source, description, whole = read(write(tmp_path / "p.csv", POPULATION))
    assert (source, description.vintage, whole.problems) == ("ibge-population", "2022", [])
    assert {(o.place, o.year, o.value) for o in whole.observations} == {
        (2700201, 2010, 17424.0), (2700201, 2022, 14176.0), (2704302, 2022, 957916.0),
    }  # fmt: skip
    source, description, whole = read(write(tmp_path / "pop-2019.csv", TURICAS))
    assert (source, description.vintage) == ("ibge-population-estimates", "2019")
    assert {o.year for o in whole.observations} == {2019}
    _source, _description, whole = read(write(tmp_path / "pib.csv", PIB))
    figures = {(o.indicator, o.place): o.value for o in whole.observations}
    assert figures["gdp_per_capita", 2700201] == 250_000_000 / 14_176


def test_estimates_of_a_year_that_nothing_tells_are_refused(tmp_path: Path):
    _source, description, whole = read(write(tmp_path / "pop.csv", TURICAS))
    assert description.vintage == "s/d"
    assert (len(whole.problems), whole.observations) == (2, [])


def test_sidra_exports(tmp_path: Path):
    source, description, whole = read(write(tmp_path / "t.csv", SIDRA))
    assert (source, description.vintage, whole.problems, whole.rows_read) == ("ibge-sidra-population", "2022", [], 3)
    assert {(o.place, o.value, o.status) for o in whole.observations} == {
        (2700201, 14176.0, "v"),
        (2704302, 0.0, "v"),
        (2700102, None, "s"),
    }  # fmt: skip  ("-" is a true zero here, "X" is suppressed)


@pytest.mark.parametrize("content", [SIDRA_FLAT, SIDRA_NESTED])
def test_sidra_interfaces_give_the_same(tmp_path: Path, content: Any):
    source, description, whole = read(write(tmp_path / "t.json", content))
    assert (source, description.vintage, whole.problems) == ("ibge-sidra-estimates", "2021", [])
    assert {(o.place, o.year, o.value, o.status) for o in whole.observations} == {
        (2700201, 2021, 17526.0, "v"), (2704302, 2021, None, "n"),
    }  # fmt: skip


def test_another_variable_of_sidra_is_refused(tmp_path: Path):
    other = json.loads(json.dumps(SIDRA_FLAT))
    other[1]["D2C"] = "37"
    _source, _description, whole = read(write(tmp_path / "t.json", other))
    assert [(problem.row, problem.found) for problem in whole.problems] == [(2, "37")]


def test_topojson_and_geojson_give_the_same_outline(tmp_path: Path):
    for content in (GEOJSON, TOPOJSON):
        source, _description, whole = read(write(tmp_path / "b.json", content))
        assert (source, whole.problems) == ("ibge-boundaries", [])
        rings = {row.place: row.rings for row in whole.boundaries}
        assert set(rings) == {2700201, 2704302}
        corners = {(round(x, 6), round(y, 6)) for x, y in rings[2700201][0]}
        assert corners == {(-36.0, -9.0), (-35.0, -9.0), (-35.0, -10.0), (-36.0, -10.0)}
        assert rings[2700201][0][0] == rings[2700201][0][-1]


def test_neighbours_in_a_topology_share_their_border(tmp_path: Path):
    _source, _description, whole = read(write(tmp_path / "b.json", TOPOJSON))
    first, second = ({tuple(point) for ring in row.rings for point in ring} for row in whole.boundaries)
    assert len(first & second) == 2


def test_groups_merge_the_lists_that_speak_of_one_municipality(tmp_path: Path):
    source, description, whole = read(write(tmp_path / "g.csv", ARRANGEMENTS))
    assert (source, description.vintage, whole.problems) == ("network-groups", "2022", [])
    rows = {(row.group_slug, row.municipality): row for row in whole.memberships}
    assert len(rows) == len(whole.memberships) == 5
    twice = rows["ade-x", 2929909]
    assert (twice.source_date, twice.start) == ("s/d; dez/2021", None)
    assert twice.note == "lista A; lista B; http://b.org/2"
    assert rows["ade-g", 4206009].start == date(2021, 1, 1)
    assert rows["ade-g", 4200606].start == date(2015, 1, 1)
    assert (rows["prog", 3552502].start, rows["prog", 3552502].end) == (date(2019, 1, 1), date(2020, 1, 1))


def test_a_file_of_two_kinds_is_refused(tmp_path: Path):
    folder = tmp_path / "both"
    write(folder / "a.csv", POPULATION)
    write(folder / "b.csv", STATES)
    with pytest.raises(UnreadableFile):
        read(folder)
