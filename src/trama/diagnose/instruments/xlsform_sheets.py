"""The sheets of an XLSForm as lines of text: no more than a workbook of ours may hold, columns by the names we use."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from trama.know.api import Limits, Workbook

from .errors import FormProblem, FormRefused
from .structure import LANGUAGES, Both

MEBIBYTE = 1 << 20
LIMITS = Limits(
    file_bytes=5 * MEBIBYTE, unpacked_bytes=60 * MEBIBYTE, members=200, ratio=100, rows=5_000, columns=200,
    cell_chars=32_767,
)  # fmt: skip
SHEETS = ("survey", "choices", "settings", "trama", "trama_indicators")
SHOWN = 80  # characters of a cell that a message repeats
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how a workbook writes what XML cannot carry


@dataclass(slots=True)
class Line:
    """One row of a sheet: its number, and its texts by column."""

    sheet: str
    number: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def both(self, column: str) -> Both:
        return Both(self.text(f"{column}_pt"), self.text(f"{column}_en"))


@dataclass(slots=True)
class Sheet:
    """A sheet: its name and columns as the file writes them, and its rows."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)  # column, as we call it, to what stands in the file
    lines: list[Line] = field(default_factory=list)


def read_sheets(book: Workbook) -> dict[str, Sheet]:
    """The sheets that mean something here, by their name. Raises ``FormRefused`` where a column stands twice."""
    found: dict[str, Sheet] = {}
    for title in book.sheets:
        key = title.strip().lower()
        if key in SHEETS and key not in found:
            found[key] = _sheet(book, title)
    return found


def _sheet(book: Workbook, title: str) -> Sheet:
    sheet = Sheet(title)
    columns: list[str] = []
    problems: list[FormProblem] = []
    for number, cells in book.rows(title):
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        if not columns:
            columns = [_column(text) for text in texts]
            for column, text in zip(columns, texts, strict=True):
                if column and column in sheet.headers:
                    problems.append(FormProblem(title, number, shown(text), shown(text), _("each column once")))
                sheet.headers[column] = text
            continue
        cells_by_column = {column: text for column, text in zip(columns, texts, strict=False) if column and text}
        sheet.lines.append(Line(title, number, cells_by_column))
    if problems:
        raise FormRefused(problems)
    return sheet


def _text(cell: str | float | bool | None) -> str:
    """What a cell says: whole numbers without a fraction, lines as lines, no spaces around."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    text = ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), cell)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _column(header: str) -> str:
    """``label::Português (pt)`` is ``label_pt``, ``list name`` is ``list_name``; "" for a language that is not ours."""
    base, _mark, language = re.sub(r"\s*::?\s*", "::", header.strip()).partition("::")
    base = re.sub(r"[\s-]+", "_", base.strip().lower())
    if not language:
        code = _language(base.replace("_", " "))
        return code or base
    code = _language(language)
    return f"{base}_{code}" if code else ""


def _language(name: str) -> str:
    """``pt`` or ``en`` for the name of a language with or without its code; "" for any other."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().strip()
    coded = re.search(r"\(([a-z]{2})(?:[-_][a-z0-9]+)?\)$", plain)
    if coded:
        return coded.group(1) if coded.group(1) in LANGUAGES else ""
    if plain in ("pt", "pt-br", "pt_br", "portugues", "portuguese"):
        return "pt"
    return "en" if plain in ("en", "ingles", "english") else ""


def shown(text: object) -> str:
    """A text as a message repeats it: one line, cut at ``SHOWN``."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in str(text)).split())
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"
