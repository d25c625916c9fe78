"""Ideb workbooks of Inep: Brazil, regions and states, municipalities, schools.

Nine rows for people, then the technical names (on row 10 in every edition seen; searched in rows 5 to 15), then one
row per place and network with every edition since 2005 side by side, then the source and notes. ``SI_4`` is the whole
stage; ``SI`` the 1st grade and ``1``…``4`` the 2nd to 5th (early years), the 6th to 9th (final years) or the series
(upper secondary): row 9 of the workbooks says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from ...vocabulary import Stage
from .base import Chunk, Description, Format, Member, ObservationRow, SchoolRow, UnreadableFile
from .problems import problem, refuse
from .sheets import Cell, Workbook, workbook
from .values import (
    RANGES,
    amount,
    as_text,
    folded,
    municipality_code,
    network,
    region_or_state,
    school_code,
    without_notes,
)

BRAZIL, STATES, MUNICIPALITIES, SCHOOLS = "brazil", "states", "municipalities", "schools"
HEADER_ROWS = range(5, 16)
CHUNK_ROWS = 500
_NAME = re.compile(
    r"VL_(?:(APROVACAO)_(\d{4})_(SI_4|SI|[1-4])|(INDICADOR_REND|NOTA_MATEMATICA|NOTA_PORTUGUES|NOTA_MEDIA|OBSERVADO"
    r"|PROJECAO)_(\d{4}))(?:_\d)?",
    re.ASCII,
)
_INDICATORS = {
    "INDICADOR_REND": "ideb_p",
    "NOTA_MATEMATICA": "saeb_mt",
    "NOTA_PORTUGUES": "saeb_lp",
    "NOTA_MEDIA": "ideb_n",
    "OBSERVADO": "ideb",
    "PROJECAO": "ideb_target",
}
_FOOTERS = ("fonte", "nota", "legenda", "observac", "*", "(")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of values: where it is and what it holds."""

    position: int  # from 0
    name: str
    indicator: str
    grade: int
    year: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What one sheet holds, known from its first rows."""

    sheet: str
    level: str
    stage: str
    header_row: int
    ids: tuple[tuple[str, int], ...]  # (technical name, position)
    columns: tuple[Column, ...]
    title: str
    faults: tuple[tuple[int, str, str], ...] = ()  # (row, column name, what was expected)

    @property
    def last_year(self) -> int:
        return max(column.year for column in self.columns)


def layouts(member: Member) -> tuple[Layout, ...]:
    """Sheets of an Ideb workbook; none if it is not one. Never raises for a file of another kind."""
    status = member.path.stat()
    return _layouts(member.name, member.path, member, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=32)
def _layouts(_name: str, path: Path, member: Member, _changed: int, _size: int) -> tuple[Layout, ...]:
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return ()
    try:
        with workbook(member) as book:
            found = [_layout(book, sheet, member.name) for sheet in book.sheets]
    except UnreadableFile:
        return ()
    return tuple(layout for layout in found if layout is not None)


def _layout(book: Workbook, sheet: str, file_name: str) -> Layout | None:
    head: dict[int, list[Cell]] = {}
    for number, cells in book.rows(sheet):
        if number > HEADER_ROWS.stop:
            break
        head[number] = cells
    for number in HEADER_ROWS:
        names = [as_text(cell).upper() for cell in head.get(number, [])]
        if sum(1 for name in names if _NAME.fullmatch(name)) >= 2:
            first = [head[row] for row in sorted(head) if row > number]
            above = [" ".join(as_text(cell) for cell in head.get(row, [])) for row in range(1, number)]
            return _describe(sheet, number, names, first, " ".join(above), file_name)
    return None


def _describe(
    sheet: str, header_row: int, names: list[str], first: list[list[Cell]], above: str, file_name: str
) -> Layout | None:
    stage = stage_of(above, sheet, names, file_name)
    level, ids = _level(names, first or [[]])
    columns, faults = _columns(names, stage, header_row)
    if level is None or not columns:
        return None
    title = " ".join(part for part in (above.split("Indicadores")[0].strip(), sheet) if part)[:200]
    return Layout(sheet, level, stage, header_row, ids, tuple(columns), title, tuple(faults))


def stage_of(above: str, sheet: str, names: list[str], file_name: str) -> str:
    """Stage from the rows above the names, else the sheet, else the file; "" where none says it."""
    for text in (folded(above), folded(sheet), folded(file_name.replace("_", " "))):
        if "integrado" in text:
            return str(Stage.INTEGRATED)
        hits = {
            str(Stage.EARLY_YEARS): "anos iniciais" in text or "(ai)" in text,
            str(Stage.FINAL_YEARS): "anos finais" in text or "(af)" in text,
            str(Stage.UPPER_SECONDARY): "ensino medio" in text or "(em)" in text,
        }
        said = [stage for stage, hit in hits.items() if hit]
        if len(said) == 1:
            return said[0]
    return str(Stage.EARLY_YEARS) if any(re.fullmatch(r"VL_APROVACAO_\d{4}_SI", name) for name in names) else ""


def _level(names: list[str], first: list[list[Cell]]) -> tuple[str | None, tuple[tuple[str, int], ...]]:
    """Level of place and where its id columns are. In Brazil and state sheets they may have no name."""
    where = {name: position for position, name in reversed(list(enumerate(names))) if name}
    if "ID_ESCOLA" in where or "CO_ESCOLA" in where:
        wanted = {"ID_ESCOLA": "school", "CO_ESCOLA": "school", "CO_MUNICIPIO": "municipality", "REDE": "network"}
        wanted["NO_ESCOLA"] = "name"
        return SCHOOLS, tuple((key, where[name]) for name, key in wanted.items() if name in where)
    if "CO_MUNICIPIO" in where:
        return MUNICIPALITIES, tuple(
            (key, where[name]) for name, key in (("CO_MUNICIPIO", "municipality"), ("REDE", "network")) if name in where
        )
    start = next(position for position, name in enumerate(names) if _NAME.fullmatch(name))
    for cells in first:
        place, rede = _unnamed_ids(names[:start], cells[:start])
        if place is not None and rede is not None:
            level = BRAZIL if without_notes(as_text(cells[place])) == "brasil" else STATES
            return level, (("place", place), ("network", rede))
    return None, ()


def _unnamed_ids(names: list[str], cells: list[Cell]) -> tuple[int | None, int | None]:
    """Positions of place and network among the columns before the values, by what a data row holds."""
    place = rede = None
    for position, cell in enumerate(cells):
        label = without_notes(as_text(cell))
        if rede is None and (names[position] == "REDE" or label in ("total", "publica", "estadual", "privada")):
            rede = position
        elif place is None and label and _is_place(cell):
            place = position
    return place, rede


def _is_place(cell: Cell) -> bool:
    try:
        return without_notes(as_text(cell)) == "brasil" or bool(region_or_state(cell))
    except ValueError:
        return False


def _columns(names: list[str], stage: str, header_row: int) -> tuple[list[Column], list[tuple[int, str, str]]]:
    columns: list[Column] = []
    faults: list[tuple[int, str, str]] = []
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        if name in seen:
            mended = _mislabelled(names, position, seen[name])
            if mended is None:
                faults.append((header_row, name, _("each column once; this name comes twice")))
                columns = [column for column in columns if column.name != name]
                continue
            name = mended
            match = _NAME.fullmatch(name)
            assert match is not None
        seen[name] = position
        if match[1]:
            grade = _grade(match[3], stage)
            if grade is not None:
                columns.append(Column(position, name, "approval_rate", grade, int(match[2])))
        else:
            columns.append(Column(position, name, _INDICATORS[match[4]], 0, int(match[5])))
    return columns, faults


def _grade(suffix: str, stage: str) -> int | None:
    """Grade of an approval column; None where the stage does not tell which."""
    if suffix == "SI_4":
        return 0
    if suffix == "SI":
        return 1 if stage == Stage.EARLY_YEARS else None
    first = {Stage.EARLY_YEARS: 1, Stage.FINAL_YEARS: 5, Stage.UPPER_SECONDARY: 0, Stage.INTEGRATED: 0}
    return int(suffix) + first[Stage(stage)] if stage else None


def _mislabelled(names: list[str], position: int, earlier: int) -> str | None:
    """The name a repeated column should have, if its place leaves no doubt (decision 0031).

    The 2025 sheet of the states has ``VL_INDICADOR_REND_2023`` twice: the second closes the block of approval rates
    of 2025, where ``VL_INDICADOR_REND_2025`` is missing. The column right before says which edition the block is.
    """
    match = _NAME.fullmatch(names[position])
    before = _NAME.fullmatch(names[position - 1]) if position else None
    earlier_before = _NAME.fullmatch(names[earlier - 1]) if earlier else None
    if match is None or before is None or earlier_before is None or match[4] != "INDICADOR_REND":
        return None
    if not before[1] or earlier_before[2] != match[5] or before[2] == match[5]:
        return None
    proper = f"VL_INDICADOR_REND_{before[2]}"
    return None if proper in names else proper


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
        for row, name, expected in layout.faults:
            chunk.problems.append(problem(label, row, name, name, expected))
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
    name = as_text(_at(layout, cells, "name"))
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
