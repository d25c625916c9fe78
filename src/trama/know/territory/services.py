"""Writing the territory: what files say of places, schools, outlines and groups, and the networks that follow.

Only the import of official files calls these; the permission and the trace are those of the import. Each is meant for
the transaction in which a release is published.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q

from ..indicators.models import Release
from ..sources.formats.base import BoundaryRow, MembershipRow, PlaceRow, SchoolRow
from ..vocabulary import Dependency, PlaceKind
from .drawing import BRAZIL, Frame, Rings, box_of, frame_of, path_data, square_degrees
from .models import DIGITS, Boundary, Drawing, GroupMembership, NetworkGroup, Place, School, TeachingNetwork
from .names import in_state, of_state, search_form

BATCH = 5_000
NO_MUNICIPAL_NETWORK = frozenset({5300108, 2605459})  # Federal District, Fernando de Noronha
COUNTRY_GRID = 10  # units of the country drawing: 4.5 km, a third of a pixel at 480 pixels
SMALLEST = 900.0  # square units: islands that no one would see on the country drawing
REMNANT_AREA = 2e-3  # square degrees, 24 km²
REMNANT_DISTANCE = 0.015  # degrees
_PLACE_FIELDS = [
    "kind", "name", "search_name", "acronym", "parent", "state_code", "region_code", "latitude", "longitude",
    "is_capital", "time_zone", "installed_on",
]  # fmt: skip


def _batches[T](items: Iterable[T]) -> Iterator[list[T]]:
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def save_places(rows: Iterable[PlaceRow]) -> int:
    """Create or complete places. What a row does not say stays as it is. Returns how many rows there were."""
    count = 0
    Place.objects.get_or_create(
        code=0, defaults={"kind": PlaceKind.COUNTRY, "name": "Brasil", "search_name": "brasil", "acronym": "BR"}
    )
    for batch in _batches(sorted(rows)):  # by code: regions before states before municipalities
        known = Place.objects.in_bulk([row.code for row in batch])
        places = [_completed(known.get(row.code) or Place(code=row.code), row) for row in batch]
        Place.objects.bulk_create(
            places, update_conflicts=True, unique_fields=["code"], update_fields=_PLACE_FIELDS, batch_size=BATCH
        )
        count += len(places)
    return count


def _completed(place: Place, row: PlaceRow) -> Place:
    """``place`` with what ``row`` says of it."""
    place.kind = row.kind
    if row.name:
        place.name, place.search_name = row.name, search_form(row.name)
    place.acronym = row.acronym or place.acronym
    if row.parent is not None:
        place.parent_id = row.parent
    place.state_code, place.region_code = ancestors(row.code, row.kind)
    for name in ("latitude", "longitude", "is_capital", "time_zone", "installed_on"):
        said = getattr(row, name)
        if said is not None:
            setattr(place, name, said)
    return place


def ancestors(code: int, kind: str) -> tuple[int | None, int | None]:
    """State and region of a place, which its code tells."""
    if kind == PlaceKind.COUNTRY:
        return None, None
    if kind == PlaceKind.REGION:
        return None, code
    state = int(str(code)[:2])
    return state, state // 10 if state < 90 else None  # 90 and above: invented


def derive_networks() -> int:
    """Make the teaching networks that the places imply, and refresh their names. Returns how many there are."""
    networks: list[TeachingNetwork] = []
    acronyms = dict(Place.objects.filter(kind=PlaceKind.STATE).values_list("code", "acronym"))
    named = Place.objects.filter(kind__in=[PlaceKind.STATE, PlaceKind.MUNICIPALITY]).values_list("code", "kind", "name")
    for code, kind, name in named:
        if kind == PlaceKind.STATE:
            networks += [
                _network(code, Dependency.STATE, f"Rede estadual {of_state(code, name)}"),
                _network(code, Dependency.FEDERAL, f"Rede federal {in_state(code, name)}"),
                _network(code, Dependency.PRIVATE, f"Rede privada {in_state(code, name)}"),
            ]
        elif code not in NO_MUNICIPAL_NETWORK:
            acronym = acronyms.get(code // 100_000, "")
            label = f"{name} ({acronym})" if acronym else name
            networks.append(_network(code, Dependency.MUNICIPAL, f"Rede municipal de {label}"))
    TeachingNetwork.objects.bulk_create(
        networks, update_conflicts=True, unique_fields=["id"], update_fields=["name", "search_name"], batch_size=BATCH
    )
    return len(networks)


def _network(place: int, dependency: Dependency, name: str) -> TeachingNetwork:
    return TeachingNetwork(
        id=place * 10 + DIGITS[dependency],
        place_id=place,
        dependency=dependency,
        name=name,
        search_name=search_form(name),
    )


def network_id(municipality: int, dependency: str) -> int | None:
    """The network that a school belongs to, by its municipality and who runs it; None if nobody said who."""
    if not dependency:
        return None
    if dependency == Dependency.MUNICIPAL:
        return None if municipality in NO_MUNICIPAL_NETWORK else municipality * 10 + DIGITS[Dependency.MUNICIPAL]
    return municipality // 100_000 * 10 + DIGITS[Dependency(dependency)]


def save_schools(rows: Iterable[SchoolRow]) -> int:
    """Create or update schools and their places. An older census does not overwrite a newer one.

    Straight SQL: there are 217 thousand of them, and other writers wait meanwhile.
    """
    count = 0
    years = dict(School.objects.filter(census_year__isnull=False).values_list("place_id", "census_year"))
    for batch in _batches(rows):
        fresh = [row for row in batch if (years.get(row.code) or 0) <= row.census_year]
        with connection.cursor() as cursor:
            cursor.executemany(_SCHOOL_PLACE, [_school_place(row) for row in fresh])
            cursor.executemany(_SCHOOL, [_school(row) for row in fresh])
        count += len(batch)
    return count


_SCHOOL_PLACE = """
INSERT INTO know_place (code, kind, name, search_name, acronym, parent_id, state_code, region_code, latitude, longitude,
                        is_capital, time_zone)
VALUES (%s, 'school', %s, %s, '', %s, %s, %s, %s, %s, %s, '')
ON CONFLICT (code) DO UPDATE SET
    name = CASE WHEN excluded.search_name <> '' THEN excluded.name ELSE know_place.name END,
    search_name = CASE WHEN excluded.search_name <> '' THEN excluded.search_name ELSE know_place.search_name END,
    parent_id = excluded.parent_id, state_code = excluded.state_code, region_code = excluded.region_code,
    latitude = COALESCE(excluded.latitude, know_place.latitude),
    longitude = COALESCE(excluded.longitude, know_place.longitude)
"""
_SCHOOL = """
INSERT INTO know_school (place_id, network_id, municipality_id, dependency, location, status, census_year)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (place_id) DO UPDATE SET
    municipality_id = excluded.municipality_id, census_year = excluded.census_year,
    network_id = CASE WHEN excluded.dependency <> '' THEN excluded.network_id ELSE know_school.network_id END,
    dependency = CASE WHEN excluded.dependency <> '' THEN excluded.dependency ELSE know_school.dependency END,
    location = CASE WHEN excluded.location <> '' THEN excluded.location ELSE know_school.location END,
    status = COALESCE(excluded.status, know_school.status)
"""


def _school_place(row: SchoolRow) -> tuple[Any, ...]:
    """The place of a school: without a name it goes by its code."""
    state, region = ancestors(row.municipality, PlaceKind.MUNICIPALITY)
    name, searched = row.name or str(row.code), search_form(row.name) if row.name else ""
    point = (row.latitude, row.longitude)
    return (row.code, name, searched, row.municipality, state, region, *point, False)


def _school(row: SchoolRow) -> tuple[Any, ...]:
    owner = network_id(row.municipality, row.dependency)
    return row.code, owner, row.municipality, row.dependency, row.location, row.status, row.census_year


def save_boundaries(rows: Iterable[BoundaryRow], release: Release) -> int:
    """Project outlines once, for the drawing of the country and that of each state."""
    rings = {row.place: [np.asarray(ring, dtype=np.float64) for ring in row.rings] for row in rows}
    points = Place.objects.filter(latitude__isnull=False).values_list("code", "longitude", "latitude")
    seats = {
        code: (longitude, latitude)
        for code, longitude, latitude in points.filter(kind=PlaceKind.MUNICIPALITY)
        if longitude is not None and latitude is not None
    }
    rings = {place: outline for place, outline in rings.items() if not is_remnant(outline, seats.get(place))}
    country = frame_of(*BRAZIL)
    frames = _state_frames(rings)
    _save_frames({0: country, **frames})
    outlines = [Boundary(place_id=c, drawing=d, path=p, release=release) for c, d, p in _paths(rings, country, frames)]
    Boundary.objects.bulk_create(
        outlines,
        update_conflicts=True,
        unique_fields=["place", "drawing"],
        update_fields=["path", "release"],
        batch_size=1_000,
    )
    return len(rings)


def is_remnant(outline: Rings, seat: tuple[float, float] | None) -> bool:
    """Whether this is a speck, an islet say, that a careless simplification left of a municipality.

    It is small and the seat (longitude, latitude) lies outside its box. Such a municipality is drawn as a point.
    """
    if seat is None or square_degrees(outline) >= REMNANT_AREA:
        return False
    west, south, east, north = box_of(outline)
    return max(west - seat[0], seat[0] - east, south - seat[1], seat[1] - north) > REMNANT_DISTANCE


def _state_frames(rings: Mapping[int, Rings]) -> dict[int, Frame]:
    """The frame of each state whose municipalities, or whose own outline, are in the file."""
    by_state: dict[int, Rings] = defaultdict(list)
    for code, outline in rings.items():
        by_state[code if code < 100 else code // 100_000] += outline
    return {state: frame_of(*box_of(outline)) for state, outline in by_state.items()}


def _save_frames(frames: Mapping[int, Frame]) -> None:
    known = set(Place.objects.filter(code__in=frames).values_list("code", flat=True))
    drawings = [
        Drawing(
            place_id=code, west=frame.west, north=frame.north, scale_x=frame.scale_x, scale_y=frame.scale_y,
            width=frame.width, height=frame.height,
        )
        for code, frame in frames.items() if code in known
    ]  # fmt: skip
    fields = ["west", "north", "scale_x", "scale_y", "width", "height"]
    Drawing.objects.bulk_create(drawings, update_conflicts=True, unique_fields=["place"], update_fields=fields)


def _paths(rings: Mapping[int, Rings], country: Frame, frames: Mapping[int, Frame]) -> Iterator[tuple[int, str, str]]:
    for code, outline in rings.items():
        small = path_data(outline, country, grid=COUNTRY_GRID, smallest=SMALLEST)
        if small:
            yield code, "country", small
        if code > 99:
            whole = path_data(outline, frames[code // 100_000], grid=5, smallest=100.0)
            if whole:
                yield code, "state", whole


def save_memberships(rows: Iterable[MembershipRow]) -> int:
    """Create or update groups and the memberships that a source states."""
    stated = list(rows)
    groups: dict[str, NetworkGroup] = {}
    for row in stated:
        if row.group_slug not in groups:
            fields: dict[str, Any] = {
                "kind": row.group_kind,
                "acronym": row.group_acronym,
                "name": row.group_name,
                "search_name": search_form(f"{row.group_acronym} {row.group_name}")[:240],
            }
            groups[row.group_slug] = NetworkGroup.objects.update_or_create(slug=row.group_slug, defaults=fields)[0]
    for row in stated:
        GroupMembership.objects.update_or_create(
            group=groups[row.group_slug],
            network_id=row.municipality * 10 + DIGITS[Dependency.MUNICIPAL],
            start=row.start,
            defaults={
                "end": row.end,
                "source_date": row.source_date,
                "source_address": row.source_address,
                "note": row.note,
            },
        )
    return len(stated)


def forget_boundaries(release: Release) -> int:
    """Take away the outlines that came from a release which is withdrawn."""
    return Boundary.objects.filter(Q(release=release)).delete()[0]
