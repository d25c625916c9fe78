"""Actions from a spreadsheet: what each row says, what is wrong with it, and adding all of them or none.

A row becomes the same addition that the screen makes. Its ``uid`` is made from what stands in the row, so the same file
sent twice adds nothing.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from trama.foundation.content import fingerprint
from trama.foundation.localised import in_language
from trama.know.api import FileProblem, SheetRow, rows_of_file

from .forms import named_person
from .models import Action, Objective, StrategicPlan
from .parts import LARGEST, as_text
from .selectors import people_for
from .services import add_parts

MOST_ROWS = 2_000
HEADER_ROWS = 15
SALT = "plan.strategy.importing"
PREVIEW_SECONDS = 4 * 3600
FIRST_SERIAL = date(1899, 12, 30)  # day 0 of spreadsheets

# field: its name in Portuguese and English, as the template writes it; then what else is understood
COLUMNS: dict[str, tuple[str, ...]] = {
    "objective": ("Objetivo", "Objective"),
    "what": ("O quê", "What", "o que fazer", "acao", "action"),
    "why": ("Por quê", "Why", "justificativa", "motivo", "reason"),
    "where": ("Onde", "Where", "local"),
    "starts_on": ("De", "From", "inicio", "start", "data de inicio"),
    "due_on": ("Até", "Until", "quando", "prazo", "fim", "termino", "when", "due", "deadline", "end"),
    "who": ("Quem", "Who", "responsavel", "responsible", "responsaveis"),
    "how": ("Como", "How"),
    "cost": ("Quanto", "How much", "quanto custa", "custo", "valor", "cost", "budget"),
    "funding": ("Fonte do dinheiro", "Source of the money", "fonte", "fonte de recursos", "funding", "source"),
    "state": ("Situação", "State", "status", "andamento"),
}
STATES: dict[str, tuple[str, ...]] = {
    "todo": ("a fazer", "to do", "nao iniciada", "nao iniciado", "pendente", "planejada", "not started"),
    "doing": ("em andamento", "under way", "iniciada", "in progress", "doing", "andamento"),
    "blocked": ("bloqueada", "blocked", "parada", "travada", "impedida"),
    "done": ("feita", "done", "concluida", "concluido", "feito", "realizada", "finalizada", "completed"),
    "cancelled": ("cancelada", "cancelled", "cancelado", "canceled"),
}
LONGEST = {"objective": 300, "what": 300, "where": 300, "who": 300, "funding": 200, "why": 10_000, "how": 10_000}


@dataclass(frozen=True, slots=True)
class ActionRow:
    """A sound row. Texts are canonical; ``objective`` is as the file names it."""

    row: int
    objective: str
    what: str
    why: str = ""
    where: str = ""
    starts_on: str = ""
    due_on: str = ""
    who: str = ""
    how: str = ""
    cost: str = ""
    funding: str = ""
    state: str = ""

    @property
    def content(self) -> dict[str, str]:
        return {name: text for name, text in asdict(self).items() if name != "row"}


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What would become of a row."""

    row: ActionRow
    objective: str  # its title in the plan, or the title of the one that would be added
    objective_is_new: bool
    responsible: str  # the person of the plan's owner with that name, else ""
    standing: str  # new, already, repeated


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do. With problems it does nothing."""

    lines: list[PreviewLine]
    problems: list[FileProblem]
    unknown_columns: list[str]

    @property
    def n_new(self) -> int:
        return sum(line.standing == "new" for line in self.lines)


def folded(text: str) -> str:
    """Small letters without accents, marks or double spaces, so that names compare as people mean them."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w\s]|_", " ", letters).split())


_FIELD_OF = {folded(name): field for field, names in COLUMNS.items() for name in names}
_STATE_OF = {folded(name): state for state, names in STATES.items() for name in names}


def column_name(field: str) -> str:
    """The name of a column in the template, in the language of the page."""
    return in_language(COLUMNS[field][0], COLUMNS[field][1])


def read_actions(path: Path, *, name: str) -> tuple[list[ActionRow], list[FileProblem], list[str]]:
    """The rows of a file, what is wrong in it, and the columns it has that nobody understands.

    Raises ``UnreadableFile`` for what is no table, or too large a one.
    """
    rows = rows_of_file(path, name=name, most_rows=MOST_ROWS + HEADER_ROWS)
    return rows_as_actions(rows, name)


def rows_as_actions(rows: Sequence[SheetRow], name: str) -> tuple[list[ActionRow], list[FileProblem], list[str]]:
    """The same, from rows already read."""
    head = next((n for n, row in enumerate(rows[:HEADER_ROWS]) if "what" in _fields_of(row).values()), None)
    if head is None:
        expected = _("a row with the names of the columns, “%(what)s” among them; the template shows them")
        first = rows[0] if rows else SheetRow("", 1, [])
        found = ", ".join(str(cell) for cell in first.cells if cell is not None)[:200]
        return [], [FileProblem(name, first.number, "", found, expected % {"what": column_name("what")})], []
    fields = _fields_of(rows[head])
    problems = _repeated_columns(rows[head], fields, name)
    unknown = [
        str(cell).strip() for n, cell in enumerate(rows[head].cells) if cell not in (None, "") and n not in fields
    ]
    found_rows: list[ActionRow] = []
    objective = ""
    for row in rows[head + 1 :]:
        if not any(cell not in (None, "") and str(cell).strip() for cell in row.cells):
            continue
        reader = _RowReader(row, fields, name)
        objective = reader.text("objective") or objective  # merged cells are written once
        action = reader.action(objective)
        if reader.problems:
            problems.extend(reader.problems)
        elif action is not None:
            found_rows.append(action)
    if not found_rows and not problems:
        problems.append(
            FileProblem(name, rows[head].number, "", "", _("at least one row below the names of the columns"))
        )
    return found_rows, problems, unknown


def _fields_of(row: SheetRow) -> dict[int, str]:
    """Position to field, for the cells that name a column."""
    found: dict[int, str] = {}
    for n, cell in enumerate(row.cells):
        words = folded(str(cell).split("(")[0]) if isinstance(cell, str) else ""
        if words in _FIELD_OF:
            found[n] = _FIELD_OF[words]
    return found


def _repeated_columns(row: SheetRow, fields: Mapping[int, str], name: str) -> list[FileProblem]:
    seen: set[str] = set()
    problems = []
    for n, field in fields.items():
        if field in seen:
            expected = _("each column once")
            problems.append(FileProblem(name, row.number, column_name(field), str(row.cells[n])[:200], expected))
        seen.add(field)
    return problems


class _RowReader:
    """Cells of one row by field, gathering what is wrong with them."""

    def __init__(self, row: SheetRow, fields: Mapping[int, str], name: str) -> None:
        self.number, self.name = row.number, f"{name} · {row.sheet}" if row.sheet else name
        self.cells = {field: row.cells[n] for n, field in reversed(list(fields.items())) if n < len(row.cells)}
        self.problems: list[FileProblem] = []

    def fault(self, field: str, expected: str) -> str:
        shown = "".join(char if char.isprintable() else " " for char in str(self.cells.get(field) or "")[:200])
        self.problems.append(FileProblem(self.name, self.number, column_name(field), shown, expected))
        return ""

    def text(self, field: str) -> str:
        cell = self.cells.get(field)
        if isinstance(cell, bool):
            return _("yes") if cell else _("no")
        text = as_text(cell)
        visible = "".join(char for char in text if char.isprintable() or char == "\n")
        if field not in ("why", "how"):
            visible = " ".join(visible.split())
        if field in LONGEST and len(visible) > LONGEST[field]:
            return self.fault(field, _("at most %(count)d characters") % {"count": LONGEST[field]})
        return visible

    def day(self, field: str) -> str:
        cell = self.cells.get(field)
        if cell in (None, "") or (isinstance(cell, str) and not cell.strip()):
            return ""
        expected = _("a day such as 31/12/2026 or 2026-12-31, from 2000 to 2100")
        found: date | None = None
        if isinstance(cell, float) and 36_000 <= cell <= 73_500:
            found = FIRST_SERIAL + timedelta(days=int(cell))
        elif isinstance(cell, str):
            found = _written_day(cell.strip())
        if found is None or not 2000 <= found.year <= 2100:
            return self.fault(field, expected)
        return found.isoformat()

    def amount(self, field: str) -> str:
        cell = self.cells.get(field)
        if cell in (None, ""):
            return ""
        value = _written_amount(cell)
        if value is None or not 0 <= value < LARGEST:
            return self.fault(field, _("an amount in reais, such as 1.500,00, zero or more"))
        return as_text(round(value, 2))

    def state(self) -> str:
        text = self.text("state")
        if not text:
            return ""
        state = _STATE_OF.get(folded(text))
        if state is None:
            near = get_close_matches(folded(text), _STATE_OF, n=1)
            words = ", ".join(in_language(names[0], names[1]) for names in STATES.values())
            expected = _("one of: %(words)s") % {"words": words}
            if near:
                meant = STATES[_STATE_OF[near[0]]]
                expected += _("; perhaps “%(near)s”") % {"near": in_language(meant[0], meant[1])}
            return self.fault("state", expected)
        return state

    def action(self, objective: str) -> ActionRow | None:
        what = self.text("what")
        if not what and not any(one.column == column_name("what") for one in self.problems):
            self.fault("what", _("what will be done"))
        row = ActionRow(
            self.number, objective, what, self.text("why"), self.text("where"), self.day("starts_on"),
            self.day("due_on"), self.text("who"), self.text("how"), self.amount("cost"), self.text("funding"),
            self.state(),
        )  # fmt: skip
        if row.starts_on and row.due_on and row.due_on < row.starts_on:
            self.fault(
                "due_on", _("a day that is not before the one in “%(from)s”") % {"from": column_name("starts_on")}
            )
        return row


def _written_day(text: str) -> date | None:
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", text, re.ASCII)
    parts = (match[1], match[2], match[3]) if match else None
    if parts is None:
        match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text, re.ASCII)
        parts = (match[3], match[2], match[1]) if match else None
    if parts is None:
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def _written_amount(cell: Any) -> Decimal | None:
    """A number, or an amount as people write it: "R$ 1.500,00", "1500", "1,500.00"."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, float):
        return Decimal(repr(cell)) if cell == cell and abs(cell) != float("inf") else None
    text = re.sub(r"r\$|\s", "", str(cell).casefold())
    if not re.fullmatch(r"-?[\d.,]+", text, re.ASCII):
        return None
    last = max(text.rfind(","), text.rfind("."))
    mark = text[last] if last >= 0 else ""
    grouped = mark and (text.count(mark) > 1 or (mark == "." and "," not in text and len(text) - last == 4))
    if grouped or not mark:
        text = text.replace(".", "").replace(",", "")
    else:
        text = text[:last].replace(".", "").replace(",", "") + "." + text[last + 1 :]
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


# --- what a file would do, and doing it -------------------------------------------------------------------------------


def preview_of(
    plan: StrategicPlan,
    rows: Sequence[ActionRow],
    problems: Sequence[FileProblem],
    unknown: Sequence[str],
    *,
    at: datetime,
) -> Preview:
    """What the rows would add to the plan as it stands now. Four queries."""
    found = _Resolver(plan, at)
    lines, faults = [], list(problems)
    seen: set[UUID] = set()
    for row in rows:
        objective = found.objective(row.objective)
        if objective is None:
            expected = _("the objective of the plan, by its title or number; this plan has none or several")
            faults.append(FileProblem("", row.row, column_name("objective"), row.objective, expected))
            continue
        if objective.removed_at is not None:
            expected = _("an objective that is in the plan; this one was removed: put it back first")
            faults.append(FileProblem("", row.row, column_name("objective"), row.objective, expected))
            continue
        uid = row_uid(plan, row)
        standing = "repeated" if uid in seen else "already" if uid in found.actions else "new"
        seen.add(uid)
        person = named_person(row.who, found.people)["responsible"]
        lines.append(PreviewLine(row, objective.title, objective.pk is None, str(person) if person else "", standing))
    faults.sort(key=lambda problem: problem.row)
    return Preview(lines, faults, list(unknown))


class _Resolver:
    """What the rows of a file point to in a plan."""

    def __init__(self, plan: StrategicPlan, at: datetime) -> None:
        self.plan = plan
        objectives = list(Objective.objects.filter(plan=plan).order_by("position", "pk"))
        live = [one for one in objectives if one.removed_at is None]
        self.by_uid = {one.uid: one for one in objectives}
        self.by_name = {folded(one.title): one for one in reversed(live)}
        self.by_number = {str(number): one for number, one in enumerate(live, start=1)}
        self.only = live[0] if len(live) == 1 else None
        self.actions = set(Action.objects.filter(objective__plan=plan).values_list("uid", flat=True))
        self.people = people_for(plan, at=at)

    def objective(self, named: str) -> Objective | None:
        """The objective that a row names; one without a key where it would be added."""
        if not named:
            return self.only
        found = self.by_number.get(named.rstrip(". ")) or self.by_name.get(folded(named))
        if found is None:
            uid = uuid5(self.plan.uid, f"imported objective {folded(named)}")
            found = self.by_uid.get(uid) or Objective(plan=self.plan, uid=uid, title=named)
        return found


def row_uid(plan: StrategicPlan, row: ActionRow) -> UUID:
    return uuid5(plan.uid, f"imported action {fingerprint(row.content)}")


@transaction.atomic
def import_rows(plan: StrategicPlan, rows: Sequence[ActionRow], *, by: Any, at: datetime) -> int:
    """Add the rows that are not in the plan yet, and the objectives they need: all, or none. Gives how many were added.

    Raises as ``add_parts`` does, and ``ValueError`` where the plan changed so that a row no longer fits.
    """
    preview = preview_of(plan, rows, [], [], at=at)
    if preview.problems:
        raise ValueError(preview.problems)
    found = _Resolver(plan, at)
    homes: dict[UUID, Objective] = {}
    for row in rows:
        objective = found.objective(row.objective)
        assert objective is not None  # the preview had no problem
        homes.setdefault(objective.uid, objective)
    new = [("objective", {"title": one.title}, one.uid) for one in homes.values() if one.pk is None]
    for addition in add_parts(plan, new, by=by, at=at):
        homes[addition.part.uid] = addition.part
    actions: dict[UUID, tuple[str, dict[str, Any], UUID]] = {}
    for row in rows:
        uid = row_uid(plan, row)
        if uid not in found.actions:
            home = found.objective(row.objective)
            assert home is not None
            values: dict[str, Any] = {
                name: text for name, text in row.content.items() if name not in ("objective", "who")
            }
            values |= {"objective": homes[home.uid], **named_person(row.who, found.people)}
            actions.setdefault(uid, ("action", values | {"state": row.state or Action.State.TODO}, uid))
    return sum(addition.is_new for addition in add_parts(plan, list(actions.values()), by=by, at=at))


def sealed(plan: StrategicPlan, rows: Sequence[ActionRow], *, by: Any) -> str:
    """The rows, to be sent back by the page that showed them: readable by nobody else's page and unchanged."""
    return signing.dumps([asdict(row) for row in rows], salt=_salt(plan, by), compress=True)


def unsealed(plan: StrategicPlan, text: str, *, by: Any) -> list[ActionRow]:
    """The rows that ``sealed`` wrote for this person and plan. Raises ``signing.BadSignature``."""
    data = signing.loads(text, salt=_salt(plan, by), max_age=PREVIEW_SECONDS)
    return [ActionRow(**row) for row in data]


def _salt(plan: StrategicPlan, by: Any) -> str:
    return f"{SALT}.{plan.uid}.{by.pk}"
