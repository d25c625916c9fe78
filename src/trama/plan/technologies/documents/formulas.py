"""Formulas of spreadsheets: which are allowed, and how they become a formula of a row.

A formula speaks of other cells of its row by ``{key}`` only and uses functions that Excel and LibreOffice share, under
names and with commas that every language version reads from the file.
"""

import re
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from trama.foundation.documents.errors import DocumentError

_NAMES = (
    "ABS AND AVERAGE CEILING COUNT COUNTA COUNTBLANK DATE DATEDIF DAY EDATE EOMONTH FLOOR IF IFERROR INT ISBLANK"
    " ISNUMBER ISTEXT LEFT LEN LOWER MAX MEDIAN MID MIN MOD MONTH N NETWORKDAYS NOT OR PRODUCT RIGHT ROUND ROUNDDOWN"
    " ROUNDUP SIGN SQRT SUM TODAY TRIM UPPER WEEKDAY WORKDAY YEAR"
)
FUNCTIONS = frozenset(_NAMES.split())  # none that came after Excel 2007: those need a prefix in the file
_TOKEN = re.compile(
    r"""\s+ | "(?:[^"]|"")*" | \d+(?:\.\d+)? | \{(?P<key>[^{}]*)\} | (?P<function>[A-Z][A-Z0-9.]*)(?=\()
    | (?P<word>TRUE|FALSE)\b | <> | <= | >= | [-+*/^&=<>%,()]""",
    re.VERBOSE,
)
_KEY = re.compile(r"\{([^{}]*)\}")
MAX_LENGTH = 1000


def check_formula(formula: str, keys: Collection[str], *, where: str) -> None:
    """Raise ``DocumentError`` for a formula that is not allowed, or speaks of a column that is not there."""
    if not formula.startswith("=") or len(formula) > MAX_LENGTH or len(formula) < 2:
        raise DocumentError(where, formula[:60], _("a formula that begins with ="))
    position, depth, used = 1, 0, 0
    while position < len(formula):
        token = _TOKEN.match(formula, position)
        if token is None:
            allowed = _("columns as {key}, numbers, texts in quotes, operators and functions")
            raise DocumentError(where, formula[position : position + 20], allowed)
        _check_names(token, keys, where)
        used += token.group("key") is not None
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if depth < 0:
            break
        position = token.end()
    if depth:
        raise DocumentError(where, formula[:60], _("as many ( as )"))
    if not used:
        raise DocumentError(where, formula[:60], _("at least one column as {key}"))


def _check_names(token: re.Match[str], keys: Collection[str], where: str) -> None:
    key, function = token.group("key"), token.group("function")
    if key is not None and key not in keys:
        raise DocumentError(where, f"{{{key}}}", _("one of the columns: %s") % ", ".join(keys))
    if function and function not in FUNCTIONS:
        raise DocumentError(where, f"{function}()", _("one of the functions: %s") % ", ".join(sorted(FUNCTIONS)))


def in_row(formula: str, cells: Mapping[str, str]) -> str:
    """The formula of one row: ``cells`` gives the address of each column's cell."""
    return _KEY.sub(lambda found: cells[found.group(1)], formula)
