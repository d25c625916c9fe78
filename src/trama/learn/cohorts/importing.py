"""People from a spreadsheet: what each row would do, what is wrong with it, and doing what was shown.

A row does what the screen does, by the same service: who has an account with that e-mail is enrolled, who has none is
invited. The same file sent twice does nothing more.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from trama.know.api import FileProblem, SheetRow, rows_of_file

from .admission import Admission, admission
from .enrolling import by_leader, enrol
from .errors import CohortError
from .invitations import invite
from .models import Cohort, CohortInvitation, Enrolment
from .services import require_lead

MOST_ROWS = 2_000
HEADER_ROWS = 15
SALT = "learn.cohorts.importing"
REPORT_SALT = "learn.cohorts.importing.report"
PREVIEW_SECONDS = 4 * 3600
EMAIL = ("e-mail", "email", "correio eletronico", "correio eletrônico")
SCHOOL = ("escola", "school", "codigo inep", "código inep", "inep")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A sound row. ``school``: the Inep code that the file says; 0 where it says none."""

    row: int
    email: str
    school: int = 0


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What would become of a row: ``new`` (enrolled), ``invited`` or ``already``."""

    row: PersonRow
    name: str
    standing: str

    @property
    def told(self) -> str:
        """What happens to the person, on the screen and in the report."""
        words = {
            "new": _("is enrolled, or enters the line"),
            "invited": _("is invited by e-mail"),
            "already": _("is in the cohort or invited already"),
        }
        return words[self.standing]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do; rows with problems do nothing."""

    lines: list[PreviewLine]
    problems: list[FileProblem]

    @property
    def effective(self) -> list[PreviewLine]:
        return [line for line in self.lines if line.standing != "already"]

    def table(self) -> list[list[str]]:
        """Every row of the file as the screen shows it, the header first: what happens, or why it is left out."""
        head = [_("Row"), _("E-mail"), _("Name"), _("What happens"), _("Column"), _("Found"), _("Expected")]
        told = [(line.row.row, [line.row.email, line.name, line.told, "", "", ""]) for line in self.lines]
        left = _("is left out")
        wrong = [(one.row or 0, ["", "", left, one.column, one.found, one.expected]) for one in self.problems]
        rows = sorted([*told, *wrong], key=lambda one: one[0])
        return [head, *([str(number or ""), *cells] for number, cells in rows)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a confirmed file did."""

    enrolled: int
    invited: int
    left_out: int  # rows that no longer fit when they were confirmed


def read_people(path: Path, *, name: str) -> tuple[list[PersonRow], list[FileProblem]]:
    """The rows of a file and what is wrong in it. Raises ``UnreadableFile`` for what is no table, or too large."""
    return rows_as_people(rows_of_file(path, name=name, most_rows=MOST_ROWS + HEADER_ROWS), name)


def rows_as_people(rows: Sequence[SheetRow], name: str) -> tuple[list[PersonRow], list[FileProblem]]:
    """The same, from rows already read."""
    head = next((n for n, row in enumerate(rows[:HEADER_ROWS]) if column_of(row, EMAIL) is not None), None)
    if head is None:
        found = ", ".join(text_of(cell) for cell in rows[0].cells)[:200] if rows else ""
        return [], [FileProblem(name, 1, "", found, _("a row with the names of the columns, “e-mail” among them"))]
    email, school = column_of(rows[head], EMAIL), column_of(rows[head], SCHOOL)
    sound: list[PersonRow] = []
    problems: list[FileProblem] = []
    seen: dict[str, int] = {}
    for row in rows[head + 1 :]:
        if not any(text_of(cell) for cell in row.cells):
            continue
        address, code = cell_at(row, email).lower(), cell_at(row, school)
        try:
            validate_email(address)
        except ValidationError:
            problems.append(FileProblem(name, row.number, EMAIL[0], address, _("an e-mail, such as ana@exemplo.org")))
            continue
        if address in seen:
            expected = _("each person once; row %(row)d has the same") % {"row": seen[address]}
            problems.append(FileProblem(name, row.number, EMAIL[0], address, expected))
            continue
        seen[address] = row.number
        if code and not (code.isascii() and code.isdigit() and len(code) == 8):
            problems.append(FileProblem(name, row.number, SCHOOL[0], code, _("the Inep code of a school, 8 digits")))
            continue
        sound.append(PersonRow(row.number, address, int(code or 0)))
    return sound, problems


def column_of(row: SheetRow, names: Sequence[str]) -> int | None:
    """The place of the first cell that holds one of the names, or None."""
    return next((n for n, cell in enumerate(row.cells) if text_of(cell).casefold() in names), None)


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def cell_at(row: SheetRow, column: int | None) -> str:
    """The text in a column of a row, "" where it ends before."""
    return text_of(row.cells[column]) if column is not None and column < len(row.cells) else ""


def preview_of(
    cohort: Cohort, rows: Sequence[PersonRow], problems: Sequence[FileProblem], *, name: str, by: Any, at: datetime
) -> Preview:
    """What each row would do now. Three queries, and as ``admission`` for each account."""
    emails = [row.email for row in rows]
    accounts = {one.email: one for one in get_user_model().objects.filter(email__in=emails, is_active=True)}
    here = cohort.enrolments.filter(person__in=[one.pk for one in accounts.values()])
    held = set(here.exclude(state="withdrawn").values_list("person", flat=True))
    offers = CohortInvitation.objects.filter(cohort=cohort, email__in=emails, accepted_at=None, expires_at__gt=at)
    offered = set(offers.values_list("email", flat=True))
    lines: list[PreviewLine] = []
    wrong = list(problems)
    for row in rows:
        person = accounts.get(row.email)
        if person is None:
            lines.append(PreviewLine(row, "", "already" if row.email in offered else "invited"))
            continue
        if person.pk in held:
            lines.append(PreviewLine(row, str(person), "already"))
            continue
        found = admission(cohort, person, at=at, invited=by_leader(by, person, cohort))
        if found.missing:
            wrong.append(FileProblem(name, row.row, EMAIL[0], row.email, " ".join(found.missing)))
        elif row.school and not _of_school(found, row.school):
            expected = _("a school where this person holds a post that the cohort is for")
            wrong.append(FileProblem(name, row.row, SCHOOL[0], str(row.school), expected))
        else:
            lines.append(PreviewLine(row, str(person), "new"))
    return Preview(lines, sorted(wrong, key=lambda one: one.row or 0))


def _of_school(found: Admission, code: int) -> bool:
    return found.profile is not None and found.profile.school_id == code


def sealed(cohort: Cohort, preview: Preview, *, by: Any) -> str:
    """What a preview showed, for its form: only its reader confirms it, within four hours."""
    rows = [asdict(line.row) for line in preview.effective]
    return signing.dumps({"cohort": cohort.pk, "by": by.pk, "rows": rows}, salt=SALT, compress=True)


def unsealed(cohort: Cohort, token: str, *, by: Any) -> list[PersonRow]:
    """The rows that were shown. Raises ``signing.BadSignature``."""
    said = signing.loads(token, salt=SALT, max_age=PREVIEW_SECONDS)
    if said["cohort"] != cohort.pk or said["by"] != by.pk:
        raise signing.BadSignature("another's preview")
    return [PersonRow(**row) for row in said["rows"]]


def sealed_report(cohort: Cohort, preview: Preview, *, by: Any) -> str:
    """The table of a preview for its download: nothing of it is kept on the server."""
    held = {"cohort": cohort.pk, "by": by.pk, "table": preview.table()}
    return signing.dumps(held, salt=REPORT_SALT, compress=True)


def unsealed_report(cohort: Cohort, token: str, *, by: Any) -> list[list[str]]:
    """The table that was shown. Raises ``signing.BadSignature``."""
    said = signing.loads(token, salt=REPORT_SALT, max_age=PREVIEW_SECONDS)
    if said["cohort"] != cohort.pk or said["by"] != by.pk:
        raise signing.BadSignature("another's preview")
    table: list[list[str]] = said["table"]
    return table


@transaction.atomic
def import_rows(
    cohort: Cohort, rows: Sequence[PersonRow], *, by: Any, at: datetime, origin: str = "", language: str = ""
) -> Outcome:
    """Enrol and invite the people of rows that were shown. Raises ``PermissionDenied``."""
    require_lead(by, cohort)
    people = get_user_model().objects.filter(email__in=[row.email for row in rows], is_active=True)
    accounts = {one.email: one for one in people}
    enrolled = invited = left_out = 0
    for row in rows:
        person = accounts.get(row.email)
        try:
            if person is None:
                invite(cohort, row.email, by=by, at=at, origin=origin, language=language)
                invited += 1
            else:
                enrol(cohort, person, by=by, at=at, source=Enrolment.Source.FILE)
                enrolled += 1
        except CohortError:
            left_out += 1
    return Outcome(enrolled, invited, left_out)
