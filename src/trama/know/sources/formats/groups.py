"""Groups of networks as public pages list them: one row per municipality and source.

A page says who belonged on a day, rarely since when. A start or an end is taken only where the row states it (decision
0047): an edition of a programme lasts its year; "implantado em 2015" starts a membership, "Fulano aderiu em 2021" that
of Fulano. A year alone counts from its 1 January. Otherwise both stay open and what the source says is kept as text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.text import slugify
from django.utils.translation import gettext as _

from .base import Chunk, Description, Member, MembershipRow
from .problems import refuse
from .sheets import Cell
from .tables import Line, find_head, lines
from .territory import UNDATED, name
from .values import as_text, folded, municipality_code

COLUMNS = (
    "SIGLA", "NOME", "TIPO", "UF", "CODIGO_IBGE", "MUNICIPIO", "DATA_REFERENCIA", "FONTE", "OBSERVACAO",
)  # fmt: skip
KINDS = {"consorcio", "ade", "forum", "regime", "programa"}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)", re.ASCII)
_FOUNDED = re.compile(r"implantad[oa] em ((?:19|20)\d{2})", re.ASCII)
_JOINED = re.compile(r"([^(),;]+?) aderiu em ((?:19|20)\d{2})")


@dataclass(slots=True)
class _Membership:
    """What the rows of one municipality in one group say together."""

    first: MembershipRow
    dates: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def add(self, row: MembershipRow) -> None:
        for kept, said in ((self.dates, row.source_date), (self.notes, row.note), (self.addresses, row.source_address)):
            if said and said not in kept:
                kept.append(said)

    def merged(self) -> MembershipRow:
        notes = [*self.notes, *self.addresses[1:]]
        return self.first._replace(
            source_date="; ".join(self.dates)[:120], note="; ".join(notes), source_address=self.addresses[0][:400]
        )


def _kind(cell: Cell) -> str:
    text = folded(as_text(cell))
    if text not in KINDS:
        raise ValueError(_("one of: %s") % ", ".join(sorted(KINDS)))
    return text


def _address(cell: Cell) -> str:
    text = as_text(cell)
    if not re.fullmatch(r"https?://[^\s<>\"]{3,390}", text):
        raise ValueError(_("the address of the page, beginning with https://"))
    return text


class Groups:
    """Reader of lists of members."""

    source = "network-groups"
    publisher = "páginas públicas dos arranjos e consórcios"

    def recognises(self, members: list[Member]) -> bool:
        return len(members) == 1 and find_head(members[0], *COLUMNS) is not None

    def describe(self, members: list[Member]) -> Description:
        rows = [row for chunk in self.read(members) for row in chunk.memberships]
        years = [year for row in rows for year in _YEAR.findall(row.source_date)]
        count = len({row.group_slug for row in rows})
        title = _("Groups of networks and their members (%(count)d groups)") % {"count": count}
        return Description(title, max(years, default=UNDATED), len(rows))

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        found: dict[tuple[object, ...], _Membership] = {}
        last = Chunk()
        for member in members:
            head = find_head(member, *COLUMNS)
            if head is None:
                refuse(member.name, "", _("the columns %s") % ", ".join(COLUMNS))
            for chunk, batch in lines(member, head):
                for line in batch:
                    row = _row(line)
                    if row is not None:
                        key = (row.group_slug, row.municipality, row.start, row.end)
                        found.setdefault(key, _Membership(row)).add(row)
                yield chunk
            last = Chunk(member=member.name)
        last.memberships = [membership.merged() for membership in found.values()]
        yield last


def _row(line: Line) -> MembershipRow | None:
    acronym = line.get("SIGLA", name, "")
    slug = slugify(acronym)[:80]
    if line.fine and not slug:
        line.fault("SIGLA", acronym, _("a short name with letters or digits"))
    kind = line.get("TIPO", _kind, "")
    code = line.get("CODIGO_IBGE", municipality_code, 0)
    dated, noted = as_text(line.cell("DATA_REFERENCIA")), as_text(line.cell("OBSERVACAO"))
    municipality = as_text(line.cell("MUNICIPIO"))
    start, end = _period(kind, municipality, dated, noted)
    spelling = as_text(line.cell("GRAFIA_NA_FONTE"))
    note = "; ".join(part for part in (noted, f"grafia na fonte: {spelling}" if spelling else "") if part)
    row = MembershipRow(
        slug, kind, acronym[:40], line.get("NOME", name, ""), code, start, end, dated[:120],
        line.get("FONTE", _address, ""), note[:2000], line.number,
    )  # fmt: skip
    return row if line.fine else None


def _period(kind: str, municipality: str, dated: str, noted: str) -> tuple[date | None, date | None]:
    """Start and end that the row states; None where it does not."""
    if kind == "programa" and _YEAR.fullmatch(dated):
        return date(int(dated), 1, 1), date(int(dated) + 1, 1, 1)
    for who, year in _JOINED.findall(noted):
        if folded(who) == folded(municipality):
            return date(int(year), 1, 1), None
    founded = _FOUNDED.search(noted)
    return (date(int(founded[1]), 1, 1) if founded else None), None


GROUP_FORMATS = [Groups()]
