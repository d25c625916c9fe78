"""Tables of the territory: states and municipalities with their points, and when municipalities were installed.

The history is a file of our own (``content/territory/municipality_history.csv``), because no official table lists it
in one place; each row says what it rests on.
"""

import csv
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from ...vocabulary import PlaceKind
from .base import Chunk, Description, Member, PlaceRow
from .problems import refuse
from .sheets import Cell
from .tables import Line, find_head, lines
from .values import REGIONS, amount, as_text, municipality_code, state_code, without_notes

NAME_CHARS = 160
LATITUDES = (-34.0, 6.0)
LONGITUDES = (-75.0, -28.0)
REGION_NAMES = {
    1: ("Norte", "N"),
    2: ("Nordeste", "NE"),
    3: ("Sudeste", "SE"),
    4: ("Sul", "S"),
    5: ("Centro-Oeste", "CO"),
}
_ZONE = re.compile(r"America/[A-Za-z_]{1,30}")
UNDATED = "s/d"


@cache
def installations() -> dict[int, date]:
    """When each municipality installed since 2005 began, by code."""
    path = settings.CONTENT_DIR / "territory" / "municipality_history.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {int(row["codigo_ibge"]): date.fromisoformat(row["instalado_em"]) for row in csv.DictReader(file)}


def vintage_of(codes: Iterable[int]) -> str:
    """The year that a list of municipalities speaks of: when the newest of them was installed."""
    years = [installations()[code].year for code in set(codes) if code in installations()]
    return str(max(years)) if years else UNDATED


def municipalities_in(year: int) -> int | None:
    """How many municipalities there were on 1 July of a year, since 2001; None before that."""
    if year < 2001:
        return None
    later = sum(1 for day in installations().values() if day > date(year, 7, 1))
    return 5_571 - later


def name(cell: Cell) -> str:
    """A name for a place."""
    text = as_text(cell)
    if not text or len(text) > NAME_CHARS or not text.isprintable():
        raise ValueError(_("a name of at most %(count)d characters") % {"count": NAME_CHARS})
    return text


def _degrees(low: float, high: float, cell: Cell) -> float:
    value, _status = amount(cell, low, high)
    if value is None:
        raise ValueError(_("a coordinate in degrees inside Brazil"))
    return value


def latitude(cell: Cell) -> float:
    return _degrees(*LATITUDES, cell)


def longitude(cell: Cell) -> float:
    return _degrees(*LONGITUDES, cell)


def _flag(cell: Cell) -> bool:
    text = as_text(cell)
    if text not in ("0", "1"):
        raise ValueError(_("0 or 1"))
    return text == "1"


def _zone(cell: Cell) -> str:
    text = as_text(cell)
    if not _ZONE.fullmatch(text):
        raise ValueError(_("a time zone such as America/Sao_Paulo"))
    return text


def _region(cell: Cell) -> int:
    code = REGIONS.get(without_notes(as_text(cell)))
    if code is None:
        raise ValueError(_("a region of Brazil"))
    return code


def _day(cell: Cell) -> date:
    try:
        return date.fromisoformat(as_text(cell))
    except ValueError:
        raise ValueError(_("a date such as 2013-01-01")) from None


class _Table(ABC):
    """A table with one place per row, told by the names of its columns."""

    source = ""
    publisher = ""
    columns: tuple[str, ...] = ()

    def recognises(self, members: list[Member]) -> bool:
        return len(members) == 1 and find_head(members[0], *self.columns) is not None

    @abstractmethod
    def title(self) -> str:
        """What the table is, in the language of the moment."""

    def describe(self, members: list[Member]) -> Description:
        codes = [place.code for chunk in self.read(members) for place in chunk.places]
        return Description(self.title(), vintage_of(codes), len(codes))

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        for member in members:
            head = find_head(member, *self.columns)
            if head is None:
                refuse(member.name, "", _("the columns %s") % ", ".join(self.columns))
            for chunk, batch in lines(member, head):
                for line in batch:
                    self.line(line)
                yield chunk

    @abstractmethod
    def line(self, line: Line) -> None:
        """Put what one row says, or what is wrong with it, in the chunk of ``line``."""


class Municipalities(_Table):
    """Municipalities with point, capital flag and time zone (the table of municipios-brasileiros)."""

    source = "territory-municipalities"
    publisher = "municipios-brasileiros, IBGE"
    columns = ("CODIGO_IBGE", "NOME", "LATITUDE", "LONGITUDE", "CAPITAL", "CODIGO_UF", "FUSO_HORARIO")

    def title(self) -> str:
        return _("Municipalities: point, capital and time zone")

    def line(self, line: Line) -> None:
        code = line.get("CODIGO_IBGE", municipality_code, 0)
        state = line.get("CODIGO_UF", state_code, 0)
        if line.fine and state != code // 100_000:
            expected = _("state %(code)d, the first two digits of the municipality") % {"code": code // 100_000}
            line.fault("CODIGO_UF", line.cell("CODIGO_UF"), expected)
        row = PlaceRow(
            code, PlaceKind.MUNICIPALITY, line.get("NOME", name, ""), "", state, line.get("LATITUDE", latitude, 0.0),
            line.get("LONGITUDE", longitude, 0.0), line.get("CAPITAL", _flag, False),
            line.get("FUSO_HORARIO", _zone, ""), line.number,
        )  # fmt: skip
        if line.fine:
            line.chunk.places.append(row)


class States(_Table):
    """States and regions (the table of municipios-brasileiros)."""

    source = "territory-states"
    publisher = "municipios-brasileiros, IBGE"
    columns = ("CODIGO_UF", "UF", "NOME", "LATITUDE", "LONGITUDE", "REGIAO")

    def title(self) -> str:
        return _("States and regions")

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        told: set[int] = set()
        for chunk in super().read(members):
            for state in list(chunk.places):
                region = state.parent or 0
                if region not in told:
                    told.add(region)
                    label, acronym = REGION_NAMES[region]
                    chunk.places.append(
                        PlaceRow(region, PlaceKind.REGION, label, acronym, 0, None, None, None, None, state.row)
                    )
            yield chunk

    def line(self, line: Line) -> None:
        code = line.get("CODIGO_UF", state_code, 0)
        if line.fine and line.get("UF", state_code, 0) not in (0, code):
            line.fault("UF", line.cell("UF"), _("the acronym of state %(code)d") % {"code": code})
        region = line.get("REGIAO", _region, 0)
        if line.fine and region != code // 10:
            expected = _("region %(code)d, the first digit of the state") % {"code": code // 10}
            line.fault("REGIAO", line.cell("REGIAO"), expected)
        row = PlaceRow(
            code, PlaceKind.STATE, line.get("NOME", name, ""), as_text(line.cell("UF"))[:4].upper(), region,
            line.get("LATITUDE", latitude, 0.0), line.get("LONGITUDE", longitude, 0.0), None, None, line.number,
        )  # fmt: skip
        if line.fine:
            line.chunk.places.append(row)


class MunicipalityHistory(_Table):
    """When municipalities were installed."""

    source = "territory-history"
    publisher = "Trama, IBGE"
    columns = ("CODIGO_IBGE", "NOME", "INSTALADO_EM", "FONTE")

    def title(self) -> str:
        return _("Municipalities installed since 2005")

    def line(self, line: Line) -> None:
        code = line.get("CODIGO_IBGE", municipality_code, 0)
        day = line.get("INSTALADO_EM", _day, date.min)
        if line.fine:
            line.chunk.places.append(
                PlaceRow(code, PlaceKind.MUNICIPALITY, "", "", None, None, None, None, None, line.number, day)
            )


TERRITORY_FORMATS = [Municipalities(), States(), MunicipalityHistory()]
