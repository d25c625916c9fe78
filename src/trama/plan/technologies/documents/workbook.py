"""The description of a spreadsheet (TOML), read and checked: sheets, columns, choices, formulas, examples."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from trama.foundation.documents.errors import DocumentError

from .formulas import check_formula

TYPES = ("text", "long_text", "integer", "decimal", "percent", "money", "date", "choice", "formula")
NUMBERS = ("integer", "decimal", "percent", "money")
TOTALS = ("sum", "average", "count")
LANGUAGES = ("pt", "en")
NAME_LENGTH, MAX_ROWS, MAX_COLUMNS, MAX_SHEETS, MAX_LENGTH = 28, 500, 40, 12, 60_000
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_TOP = {"title_pt", "title_en", "instructions_pt", "instructions_en", "sheet"}
_SHEET = {"name_pt", "name_en", "rows", "column", "example"}
_COLUMN = {
    "key", "title_pt", "title_en", "type", "hint_pt", "hint_en", "choices_pt", "choices_en", "formula", "result",
    "total",
}  # fmt: skip

type Both = Mapping[str, str]  # by language
type Value = str | int | float | date


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    title: Both
    type: str
    hint: Both
    choices: Mapping[str, tuple[str, ...]]
    formula: str
    result: str  # how its cells are shown: the type, or of a formula the type of its result
    total: str


@dataclass(frozen=True, slots=True)
class Sheet:
    name: Both
    rows: int
    columns: tuple[Column, ...]
    examples: tuple[Mapping[str, Mapping[str, Value]], ...]  # by language, by key


@dataclass(frozen=True, slots=True)
class Workbook:
    title: Both
    instructions: Both
    sheets: tuple[Sheet, ...]


def read_workbook(text: str) -> Workbook:
    """Read a description. Raises ``DocumentError`` at the first place that is not as it should be."""
    if len(text) > MAX_LENGTH:
        raise DocumentError(_("description"), _("%d characters") % len(text), _("at most %d characters") % MAX_LENGTH)
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DocumentError(_("description"), str(error)[:200], _("TOML")) from error
    _known(data, _TOP, _("description"))
    sheets = _list(data, "sheet", _("description"), at_most=MAX_SHEETS)
    read = tuple(_sheet(one, number) for number, one in enumerate(sheets, start=1))
    for language in LANGUAGES:
        names = [sheet.name[language].casefold() for sheet in read]
        for name in names:
            if names.count(name) > 1:
                raise DocumentError(_("name of a sheet"), f"“{name}” ({language})", _("a name of its own for each"))
    return Workbook(_both(data, "title", _("description")), _both(data, "instructions", _("description")), read)


def _sheet(data: Any, number: int) -> Sheet:
    where = _("sheet %d") % number
    _known(data, _SHEET, where)
    name = _both(data, "name", where)
    for text in name.values():
        if len(text) > NAME_LENGTH or _FORBIDDEN.search(text) or text.startswith("'") or text.endswith("'"):
            raise DocumentError(where, f"“{text}”", _("a name of at most %d characters without []:*?/\\") % NAME_LENGTH)
    where = _("sheet “%s”") % name["en"]
    rows = data.get("rows")
    if not _whole(rows) or not 1 <= rows <= MAX_ROWS:
        raise DocumentError(f"{where}, rows", repr(rows), _("a number from 1 to %d") % MAX_ROWS)
    columns = tuple(_column(one, where) for one in _list(data, "column", where, at_most=MAX_COLUMNS))
    keys = [column.key for column in columns]
    for key in keys:
        if keys.count(key) > 1:
            raise DocumentError(where, f"key “{key}”", _("a key of its own for each column"))
    typed = {column.key: column for column in columns}
    for column in columns:
        if column.type == "formula":
            check_formula(column.formula, keys, where=f"{where}, {column.key}")
    examples = data.get("example", [])
    if not isinstance(examples, list) or len(examples) > 3:
        raise DocumentError(f"{where}, example", repr(examples)[:60], _("at most three examples"))
    return Sheet(name, rows, columns, tuple(_example(one, typed, where) for one in examples))


def _column(data: Any, sheet: str) -> Column:
    _known(data, _COLUMN, sheet)
    key = data.get("key")
    if not isinstance(key, str) or not _KEY.match(key):
        raise DocumentError(f"{sheet}, key", repr(key), _("small letters, digits and _, beginning with a letter"))
    where = f"{sheet}, {key}"
    kind = _one_of(data, "type", TYPES, where)
    choices = {language: _choices(data, language, kind, where) for language in LANGUAGES}
    if len(choices["pt"]) != len(choices["en"]):
        found = f"{len(choices['pt'])} / {len(choices['en'])}"
        raise DocumentError(f"{where}, choices", found, _("as many choices in Portuguese as in English"))
    result, formula = kind, ""
    if kind == "formula":
        formula = data.get("formula")
        if not isinstance(formula, str):
            raise DocumentError(f"{where}, formula", repr(formula), _("a formula that begins with ="))
        result = _one_of(data, "result", ("text", "date", *NUMBERS), where)
    elif "formula" in data or "result" in data:
        raise DocumentError(where, _("a formula"), _('type = "formula" for it'))
    total = _one_of(data, "total", TOTALS, where) if "total" in data else ""
    if total in ("sum", "average") and result not in NUMBERS:
        raise DocumentError(f"{where}, total", total, _("a column of numbers for a sum or an average"))
    hint = {language: str(data.get(f"hint_{language}", "")).strip() for language in LANGUAGES}
    if bool(hint["pt"]) != bool(hint["en"]):
        raise DocumentError(f"{where}, hint", _("one language"), _("both languages, or none"))
    return Column(key, _both(data, "title", where), kind, hint, choices, formula, result, total)


def _choices(data: Mapping[str, Any], language: str, kind: str, where: str) -> tuple[str, ...]:
    given = data.get(f"choices_{language}", [])
    place = f"{where}, choices_{language}"
    texts = isinstance(given, list) and all(isinstance(one, str) and one.strip() for one in given)
    if not texts or bool(given) != (kind == "choice"):
        raise DocumentError(place, repr(given)[:60], _("a list of texts for a choice, and none for other types"))
    if len(set(given)) != len(given):
        raise DocumentError(place, _("a choice twice"), _("each choice once"))
    return tuple(one.strip() for one in given)


def _example(data: Any, columns: Mapping[str, Column], sheet: str) -> Mapping[str, Mapping[str, Value]]:
    where = f"{sheet}, example"
    _known(data, {"values_pt", "values_en"}, where)
    read: dict[str, Mapping[str, Value]] = {}
    for language in LANGUAGES:
        values = data.get(f"values_{language}")
        if not isinstance(values, dict):
            raise DocumentError(f"{where}, values_{language}", repr(values)[:60], _("values by key"))
        found: dict[str, Value] = {}
        for key, value in values.items():
            if key not in columns:
                raise DocumentError(f"{where}, values_{language}", f"“{key}”", _("the key of a column of this sheet"))
            found[key] = _value(value, columns[key], language, f"{where}, {key}")
        read[language] = found
    if set(read["pt"]) != set(read["en"]):
        only = ", ".join(sorted(set(read["pt"]) ^ set(read["en"])))
        raise DocumentError(where, only, _("the same columns in both languages"))
    return read


def _value(value: Any, column: Column, language: str, where: str) -> Value:
    """The value in the type of its column."""
    wrong = DocumentError(where, repr(value)[:60], _("a value of the type “%s”") % column.type)
    if column.type == "formula":
        raise DocumentError(where, repr(value)[:60], _("no value: the formula gives it"))
    if column.type in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong
        return value
    if column.type == "date":
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise wrong from error
    if not isinstance(value, str):
        raise wrong
    if column.type == "choice" and value not in column.choices[language]:
        raise DocumentError(where, f"“{value}”", _("one of the choices: %s") % ", ".join(column.choices[language]))
    return value


def _known(data: Any, names: set[str], where: str) -> None:
    if not isinstance(data, dict):
        raise DocumentError(where, repr(data)[:60], _("a table of TOML"))
    unknown = sorted(set(data) - names)
    if unknown:
        raise DocumentError(where, ", ".join(unknown), _("only these keys: %s") % ", ".join(sorted(names)))


def _list(data: Mapping[str, Any], name: str, where: str, *, at_most: int) -> list[Any]:
    given = data.get(name)
    if not isinstance(given, list) or not 1 <= len(given) <= at_most:
        raise DocumentError(f"{where}, {name}", repr(given)[:60], _("from one to %d of them") % at_most)
    return given


def _both(data: Mapping[str, Any], name: str, where: str) -> Both:
    texts = {}
    for language in LANGUAGES:
        text = data.get(f"{name}_{language}")
        if not isinstance(text, str) or not text.strip():
            raise DocumentError(f"{where}, {name}_{language}", repr(text), _("a text in Portuguese and in English"))
        texts[language] = text.strip()
    return texts


def _one_of(data: Mapping[str, Any], name: str, allowed: tuple[str, ...], where: str) -> str:
    value = data.get(name)
    if value not in allowed:
        raise DocumentError(f"{where}, {name}", repr(value), _("one of %s") % ", ".join(allowed))
    return str(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
