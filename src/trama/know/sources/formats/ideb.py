"""Ideb workbooks of Inep: Brazil, regions and states, municipalities, schools.

One row per place and network, every edition since 2005 side by side; below the data stand the source and notes.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .base import Chunk, Description, Format, Member, ObservationRow, SchoolRow
from .ideb_layout import BRAZIL, MUNICIPALITIES, SCHOOLS, STATES, Layout, layouts
from .problems import fitting, problem, refuse
from .sheets import Cell, Workbook, workbook
from .values import (
    NAME_CHARS,
    RANGES,
    amount,
    as_text,
    clean_name,
    folded,
    municipality_code,
    network,
    region_or_state,
    school_code,
    without_notes,
)

CHUNK_ROWS = 500
_FOOTERS = ("fonte", "nota", "legenda", "observac", "*", "(")


class IdebWorkbook:
    """Reader of the workbooks of one level of place."""

    publisher = "MEC/Inep"

    def __init__(self, level: str) -> None:
        self.level = level
        self.source = f"inep-ideb-{level}"

    def recognises(self, members: list[Member]) -> bool:
        """Every workbook given has sheets of this level, and of no other."""
        books = [layouts(member) for member in members]
        return bool(books) and all(book and {layout.level for layout in book} == {self.level} for book in books)

    def describe(self, members: list[Member]) -> Description:
        found = [layout for member in members for layout in layouts(member)]
        stages = " · ".join(dict.fromkeys(layout.stage for layout in found if layout.stage))
        names = {
            BRAZIL: _("Ideb: Brazil"),
            STATES: _("Ideb: regions and states"),
            MUNICIPALITIES: _("Ideb: municipalities"),
            SCHOOLS: _("Ideb: schools"),
        }
        last = str(max(layout.last_year for layout in found))
        return Description(f"{names[self.level]}, {stages}, {last}", last)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        seen: set[tuple[int, str, str]] = set()
        for member in members:
            sheets = layouts(member)
            if not sheets:
                refuse(member.name, "", _("an Ideb workbook with its technical names on row 10"))
            with workbook(member) as book:
                for layout in sheets:
                    yield from self._sheet(member, book, layout, seen)

    def _sheet(
        self, member: Member, book: Workbook, layout: Layout, seen: set[tuple[int, str, str]]
    ) -> Iterator[Chunk]:
        label = f"{member.name} · {layout.sheet}" if len(book.sheets) > 1 else member.name
        if not layout.stage:
            expected = _("the stage in the title: anos iniciais, anos finais or ensino médio")
            refuse(label, layout.title, expected, row=layout.header_row)
        wanted = {"network": "REDE"} | ({"municipality": "CO_MUNICIPIO"} if layout.level == SCHOOLS else {})
        missing = [name for key, name in wanted.items() if key not in dict(layout.ids)]
        if missing:
            refuse(label, "", _("also the columns %s") % ", ".join(missing), row=layout.header_row)
        chunk = Chunk(member=label)
        for name in layout.repeated:
            expected = _("each column once; this name comes twice")
            chunk.problems.append(problem(label, layout.header_row, name, name, expected))
        ended = False
        for number, cells in book.rows(layout.sheet):
            if number <= layout.header_row or ended:
                continue
            ended = _is_footer(cells)
            if ended:
                continue
            self._row(chunk, layout, number, cells, seen)
            if chunk.rows_read >= CHUNK_ROWS:
                yield chunk
                chunk = Chunk(member=label)
        yield chunk

    def _row(
        self, chunk: Chunk, layout: Layout, number: int, cells: list[Cell], seen: set[tuple[int, str, str]]
    ) -> None:
        chunk.rows_read += 1
        identity = _identity(chunk, layout, number, cells)
        if identity is None:
            return
        place, dependency = identity
        key = (place, dependency, layout.stage)
        if key in seen:
            found = f"{place} {dependency}"
            chunk.problems.append(problem(chunk.member, number, "REDE", found, _("each place and network once")))
            return
        seen.add(key)
        if layout.level == SCHOOLS:
            _school(chunk, layout, number, cells, place, dependency)
        for column in layout.columns:
            cell = cells[column.position] if column.position < len(cells) else None
            low, high = RANGES[column.indicator]
            try:
                value, status = amount(cell, low, high)
            except ValueError as error:
                chunk.problems.append(problem(chunk.member, number, column.name, cell, str(error)))
                continue
            if layout.level == SCHOOLS and status in "nb":
                continue  # most cells of the school workbooks are dashes: no row says as much (decision 0032)
            chunk.observations.append(
                ObservationRow(
                    column.indicator,
                    place,
                    dependency,
                    layout.stage,
                    column.grade,
                    "",
                    column.year,
                    value,
                    status,
                    number,
                )
            )


def _at(layout: Layout, cells: list[Cell], key: str) -> Cell:
    position = dict(layout.ids).get(key)
    return cells[position] if position is not None and position < len(cells) else None


def _identity(chunk: Chunk, layout: Layout, number: int, cells: list[Cell]) -> tuple[int, str] | None:
    """Place and network of a row; None, with the problems said, where they cannot be told."""
    fine = True
    place, dependency = 0, ""
    key, read = {
        BRAZIL: ("place", _brazil),
        STATES: ("place", region_or_state),
        MUNICIPALITIES: ("municipality", municipality_code),
        SCHOOLS: ("school", school_code),
    }[layout.level]
    for name in (key, "network"):
        cell = _at(layout, cells, name)
        try:
            if name == "network":
                dependency = network(cell)
            else:
                place = read(cell)
        except ValueError as error:
            shown = {"network": "REDE", "municipality": "CO_MUNICIPIO", "school": "ID_ESCOLA"}.get(name, "")
            chunk.problems.append(problem(chunk.member, number, shown, cell, str(error)))
            fine = False
    return (place, dependency) if fine else None


def _brazil(cell: Cell) -> int:
    if without_notes(as_text(cell)) != "brasil":
        raise ValueError(_("“Brasil”"))
    return 0


def _school(chunk: Chunk, layout: Layout, number: int, cells: list[Cell], place: int, dependency: str) -> None:
    cell = _at(layout, cells, "municipality")
    try:
        municipality = municipality_code(cell)
        if municipality // 100_000 != place // 1_000_000:
            raise ValueError(_("a municipality of the state that the school code names"))
    except ValueError as error:
        chunk.problems.append(problem(chunk.member, number, "CO_MUNICIPIO", cell, str(error)))
        return
    name = clean_name(_at(layout, cells, "name"))
    name = fitting(name, NAME_CHARS, chunk.member, number, "NO_ESCOLA", chunk.problems)
    chunk.schools.append(
        SchoolRow(place, name, municipality, dependency, "", None, None, None, layout.last_year, number)
    )


def _is_footer(cells: list[Cell]) -> bool:
    """Whether the data ended: a row with one text in the first column that begins like a source or note."""
    if sum(cell is not None for cell in cells) > 2:
        return False
    filled = [text for cell in cells if (text := as_text(cell))]
    return not filled or folded(filled[0]).startswith(_FOOTERS)


IDEB_FORMATS: list[Format] = [IdebWorkbook(level) for level in (BRAZIL, STATES, MUNICIPALITIES, SCHOOLS)]
