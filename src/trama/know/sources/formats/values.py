"""What a cell of an official table says: a number, a reason for having none, a code, a network, a place.

Missing never becomes zero. A cell that is neither a number nor a known mark raises ``ValueError``, whose text is a
sentence for the report.
"""

import re
import unicodedata
from functools import lru_cache

from django.utils.translation import gettext as _

from ...vocabulary import Dependency, ValueStatus
from .sheets import Cell

STATES = {
    "RO": 11, "AC": 12, "AM": 13, "RR": 14, "PA": 15, "AP": 16, "TO": 17,
    "MA": 21, "PI": 22, "CE": 23, "RN": 24, "PB": 25, "PE": 26, "AL": 27, "SE": 28, "BA": 29,
    "MG": 31, "ES": 32, "RJ": 33, "SP": 35, "PR": 41, "SC": 42, "RS": 43,
    "MS": 50, "MT": 51, "GO": 52, "DF": 53,
}  # fmt: skip
STATE_CODES = frozenset(STATES.values())
REGIONS = {"norte": 1, "nordeste": 2, "sudeste": 3, "sul": 4, "centro-oeste": 5, "centro oeste": 5}
STATE_NAMES = {
    "rondonia": 11, "acre": 12, "amazonas": 13, "roraima": 14, "para": 15, "amapa": 16, "tocantins": 17,
    "maranhao": 21, "piaui": 22, "ceara": 23, "rio grande do norte": 24, "r. g. do norte": 24, "r.g. do norte": 24,
    "paraiba": 25, "pernambuco": 26, "alagoas": 27, "sergipe": 28, "bahia": 29, "minas gerais": 31,
    "espirito santo": 32, "rio de janeiro": 33, "sao paulo": 35, "parana": 41, "santa catarina": 42,
    "rio grande do sul": 43, "r. g. do sul": 43, "r.g. do sul": 43,
    "mato grosso do sul": 50, "m. g. do sul": 50, "m.g. do sul": 50, "mato grosso": 51, "goias": 52,
    "distrito federal": 53, "d. federal": 53,
}  # fmt: skip
NETWORKS = {
    "total": Dependency.TOTAL, "publica": Dependency.PUBLIC, "federal": Dependency.FEDERAL,
    "estadual": Dependency.STATE, "municipal": Dependency.MUNICIPAL, "privada": Dependency.PRIVATE,
    "particular": Dependency.PRIVATE, "1": Dependency.FEDERAL, "2": Dependency.STATE, "3": Dependency.MUNICIPAL,
    "4": Dependency.PRIVATE,
}  # fmt: skip
MARKS = {
    "": ValueStatus.BLANK, "null": ValueStatus.BLANK,
    "-": ValueStatus.NOT_AVAILABLE, "--": ValueStatus.NOT_AVAILABLE, "–": ValueStatus.NOT_AVAILABLE,
    "—": ValueStatus.NOT_AVAILABLE, "−": ValueStatus.NOT_AVAILABLE, "...": ValueStatus.NOT_AVAILABLE,
    "..": ValueStatus.NOT_AVAILABLE, "na": ValueStatus.NOT_AVAILABLE, "nan": ValueStatus.NOT_AVAILABLE,
    "nd": ValueStatus.NOT_DISCLOSED, "n/d": ValueStatus.NOT_DISCLOSED,
    "*": ValueStatus.NOT_DISCLOSED, "**": ValueStatus.NOT_DISCLOSED, "***": ValueStatus.NOT_DISCLOSED,
    "x": ValueStatus.SUPPRESSED,
}  # fmt: skip
_PLAIN = re.compile(r"[+-]?(\d{1,15}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d{1,15},\d{1,20}", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d{1,20})?", re.ASCII)
_WHOLE = re.compile(r"(\d{1,15})(\.0{1,6})?", re.ASCII)
_FOOTNOTES = re.compile(r"(\s*\(\s*\d{1,2}\s*\))+\s*$")

NAME_CHARS = 160  # what the database holds
LABEL_CHARS = 1_000  # titles of sheets are the longest labels; a cell may be a hundred times longer

Amount = tuple[float | None, str]
"""A value and its status: the value is None unless the status is ``"v"``."""


def folded(text: str) -> str:
    """Lower case, no accents, single spaces: to compare labels. What is longer than any label is cut."""
    return _folded(text[:LABEL_CHARS])


@lru_cache(maxsize=16_384)
def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).casefold().split())


def as_text(cell: Cell) -> str:
    """The cell as the person sees it, without blanks around it; whole numbers without decimals."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip().strip("\u200e\u200f\u202a\u202c\ufeff\u00a0 ")


def amount(cell: Cell, low: float, high: float, *, grouped: bool = False) -> Amount:
    """Read a number between ``low`` and ``high``, or the reason why there is none.

    ``grouped``: a dot before three digits separates thousands (Siope), else it is a decimal mark.
    """
    if isinstance(cell, bool):
        raise ValueError(_("a number, not true or false"))
    if isinstance(cell, float | int):
        value = float(cell)
    else:
        text = as_text(cell)
        mark = MARKS.get(text.casefold())
        if mark is not None:
            return None, str(mark)
        value = _number(text, grouped)
    if not low <= value <= high:
        raise ValueError(_("a number between %(low)g and %(high)g") % {"low": low, "high": high})
    return value, str(ValueStatus.VALUE)


def _number(text: str, grouped: bool) -> float:
    if (grouped or "," in text) and _GROUPED.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    if _PLAIN.fullmatch(text):
        return float(text)
    raise ValueError(_("a number, or one of the marks “-”, “ND”, “*” or blank"))


def whole(cell: Cell) -> int | None:
    """A whole number without sign (a code, a year), None if blank. ``1100015.0`` counts as whole."""
    text = as_text(cell)
    if not text:
        return None
    match = _WHOLE.fullmatch(text)
    if match is None:
        raise ValueError(_("a whole number"))
    return int(match[1])


def _code(cell: Cell) -> int | None:
    """A whole number that does not begin with zero; None for anything else."""
    try:
        return None if as_text(cell).startswith("0") else whole(cell)
    except ValueError:
        return None


def municipality_code(cell: Cell) -> int:
    """IBGE code of a municipality: 7 digits, of which the first two are a state."""
    code = _code(cell)
    if code is None or not 1_100_000 <= code <= 5_399_999 or code // 100_000 not in STATE_CODES:
        raise ValueError(_("an IBGE municipality code: 7 digits, the first two of a state"))
    return code


def school_code(cell: Cell) -> int:
    """Inep code of a school: 8 digits, of which the first two are a state."""
    code = _code(cell)
    if code is None or not 11_000_000 <= code <= 53_999_999 or code // 1_000_000 not in STATE_CODES:
        raise ValueError(_("an Inep school code: 8 digits, the first two of a state"))
    return code


def state_code(cell: Cell) -> int:
    """Code of a state from its code, its acronym or its name, abbreviated or not."""
    text = as_text(cell)
    label = without_notes(text)
    code = STATES.get(text.upper()) or STATE_NAMES.get(label) or STATE_NAMES.get(label.replace(". ", "."))
    if code is None and text.isascii() and text.isdigit() and int(text) in STATE_CODES:
        code = int(text)
    if code is None:
        raise ValueError(_("a state: its name, acronym or IBGE code"))
    return code


def region_or_state(cell: Cell) -> int:
    """Code of a region (1-5) or of a state, as they stand mixed in one column."""
    region = REGIONS.get(without_notes(as_text(cell)))
    if region is not None:
        return region
    try:
        return state_code(cell)
    except ValueError:
        raise ValueError(_("a region or a state of Brazil")) from None


def without_notes(text: str) -> str:
    """A label folded, without footnote marks: ``"Total (3)(4)"`` is ``"total"``."""
    return folded(_FOOTNOTES.sub("", text[:LABEL_CHARS]))


def clean_name(cell: Cell) -> str:
    """A name on one line, without control or direction marks."""
    text = "".join(char if char.isprintable() else " " for char in as_text(cell))
    return " ".join(text.split())


def network(cell: Cell) -> str:
    """Dependency from the label of a network, with or without footnote marks, or from its census code."""
    label = without_notes(as_text(cell)).removeprefix("rede ").strip()
    found = NETWORKS.get(label)
    if found is None:
        raise ValueError(_("a network: total, pública, federal, estadual, municipal or privada"))
    return str(found)


def year(cell: Cell, first: int = 1990, last: int = 2100) -> int:
    """A school year."""
    value = whole(cell)
    if value is None or not first <= value <= last:
        raise ValueError(_("a year between %(first)d and %(last)d") % {"first": first, "last": last})
    return value


RANGES: dict[str, tuple[float, float]] = {
    "ideb": (0, 10), "ideb_target": (0, 10), "ideb_n": (0, 10), "ideb_p": (0, 1),
    "saeb_lp": (0, 600), "saeb_mt": (0, 600), "approval_rate": (0, 100),
    "literacy_rate": (0, 100), "literacy_target": (0, 100), "literacy_mean": (0, 1200),
    "enrolment": (0, 60_000_000), "teachers": (0, 5_000_000), "fundeb_amount": (0, 1e12),
    "saeb_participation": (0, 100), "mde_share": (-1000, 1000), "fundeb_pay_share": (-1000, 1000),
    "fundeb_balance_share": (-1000, 1000), "spending_per_student": (0, 10_000_000),
}  # fmt: skip
"""Lowest and highest value each indicator can take, in its unit."""
