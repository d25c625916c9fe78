"""What a page is made of, without saying how it looks: a page of the platform and a file show the same parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..conclusions import Bearing, Code
from ..notices import ImpactError
from .words import Language, PeriodKind, UnitKind


@dataclass(frozen=True, slots=True)
class Subject:
    """What the figures are about, in the language of the page. Texts are shown as they are written."""

    programme: str
    outcome: str  # "Ideb of the early years"
    unit: tuple[str, str] = ("point", "points")  # of the outcome: one, many
    units: UnitKind = UnitKind.UNITS
    periods: PeriodKind | None = None  # editions if they are not a year apart, when not given
    better: str = ""  # "higher" or "lower": which direction is wanted; empty if neither
    source: str = ""
    vintage: str = ""  # as of when the data are: a date or an edition
    author: str = ""
    article: str = ""  # of the programme's name in Portuguese: "o", "a", or none
    method_address: str = ""  # where the method can be read
    invented: bool = False  # says so on top of the page

    def __post_init__(self) -> None:
        for name in ("programme", "outcome"):
            if not getattr(self, name).strip():
                raise ImpactError(f"{name}: a text expected, found none")
        if len(self.unit) != 2 or not all(each.strip() for each in self.unit):
            raise ImpactError(f"unit: two texts expected, for one and for many, found {self.unit!r}")
        if self.article not in ("", "o", "a"):
            raise ImpactError(f'article: "o", "a" or "" expected, found {self.article!r}')
        if self.better not in ("", "higher", "lower"):
            raise ImpactError(f'better: "higher", "lower" or "" expected, found {self.better!r}')


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts. The first column names the rows."""

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One conclusion in words: what can be said or not, why, and what would change it."""

    code: Code
    bearing: Bearing
    said: str
    why: str
    change: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Items under a heading of their own; ``quoted`` are sentences that somebody might write."""

    key: str
    heading: str
    items: tuple[str, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG markup, whose texts are already escaped, with the sentence under it."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it, in this order."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    listings: tuple[Listing, ...] = ()
    picture: Picture | None = None
    tables: tuple[Table, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()  # a word and what it means


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation in words, in one language. ``html`` is a file of its own; ``text`` is for a terminal or a mail."""

    language: Language
    title: str
    banner: str  # empty, or that everything is invented
    sections: tuple[Section, ...]
    labels: dict[str, str] = field(default_factory=dict)  # words of the frame: contents, why, change

    def section(self, key: str) -> Section | None:
        """The section of a key; ``None`` if the evaluation has nothing to put there."""
        return next((each for each in self.sections if each.key == key), None)

    def html(self) -> str:
        """A page that needs no other file, no script and no network; prints well."""
        from .html import write_html

        return write_html(self)

    def text(self) -> str:
        """Plain text, lines of at most 100 characters; tables may be wider."""
        from .text import write_text

        return write_text(self)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values, for a page that shows the parts in its own way."""
        from dataclasses import asdict

        return asdict(self)
