"""Population and gross domestic product of the municipalities, in the tables that circulate.

Where a file has every municipality of a year, the sums by state, by region and for Brazil are added: they equal the
official totals, which IBGE publishes as the same sums. They stand on row 0.
"""

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .base import Chunk, Description, Member, ObservationRow
from .problems import problem, refuse
from .sheets import Cell
from .tables import Line, find_head, lines
from .territory import UNDATED, municipalities_in
from .values import amount, as_text, municipality_code, year

PEOPLE = (1, 40_000_000)
REAIS = (-1e12, 5e13)
_YEAR_IN_NAME = re.compile(r"(?<!\d)(19|20)\d{2}(?!\d)")

type Figures = dict[tuple[str, int], dict[int, float]]
"""Values by (indicator, year), then by municipality."""


def observation(indicator: str, place: int, year_: int, value: float | None, status: str, row: int) -> ObservationRow:
    """A figure of a whole place: all networks, no stage."""
    return ObservationRow(indicator, place, "total", "", 0, "", year_, value, status, row)


def people(cell: Cell) -> tuple[float | None, str]:
    """A number of residents, or the reason why there is none."""
    value, status = amount(cell, *PEOPLE)
    if value is not None and value != int(value):
        raise ValueError(_("a whole number of people"))
    return value, status


def _money(cell: Cell) -> tuple[float | None, str]:
    return amount(cell, *REAIS)


def totals(figures: Figures) -> Iterator[ObservationRow]:
    """Sums by state, region and country, for the years of which every municipality is there."""
    for (indicator, year_), by_place in sorted(figures.items()):
        if len(by_place) != municipalities_in(year_):
            continue
        sums: dict[int, float] = defaultdict(float)
        for code, value in by_place.items():
            for place in (code // 100_000, code // 1_000_000, 0):
                sums[place] += value
        for place, value in sorted(sums.items()):
            yield observation(indicator, place, year_, value, "v", 0)


def per_capita(figures: Figures) -> Iterator[ObservationRow]:
    """GDP by resident, where GDP and population of the same file and year are both there."""
    for (indicator, year_), by_place in sorted(figures.items()):
        residents = figures.get(("population", year_), {})
        if indicator == "gdp":
            for place, value in sorted(by_place.items()):
                if residents.get(place):
                    yield observation("gdp_per_capita", place, year_, value / residents[place], "v", 0)


class _Table(ABC):
    """A table with one place and year per row. What a row says is each table's own."""

    source = ""
    publisher = "IBGE"
    columns: tuple[str, ...] = ()
    year_column = "ANO"

    def recognises(self, members: list[Member]) -> bool:
        return bool(members) and all(find_head(member, *self.columns) is not None for member in members)

    def describe(self, members: list[Member]) -> Description:
        years = sorted(self.years(members))
        if not years:  # no row has a sound year: the problems of the rows will say so
            return Description(self.title(), UNDATED)
        span = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
        return Description(f"{self.title()}, {span}", str(years[-1]))

    def title(self) -> str:
        return _("Resident population of the municipalities")

    def years(self, members: list[Member]) -> set[int]:
        """The years that the column of years holds, wherever it holds one."""
        found: set[int] = set()
        for member in members:
            head = find_head(member, *self.columns)
            for _chunk, batch in lines(member, head) if head is not None else ():
                found |= {value for line in batch if (value := line.get(self.year_column, year, 0))}
        return found

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        figures: Figures = defaultdict(dict)
        for chunk in self._rows(members):
            for row in chunk.observations:
                if row.value is not None:
                    figures[row.indicator, row.year][row.place] = row.value
            yield chunk
        summed = list(totals(figures))
        for row in summed:
            if row.value is not None:
                figures[row.indicator, row.year][row.place] = row.value
        yield Chunk(member=members[0].name, observations=[*summed, *per_capita(figures)])

    def _rows(self, members: list[Member]) -> Iterator[Chunk]:
        for member in members:
            head = find_head(member, *self.columns)
            if head is None:
                refuse(member.name, "", _("the columns %s") % ", ".join(self.columns))
            for chunk, batch in lines(member, head):
                for line in batch:
                    self.line(member, line)
                yield chunk

    @abstractmethod
    def line(self, member: Member, line: Line) -> None:
        """Put the figures of one row, or what is wrong with it, in the chunk of ``line``."""


def _add(line: Line, column: str, indicator: str, place: int, year_: int) -> None:
    """The figure of one cell, if the row is sound so far."""
    read = people if indicator == "population" else _money
    value, status = line.get(column, read, (None, ""))
    if line.fine:
        line.chunk.observations.append(observation(indicator, place, year_, value, status, line.number))


class PopulationByYear(_Table):
    """Municipality and year in columns."""

    source = "ibge-population"
    columns = ("ID_MUNICIPIO", "ANO", "POPULACAO")

    def line(self, member: Member, line: Line) -> None:
        place = line.get("ID_MUNICIPIO", municipality_code, 0)
        _add(line, "POPULACAO", "population", place, line.get("ANO", year, 0))


class PopulationOfOneYear(_Table):
    """Estimates of one year, which only the name of the file tells."""

    source = "ibge-population-estimates"
    columns = ("STATE_IBGE_CODE", "CITY_IBGE_CODE", "ESTIMATED_POPULATION")

    def years(self, members: list[Member]) -> set[int]:
        return {found for member in members if (found := self._year(member))}

    @staticmethod
    def _year(member: Member) -> int:
        found = _YEAR_IN_NAME.search(member.name)
        return int(found[0]) if found else 0

    def line(self, member: Member, line: Line) -> None:
        year_ = self._year(member)
        place = line.get("CITY_IBGE_CODE", municipality_code, 0)
        state = as_text(line.cell("STATE_IBGE_CODE"))
        if line.fine and state != str(place // 100_000):
            line.fault("STATE_IBGE_CODE", state, _("the first two digits of the municipality"))
        if not year_:
            found = line.chunk.member
            line.chunk.problems.append(problem(found, line.number, "", found, _("a year in the name of the file")))
            return
        _add(line, "ESTIMATED_POPULATION", "population", place, year_)


class GrossDomesticProduct(_Table):
    """GDP and population of the same year; GDP by resident is derived."""

    source = "ibge-gdp"
    columns = ("ID_MUNICIPIO", "ANO_PIB", "PIB", "POPULACAO")
    year_column = "ANO_PIB"

    def title(self) -> str:
        return _("Gross domestic product of the municipalities")

    def line(self, member: Member, line: Line) -> None:
        place = line.get("ID_MUNICIPIO", municipality_code, 0)
        year_ = line.get("ANO_PIB", year, 0)
        _add(line, "PIB", "gdp", place, year_)
        _add(line, "POPULACAO", "population", place, year_)


POPULATION_FORMATS = [PopulationByYear(), PopulationOfOneYear(), GrossDomesticProduct()]
