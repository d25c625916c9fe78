"""A panel from a CSV file as spreadsheets write them; what does not fit is refused by line, column, found and expected.

Read are UTF-8 (with or without mark) and Windows-1252; commas, semicolons or tabs; decimal points or decimal commas.
"""

from __future__ import annotations

import csv
import io
import math
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from .notices import ImpactError

LARGEST: Final = 64 * 1024 * 1024  # bytes: a million students, in less than 512 MB of memory
MISSING: Final = frozenset({"", "-", "--", "*", "**", "nd", "n/d", "na", "n/a", "nan", "null"})
NEVER: Final = MISSING | {"0", "never", "nunca"}
MOST: Final = 20  # problems told at once
ENOUGH: Final = 1000  # problems from which nobody reads on
CELL: Final = 40  # characters of a cell shown in a message


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not fit, where. ``expected`` is a key of the words in ``report``, section ``table``."""

    line: int  # of the file, the header is 1; 0 for the whole file
    column: str  # empty for the whole line
    found: str
    expected: str
    fields: tuple[tuple[str, Any], ...] = ()


class TableError(ImpactError):
    """A file that cannot be read as a panel: all problems found, the first ``MOST`` of them kept."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.count = len(problems)
        self.problems = tuple(problems[:MOST])
        first = problems[0]
        super().__init__(f"line {first.line}, column {first.column!r}: {first.expected}, found {first.found!r}")


@dataclass(frozen=True, slots=True)
class Names:
    """Which columns of the file hold what."""

    unit: str
    period: str
    outcome: str
    start: str
    covariates: tuple[str, ...] = ()
    weight: str = ""
    cluster: str = ""

    def all(self) -> tuple[str, ...]:
        """Every column that is needed."""
        named = (self.unit, self.period, self.outcome, self.start, *self.covariates, self.weight, self.cluster)
        return tuple(name for name in named if name)


def read_table(path: Path, names: Names, *, people: bool = False) -> dict[str, Any]:
    """The columns that ``Panel.from_columns`` takes; a start of NaN means never.

    With ``people`` there is a row for each person: units come many times in a period, and weights are people's.

    Raises
    ------
    TableError
        With every cell that is not what its column needs, rows of another length, units that come twice in a period,
        and starts, weights or clusters that change within a unit.
    """
    reader = _reader(path)
    header = _header(reader, names)
    places = {name: header.index(name) for name in names.all()}
    problems: list[Problem] = []
    words = (names.unit, names.cluster)
    found: dict[str, Any] = {name: [] if name in words else array("d") for name in names.all()}
    lines = array("q")
    for line, row in _rows(reader):
        if len(problems) >= ENOUGH:
            break
        if len(row) != len(header):
            problems.append(Problem(line, "", str(len(row)), "cells", (("count", len(header)),)))
            continue
        lines.append(line)
        for name, place in places.items():
            found[name].append(_cell(names, name, row[place].strip(), line, problems))
    if not lines and not problems:
        raise TableError([Problem(2, "", "", "rows")])
    if not people:
        problems += _twice(found[names.unit], found[names.period], lines, names)
    for name in (names.start, "" if people else names.weight, names.cluster):
        problems += _changing(found[names.unit], found[name], lines, name) if name else []
    if problems:
        raise TableError(sorted(problems, key=lambda each: each.line))
    return {name: np.array(values, dtype=str if name in words else np.float64) for name, values in found.items()}


def _reader(path: Path) -> Any:
    """The rows of the file as texts; it is decoded while it is read."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise TableError([Problem(0, "", str(path), "file")]) from error
    if size > LARGEST:
        raise TableError([Problem(0, "", f"{size / 2**20:.0f} MB", "size", (("limit", LARGEST >> 20),))])
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise TableError([Problem(line, "", data[:4].decode("latin-1").strip("\0"), "text")])
    first = data.partition(b"\n")[0]
    delimiter = max(";\t,", key=lambda each: first.count(each.encode()))
    encoding = "utf-8-sig" if _is_utf8(data) else "cp1252"
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace", newline="")
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _header(reader: Any, names: Names) -> list[str]:
    """The names of the columns, those that are needed each once."""
    header = [name.strip() for name in next(_rows(reader), (0, []))[1]]
    if not any(header):
        raise TableError([Problem(1, "", "", "header")])
    shown = ", ".join(header)[:200]
    problems = [Problem(1, name, shown, "column") for name in names.all() if header.count(name) == 0]
    problems += [Problem(1, name, shown, "one_column") for name in names.all() if header.count(name) > 1]
    if problems:
        raise TableError(problems)
    return header


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, with the line on which each ends."""
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise TableError([Problem(reader.line_num, "", str(error), "quotes")]) from error


def _cell(names: Names, name: str, text: str, line: int, problems: list[Problem]) -> Any:
    """What a cell holds; a problem is noted and something harmless stands in."""
    if name in (names.unit, names.cluster):
        if not text:
            problems.append(Problem(line, name, "", "name"))
        return sys.intern(text)  # a million rows name a few thousand units
    folded = text.casefold()
    if folded in (NEVER if name == names.start else MISSING) and name not in (names.period, names.weight):
        return math.nan
    value = _number(text)
    if value is None or not math.isfinite(value):
        problems.append(Problem(line, name, text[:CELL], "number"))
        return math.nan
    if name in (names.period, names.start) and value != int(value):
        problems.append(Problem(line, name, text[:CELL], "whole"))
    if name == names.weight and value <= 0:
        problems.append(Problem(line, name, text[:CELL], "positive"))
    return value


def _number(text: str) -> float | None:
    """A number with a decimal point or a decimal comma, without marks for thousands."""
    plain = text.replace("\N{MINUS SIGN}", "-")
    if plain.count(",") + plain.count(".") > 1 or "_" in plain:
        return None
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


def _twice(units: Sequence[str], periods: Sequence[float], lines: Sequence[int], names: Names) -> list[Problem]:
    seen: dict[tuple[str, float], int] = {}
    problems = []
    for unit, period, line in zip(units, periods, lines, strict=True):
        earlier = seen.setdefault((unit, period), line)
        if earlier != line and unit and math.isfinite(period):
            fields = (("line", earlier), ("unit", names.unit), ("period", names.period))
            problems.append(Problem(line, names.period, f"{unit[:CELL]}, {period:g}", "once", fields))
    return problems


def _changing(units: Sequence[str], values: Sequence[Any], lines: Sequence[int], name: str) -> list[Problem]:
    first: dict[str, tuple[Any, int]] = {}
    problems = []
    for unit, value, line in zip(units, values, lines, strict=True):
        before, where = first.setdefault(unit, (value, line))
        same = value == before or (value != value and before != before)  # both NaN: never
        if not same:
            fields = (("line", where), ("value", _shown(before)), ("unit", unit[:CELL]))
            problems.append(Problem(line, name, _shown(value), "same", fields))
    return problems


def _shown(value: Any) -> str:
    return value[:CELL] if isinstance(value, str) else "" if value != value else f"{value:g}"
