"""Indicators of Siope (FNDE): what a network declared it spent on education in the year.

The service answers OData JSON (``{"value": [...]}``) or CSV with the same names; the yearly file is CSV too.
Only the sixth two-month period is the year. Municipality codes lack the check digit. Absent is absent: a network that
did not declare has no row.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from ...vocabulary import Dependency
from .base import Chunk, Description, Format, Member, UnreadableFile
from .limits import limits_of
from .problems import refuse, unreadable
from .sheets import Cell
from .tables import Line, find_head, lines
from .values import STATE_CODES, STATES, as_text, folded, state_code, whole, year

NEEDS = ("TIPO", "NUM_ANO", "NUM_PERI", "COD_MUNI", "NOM_INDI", "VAL_INDI")
YEAR_PERIOD = 6
CHUNK_ROWS = 5_000
JSON_MEBIBYTES = 24  # a state in a year is some eight; parsed, text takes several times its size
_PREFIXES = (
    ("percentual de aplicacao das receitas de impostos", "mde_share"),
    ("percentual de aplicacao do fundeb na remuneracao", "fundeb_pay_share"),
    ("percentual de aplicacao do fundef ou fundeb na remuneracao", "fundeb_pay_share"),
    ("percentual de aplicacao de recursos do fundeb na remuneracao", "fundeb_pay_share"),
    ("percentual das receitas do fundeb nao aplicadas no exercicio", "fundeb_balance_share"),
    ("investimento educacional por aluno da educacao basica", "spending_per_student"),
)
_EXCEPTIONS = {
    220191: 2201919, 220198: 2201988, 220225: 2202251, 261153: 2611533, 311783: 3117836, 315213: 3152131,
    430587: 4305871, 520393: 5203939, 520396: 5203962,
}  # fmt: skip
_KINDS = {"municipal": str(Dependency.MUNICIPAL), "estadual": str(Dependency.STATE)}


def ibge_check_digit(code6: int) -> int:
    """Seventh digit of a municipality code from the first six.

    Weights 1 2 1 2 1 2, digits of the products added, complement to ten. Nine municipalities have another digit in the
    official list; they are given here as they stand there.

    Source: IBGE, Estrutura do código de municípios; exceptions checked against the list of 5,571 municipalities.
    """
    if not 110_000 <= code6 <= 539_999:
        raise ValueError(_("the first six digits of an IBGE municipality code"))
    if code6 in _EXCEPTIONS:
        return _EXCEPTIONS[code6] % 10
    products = (int(digit) * (1 + position % 2) for position, digit in enumerate(str(code6)))
    return -sum(product // 10 + product % 10 for product in products) % 10


def municipality_from_six(cell: Cell) -> int:
    """Seven-digit code from a cell with six digits (or already seven)."""
    code = None if as_text(cell).startswith("0") else whole(cell)
    if code is not None and 1_100_000 <= code <= 5_399_999 and code // 100_000 in STATE_CODES:
        if ibge_check_digit(code // 10) == code % 10:
            return code
        raise ValueError(_("an IBGE code whose check digit is right"))
    if code is None or not 110_000 <= code <= 539_999 or code // 10_000 not in STATE_CODES:
        raise ValueError(_("an IBGE municipality code without its check digit: 6 digits"))
    return code * 10 + ibge_check_digit(code)


def indicator_of(name: str) -> str | None:
    """Indicator that a Siope name begins like; None for those not followed here."""
    label = re.sub(r"^\s*\d+(\.\d+)*\s*[-–]?\s*", "", folded(name))
    return next((indicator for prefix, indicator in _PREFIXES if label.startswith(prefix)), None)


class Siope:
    """Reader of the answers of ``Indicadores_Siope``."""

    source = "fnde-siope-indicadores"
    publisher = "FNDE"

    def recognises(self, members: list[Member]) -> bool:
        return bool(members) and all(_is_siope(member) for member in members)

    def describe(self, members: list[Member]) -> Description:
        years: set[str] = set()
        for member in members:
            for _chunk, batch in _batches(member):
                years.update(as_text(line.cell("NUM_ANO")) for line in batch)
        last = max((text for text in years if re.fullmatch(r"20\d\d", text, re.ASCII)), default="")
        return Description(_("Siope: indicators of education spending") + f", {last}", last)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        seen: dict[tuple[int, str, str, int], str] = {}
        for member in members:
            for chunk, batch in _batches(member):
                for line in batch:
                    self._line(line, seen)
                yield chunk
        _load_json.cache_clear()

    def _line(self, line: Line, seen: dict[tuple[int, str, str, int], str]) -> None:
        indicator = indicator_of(as_text(line.cell("NOM_INDI")))
        period = line.get("NUM_PERI", _period, 0)
        if indicator is None or period != YEAR_PERIOD:
            return
        dependency = line.get("TIPO", _kind, "")
        when = line.get("NUM_ANO", lambda cell: year(cell, 2000), 0)
        if dependency == Dependency.STATE:
            column = "COD_UF" if as_text(line.cell("COD_UF")) else "SIG_UF"
            place = line.get(column, state_code, 0)
        else:
            place = line.get("COD_MUNI", municipality_from_six, 0)
        state = STATES.get(as_text(line.cell("SIG_UF")).upper())
        if line.fine and state is not None and dependency == Dependency.MUNICIPAL and place // 100_000 != state:
            line.fault("COD_MUNI", line.cell("COD_MUNI"), _("a municipality of the state in SIG_UF"))
        if not line.fine:
            return
        key, content = (place, dependency, indicator, when), as_text(line.cell("VAL_INDI"))
        if key in seen:
            if seen[key] != content:
                line.fault("NOM_INDI", line.cell("NOM_INDI"), _("each network and indicator once"))
            return
        seen[key] = content
        reais = indicator == "spending_per_student"
        line.observe("VAL_INDI", indicator, place, dependency, "", when, grouped=reais)


def _period(cell: Cell) -> int:
    period = whole(cell)
    if period is None or not 1 <= period <= 6:
        raise ValueError(_("a two-month period from 1 to 6"))
    return period


def _kind(cell: Cell) -> str:
    kind = _KINDS.get(folded(as_text(cell)))
    if kind is None:
        raise ValueError(_("“Municipal” or “Estadual”"))
    return kind


def _is_siope(member: Member) -> bool:
    with member.path.open("rb") as file:
        start = file.read(200).lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith((b"{", b"[")):
        try:
            rows = _json_rows(member)
        except UnreadableFile:
            return False
        return any(all(name in row for name in NEEDS) for row in rows[:1])
    return find_head(member, *NEEDS) is not None


def explain(member: Member) -> str | None:
    """Nothing to refuse on purpose; says what is wrong with an answer of the service that cannot be read."""
    with member.path.open("rb") as file:
        head = file.read(4096).lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith((b"{", b"[")) and b"NOM_INDI" in head:
        _json_rows(member)
    return None


def _json_rows(member: Member) -> list[dict[str, Cell]]:
    """Rows of an OData answer, names in upper case. Raises ``UnreadableFile`` if it is not one."""
    status = member.path.stat()
    return _load_json(member.path, member.name, limits_of(member).rows, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _load_json(path: Path, name: str, most_rows: int, _changed: int, size: int) -> list[dict[str, Cell]]:
    expected = _("an answer of the Siope service: {“value”: [ … ]}")
    if size > JSON_MEBIBYTES << 20:
        refuse(name, size, _("at most %(mib)d MiB of JSON; use the CSV instead") % {"mib": JSON_MEBIBYTES})
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise unreadable(name, error, expected) from None
    rows = document.get("value") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unreadable(name, "", expected)
    if len(rows) > most_rows:
        refuse(name, len(rows), _("at most %(count)d rows") % {"count": most_rows})
    return [{str(key).upper(): _cell(value) for key, value in row.items()} for row in rows]


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float) and abs(value) < 1e300:
        return float(value)
    return str(value)


def _batches(member: Member) -> Iterator[tuple[Chunk, list[Line]]]:
    head = find_head(member, *NEEDS)
    if head is not None:
        yield from lines(member, head, CHUNK_ROWS, mend=_without_municipality)
        return
    rows = _json_rows(member)
    for start in range(0, len(rows), CHUNK_ROWS):
        chunk = Chunk(member=member.name)
        batch = []
        for number, row in enumerate(rows[start : start + CHUNK_ROWS], start=start + 1):
            where = {name: position for position, name in enumerate(row)}
            batch.append(Line(chunk, number, list(row.values()), where))
        chunk.rows_read = len(batch)
        yield chunk, batch


def _without_municipality(cells: list[str], width: int) -> list[str] | None:
    """State rows of the yearly file leave the two municipality columns out altogether: put them back, blank."""
    if len(cells) == width - 2 and folded(cells[0]) == "estadual":
        return [*cells[:5], "", "", *cells[5:]]
    return None


__all__ = ["Siope", "ibge_check_digit", "indicator_of", "municipality_from_six"]
SIOPE_FORMATS: list[Format] = [Siope()]
