"""Indicador Criança Alfabetizada (Inep): microdata tables by municipality and state, and the spreadsheet of results.

Only aggregates are read. The pupil table (``TS_ALUNO``) is refused: one row is one child.
"""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from ...vocabulary import Dependency, Stage
from .base import Chunk, Description, Format, Member, ObservationRow
from .problems import refuse
from .sheets import Cell
from .tables import Head, Line, find_head, lines
from .values import as_text, folded, municipality_code, network, state_code, whole, year

AI = str(Stage.EARLY_YEARS)
GRADE = 2
_NETWORKS = {
    0: str(Dependency.TOTAL), 1: str(Dependency.FEDERAL), 2: str(Dependency.STATE), 3: str(Dependency.MUNICIPAL),
    4: str(Dependency.PRIVATE), 5: "estadual e municipal", 6: str(Dependency.PUBLIC),
}  # fmt: skip
_MICRODATA = {"PC_ALUNO_ALFABETIZADO": "literacy_rate", "VL_MEDIA_LP": "literacy_mean"}
_RESULT = re.compile(r"(PC_ALUNO_ALFABETIZADO|META_FINAL|VL_MEDIA_LP)_(20\d\d)", re.ASCII)
_RESULT_INDICATORS = {
    "PC_ALUNO_ALFABETIZADO": "literacy_rate",
    "META_FINAL": "literacy_target",
    "VL_MEDIA_LP": "literacy_mean",
}


def _network_type(cell: Cell) -> str:
    """Network of ``ID_TIPO_REDE``: its code, or its label."""
    text = as_text(cell)
    if text.isascii() and text.isdigit():
        code = whole(cell)
        if code in _NETWORKS:
            return _NETWORKS[code]
        raise ValueError(_("a type of network from 0 to 6"))
    label = folded(text)
    if "estadual" in label and "municipal" in label:
        return str(Dependency.PUBLIC) if "federal" in label else _NETWORKS[5]
    return network(cell)


def _grade(cell: Cell) -> int:
    if whole(cell) != GRADE:
        raise ValueError(_("the 2nd grade"))
    return GRADE


class PublicUnions:
    """Keeps the union “state and municipal” as *public* only where the source does not publish public itself.

    Public networks are federal, state and municipal; federal schools have next to no 2nd grade, and for most places
    Inep publishes the union without them (decision 0034).
    """

    def __init__(self) -> None:
        self.published: set[tuple[str, int, int]] = set()
        self.unions: list[ObservationRow] = []

    def sort(self, chunk: Chunk) -> None:
        """Set the unions of a chunk aside."""
        kept: list[ObservationRow] = []
        for row in chunk.observations:
            if row.dependency == _NETWORKS[5]:
                self.unions.append(row._replace(dependency=str(Dependency.PUBLIC)))
                continue
            if row.dependency == Dependency.PUBLIC:
                self.published.add((row.indicator, row.place, row.year))
            kept.append(row)
        chunk.observations = kept

    def rest(self) -> list[ObservationRow]:
        return [row for row in self.unions if (row.indicator, row.place, row.year) not in self.published]


class LiteracyTable:
    """``TS_MUNICIPIO`` or ``TS_ESTADO`` of the microdata."""

    publisher = "MEC/Inep"

    def __init__(self, level: str) -> None:
        self.by_municipality = level == "municipios"
        self.source = f"inep-alfabetizacao-{level}"
        place = "CO_MUNICIPIO" if self.by_municipality else "CO_UF"
        self.needs = ("NU_ANO_AVALIACAO", place, "ID_TIPO_REDE", "PC_ALUNO_ALFABETIZADO")

    def _head(self, member: Member) -> Head | None:
        head = find_head(member, *self.needs)
        if head is None or is_pupil_table(head):
            return None
        return head if self.by_municipality == ("CO_MUNICIPIO" in head.names) else None

    def recognises(self, members: list[Member]) -> bool:
        return bool(members) and all(self._head(member) is not None for member in members)

    def describe(self, members: list[Member]) -> Description:
        years: set[str] = set()
        for member in members:
            head = self._head(member)
            for _chunk, batch in lines(member, head) if head else ():
                years.update(as_text(line.cell("NU_ANO_AVALIACAO")) for line in batch)
        last = max((text for text in years if re.fullmatch(r"20\d\d", text, re.ASCII)), default="")
        title = _("Literate Child Indicator: municipalities") if self.by_municipality else ""
        return Description((title or _("Literate Child Indicator: states")) + f", {last}", last)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        unions = PublicUnions()
        seen: set[tuple[int, str, int]] = set()
        for member in members:
            head = self._head(member)
            if head is None:
                refuse(member.name, "", _("a table with the columns %s") % ", ".join(self.needs))
            for chunk, batch in lines(member, head):
                for line in batch:
                    self._line(line, seen)
                unions.sort(chunk)
                yield chunk
        yield Chunk(member=members[0].name, observations=unions.rest())

    def _line(self, line: Line, seen: set[tuple[int, str, int]]) -> None:
        if self.by_municipality:
            place = line.get("CO_MUNICIPIO", municipality_code, 0)
        else:
            place = line.get("CO_UF", state_code, 0)
        dependency = line.get("ID_TIPO_REDE", _network_type, "")
        when = line.get("NU_ANO_AVALIACAO", lambda cell: year(cell, 2019), 0)
        if "TP_SERIE" in line.where:
            line.get("TP_SERIE", _grade, 0)
        if not line.fine:
            return
        if (place, dependency, when) in seen:
            line.fault("ID_TIPO_REDE", f"{place} {dependency}", _("each place and network once"))
            return
        seen.add((place, dependency, when))
        for name, indicator in _MICRODATA.items():
            if name in line.where:
                line.observe(name, indicator, place, dependency, AI, when, grade=GRADE)


class LiteracyResults:
    """Spreadsheet “resultados e metas”, by municipality or by state: technical names on the second row."""

    publisher = "MEC/Inep"

    def __init__(self, level: str) -> None:
        self.by_municipality = level == "municipios"
        self.source = f"inep-alfabetizacao-resultados-{level}"

    def _head(self, member: Member) -> Head | None:
        for names in (("CO_MUNICIPIO",), ("CO_UF",), ("SIGLA_UF",), ("SG_UF",)):
            head = find_head(member, *names)
            if head is not None and any(_RESULT.fullmatch(name) for name in head.names):
                return head if self.by_municipality == ("CO_MUNICIPIO" in head.names) else None
        return None

    def recognises(self, members: list[Member]) -> bool:
        return bool(members) and all(self._head(member) is not None for member in members)

    def describe(self, members: list[Member]) -> Description:
        heads = [head for member in members if (head := self._head(member)) is not None]
        years = [
            match[2]
            for head in heads
            for name in head.names
            if (match := _RESULT.fullmatch(name)) and match[1] != "META_FINAL"
        ]
        last = max(years, default="")
        title = _("Literate Child Indicator, results and targets: municipalities") if self.by_municipality else ""
        return Description((title or _("Literate Child Indicator, results and targets: states")) + f", {last}", last)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        unions = PublicUnions()
        seen: set[tuple[int, str]] = set()
        for member in members:
            head = self._head(member)
            if head is None:
                refuse(member.name, "", _("the spreadsheet of results and targets, with its technical names"))
            columns = [(name, match) for name in head.names if (match := _RESULT.fullmatch(name))]
            for chunk, batch in lines(member, head):
                for line in batch:
                    self._line(line, columns, seen)
                unions.sort(chunk)
                yield chunk
        yield Chunk(member=members[0].name, observations=unions.rest())

    def _line(self, line: Line, columns: list[tuple[str, re.Match[str]]], seen: set[tuple[int, str]]) -> None:
        place_name = next(name for name in ("CO_MUNICIPIO", "CO_UF", "SIGLA_UF", "SG_UF") if name in line.where)
        if not as_text(line.cell(place_name)) and sum(1 for cell in line.cells if as_text(cell)) <= 2:
            return  # a note below the table
        place = line.get(place_name, municipality_code if self.by_municipality else state_code, 0)
        network_name = next((name for name in ("NO_TP_REDE", "ID_TIPO_REDE", "TP_REDE") if name in line.where), "")
        dependency = line.get(network_name, _network_type, "") if network_name else str(Dependency.PUBLIC)
        if not line.fine:
            return
        if (place, dependency) in seen:
            line.fault(network_name or place_name, f"{place} {dependency}", _("each place and network once"))
            return
        seen.add((place, dependency))
        for name, match in columns:
            line.observe(
                name, _RESULT_INDICATORS[match[1]], place, dependency, AI, int(match[2]), grade=GRADE, blank=False
            )


def is_pupil_table(head: Head) -> bool:
    """Whether a table has one row per pupil."""
    return "ID_ALUNO" in head.names


def explain(member: Member) -> str | None:
    """Why a pupil table of this assessment is not read."""
    head = find_head(member, "ID_ALUNO", "IN_ALFABETIZADO")
    if head is None:
        return None
    return _("TS_MUNICIPIO or TS_ESTADO: pupil records are not imported, because one row is one child")


LITERACY_FORMATS: list[Format] = [
    LiteracyTable("municipios"),
    LiteracyTable("estados"),
    LiteracyResults("municipios"),
    LiteracyResults("estados"),
]
