"""The plan as a workbook: one sheet for each kind of part, typed cells, the numbers of the screen unrounded."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from trama.foundation.localised import in_language

from .importing import COLUMNS, STATES, column_name
from .models import StrategicPlan
from .pages import ObjectiveLine

type Cell = str | int | Decimal | date | None

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
PROTECTED_FROM_FORMULAS = "'"
TEMPLATE_ROWS = 500


class Book:
    """A workbook being written."""

    def __init__(self, title: str) -> None:
        self._memory = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self._memory, options)
        self._book.set_properties({"title": title})
        self._head = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._text = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self._number = self._book.add_format({"num_format": "#,##0.####", "valign": "top"})
        self._plain = self._book.add_format({"num_format": "0", "valign": "top"})

    def sheet(self, name: str, head: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]]) -> Any:
        """A sheet with its row of names (each with its width)."""
        sheet = self._book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for column, (label, width) in enumerate(head):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, label, self._head)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._write(sheet, line, column, cell)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(head) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def _write(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        if cell is None or cell == "":
            sheet.write_blank(line, column, None, self._text)
        elif isinstance(cell, date):
            sheet.write_datetime(line, column, cell, self._day)
        elif isinstance(cell, int):
            sheet.write_number(line, column, cell, self._plain)
        elif isinstance(cell, Decimal):
            sheet.write_number(line, column, cell, self._number)
        else:
            guarded = PROTECTED_FROM_FORMULAS + cell if cell.startswith(DANGEROUS) else cell
            sheet.write_string(line, column, guarded, self._text)

    def bytes(self) -> bytes:
        self._book.close()
        return self._memory.getvalue()


def plan_xlsx(plan: StrategicPlan, lines: Sequence[ObjectiveLine]) -> bytes:
    """Plan, objectives, goals, targets, measures and actions."""
    book = Book(plan.title)
    book.sheet(_("Plan"), [(_("What it is"), 24), (_("Value"), 80)], _head_rows(plan))
    book.sheet(_("Objectives"), _widths(_("No."), 6, _("Objective"), 60, _("Description"), 60, _("Priority"), 40,
               _("Goals of education plans"), 50), [_objective_row(line) for line in lines])  # fmt: skip
    goals = [(line.node.number, goal) for line in lines for goal in line.goals]
    book.sheet(_("Goals"), _widths(_("Objective No."), 10, _("Goal"), 60, _("Indicator"), 40, _("Unit"), 14,
               _("What is better"), 16, _("Starting point"), 12, _("Year of the starting point"), 12, _("Now"), 12,
               _("When"), 14, _("Source"), 40, _("Way to the target"), 60),
               [_goal_row(number, line) for number, line in goals])  # fmt: skip
    targets: list[list[Cell]] = [
        [number, line.goal.title, one.year, one.value] for number, line in goals for one in line.goal.targets.all()
    ]
    book.sheet(_("Targets"), _widths(_("Objective No."), 10, _("Goal"), 60, _("Year"), 10, _("Target"), 14), targets)
    measures: list[list[Cell]] = [
        [number, line.goal.title, one.measured_on, one.value, one.note]
        for number, line in goals
        for one in line.goal.measures.all()
    ]
    book.sheet(_("Measures"), _widths(_("Objective No."), 10, _("Goal"), 60, _("Measured on"), 14, _("Value"), 14,
               _("Note"), 40), measures)  # fmt: skip
    rows = [_action_row(line, action.action) for line in lines for action in line.actions]
    head = [(column_name(field), _WIDTHS[field]) for field in COLUMNS]
    book.sheet(_("Actions"), [*head, (_("Done on"), 12), (_("Adoption"), 36)], rows)
    return book.bytes()


_WIDTHS = {
    "objective": 36, "what": 50, "why": 40, "where": 24, "starts_on": 12, "due_on": 12, "who": 30, "how": 50,
    "cost": 14,
    "funding": 24, "state": 14,
}  # fmt: skip


def _widths(*pairs: Any) -> list[tuple[str, int]]:
    return list(zip(pairs[::2], pairs[1::2], strict=True))


def _head_rows(plan: StrategicPlan) -> list[list[Cell]]:
    return [
        [_("Plan of"), str(plan.scope)],
        [_("Title"), plan.title],
        [_("Purpose"), plan.purpose],
        [_("From"), plan.starts_on],
        [_("Until"), plan.ends_on],
        [pgettext("state of an action", "State"), str(plan.get_state_display())],
    ]


def _objective_row(line: ObjectiveLine) -> list[Cell]:
    objective = line.node.objective
    links = objective.education_links.all()
    served = [f"{link.goal.plan.law}: {link.goal.number}" for link in links]
    return [line.node.number, objective.title, objective.description, line.priority, "; ".join(served)]


def _goal_row(number: int, line: Any) -> list[Cell]:
    goal, standing = line.goal, line.standing
    better = _("a higher number") if goal.higher_is_better else _("a lower number")
    return [
        number, goal.title, standing.name, standing.unit, better, goal.baseline, goal.baseline_year, standing.value,
        standing.when, standing.source or standing.reason, standing.distance,
    ]  # fmt: skip


def _action_row(line: ObjectiveLine, action: Any) -> list[Cell]:
    who = "; ".join(filter(None, [str(action.responsible) if action.responsible else "", action.who]))
    return [
        line.node.objective.title, action.what, action.why, action.where, action.starts_on, action.due_on, who,
        action.how, action.cost, action.funding, in_language(*STATES[action.state][:2]), action.done_on,
        action.adoption.version.title if action.adoption else "",
    ]  # fmt: skip


def template_xlsx(plan: StrategicPlan, titles: Sequence[str]) -> bytes:
    """An empty sheet of actions, with the objectives of the plan and the states to choose from."""
    book = Book(_("Actions to import"))
    sheet = book.sheet(_("Actions"), [(column_name(field), _WIDTHS[field]) for field in COLUMNS], [])
    fields = list(COLUMNS)
    states = [in_language(names[0], names[1]) for names in STATES.values()]
    column = fields.index("state")
    sheet.data_validation(1, column, TEMPLATE_ROWS, column, {"validate": "list", "source": states})
    rows: list[list[Cell]] = [[n, title] for n, title in enumerate(titles, start=1)]
    book.sheet(_("Objectives of the plan"), _widths(_("No."), 6, _("Objective"), 80), rows)
    help_rows: list[list[Cell]] = [
        [
            column_name("objective"),
            _("The number or the title of an objective. A title that is not in the plan is added."),
        ],
        [column_name("what"), _("The only column that must be filled in.")],
        [column_name("starts_on"), _("A day, such as 31/12/2026.")],
        [column_name("due_on"), _("A day, such as 31/12/2026.")],
        [column_name("who"), _("A person of the team by full name or e-mail address, or any other text.")],
        [column_name("cost"), _("An amount in reais.")],
        [column_name("state"), ", ".join(states)],
    ]
    book.sheet(_("How to fill in"), _widths(_("Column"), 20, _("What it takes"), 80), help_rows)
    return book.bytes()


def template_csv() -> bytes:
    """The names of the columns, in the form that spreadsheets here open."""
    return b"\xef\xbb\xbf" + (";".join(column_name(field) for field in COLUMNS) + "\r\n").encode()
