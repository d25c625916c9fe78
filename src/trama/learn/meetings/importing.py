"""Presence from a spreadsheet: what each row would do, what is wrong with it, and doing what was shown.

A row does what the list on the screen does, by the same service. The same file sent twice does nothing more.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from trama.know.api import FileProblem, SheetRow, rows_of_file

from ..cohorts.importing import EMAIL, HEADER_ROWS, MOST_ROWS, PREVIEW_SECONDS, cell_at, column_of, text_of
from ..cohorts.models import Enrolment
from ..cohorts.selectors import people_of
from .models import Attendance, CohortMeeting
from .services import write_list

SALT = "learn.meetings.importing"
PRESENCE = ("presenca", "presença", "presente", "presence", "present")
YES = frozenset({"sim", "s", "1", "x", "p", "presente", "yes", "y", "present", "true", "verdadeiro"})
NO = frozenset({"nao", "não", "n", "0", "f", "a", "ausente", "falta", "faltou", "no", "absent", "false", "falso"})


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """A sound row: whose e-mail, and whether they were there."""

    row: int
    email: str
    present: bool


@dataclass(frozen=True, slots=True)
class PresenceLine:
    """What would become of a row. ``standing``: "new" (nothing was said), "changed" or "same"."""

    row: PresenceRow
    enrolment: Enrolment
    standing: str


@dataclass(frozen=True, slots=True)
class PresencePreview:
    """What a file would do; rows with problems do nothing. ``unsaid``: enrolled people of whom it says nothing."""

    lines: list[PresenceLine]
    problems: list[FileProblem]
    unsaid: int

    @property
    def effective(self) -> list[PresenceLine]:
        return [line for line in self.lines if line.standing != "same"]


def read_presence(path: Path, *, name: str) -> tuple[list[PresenceRow], list[FileProblem]]:
    """The rows of a file and what is wrong in it. Raises ``UnreadableFile`` for what is no table, or too large."""
    return rows_as_presence(rows_of_file(path, name=name, most_rows=MOST_ROWS + HEADER_ROWS), name)


def rows_as_presence(rows: Sequence[SheetRow], name: str) -> tuple[list[PresenceRow], list[FileProblem]]:
    """The same, from rows already read. Without a column of presence whoever stands in the file was there."""
    head = next((n for n, row in enumerate(rows[:HEADER_ROWS]) if column_of(row, EMAIL) is not None), None)
    if head is None:
        found = ", ".join(text_of(cell) for cell in rows[0].cells)[:200] if rows else ""
        return [], [FileProblem(name, 1, "", found, _("a row with the names of the columns, “e-mail” among them"))]
    email, presence = column_of(rows[head], EMAIL), column_of(rows[head], PRESENCE)
    sound: list[PresenceRow] = []
    problems: list[FileProblem] = []
    seen: dict[str, int] = {}
    for row in rows[head + 1 :]:
        if not any(text_of(cell) for cell in row.cells):
            continue
        address = cell_at(row, email).lower()
        said = cell_at(row, presence).casefold() if presence is not None else "x"
        if address in seen:
            expected = _("each person once; row %(row)d has the same") % {"row": seen[address]}
            problems.append(FileProblem(name, row.number, EMAIL[0], address, expected))
        elif said not in YES | NO:
            problems.append(FileProblem(name, row.number, PRESENCE[1], said, _("yes or no")))
        else:
            seen[address] = row.number
            sound.append(PresenceRow(row.number, address, said in YES))
    return sound, problems


def preview_of(
    meeting: CohortMeeting, rows: Sequence[PresenceRow], problems: Sequence[FileProblem], *, name: str
) -> PresencePreview:
    """What each row would do now. Two queries."""
    enrolled = people_of(meeting.cohort).filter(state=Enrolment.State.ENROLLED)
    people = {one.person.email: one for one in enrolled}
    said = dict(meeting.attendances.values_list("enrolment_id", "present"))
    wrong = list(problems)
    lines = []
    for row in rows:
        one = people.get(row.email)
        if one is None:
            wrong.append(FileProblem(name, row.row, EMAIL[0], row.email, _("the e-mail of somebody who is enrolled")))
            continue
        standing = "new" if one.pk not in said else "same" if said[one.pk] == row.present else "changed"
        lines.append(PresenceLine(row, one, standing))
    unsaid = len(people) - len(lines)
    return PresencePreview(lines, sorted(wrong, key=lambda one: one.row or 0), unsaid)


def sealed(meeting: CohortMeeting, preview: PresencePreview, *, by: Any) -> str:
    """What a preview showed, for its form: only its reader confirms it, within four hours."""
    rows = [asdict(line.row) for line in preview.effective]
    return signing.dumps({"meeting": meeting.pk, "by": by.pk, "rows": rows}, salt=SALT, compress=True)


def unsealed(meeting: CohortMeeting, token: str, *, by: Any) -> list[PresenceRow]:
    """The rows that were shown. Raises ``signing.BadSignature``."""
    said = signing.loads(token, salt=SALT, max_age=PREVIEW_SECONDS)
    if said["meeting"] != meeting.pk or said["by"] != by.pk:
        raise signing.BadSignature("another's preview")
    return [PresenceRow(**row) for row in said["rows"]]


def import_presence(meeting: CohortMeeting, rows: Sequence[PresenceRow], *, by: Any, at: datetime) -> int:
    """Write the presence of rows that were shown, as the list does; how many changed. Raises ``PermissionDenied``."""
    people = dict(meeting.cohort.enrolments.filter(state=Enrolment.State.ENROLLED).values_list("person__email", "pk"))
    said = {people[row.email]: row.present for row in rows if row.email in people}
    return write_list(meeting, said, by=by, at=at, source=Attendance.Source.FILE)
