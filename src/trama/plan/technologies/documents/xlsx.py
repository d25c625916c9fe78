"""A spreadsheet as XLSX: typed columns, choices, formulas, totals, examples, and a sheet that says how to use it."""

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook as File
from xlsxwriter.worksheet import Worksheet

from trama.foundation.documents.paper import Paper

from .formulas import in_row
from .workbook import NUMBERS, Column, Sheet, Workbook

FORMATS = {"integer": "0", "decimal": "0.0#", "percent": "0%", "money": "#,##0.00", "date": "dd/mm/yyyy"}
WIDTHS = {"long_text": 38, "text": 24, "choice": 22, "date": 12, "money": 15}
TITLE_ROW, FIRST_COLUMN = 0, 1  # column A says which rows are examples, and where the totals are
CHOICES_SHEET = {"pt": "Opções", "en": "Choices"}
HELP_SHEET = {"pt": "Como usar", "en": "How to use"}
GREY = "#6B7280"


def as_xlsx(workbook: Workbook, paper: Paper) -> bytes:
    """The spreadsheet in the language of the paper. The same description and paper always give the same bytes."""
    memory = io.BytesIO()
    book = File(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    language = paper.language[:2]
    book.set_properties(
        {
            "title": workbook.title[language],
            "subject": paper.work,
            "author": paper.authors,
            "comments": paper.note,
            "created": paper.dated.replace(tzinfo=None),
        }
    )
    book.set_calc_mode("auto")
    _Writer(book, language, workbook, paper).write()
    book.close()
    return memory.getvalue()


class _Writer:
    def __init__(self, book: File, language: str, workbook: Workbook, paper: Paper) -> None:
        self.book, self.language, self.workbook, self.paper = book, language, workbook, paper
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._choices: dict[tuple[str, ...], str] = {}
        self._choices_sheet: Worksheet | None = None

    def format(self, **fields: Any) -> Any:
        """A format, made once."""
        wanted = {"valign": "top", **fields}
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(wanted)
        return self._formats[key]

    def write(self) -> None:
        self._help(self.book.add_worksheet(self._free(HELP_SHEET[self.language])))
        for sheet in self.workbook.sheets:
            self._sheet(self.book.add_worksheet(sheet.name[self.language]), sheet)

    def _free(self, name: str) -> str:
        taken = {sheet.name[self.language].casefold() for sheet in self.workbook.sheets}
        return name if name.casefold() not in taken else f"{name} ·"

    def _help(self, page: Worksheet) -> None:
        """How to use it, and every column with its hint."""
        page.hide_gridlines(2)
        page.set_column(0, 0, 28)
        page.set_column(1, 1, 90)
        wrapped = self.format(text_wrap=True)
        page.merge_range(0, 0, 0, 1, "", self.format())
        page.write_string(
            0, 0, self.workbook.title[self.language], self.format(bold=True, font_size=16, font_color="#0C326F")
        )
        page.set_row(0, 26)
        lines = [
            self.workbook.instructions[self.language],
            _("Grey rows marked “example” show how to fill in: totals leave them out. Delete them when you like."),
            _("Need more rows? Insert them above the row of totals and copy one that has formulas."),
            f"{self.paper.work} · {self.paper.edition} · {self.paper.authors}",
            self.paper.note,
        ]
        row = 1
        for line in filter(None, lines):
            page.merge_range(row, 0, row, 1, "", wrapped)
            page.write_string(row, 0, line, wrapped)
            page.set_row(row, 15 * (1 + len(line) // 112 + line.count("\n")))
            row += 1
        for sheet in self.workbook.sheets:
            row += 1
            page.write_string(row, 0, sheet.name[self.language], self.format(bold=True, font_size=13))
            row += 1
            for column in sheet.columns:
                page.write_string(row, 0, column.title[self.language], wrapped)
                words = about_column(column, self.language)
                page.write_string(row, 1, words, wrapped)
                page.set_row(row, 15 * max(1, 1 + len(words) // 92, 1 + len(column.title[self.language]) // 27))
                row += 1
        self._printing(page, landscape=False)

    def _sheet(self, page: Worksheet, sheet: Sheet) -> None:
        header = self.format(
            bold=True, text_wrap=True, bg_color="#0C326F", font_color="#FFFFFF", border=1, border_color="#B8C1D1"
        )
        page.write_string(TITLE_ROW, 0, _("Row"), header)
        page.set_column(0, 0, 9)
        for number, column in enumerate(sheet.columns, start=FIRST_COLUMN):
            page.write_string(TITLE_ROW, number, column.title[self.language], header)
            page.set_column(number, number, _width(column, self.language))
        page.set_row(TITLE_ROW, 45)
        page.freeze_panes(TITLE_ROW + 1, FIRST_COLUMN)
        first = TITLE_ROW + 1 + len(sheet.examples)
        last = first + sheet.rows - 1
        for row, example in enumerate(sheet.examples, start=TITLE_ROW + 1):
            page.write_string(row, 0, _("example"), self.format(italic=True, font_color=GREY))
            self._row(page, sheet, row, example[self.language], example=True)
        for row in range(first, last + 1):
            page.write_number(row, 0, row - first + 1, self.format(font_color=GREY))
            self._row(page, sheet, row, {}, example=False)
        for number, column in enumerate(sheet.columns, start=FIRST_COLUMN):
            self._validate(page, column, TITLE_ROW + 1, last, number)
        self._totals(page, sheet, first, last)
        self._printing(page, landscape=True)

    def _row(self, page: Worksheet, sheet: Sheet, row: int, values: Mapping[str, Any], *, example: bool) -> None:
        cells = {
            column.key: xl_rowcol_to_cell(row, number, col_abs=True)
            for number, column in enumerate(sheet.columns, start=FIRST_COLUMN)
        }
        for number, column in enumerate(sheet.columns, start=FIRST_COLUMN):
            look = self._look(column, example=example)
            value = values.get(column.key)
            if column.type == "formula":
                page.write_formula(row, number, in_row(column.formula, cells), look, "")
            elif value is None:
                page.write_blank(row, number, None, look)
            elif isinstance(value, date):
                page.write_datetime(row, number, value, look)
            elif isinstance(value, int | float):
                page.write_number(row, number, value, look)
            else:
                page.write_string(row, number, value, look)

    def _look(self, column: Column, *, example: bool, **more: Any) -> Any:
        fields: dict[str, Any] = {"border": 1, "border_color": "#D3D9E3", **more}
        if column.result in FORMATS:
            fields["num_format"] = FORMATS[column.result]
        else:
            fields["text_wrap"] = True
        if example:
            fields |= {"font_color": GREY, "italic": True}
        if column.type == "formula":
            fields["bg_color"] = "#F1F4F9"
        return self.format(**fields)

    def _validate(self, page: Worksheet, column: Column, first: int, last: int, number: int) -> None:
        """Choices as a list, numbers and dates as such; what does not fit is asked about, not refused."""
        options: dict[str, Any] = {"validate": "any", "ignore_blank": True, "error_type": "warning"}
        if column.type == "choice":
            options |= {"validate": "list", "source": self._range_of(column.choices[self.language])}
        elif column.type in NUMBERS:
            bound = {"criteria": "between", "minimum": -1e12, "maximum": 1e12}
            options |= {"validate": "integer" if column.type == "integer" else "decimal", **bound}
            if column.type == "integer":
                options |= {"minimum": -1_000_000_000, "maximum": 1_000_000_000}
        elif column.type == "date":
            options |= {"validate": "date", "criteria": ">=", "value": date(1930, 1, 1)}
        if column.type != "formula" and column.hint[self.language]:
            options |= {
                "input_title": column.title[self.language][:32],
                "input_message": column.hint[self.language][:255],
            }
        if len(options) > 3:
            options["error_title"] = column.title[self.language][:32]
            options["error_message"] = about_column(column, self.language)[:255]
            page.data_validation(first, number, last, number, options)

    def _range_of(self, choices: tuple[str, ...]) -> str:
        """The cells that hold a list of choices, on a hidden sheet: a list in the rule itself holds 255 characters."""
        if self._choices_sheet is None:
            self._choices_sheet = self.book.add_worksheet(self._free(CHOICES_SHEET[self.language]))
            self._choices_sheet.hide()
        if choices not in self._choices:
            column = len(self._choices)
            for row, choice in enumerate(choices):
                self._choices_sheet.write_string(row, column, choice)
            name, letter = self._choices_sheet.get_name(), xl_col_to_name(column)
            self._choices[choices] = f"='{name}'!${letter}$1:${letter}${len(choices)}"
        return self._choices[choices]

    def _totals(self, page: Worksheet, sheet: Sheet, first: int, last: int) -> None:
        if not any(column.total for column in sheet.columns):
            return
        strong = {"bold": True, "top": 2, "bg_color": "#E6ECF7"}
        page.write_string(last + 1, 0, _("Total"), self.format(**strong))
        for number, column in enumerate(sheet.columns, start=FIRST_COLUMN):
            if not column.total:
                page.write_blank(last + 1, number, None, self.format(**strong))
                continue
            cells = f"{xl_rowcol_to_cell(first, number)}:{xl_rowcol_to_cell(last, number)}"
            formula, look = _total(column, cells), strong
            if column.total != "count" and column.result in FORMATS:
                look = strong | {"num_format": FORMATS[column.result]}
            page.write_formula(last + 1, number, formula, self.format(**look), "")

    def _printing(self, page: Worksheet, *, landscape: bool) -> None:
        page.set_paper(9)
        if landscape:
            page.set_landscape()
            page.repeat_rows(TITLE_ROW)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        note = f"{self.paper.work} · {self.paper.edition}".replace("&", "&&")
        page.set_footer(f"&L&8{note[:180]}&R&8&P / &N")


def about_column(column: Column, language: str) -> str:
    """What goes in a column, in a sentence, with its hint."""
    kinds = {
        "text": _("Text."),
        "long_text": _("Text."),
        "integer": _("Whole number."),
        "decimal": _("Number."),
        "percent": _("Percentage: write 85%."),
        "money": _("Amount in reais."),
        "date": _("Date: day/month/year."),
        "choice": _("Choose: %s.") % "; ".join(column.choices[language]),
        "formula": _("Fills itself in."),
    }
    return f"{kinds[column.type]} {column.hint[language]}".strip()


def _total(column: Column, cells: str) -> str:
    """The formula of a total. What a formula leaves empty ("") counts as nothing; no value at all stays empty."""
    if column.total == "count":
        if column.type == "formula":
            return f'=SUMPRODUCT(--({cells}<>""))'
        return f"=COUNTA({cells})"
    if column.total == "average":
        return f'=IF(COUNT({cells})=0,"",AVERAGE({cells}))'
    return f"=SUM({cells})"


def _width(column: Column, language: str) -> float:
    longest = max(len(word) for word in column.title[language].split())
    return max(WIDTHS.get(column.result, 12), longest + 2, min(len(column.title[language]) / 2.5, 20))
