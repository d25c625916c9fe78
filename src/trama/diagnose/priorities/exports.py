"""The full table of factors as a spreadsheet: typed numbers, text that is never a formula, and how it was made."""

import io
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trama_measure.diagnosis import FACTORS

from ..rounds.models import Round
from .models import Priority
from .order import Facts, Order
from .wording import FACTOR_NAMES, OUTSIDE, level_name, what_would_move, why

type Cell = str | float | int | None


def _head() -> list[str]:
    return [
        _("Decided place"),
        _("Computed place"),
        _("Code"),
        _("Criterion"),
        _("Level"),
        _("Agreed by the team"),
        _("Gap"),
        _("Weight"),
        _("Reach (1 to 5)"),
        _("Governability (1 to 5)"),
        _("Gravity"),
        _("Urgency"),
        _("Trend"),
        _("People who scored"),
        _("Score"),
        _("First possible place"),
        _("Last possible place"),
        _("Why"),
        _("What would change it"),
        _("Reason of the team for another reach or governability"),
        _("Reason of the team for another place"),
    ]


def table_xlsx(of: Round, order: Order, decided: list[Priority], *, with_gut: bool, at: datetime) -> bytes:
    """Every criterion of the round: candidates in computed order, then the others."""
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(memory, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(_("Factors"))
        sheet.freeze_panes(1, 4)
        sheet.set_column(3, 3, 40)
        sheet.set_column(17, 20, 60)
        table: list[list[Cell]] = [[*_head()], *_rows(of, order, decided, with_gut)]
        for row, cells in enumerate(table):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell, bold if row == 0 else None)
                elif cell is not None:
                    sheet.write_number(row, column, cell)
        about = book.add_worksheet(_("About"))
        about.set_column(0, 0, 30)
        about.set_column(1, 1, 90)
        for row, (name, value) in enumerate(_notes(of, order, at)):
            about.write_string(row, 0, name, bold)
            if isinstance(value, float):
                about.write_number(row, 1, value)
            else:
                about.write_string(row, 1, value)
    return memory.getvalue()


def _rows(of: Round, order: Order, decided: list[Priority], with_gut: bool) -> list[list[Cell]]:
    chosen = {one.item_id: one for one in decided}
    lines: list[list[Cell]] = []
    for place in order.places:
        one = chosen.get(place.facts.item.pk)
        lines.append(
            [
                one.position if one is not None else None,
                place.position,
                *_facts(place.facts),
                round(place.score, 4),
                place.first_possible,
                place.last_possible,
                why(place, order, of.scope_kind, with_gut=with_gut),
                what_would_move(place, order),
                _factor_reason(place.facts),
                one.reason if one is not None else "",
            ]
        )
    for candidacy, found in order.outside:
        for facts in found:
            lines.append([None, None, *_facts(facts), None, None, None, str(OUTSIDE[candidacy][1]), "", "", ""])
    return lines


def _factor_reason(facts: Facts) -> str:
    return str(facts.factor.reason) if facts.changed_by_team else ""


def _facts(facts: Facts) -> list[Cell]:
    gut: list[Cell] = [value or None for value in facts.gut.medians]
    return [
        facts.code,
        facts.title,
        level_name(facts),
        _("no") if facts.provisional else _("yes"),
        facts.gap if facts.level > 0 else None,
        facts.importance,
        facts.reach or None,
        facts.governability or None,
        *gut,
        max(facts.gut.people),
    ]


def _notes(of: Round, order: Order, at: datetime) -> list[tuple[str, Any]]:
    weights = [(str(FACTOR_NAMES[name]), float(getattr(order.weights, name))) for name in FACTORS]
    return [
        (_("Institution"), str(of.scope)),
        (_("Round"), of.title),
        (_("Made on"), date_format(at.astimezone(of.zone), "SHORT_DATETIME_FORMAT")),
        (_("Rule"), _("gap × weight × reach × governability × GUT")),
        (_("Scores of the rule"), _("An empty score counts as 3, the middle.")),
        *((_("Weight in the rule: %(factor)s") % {"factor": name}, value) for name, value in weights),
    ]
