"""Downloads: the figures of a page as CSV, XLSX and JSON. The numbers are those of the screen, unrounded.

Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers are numbers. A cell without
value is empty and says why in its own column, so that nobody's mean counts a zero that is not there.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter
from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..territory.models import Place
from ..vocabulary import Dependency, Location, Stage, ValueStatus
from .columns import Value
from .figures import FigureKey, Figures
from .models import Indicator, Release
from .sections.gaps import reason

FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
}
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
PROTECTED_FROM_FORMULAS: Final = "'"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one place."""

    place: Place
    key: FigureKey
    value: Value


@dataclass(frozen=True, slots=True)
class Download:
    """What a download holds, whatever its format."""

    title: str
    file_name: str  # without ending
    rows: Sequence[Row]
    definitions: dict[str, Indicator]
    releases: dict[int, Release]


def rows_of(places: Iterable[tuple[Place, Figures]], *, indicators: Iterable[str] | None = None) -> list[Row]:
    """Every figure of the places, in the order of indicator, dependency, stage and year."""
    wanted = None if indicators is None else set(indicators)
    return [
        Row(place, key, value)
        for place, figures in places
        for key, series in sorted(figures.cells.items())
        if wanted is None or key.indicator in wanted
        for value in series.values()
    ]


def as_response(download: Download, kind: str) -> HttpResponse:
    """The download in one of ``FORMATS``; an unknown one is "not found"."""
    writers = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json}
    if kind not in writers:
        raise Http404(_("Expected one of these formats: %(formats)s.") % {"formats": ", ".join(writers)})
    response = HttpResponse(writers[kind](download), content_type=FORMATS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{slugify(download.file_name)}.{kind}"'
    return response


def header() -> list[str]:
    return [
        _("place code"),
        _("place"),
        _("indicator"),
        _("indicator name"),
        _("unit"),
        _("administrative dependency"),
        _("stage"),
        _("grade"),
        _("location"),
        _("year"),
        _("value"),
        _("why there is no value"),
        _("source"),
        _("vintage"),
    ]


def cells_of(row: Row, download: Download) -> list[str | float | int | None]:
    """The cells of one row, under ``header``."""
    definition = download.definitions.get(row.key.indicator)
    release = download.releases.get(row.value.release)
    return [
        row.place.code,
        row.place.name,
        row.key.indicator,
        definition.name if definition else row.key.indicator,
        definition.unit if definition else "",
        str(Dependency(row.key.dependency).label),
        str(Stage(row.key.stage).label) if row.key.stage else "",
        row.key.grade or None,
        str(Location(row.key.location).label) if row.key.location else "",
        row.value.year,
        row.value.value,
        "" if row.value.status == ValueStatus.VALUE else reason(row.value.status),
        f"{release.publisher}: {release.title}" if release else "",
        release.vintage if release else "",
    ]


def as_csv(download: Download) -> bytes:
    """UTF-8 with BOM, ``;`` between cells; decimal comma in Portuguese, point in English."""
    comma = not (get_language() or "").startswith("en")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header())
    for row in download.rows:
        writer.writerow([_csv_cell(cell, comma) for cell in cells_of(row, download)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(download: Download) -> bytes:
    """Three sheets: figures, definitions, sources. Numbers are numeric cells with the decimals of their indicator."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": download.title})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    formats = {n: book.add_format({"num_format": "#,##0" + ("." + "0" * n if n else "")}) for n in range(6)}
    sheet = book.add_worksheet(_("Figures"))
    sheet.freeze_panes(1, 2)
    sheet.set_column(1, 1, 28)
    sheet.set_column(2, 8, 18)
    for column, label in enumerate(header()):
        sheet.write_string(0, column, label, bold)
    for line, row in enumerate(download.rows, start=1):
        definition = download.definitions.get(row.key.indicator)
        shown = formats[min(5, definition.decimals if definition else 1)]
        for column, cell in enumerate(cells_of(row, download)):
            if isinstance(cell, str):
                sheet.write_string(line, column, guarded(cell))
            elif cell is not None:
                sheet.write_number(line, column, cell, shown if column == 10 else None)
    sheet.autofilter(0, 0, max(1, len(download.rows)), len(header()) - 1)
    _table_sheet(book, bold, _("Definitions"), *_definition_rows(download))
    _table_sheet(book, bold, _("Sources"), *_source_rows(download))
    book.close()
    return memory.getvalue()


def as_json(download: Download) -> bytes:
    """Definitions and sources once, and each figure with its status and the release it comes from."""
    codes = dict.fromkeys(row.key.indicator for row in download.rows)
    content: dict[str, Any] = {
        "title": download.title,
        "language": get_language(),
        "indicators": {
            code: {"name": one.name, "definition": one.definition, "unit": one.unit, "decimals": one.decimals}
            for code in codes
            if (one := download.definitions.get(code))
        },
        "releases": {str(one.id): _release_facts(one) for one in _releases(download)},
        "statuses": {status: reason(status) for status in sorted({row.value.status for row in download.rows})},
        "places": {str(row.place.code): row.place.name for row in download.rows},
        "figures": [
            {
                "place": row.place.code,
                "indicator": row.key.indicator,
                "dependency": row.key.dependency,
                "stage": row.key.stage,
                "grade": row.key.grade,
                "location": row.key.location,
                "year": row.value.year,
                "value": row.value.value,
                "status": row.value.status,
                "release": row.value.release,
            }
            for row in download.rows
        ],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return PROTECTED_FROM_FORMULAS + text if text.startswith(DANGEROUS) else text


def _csv_cell(cell: str | float | int | None, comma: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell)
    text = str(int(cell)) if float(cell).is_integer() else repr(float(cell))
    return text.replace(".", ",") if comma else text


def _releases(download: Download) -> list[Release]:
    used = dict.fromkeys(row.value.release for row in download.rows)
    return [download.releases[release] for release in used if release in download.releases]


def _release_facts(release: Release) -> dict[str, str]:
    return {
        "title": release.title,
        "publisher": release.publisher,
        "vintage": release.vintage,
        "file": release.file_name,
        "sha256": release.file_sha256,
        "address": release.reference_address,
    }


def _definition_rows(download: Download) -> tuple[list[str], list[list[str]]]:
    codes = dict.fromkeys(row.key.indicator for row in download.rows)
    found = [download.definitions[code] for code in codes if code in download.definitions]
    head = [_("indicator"), _("indicator name"), _("unit"), _("definition")]
    return head, [[one.code, one.name, one.unit, one.definition] for one in found]


def _source_rows(download: Download) -> tuple[list[str], list[list[str]]]:
    head = [_("publisher"), _("title"), _("vintage"), _("file"), "SHA-256", _("address")]
    rows = [
        [one.publisher, one.title, one.vintage, one.file_name, one.file_sha256, one.reference_address]
        for one in _releases(download)
    ]
    return head, rows


def _table_sheet(book: Any, bold: Any, name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 3, 28)
    for column, label in enumerate(head):
        sheet.write_string(0, column, label, bold)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            sheet.write_string(line, column, guarded(cell))
