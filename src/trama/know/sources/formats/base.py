"""What every reader of an official layout gives back: records, and problems that say where, what and what was expected.

Readers know no database. They stream: a chunk at a time, so that a national file passes through bounded memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol


class Problem(NamedTuple):
    """One thing wrong in the file. ``row`` counts as a spreadsheet does: the first line is 1; 0 is the whole file."""

    member: str  # sheet, or file inside the zip or folder
    row: int
    column: str
    found: str  # at most 200 characters of what stands there
    expected: str  # a sentence in the language of the reader of the report (gettext at the moment of reading)


class ObservationRow(NamedTuple):
    """A cell of an official table. Codes are those of ``know.vocabulary``; ``value`` is None unless status is "v"."""

    indicator: str
    place: int
    dependency: str
    stage: str
    grade: int
    location: str
    year: int
    value: float | None
    status: str
    row: int  # where it stood, for the report


class PlaceRow(NamedTuple):
    """A place of the official territory. ``parent`` 0 is Brazil. None (a blank name) means: this file does not say."""

    code: int
    kind: str
    name: str
    acronym: str
    parent: int | None
    latitude: float | None
    longitude: float | None
    is_capital: bool | None
    time_zone: str | None
    row: int
    installed_on: date | None = None


class SchoolRow(NamedTuple):
    """A school as one census found it."""

    code: int
    name: str
    municipality: int
    dependency: str
    location: str
    status: int | None
    latitude: float | None
    longitude: float | None
    census_year: int
    row: int


class BoundaryRow(NamedTuple):
    """Outline of a place, in degrees (WGS84): rings of (longitude, latitude)."""

    place: int
    rings: tuple[tuple[tuple[float, float], ...], ...]
    row: int


class MembershipRow(NamedTuple):
    """A municipal network in a group, as a source stated it."""

    group_slug: str
    group_kind: str
    group_acronym: str
    group_name: str
    municipality: int
    start: date | None
    end: date | None
    source_date: str
    source_address: str
    note: str
    row: int


@dataclass(slots=True)
class Chunk:
    """A piece of a file: what was read, and what was wrong with it."""

    member: str = ""
    rows_read: int = 0
    places: list[PlaceRow] = field(default_factory=list)
    schools: list[SchoolRow] = field(default_factory=list)
    boundaries: list[BoundaryRow] = field(default_factory=list)
    memberships: list[MembershipRow] = field(default_factory=list)
    observations: list[ObservationRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Member:
    """One readable file: itself, or a member of a zip or folder already unpacked within the limits."""

    name: str  # as the person knows it, e.g. "divulgacao_anos_iniciais_municipios_2023.xlsx"
    path: Path


class Format(Protocol):
    """A family of official files."""

    source: str  # slug kept in the release, e.g. "inep-ideb-municipalities"
    publisher: str  # "MEC/Inep", "IBGE", "FNDE"

    def recognises(self, members: list[Member]) -> bool:
        """Whether these files (one, or those of a zip or folder) have this layout. Looks at content, never asks."""
        ...

    def describe(self, members: list[Member]) -> "Description":
        """Title and vintage, read from the file itself."""
        ...

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        """The records of the file, in order. Raises ``UnreadableFile`` if the file cannot be read at all."""
        ...


@dataclass(frozen=True, slots=True)
class Description:
    title: str  # in the language of the moment; ``describing.describe`` asks in both
    vintage: str  # sorts as text: "2023", "2025-08"
    rows_expected: int | None = None  # for the progress bar, where it is cheap to know
    title_en: str = ""


class UnreadableFile(Exception):
    """The file as a whole cannot be read: damaged, protected, empty, wrong kind. Carries the problems to show."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{p.member} {p.row} {p.column}: {p.found!r}, {p.expected}" for p in self.problems))
