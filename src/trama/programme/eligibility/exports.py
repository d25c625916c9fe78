"""The preview of a rule as a spreadsheet or as CSV: the same networks and the same answers as the screen, typed cells.

Nothing that a cell holds is ever read as a formula: the workbook writes text as text, and the CSV puts an apostrophe
before text that a spreadsheet would take for a formula.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import xlsxwriter
from django.utils.translation import gettext as _

from trama_measure.arrays import FloatArray, IntArray
from trama_measure.indicators.conditions import Truth

from .assessment import CountryAnswer
from .evaluation import at_path
from .explanation import Explainer
from .tree import conditions_of
from .wording import SMALLEST_SHOWN, condition_words

type Cell = str | float | int | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def answer_words(truth: int) -> str:
    """One of three words, the same on every page and in every file."""
    return {Truth.MET: _("met"), Truth.NOT_MET: _("not met"), Truth.UNKNOWN: _("unknown")}[Truth(truth)]


def table(
    answer: CountryAnswer, positions: IntArray, population: FloatArray, acronyms: dict[int, str]
) -> Iterator[list[Cell]]:
    """A header, then one row per network: identity, verdict, what would decide, and each condition's figures."""
    explainer = None
    if answer.world is not None and answer.evaluated is not None:
        explainer = Explainer(answer.world, answer.evaluated)
    header: list[Cell] = [
        _("IBGE code"),
        _("Municipality"),
        _("State (UF)"),
        _("Residents"),
        _("Verdict"),
        _("Eligible if"),
    ]
    nodes = []
    if explainer is not None and answer.evaluated is not None:
        for path, condition in conditions_of(answer.evaluated.node):
            words = condition_words(condition, explainer.indicators)
            header += [words, _("Figure found"), _("Year"), _("Reference"), _("Source")]
            nodes.append((at_path(answer.evaluated, path), explainer.indicators[condition.indicator]))
    yield header
    networks = answer.networks
    for i in positions.tolist():
        truth = int(answer.truth[i])
        decides = explainer.explain(i).decides if explainer is not None and truth == Truth.UNKNOWN else ""
        state = acronyms.get(int(networks.states[i]), str(networks.states[i]))
        row: list[Cell] = [int(networks.places[i]), networks.names[i], state, _number(population[i])]
        row += [answer_words(truth), decides]
        for evaluated, indicator in nodes:
            row += _condition_cells(evaluated, indicator, explainer, i)
        yield row


def _condition_cells(evaluated: Any, indicator: Any, explainer: Explainer | None, i: int) -> list[Cell]:
    value = _number(evaluated.column.values[i])
    found: Cell = value
    if value is not None and indicator.person_count and 0 < value < SMALLEST_SHOWN:
        found = _("fewer than %(limit)d") % {"limit": SMALLEST_SHOWN}
    reference = _number(evaluated.threshold[i]) if evaluated.node.threshold is None else None
    release = explainer.releases.get(int(evaluated.column.releases[i])) if explainer is not None else None
    source = f"{release.publisher}, {release.title} ({release.vintage})" if release is not None else ""
    return [answer_words(int(evaluated.truth[i])), found, evaluated.cell.year or None, reference, source]


def _number(value: float) -> float | int | None:
    if np.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def as_csv(rows: Iterable[list[Cell]]) -> bytes:
    """UTF-8 with a byte order mark and ``;``, which a spreadsheet in Portuguese opens by itself. Decimal point."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([[_safe(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return "" if cell is None else cell


def as_xlsx(rows: Iterable[list[Cell]], notes: Iterable[tuple[str, str]]) -> bytes:
    """One sheet of typed cells (text is never a formula), one of notes: what was exported, and when."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(_("Networks"))
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 0, 11)
        sheet.set_column(1, 1, 28)
        sheet.set_column(5, 200, 24)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell, bold if number == 0 else None)
                elif cell is not None:
                    sheet.write_number(number, column, cell)
        about = book.add_worksheet(_("About"))
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 100)
        for number, (name, what) in enumerate(notes):
            about.write_string(number, 0, name, bold)
            about.write_string(number, 1, what)
    return buffer.getvalue()
