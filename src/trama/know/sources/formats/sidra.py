"""Population as SIDRA (IBGE's table server) exports it: CSV, and the two JSON shapes of its interfaces.

In SIDRA ``-`` is a true zero, ``X`` a suppressed value, ``..`` does not apply and ``...`` is not available.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .base import Chunk, Description, Format, Member, ObservationRow, UnreadableFile
from .jsonfile import is_json, loaded, read_json
from .limits import limits_of
from .population import PEOPLE, Figures, observation, totals
from .problems import problem, refuse, unreadable
from .territory import UNDATED
from .text import text_facts
from .values import amount, as_text, folded, municipality_code, whole

HEADER_ROWS = 12
CHUNK_ROWS = 2_000
ESTIMATES, VARIABLE = "6579", "9324"
_YEAR = re.compile(r"(19|20)\d{2}", re.ASCII)


def people(text: object) -> tuple[float | None, str]:
    """A number of residents in SIDRA's own marks."""
    cell = as_text(text if isinstance(text, str | float | int) else None)
    marks = {"-": (0.0, "v"), "X": (None, "s"), "..": (None, "n"), "...": (None, "n"), "": (None, "b")}
    if cell in marks:
        return marks[cell]
    value, status = amount(cell, 0, PEOPLE[1])
    if value is not None and value != int(value):
        raise ValueError(_("a whole number of people"))
    return value, status


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a CSV export says what."""

    table: str
    header_row: int
    code: int  # position of the code
    values: tuple[tuple[int, int], ...]  # (position, year)


class SidraTable:
    """Reader of CSV exports of SIDRA with municipalities in rows."""

    source = "ibge-sidra-population"
    publisher = "IBGE"

    def recognises(self, members: list[Member]) -> bool:
        if not members or any(is_json(member) for member in members):
            return False
        try:
            return all(_layout(member) is not None for member in members)
        except UnreadableFile:
            return False

    def describe(self, members: list[Member]) -> Description:
        layouts = [layout for member in members if (layout := _layout(member)) is not None]
        years = [year for layout in layouts for _position, year in layout.values]
        tables = ", ".join(dict.fromkeys(layout.table for layout in layouts))
        title = _("Resident population, SIDRA table %(table)s, %(year)d")
        return Description(title % {"table": tables, "year": max(years)}, str(max(years)))

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        figures: Figures = defaultdict(dict)
        for member in members:
            layout = _layout(member)
            if layout is None:
                refuse(member.name, "", _("a CSV export of a SIDRA population table"))
            for chunk in _chunks(member, layout):
                _note(figures, chunk)
                yield chunk
        yield Chunk(member=members[0].name, observations=list(totals(figures)))


def _note(figures: Figures, chunk: Chunk) -> None:
    for row in chunk.observations:
        if row.value is not None:
            figures[row.indicator, row.year][row.place] = row.value


def _layout(member: Member) -> _Layout | None:
    """The layout of the export, from its first rows; None if it is something else."""
    head = list(_head(member))
    first = " ".join(head[0][1]) if head else ""
    table = re.search(r"Tabela\s+(\d{2,5})", first)
    if table is None or "popula" not in folded(" ".join(cell for _line, row in head for cell in row)):
        return None
    rows = [(line, row) for line, row in head if row and folded(row[0]) == "nivel" and len(row) >= 4]
    if not rows:
        return None
    names = rows[-1][1]
    code = next((at for at, label in enumerate(names) if folded(label).rstrip(".") == "cod"), -1)
    place = next((at for at, label in enumerate(names) if folded(label) == "municipio"), -1)
    if code < 0 or place < 0:
        return None
    values: list[tuple[int, int]] = []
    for at in range(place + 1, len(names)):
        labels = [row[at] for _line, row in rows if at < len(row)]
        year = next((int(label) for label in labels if _YEAR.fullmatch(label)), 0)
        if not year:  # spanned headings stand on the first of their columns only
            spanned = [label for _line, row in rows for label in row[place + 1 :] if _YEAR.fullmatch(label)]
            year = int(spanned[0]) if len(set(spanned)) == 1 else 0
        if year and (_YEAR.fullmatch(names[at]) or folded(names[at]) == "total"):
            values.append((at, year))
    return _Layout(table[1], rows[-1][0], code, tuple(values)) if values else None


def _head(member: Member) -> Iterator[tuple[int, list[str]]]:
    for count, (line, cells) in enumerate(_csv_rows(member)):
        if count >= HEADER_ROWS:
            return
        yield line, cells


def _csv_rows(member: Member) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of every row: SIDRA's rows do not all have the same width."""
    encoding, limits = text_facts(member).encoding, limits_of(member)
    with member.path.open(encoding=encoding, errors="replace", newline="") as file:
        start = file.read(65_536)
        file.seek(0)
        reader = csv.reader(file, delimiter=";" if start.count(";") >= start.count(",") else ",")
        line, count = 1, 0
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                expected = _("a cell of at most %(count)d characters, with its quotes closed")
                expected = expected % {"count": csv.field_size_limit()}
                raise unreadable(member.name, error, expected, row=line) from None
            if cells is None:
                return
            count += 1
            if count > limits.rows:
                refuse(member.name, count, _("at most %(count)d rows") % {"count": limits.rows}, row=line)
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1


def _chunks(member: Member, layout: _Layout) -> Iterator[Chunk]:
    chunk = Chunk(member=member.name)
    for line, cells in _csv_rows(member):
        if line <= layout.header_row or not any(cells):
            continue
        if folded(cells[0]).startswith(("fonte", "nota", "legenda")):
            break
        chunk.rows_read += 1
        _read_row(chunk, layout, line, cells)
        if chunk.rows_read >= CHUNK_ROWS:
            yield chunk
            chunk = Chunk(member=member.name)
    yield chunk


def _read_row(chunk: Chunk, layout: _Layout, line: int, cells: list[str]) -> None:
    if cells[0] != "MU":
        expected = _("“MU”, the level of municipalities; export that level alone")
        chunk.problems.append(problem(chunk.member, line, "Nível", cells[0], expected))
        return
    try:
        place = municipality_code(cells[layout.code] if layout.code < len(cells) else "")
    except ValueError as error:
        chunk.problems.append(problem(chunk.member, line, "Cód.", cells[1:2], str(error)))
        return
    for at, year in layout.values:
        if at >= len(cells):
            found = _("%(count)d cells") % {"count": len(cells)}
            expected = _("at least %(count)d cells, as in the header") % {"count": at + 1}
            chunk.problems.append(problem(chunk.member, line, "", found, expected))
            continue
        try:
            value, status = people(cells[at])
        except ValueError as error:
            chunk.problems.append(problem(chunk.member, line, str(year), cells[at], str(error)))
            continue
        chunk.observations.append(observation("population", place, year, value, status, line))


class SidraInterface:
    """Reader of the estimates (table 6579, variable 9324) as SIDRA's two interfaces answer them in JSON."""

    source = "ibge-sidra-estimates"
    publisher = "IBGE"

    def recognises(self, members: list[Member]) -> bool:
        return bool(members) and all(_shape(loaded(member)) is not None for member in members)

    def describe(self, members: list[Member]) -> Description:
        years = {row.year for chunk in self._rows(members) for row in chunk.observations}
        last = str(max(years)) if years else UNDATED
        return Description(_("Resident population estimates, SIDRA table 6579, %(year)s") % {"year": last}, last)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        figures: Figures = defaultdict(dict)
        for chunk in self._rows(members):
            _note(figures, chunk)
            yield chunk
        yield Chunk(member=members[0].name, observations=list(totals(figures)))

    def _rows(self, members: list[Member]) -> Iterator[Chunk]:
        for member in members:
            content = read_json(member)
            shape = _shape(content)
            if shape is None:
                refuse(member.name, "", _("an answer of SIDRA with variable 9324"))
            yield (_flat if shape == "flat" else _nested)(member, content)


def _shape(content: Any) -> str | None:
    if not isinstance(content, list) or not content or not isinstance(content[0], dict):
        return None
    if {"NC", "D1C", "V"} <= content[0].keys():
        return "flat"
    if {"id", "resultados"} <= content[0].keys():
        return "nested"
    return None


def _flat(member: Member, content: list[Any]) -> Chunk:
    """``[{"NC": "Nível Territorial (Código)", …}, {"NC": "6", "D1C": "1100015", "V": "22516", …}]``."""
    chunk = Chunk(member=member.name)
    header = content[0]
    labels = {str(key): folded(str(label)) for key, label in header.items()}
    place_key = next((key for key, label in labels.items() if label.startswith("municipio (cod")), "D1C")
    year_key = next((key for key, label in labels.items() if label.startswith("ano (cod")), "")
    variable_key = next((key for key, label in labels.items() if label.startswith("variavel (cod")), "")
    first = 1 if whole_or_none(header.get("NC")) is None else 0
    for number, item in enumerate(content[first:], start=first + 1):
        chunk.rows_read += 1
        if not isinstance(item, dict):
            chunk.problems.append(problem(member.name, number, "", item, _("an object with “D1C” and “V”")))
            continue
        if variable_key and str(item.get(variable_key)) != VARIABLE:
            found = item.get(variable_key)
            chunk.problems.append(problem(member.name, number, variable_key, found, _("variable 9324")))
            continue
        year = item.get(year_key) if year_key else _any_year(item)
        _figure(chunk, number, item.get(place_key), year, item.get("V"), (place_key, year_key or "D", "V"))
    return chunk


def whole_or_none(value: object) -> int | None:
    """A whole number, or None for anything else."""
    try:
        return whole(value if isinstance(value, str | float) else None)
    except ValueError:
        return None


def _any_year(item: dict[str, Any]) -> object:
    """The year among the dimensions of a row that came without a header."""
    candidates = [item.get(f"D{at}C") for at in range(2, 6)]
    return next((code for code in candidates if isinstance(code, str) and _YEAR.fullmatch(code)), None)


def _nested(member: Member, content: list[Any]) -> Chunk:
    """``[{"id": "9324", "resultados": [{"series": [{"localidade": {…}, "serie": {"2021": "22516"}}]}]}]``."""
    chunk = Chunk(member=member.name)
    number = 0
    for variable in content:
        if not isinstance(variable, dict) or str(variable.get("id")) != VARIABLE:
            found = variable.get("id") if isinstance(variable, dict) else variable
            chunk.problems.append(problem(member.name, 1, "id", found, _("variable 9324")))
            continue
        for series in _series(variable):
            number += 1
            chunk.rows_read += 1
            place = series.get("localidade")
            values = series.get("serie")
            if not isinstance(place, dict) or not isinstance(values, dict):
                expected = _("an object with “localidade” and “serie”")
                chunk.problems.append(problem(member.name, number, "series", series, expected))
                continue
            for year, value in values.items():
                _figure(chunk, number, place.get("id"), year, value, ("localidade.id", "serie", str(year)))
    return chunk


def _series(variable: dict[str, Any]) -> Iterator[dict[str, Any]]:
    results = variable.get("resultados")
    for result in results if isinstance(results, list) else []:
        found = result.get("series") if isinstance(result, dict) else None
        for series in found if isinstance(found, list) else []:
            yield series if isinstance(series, dict) else {}


def _figure(chunk: Chunk, number: int, code: object, year: object, value: object, names: tuple[str, str, str]) -> None:
    row: ObservationRow
    try:
        place = municipality_code(code if isinstance(code, str) else None)
    except ValueError as error:
        chunk.problems.append(problem(chunk.member, number, names[0], code, str(error)))
        return
    if not isinstance(year, str) or not _YEAR.fullmatch(year):
        chunk.problems.append(problem(chunk.member, number, names[1], year, _("a year")))
        return
    try:
        if not isinstance(value, str):
            raise ValueError(_("a number written as text, as SIDRA answers"))
        people_, status = people(value)
    except ValueError as error:
        chunk.problems.append(problem(chunk.member, number, names[2], value, str(error)))
        return
    row = observation("population", place, int(year), people_, status, number)
    chunk.observations.append(row)


SIDRA_FORMATS: list[Format] = [SidraTable(), SidraInterface()]
