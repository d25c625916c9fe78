"""Plain tables with a row of names, whether they came as text or as a workbook."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from .base import Chunk, Member, ObservationRow, Problem, UnreadableFile
from .problems import problem
from .sheets import Cell, workbook
from .text import Mend, read_rows, text_facts
from .values import RANGES, amount, as_text

HEADER_ROWS = 15
CHUNK_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Head:
    """A candidate row of names: where it stands and what it says (upper case)."""

    sheet: str  # "" in a text table
    row: int
    names: tuple[str, ...]


def heads(member: Member) -> tuple[Head, ...]:
    """Rows that may hold the names: the first line of a text, the first 15 rows of each sheet. () if unreadable."""
    status = member.path.stat()
    return _heads(member, member.path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _heads(member: Member, path: Path, _changed: int, _size: int) -> tuple[Head, ...]:
    try:
        with path.open("rb") as file:
            is_zip = file.read(2) == b"PK"
        if not is_zip:
            facts = text_facts(member)
            return (Head("", 1, tuple(name.upper() for name in facts.header)),)
        found: list[Head] = []
        with workbook(member) as book:
            for sheet in book.sheets:
                for number, cells in book.rows(sheet):
                    if number > HEADER_ROWS:
                        break
                    found.append(Head(sheet, number, tuple(as_text(cell).upper() for cell in cells)))
    except UnreadableFile:
        return ()
    return tuple(found)


def find_head(member: Member, *wanted: str) -> Head | None:
    """The first row of names that has every one of ``wanted``."""
    return next((head for head in heads(member) if all(name in head.names for name in wanted)), None)


def table_rows(
    member: Member, head: Head, problems: list[Problem], mend: Mend | None = None
) -> Iterator[tuple[int, list[Cell]]]:
    """Line and cells of each row below the names."""
    if not head.sheet:
        for row in read_rows(member, problems, mend):
            cells: list[Cell] = list(row.cells)
            yield row.line, cells
        return
    with workbook(member) as book:
        width = len(head.names)
        for number, cells in book.rows(head.sheet):
            if number > head.row:
                yield number, cells + [None] * (width - len(cells))


@dataclass(slots=True)
class Line:
    """One row being read: gives cells by name and gathers what is wrong with them."""

    chunk: Chunk
    number: int
    cells: list[Cell]
    where: dict[str, int]
    fine: bool = field(default=True)

    def cell(self, name: str) -> Cell:
        position = self.where.get(name)
        return self.cells[position] if position is not None and position < len(self.cells) else None

    def get[T, D](self, name: str, read: Callable[[Cell], T], instead: D) -> T | D:
        """The cell read by ``read``; ``instead``, and the row marked as bad, where it cannot be."""
        cell = self.cell(name)
        try:
            return read(cell)
        except ValueError as error:
            self.fault(name, cell, str(error))
            return instead

    def fault(self, name: str, found: object, expected: str) -> None:
        self.fine = False
        self.chunk.problems.append(problem(self.chunk.member, self.number, name, found, expected))

    def observe(
        self,
        name: str,
        indicator: str,
        place: int,
        dependency: str,
        stage: str,
        year: int,
        *,
        grade: int = 0,
        location: str = "",
        grouped: bool = False,
        blank: bool = True,
    ) -> None:
        """Add the observation that the cell holds, or the problem it has. ``blank``: keep blank cells as such."""
        cell = self.cell(name)
        low, high = RANGES.get(indicator, (-1e15, 1e15))
        try:
            value, status = amount(cell, low, high, grouped=grouped)
        except ValueError as error:
            self.chunk.problems.append(problem(self.chunk.member, self.number, name, cell, str(error)))
            return
        if status == "b" and not blank:
            return
        self.chunk.observations.append(
            ObservationRow(indicator, place, dependency, stage, grade, location, year, value, status, self.number)
        )


def lines(
    member: Member, head: Head, chunk_rows: int = CHUNK_ROWS, mend: Mend | None = None
) -> Iterator[tuple[Chunk, list[Line]]]:
    """Chunks of a table, each with its lines still to be read: fill the chunk, then yield it."""
    label = f"{member.name} · {head.sheet}" if head.sheet else member.name
    where = {name: position for position, name in reversed(list(enumerate(head.names))) if name}
    faults: list[Problem] = []
    chunk = Chunk(member=label)
    batch: list[Line] = []
    for number, cells in table_rows(member, head, faults, mend):
        batch.append(Line(chunk, number, cells, where))
        chunk.rows_read += 1
        if len(batch) >= chunk_rows:
            chunk.problems[:], faults[:] = [*faults, *chunk.problems], []
            yield chunk, batch
            chunk, batch = Chunk(member=label), []
    chunk.problems.extend(faults)
    yield chunk, batch
