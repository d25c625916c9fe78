"""The funnel as a spreadsheet: the same lines as the page. Text is never a formula."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.utils.translation import gettext as _

from .funnel_selectors import Line, Reason


def funnel_sheet(
    lines: Iterable[Line],
    causes: Iterable[tuple[str, str]],
    reasons: Iterable[Reason],
    notes: Iterable[tuple[str, str]],
) -> bytes:
    """Four sheets: funnel, kinds of reason, reasons, about."""
    explained = _(
        "Counts are in bands of ten. A median time is shown where at least ten adoptions stand behind it, reasons "
        "without a name where at least ten adoptions were opened."
    )
    sheets: list[tuple[str, list[Sequence[str]]]] = [
        (
            _("Funnel"),
            [
                (_("Stage"), _("Settled it"), _("Paused here"), _("Given up here"), _("Median time")),
                *((line.label, line.reached, line.paused, line.given_up, line.weeks) for line in lines),
            ],
        ),
        (_("Kinds of reason"), [(_("Kind of reason"), _("Adoptions")), *causes]),
        (
            _("Reasons"),
            [
                (_("State"), _("Stage"), _("Kind of reason"), _("In their words"), _("Who")),
                *((one.state, one.stage, one.cause, one.text, one.owner) for one in reasons),
            ],
        ),
        (_("About"), [*notes, (_("How to read it"), explained)]),
    ]
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.set_column(0, 0, 36)
            sheet.set_column(1, 5, 24)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, cell, bold if number == 0 else plain)
    return buffer.getvalue()
