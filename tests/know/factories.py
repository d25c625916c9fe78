"""Small worlds for tests: places, networks, schools, releases and observations.

Every function gets what exists already under the same code, so that two calls may speak of the same place. Names and
codes are plausible but need not be those of IBGE.
"""

from datetime import UTC, date, datetime
from typing import Any

from trama.know.indicators.models import Indicator, Observation, Release
from trama.know.territory.models import (
    DIGITS,
    Boundary,
    GroupMembership,
    NetworkGroup,
    Place,
    School,
    TeachingNetwork,
)
from trama.know.territory.names import search_form
from trama.know.vocabulary import PlaceKind

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

ACRONYMS = {
    11: "RO", 12: "AC", 13: "AM", 14: "RR", 15: "PA", 16: "AP", 17: "TO", 21: "MA", 22: "PI", 23: "CE", 24: "RN",
    25: "PB", 26: "PE", 27: "AL", 28: "SE", 29: "BA", 31: "MG", 32: "ES", 33: "RJ", 35: "SP", 41: "PR", 42: "SC",
    43: "RS", 50: "MS", 51: "MT", 52: "GO", 53: "DF",
}  # fmt: skip
STATE_NAMES = {26: "Pernambuco", 27: "Alagoas", 29: "Bahia", 35: "São Paulo", 11: "Rondônia", 51: "Mato Grosso"}


def _there(code: int) -> Place | None:
    """The place of that code, if it was made already: asked first, so that its parents need not be looked up."""
    return Place.objects.filter(code=code).first()


def _place(code: int, kind: str, name: str, **fields: Any) -> Place:
    return Place.objects.create(code=code, kind=kind, name=name, search_name=search_form(name), **fields)


def country() -> Place:
    return _there(0) or _place(0, PlaceKind.COUNTRY, "Brasil", acronym="BR")


def region(code: int = 2, name: str = "Nordeste", **fields: Any) -> Place:
    return _there(code) or _place(code, PlaceKind.REGION, name, parent=country(), region_code=code, **fields)


def state(code: int = 27, name: str = "", **fields: Any) -> Place:
    """A state; its region is the first digit of its code."""
    if (there := _there(code)) is not None:
        return there
    fields = {"acronym": ACRONYMS.get(code, ""), "state_code": code, "region_code": code // 10, **fields}
    name = name or STATE_NAMES.get(code, f"Estado {code}")
    return _place(code, PlaceKind.STATE, name, parent=region(code // 10, f"Região {code // 10}"), **fields)


def municipality(code: int = 2700201, name: str = "", **fields: Any) -> Place:
    """A municipality, with its state (the first two digits of the code)."""
    if (there := _there(code)) is not None:
        return there
    parent = state(code // 100_000)
    fields = {"parent": parent, "state_code": parent.code, "region_code": parent.region_code, **fields}
    return _place(code, PlaceKind.MUNICIPALITY, name or f"Município {code}", **fields)


def network(place: Place | int = 2700201, dependency: str = "", name: str = "") -> TeachingNetwork:
    """A teaching network: municipal of a municipality, estadual of a state unless said otherwise."""
    if isinstance(place, int):
        place = municipality(place) if place > 99 else state(place)
    dependency = dependency or ("municipal" if place.kind == PlaceKind.MUNICIPALITY else "estadual")
    name = name or f"Rede {dependency} de {place.name}"
    return TeachingNetwork.objects.get_or_create(
        id=place.code * 10 + DIGITS[dependency],
        defaults={"place": place, "dependency": dependency, "name": name, "search_name": search_form(name)},
    )[0]


def school(code: int = 27000001, *, municipality: Place | int = 2700201, dependency: str = "municipal",
           name: str = "", location: str = "U", status: int = 1, **fields: Any) -> School:  # fmt: skip
    """A school of a municipality, in the municipal network (or that of the state, by its dependency)."""
    home = _municipality(municipality)
    owner = network(home) if dependency == "municipal" else network(state(home.state_code or 27), dependency)
    name = name or f"Escola {code}"
    where = {"parent": home, "state_code": home.state_code, "region_code": home.region_code}
    place = _there(code) or _place(code, PlaceKind.SCHOOL, name, **where)
    return School.objects.get_or_create(
        place=place,
        defaults={
            "network": owner,
            "municipality": home,
            "dependency": dependency,
            "location": location,
            "status": status,
            "census_year": 2024,
            **fields,
        },
    )[0]


def _municipality(place: Place | int) -> Place:
    return municipality(place) if isinstance(place, int) else place


def indicator(code: str = "ideb", **fields: Any) -> Indicator:
    """An indicator by its real code; texts are placeholders."""
    person_count = code in ("enrolment", "teachers")
    defaults = {
        "name_pt": code, "name_en": code, "definition_pt": f"Definição de {code}.",
        "definition_en": f"Definition of {code}.", "unit": "persons" if person_count else "index_0_10",
        "decimals": 0 if person_count else 1, "family": code.split("_")[0], "better": "higher",
        "person_count": person_count, **fields,
    }  # fmt: skip
    return Indicator.objects.get_or_create(code=code, defaults=defaults)[0]


def release(source: str = "inep-ideb-municipalities", vintage: str = "2023", state: str = "published",
            **fields: Any) -> Release:  # fmt: skip
    """One file as read; each call makes another one."""
    number = Release.objects.count() + 1
    defaults = {
        "title": f"{source} {vintage}", "publisher": "MEC/Inep", "file_name": f"{source}-{vintage}.xlsx",
        "file_sha256": f"{number:064x}", "file_bytes": 1000, "created_at": NOON,
        "published_at": NOON if state == "published" else None,
    }  # fmt: skip
    return Release.objects.create(source=source, vintage=vintage, state=state, **{**defaults, **fields})


def observe(place: Place | School | int, code: str = "ideb", value: float | None = 5.0, *, year: int = 2023,
            dependency: str = "municipal", stage: str = "AI", grade: int = 0, location: str = "", status: str = "",
            release: Release | None = None) -> Observation:  # fmt: skip
    """One number of a place (``value`` None: missing, with ``status`` "n" unless said otherwise)."""
    target = place.pk if isinstance(place, School) else getattr(place, "code", place)
    return Observation.objects.create(
        release=release or _default_release(), indicator=indicator(code), place_id=target, dependency=dependency,
        stage=stage, grade=grade, location=location, year=year, value=value,
        status=status or ("v" if value is not None else "n"),
    )  # fmt: skip


def _default_release() -> Release:
    found = Release.objects.filter(source="tests", state="published").first()
    return found or release("tests")


def group(slug: str = "conisul", *, kind: str = "consorcio", name: str = "", members: tuple[Any, ...] = (),
          start: date | None = None, end: date | None = None) -> NetworkGroup:  # fmt: skip
    """A group of networks with its members (networks, or codes of municipalities)."""
    name = name or slug.upper()
    made = NetworkGroup.objects.get_or_create(
        slug=slug, defaults={"kind": kind, "acronym": name[:40], "name": name, "search_name": search_form(name)}
    )[0]
    for member in members:
        owner = network(member) if isinstance(member, int) else member
        GroupMembership.objects.get_or_create(group=made, network=owner, start=start, defaults={"end": end})
    return made


def boundary(place: Place, path: str = "M0 0h100v100h-100z", *, drawing: str = "country") -> Boundary:
    return Boundary.objects.get_or_create(
        place=place, drawing=drawing, defaults={"path": path, "release": release("ibge-boundaries", "2010")}
    )[0]
