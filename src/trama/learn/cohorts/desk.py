"""What the desk of the trainers shows, and its spreadsheet: one table, so that the file says what the screen says.

Other rooms add columns (``register_column``): meetings add presence, progress adds what is done.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .models import Cohort, Enrolment
from .selectors import people_of

type Column = Callable[[Cohort, Sequence[Enrolment]], Mapping[int, str]]
"""``column(cohort, enrolments)`` gives the text of its cell by the primary key of the enrolment."""
_columns: dict[str, tuple[str | Promise, Column]] = {}
BOM = "﻿"  # spreadsheets read UTF-8 with it


def register_column(name: str, label: str | Promise, column: Column) -> None:
    """Show a column on the desk and in its spreadsheet, after those registered already."""
    _columns[name] = (label, column)


def some_of(n: int, total: int) -> str:
    """ "2 / 3" as the text of a cell: spaces that do not break, so that a spreadsheet reads no day of a month."""
    return f"{n}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{total}"


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the desk: the enrolment and the text of each cell after the name."""

    enrolment: Enrolment
    cells: list[str]


@dataclass(frozen=True, slots=True)
class NetworkGroup:
    """The people of one network ("" for who belongs to none), with how many are enrolled."""

    name: str
    lines: list[Line]

    @property
    def enrolled(self) -> int:
        return sum(line.enrolment.state == Enrolment.State.ENROLLED for line in self.lines)


@dataclass(frozen=True, slots=True)
class Desk:
    """``header``: the labels of the cells of every line."""

    header: list[str]
    groups: list[NetworkGroup]


def desk_of(cohort: Cohort) -> Desk:
    """The people of a cohort by network, then school and name. One query, and those of the registered columns."""
    rows = list(people_of(cohort))
    added = [(str(label), column(cohort, rows)) for label, column in _columns.values()]
    header = [_("School"), _("Role"), _("State"), _("Enrolled on"), *(label for label, _cells in added)]
    lines = [Line(row, [*_own_cells(row), *(cells.get(row.pk, "") for _label, cells in added)]) for row in rows]
    by_network = groupby(lines, key=lambda line: str(line.enrolment.network or ""))
    return Desk(header, [NetworkGroup(name, list(of_it)) for name, of_it in by_network])


def _own_cells(row: Enrolment) -> list[str]:
    return [
        str(row.school or ""),
        row.get_role_display() if row.role else "",
        row.get_state_display(),
        _day(row.enrolled_at),
    ]


def _day(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATE_FORMAT") if at is not None else ""


def table_of(desk: Desk) -> list[list[str]]:
    """The desk as rows of text, the header first."""
    rows = [[_("Network"), _("Name"), _("E-mail"), *desk.header]]
    for group in desk.groups:
        for line in group.lines:
            person: Any = line.enrolment.person
            rows.append([group.name, str(person), person.email, *line.cells])
    return rows


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Semicolons, as spreadsheets in Portuguese read. A text that would be a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerows([[_no_formula(cell) for cell in row] for row in rows])
    return (BOM + out.getvalue()).encode()


def _no_formula(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def as_xlsx(rows: Sequence[Sequence[str]], title: str) -> bytes:
    """One sheet; text is never a formula."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("".join(char for char in title if char not in "[]:*?/\\'")[:31] or "1")
        sheet.set_column(0, 2, 30)
        sheet.set_column(3, 12, 18)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, bold if number == 0 else None)
    return buffer.getvalue()
