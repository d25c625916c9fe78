"""The demonstration: an invented state, made from a seed, that passes through the same import as official files.

Values are plausible and consistent (Ideb is N x P, parts add up), and mean nothing. A municipality has a hidden wealth
that moves population, GDP, Saeb and infrastructure together, so that similar networks and maps have something to show.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ...vocabulary import PlaceKind
from .base import BoundaryRow, Chunk, Description, Member, MembershipRow, ObservationRow, PlaceRow, SchoolRow
from .demonstration_figures import Town, school_figures, state_figures, town_figures
from .problems import refuse, unreadable

MAX_BYTES = 65_536
FIRST = ("Vila", "Serra", "Porto", "Campo", "Lagoa", "Monte", "Nova", "Barra")
SECOND = ("Fictícia", "Imaginária", "do Faz de Conta", "Inventada", "do Exemplo")
_WHOLE = ("seed", "code", "columns", "rows", "first_year", "last_year")
_DEGREES = ("west", "south", "east", "north")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the file asks for."""

    seed: int
    code: int
    columns: int
    rows: int
    first_year: int
    last_year: int
    west: float
    south: float
    east: float
    north: float
    state: str
    acronym: str


class Demonstration:
    """Reader of ``content/demonstration/demonstration.toml``."""

    source = "trama-demonstration"
    publisher = "Trama (dados inventados)"
    is_demonstration = True

    def recognises(self, members: list[Member]) -> bool:
        return len(members) == 1 and _table(members[0]) is not None

    def describe(self, members: list[Member]) -> Description:
        plan = _plan(members[0])
        return Description(_("Invented demonstration: %(state)s") % {"state": plan.state}, "0000", None)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        member = members[0]
        plan = _plan(member)
        dice = random.Random(plan.seed)  # noqa: S311 (repeatable on purpose)
        towns = _towns(plan, dice)
        yield _territory(member, plan, towns, dice)
        figures: list[ObservationRow] = []
        for town in towns:
            chunk = Chunk(member=member.name, rows_read=1)
            for number in range(town.schools):
                school = _school(plan, town, number, dice)
                chunk.schools.append(school)
                chunk.observations += school_figures(school, town, plan.last_year, dice)
            own = town_figures(town, plan.first_year, plan.last_year, dice)
            figures += own
            chunk.observations += own
            yield chunk
        yield Chunk(member=member.name, observations=state_figures(figures, plan.code))


def _table(member: Member) -> dict[str, Any] | None:
    with member.path.open("rb") as file:
        head = file.read(MAX_BYTES + 1)
    if b"[demonstration]" not in head or len(head) > MAX_BYTES:
        return None
    try:
        found = tomllib.loads(head.decode("utf-8")).get("demonstration")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _plan(member: Member) -> Plan:
    table = _table(member)
    if table is None:
        raise unreadable(member.name, "", _("a table called “demonstration”"))
    for key in _WHOLE:
        if type(table.get(key)) is not int:
            refuse(member.name, table.get(key), _("a whole number"), column=key)
    for key in _DEGREES:
        if not isinstance(table.get(key), float):
            refuse(member.name, table.get(key), _("degrees, such as -39.0"), column=key)
    for key in ("state", "acronym"):
        if not isinstance(table.get(key), str) or not 1 <= len(table[key]) <= 60:
            refuse(member.name, table.get(key), _("a short text"), column=key)
    plan = Plan(**{key: table[key] for key in (*_WHOLE, *_DEGREES, "state", "acronym")})
    if plan.code < 90 or plan.code > 99:
        refuse(member.name, plan.code, _("a code from 90 to 99, which no state has"), column="code")
    fits = 1 <= plan.columns <= len(FIRST) and 1 <= plan.rows <= len(SECOND)
    if not fits or plan.west >= plan.east or plan.south >= plan.north or plan.first_year > plan.last_year:
        refuse(member.name, "", _("at most 8 columns and 5 rows, in a box and a span that are not empty"))
    return plan


def _towns(plan: Plan, dice: random.Random) -> list[Town]:
    towns = []
    for row in range(plan.rows):
        for column in range(plan.columns):
            number = row * plan.columns + column + 1
            wealth = dice.gauss(0, 1)
            people = int(min(900_000, max(3_000, 10 ** dice.gauss(4.35 + 0.12 * wealth, 0.45))))
            name = f"{FIRST[column]} {SECOND[row]}"
            code = plan.code * 100_000 + number * 100 + 10 + number % 10
            towns.append(Town(code, name, column, row, wealth, people, max(2, min(14, people // 6_000 + 2))))
    return towns


def _territory(member: Member, plan: Plan, towns: list[Town], dice: random.Random) -> Chunk:
    """The state, its municipalities, their outlines and two groups."""
    corners = _corners(plan, dice)
    chunk = Chunk(member=member.name, rows_read=1)
    centre = ((plan.south + plan.north) / 2, (plan.west + plan.east) / 2)
    chunk.places.append(PlaceRow(0, PlaceKind.COUNTRY, "Brasil", "BR", None, None, None, None, None, 1))
    chunk.places.append(
        PlaceRow(plan.code, PlaceKind.STATE, plan.state, plan.acronym[:4], 0, *centre, None, "America/Sao_Paulo", 1)
    )
    largest = max(towns, key=lambda town: town.people)
    for town in towns:
        ring = _outline(corners, town.column, town.row)
        longitude = sum(point[0] for point in ring[:-1]) / (len(ring) - 1)
        latitude = sum(point[1] for point in ring[:-1]) / (len(ring) - 1)
        chunk.places.append(
            PlaceRow(
                town.code, PlaceKind.MUNICIPALITY, town.name, "", plan.code, round(latitude, 4), round(longitude, 4),
                town is largest, "America/Sao_Paulo", 1,
            )
        )  # fmt: skip
        chunk.boundaries.append(BoundaryRow(town.code, (ring,), 1))
    chunk.boundaries.append(BoundaryRow(plan.code, (_perimeter(corners, plan),), 1))
    chunk.memberships = list(_memberships(towns))
    return chunk


type Corner = tuple[float, float]


def _corners(plan: Plan, dice: random.Random) -> list[list[Corner]]:
    """Corners of a grid three times as fine as the municipalities, pushed about: neighbours share them."""
    wide, high = plan.columns * 3, plan.rows * 3
    step_x, step_y = (plan.east - plan.west) / wide, (plan.north - plan.south) / high
    return [
        [
            (
                round(plan.west + (x + dice.uniform(-0.38, 0.38)) * step_x, 4),
                round(plan.north - (y + dice.uniform(-0.38, 0.38)) * step_y, 4),
            )
            for x in range(wide + 1)
        ]
        for y in range(high + 1)
    ]


def _walk(corners: list[list[Corner]], left: int, top: int, right: int, bottom: int) -> tuple[Corner, ...]:
    """The ring around a block of the grid, clockwise."""
    ring = [corners[top][x] for x in range(left, right)]
    ring += [corners[y][right] for y in range(top, bottom)]
    ring += [corners[bottom][x] for x in range(right, left, -1)]
    ring += [corners[y][left] for y in range(bottom, top, -1)]
    return (*ring, ring[0])


def _outline(corners: list[list[Corner]], column: int, row: int) -> tuple[Corner, ...]:
    return _walk(corners, column * 3, row * 3, column * 3 + 3, row * 3 + 3)


def _perimeter(corners: list[list[Corner]], plan: Plan) -> tuple[Corner, ...]:
    return _walk(corners, 0, 0, plan.columns * 3, plan.rows * 3)


def _memberships(towns: list[Town]) -> Iterator[MembershipRow]:
    groups = (
        (
            "consorcio-inventado-do-norte",
            "consorcio",
            "CONINVENTO",
            "Consórcio Inventado do Norte",
            0,
            date(2015, 1, 1),
        ),
        ("ade-do-faz-de-conta", "ade", "ADE-FDC", "ADE do Faz de Conta", 2, date(2018, 1, 1)),
    )
    for slug, kind, acronym, name, row, start in groups:
        for town in towns:
            if town.row == row:
                left = date(2022, 1, 1) if town.column == 7 else None
                yield MembershipRow(
                    slug, kind, acronym, name, town.code, start, left, "inventada", "", "Dados inventados.", 1
                )


def _school(plan: Plan, town: Town, number: int, dice: random.Random) -> SchoolRow:
    code = plan.code * 1_000_000 + (town.code % 100_000) // 100 * 100 + number + 1
    dependency = "estadual" if number == town.schools - 1 else "municipal"
    location = "R" if dice.random() < 0.3 else "U"
    kind = "Estadual" if dependency == "estadual" else "Municipal"
    name = f"Escola {kind} Inventada {number + 1} de {town.name}"
    return SchoolRow(code, name, town.code, dependency, location, 1, None, None, plan.last_year, 1)


DEMONSTRATION_FORMATS = [Demonstration()]
