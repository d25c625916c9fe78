"""A version of an instrument as an XLSForm (https://xlsform.org): the field's own way of writing questionnaires.

The sheets ``survey``, ``choices`` and ``settings`` are plain XLSForm: any tool that knows the format shows the form.
What the format has no place for stands in columns and sheets whose names begin with ``trama``, which such tools leave
alone. docs/user/instruments.md describes all of it; ``xlsform_reading`` reads it back, the same version.
"""

import io
from collections.abc import Callable, Iterator

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from .structure import LEVEL_NAMES, LEVELS, AreaData, Both, CriterionData, DimensionData, VersionData

PORTUGUESE, ENGLISH = "Português (pt)", "English (en)"
RESPONDENT_LIST, RESPONDENT_QUESTION = "respondent", "respondent_kind"
SURVEY_COLUMNS = (
    "type", "name", "label", "hint", "guidance_hint", "required", "appearance", "trama_starred", "trama_weight",
    "trama_reach", "trama_governability", "trama_respondents", "trama_technologies", "trama_law",
)  # fmt: skip
TRANSLATED = ("label", "hint", "guidance_hint", "trama_law")
INDICATOR_COLUMNS = (
    "criterion", "indicator", "stage", "better", "cut_basic", "cut_adequate", "cut_exemplary", "note_pt", "note_en",
)  # fmt: skip
HEAD = ("slug", "scope", "title", "summary", "authors", "note")

type Row = dict[str, str | int | float | Both]


def plain_name(prefix: str, key: str) -> str:
    """A name that every tool accepts: letters, digits and underscores. Keys have no underscore, so it can be undone."""
    return f"{prefix}_{key.replace('-', '_')}"


def write_xlsform(data: VersionData, *, short: bool = False) -> bytes:
    """The workbook of a whole version, or of its short version (the starred criteria)."""
    shown = data.shortened() if short else data
    survey = list(_survey(shown))
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheets = _Sheets(book)
        sheets.add("survey", SURVEY_COLUMNS, survey, translated=TRANSLATED)
        sheets.add("choices", ("list_name", "name", "label"), list(_choices(shown)), translated=("label",))
        sheets.add("settings", ("form_title", "form_id", "version", "default_language"), [_settings(shown, short)])
        sheets.add("trama", ("name", "value", PORTUGUESE, ENGLISH), list(_head(shown)))
        sheets.add("trama_indicators", INDICATOR_COLUMNS, list(_indicators(shown)))
    return buffer.getvalue()


class _Sheets:
    """Writes sheets of text and numbers; a text is never a formula."""

    def __init__(self, book: "xlsxwriter.Workbook") -> None:
        self.book = book
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def add(self, name: str, columns: tuple[str, ...], rows: list[Row], *, translated: tuple[str, ...] = ()) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        headers: list[tuple[str, str, str]] = []  # what is written, column, language
        for column in columns:
            if column in translated:
                headers += [(f"{column}::{PORTUGUESE}", column, "pt"), (f"{column}::{ENGLISH}", column, "en")]
            else:
                headers.append((column, column, ""))
        for position, (header, column, _language) in enumerate(headers):
            sheet.write_string(0, position, header, self.bold)
            sheet.set_column(position, position, 48 if column in translated or "(" in header else 18)
        for number, row in enumerate(rows, start=1):
            for position, (_header, column, language) in enumerate(headers):
                value = row.get(column, "")
                if isinstance(value, Both):
                    value = getattr(value, language)
                if isinstance(value, str):
                    if value:
                        sheet.write_string(number, position, value, self.wrapped)
                else:
                    sheet.write_number(number, position, value)


def _survey(data: VersionData) -> Iterator[Row]:
    yield {"type": "note", "name": "guidance", "label": data.guidance}
    for level, meaning in zip(LEVELS, data.levels, strict=True):
        name = LEVEL_NAMES[level]
        label = Both(f"{name.pt}: {meaning.pt}", f"{name.en}: {meaning.en}")
        yield {"type": "note", "name": f"level_{level}", "label": label}
    if data.respondents:
        yield {
            "type": f"select_one {RESPONDENT_LIST}",
            "name": RESPONDENT_QUESTION,
            "label": _spoken(lambda: _("Who is answering?")),
            "required": "yes",
        }
    for dimension in data.dimensions:
        yield from _group("d", dimension)
        for area in dimension.areas:
            yield from _group("a", area)
            for criterion in area.criteria:
                yield from _question(criterion)
            yield {"type": "end_group"}
        yield {"type": "end_group"}


def _group(prefix: str, part: DimensionData | AreaData) -> Iterator[Row]:
    name = plain_name(prefix, part.slug)
    yield {"type": "begin_group", "name": name, "label": _numbered(part.code, part.title)}
    if part.summary:
        yield {"type": "note", "name": f"s_{name}", "label": part.summary}


def _numbered(code: str, title: Both) -> Both:
    return Both(f"{code} {title.pt}", f"{code} {title.en}")


def _question(data: CriterionData) -> Iterator[Row]:
    title = _numbered(data.code, data.title)
    yield {
        "type": f"select_one {plain_name('levels', data.key)}",
        "name": plain_name("c", data.key),
        "label": Both(f"{title.pt}\n{data.question.pt}", f"{title.en}\n{data.question.en}"),
        "hint": Both("\n".join(line.pt for line in data.evidence), "\n".join(line.en for line in data.evidence)),
        "guidance_hint": data.why,
        "trama_starred": "yes" if data.starred else "no",
        "trama_weight": data.weight,
        "trama_reach": data.reach,
        "trama_governability": data.governability,
        "trama_respondents": " ".join(data.respondents),
        "trama_technologies": " ".join(data.technologies),
        "trama_law": data.law,
    }
    yield {
        "type": "text",
        "name": plain_name("t", data.key),
        "label": _spoken(lambda: _("What shows it? What did you think of?")),
        "appearance": "multiline",
    }


def _spoken(sentence: Callable[[], str]) -> Both:
    """A sentence of ours in both languages."""
    with override("pt-br"):
        portuguese = sentence()
    with override("en"):
        return Both(portuguese, sentence())


def _choices(data: VersionData) -> Iterator[Row]:
    for entry in data.respondents:
        yield {"list_name": RESPONDENT_LIST, "name": entry.key, "label": entry.name}
    for criterion in data.criteria:
        for level, anchor in zip(LEVELS, criterion.anchors, strict=True):
            yield {"list_name": plain_name("levels", criterion.key), "name": level, "label": anchor}


def _settings(data: VersionData, short: bool) -> Row:
    form_id = plain_name("trama", data.slug) + ("_short" if short else "")
    return {
        "form_title": data.title.pt,
        "form_id": form_id,
        "version": data.version,
        "default_language": PORTUGUESE,
    }


def _head(data: VersionData) -> Iterator[Row]:
    for name in HEAD:
        value = getattr(data, name)
        if isinstance(value, Both):
            yield {"name": name, PORTUGUESE: value.pt, ENGLISH: value.en}
        else:
            yield {"name": name, "value": value}


def _indicators(data: VersionData) -> Iterator[Row]:
    for criterion in data.criteria:
        for figure in criterion.indicators:
            row: Row = {
                "criterion": criterion.key,
                "indicator": figure.indicator,
                "stage": figure.stage,
                "better": figure.better,
                "note_pt": figure.note.pt,
                "note_en": figure.note.en,
            }
            if figure.cuts is not None:
                row |= dict(zip(("cut_basic", "cut_adequate", "cut_exemplary"), figure.cuts, strict=True))
            yield row
