"""What an import tells: counts, and every row that was not accepted."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from django.utils.translation import get_language

from .formats.base import Problem

STORED_ROWS = 10_000  # shown on the page; the file has them all
HEADER = ("member", "row", "column", "found", "expected")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")

Outcome = Literal["published", "rejected", "unchanged"]


@dataclass(frozen=True, slots=True)
class IndicatorSummary:
    code: str
    observations: int
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file. A dry run gives the very same report; only what stands below ``compare`` differs."""

    outcome: Outcome
    source: str
    title_pt: str
    title_en: str
    publisher: str
    vintage: str
    file_name: str
    file_sha256: str
    file_bytes: int
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    problems_count: int = 0
    problems: tuple[Problem, ...] = ()  # the first 10,000
    observations: int = 0
    duplicates: int = 0  # identical to another row, dropped
    places: int = 0
    schools: int = 0
    boundaries: int = 0
    memberships: int = 0
    indicators: tuple[IndicatorSummary, ...] = ()
    release_id: int | None = field(default=None, compare=False)
    dry_run: bool = field(default=False, compare=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_pt


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_RISKY) else text


class ProblemLog:
    """Keeps every problem in a CSV file, the first ones in memory, and counts the rows they stand on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.first: list[Problem] = []
        self._rows: dict[str, bytearray] = {}  # one bit per row and member
        self._file: IO[str] = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADER)

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self.first) < STORED_ROWS:
            self.first.append(problem)
        cells = (problem.member, str(problem.row), problem.column, problem.found, problem.expected)
        self._writer.writerow([safe_cell(cell) for cell in cells])
        if 0 < problem.row < 1 << 27:
            bits = self._rows.setdefault(problem.member, bytearray())
            place, bit = divmod(problem.row, 8)
            if place >= len(bits):
                bits.extend(bytes(place + 1024 - len(bits)))
            bits[place] |= 1 << bit

    def rows(self) -> int:
        """How many different rows have a problem."""
        return sum(int.from_bytes(bits, "little").bit_count() for bits in self._rows.values())

    def close(self) -> None:
        self._file.close()
