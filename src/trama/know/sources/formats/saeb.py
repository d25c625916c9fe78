"""Saeb results by municipality and state, as Inep publishes them in spreadsheets with real codes.

The columns are ``MEDIA_5_LP`` … ``MEDIA_9_MT`` and, for upper secondary, ``MEDIA_12_*`` (regular) and ``MEDIA_13_*``
(integrated with technical education). Labels of networks are universes: “Total - Estadual e Municipal” is none of
ours and is left out; with “Federal” it is the public networks, with “Privada” it is all.
"""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from ...vocabulary import Dependency, Stage
from .base import Chunk, Description, Member
from .problems import refuse
from .sheets import Cell
from .tables import Head, Line, heads, lines
from .values import as_text, folded, municipality_code, network, state_code, year

_MEAN = re.compile(r"MEDIA_(5|9|12|13|5EF|9EF|EM|EMT|EMI)_(LP|MT)", re.ASCII)
_STAGES = {
    "5": Stage.EARLY_YEARS, "5EF": Stage.EARLY_YEARS, "9": Stage.FINAL_YEARS, "9EF": Stage.FINAL_YEARS,
    "12": Stage.UPPER_SECONDARY, "EM": Stage.UPPER_SECONDARY, "EMT": Stage.UPPER_SECONDARY,
    "13": Stage.INTEGRATED, "EMI": Stage.INTEGRATED,
}  # fmt: skip
_OTHER_UNIVERSE = "other"
_YEAR_NAMES = ("ANO_SAEB", "ID_SAEB", "NU_ANO", "ANO")


def universe(cell: Cell) -> str:
    """Dependency of a network label; ``"other"`` for a union that is none of ours."""
    label = folded(as_text(cell))
    if "estadual" in label and "municipal" in label:
        if "privada" in label:
            return str(Dependency.TOTAL)
        return str(Dependency.PUBLIC) if "federal" in label else _OTHER_UNIVERSE
    return network(cell)


def _location(cell: Cell) -> str:
    found = {"total": "", "": "", "urbana": "U", "rural": "R", "1": "U", "2": "R"}.get(folded(as_text(cell)))
    if found is None:
        raise ValueError(_("Total, Urbana or Rural"))
    return found


class SaebResults:
    """Reader of the spreadsheets of results: one or more sheets of municipalities and states."""

    source = "inep-saeb-resultados"
    publisher = "MEC/Inep"

    def _heads(self, member: Member) -> list[Head]:
        """The row of names of each sheet that has results by municipality or state."""
        found: dict[str, Head] = {}
        for head in heads(member):
            names = set(head.names)
            is_place = "CO_MUNICIPIO" in names or "CO_UF" in names or "NO_UF" in names
            is_school = bool({"ID_ESCOLA", "CO_ESCOLA", "ID_ALUNO"} & names)
            if is_place and not is_school and "DEPENDENCIA_ADM" in names and any(map(_MEAN.fullmatch, head.names)):
                found.setdefault(head.sheet, head)
        return list(found.values())

    def recognises(self, members: list[Member]) -> bool:
        return bool(members) and all(self._heads(member) for member in members)

    def describe(self, members: list[Member]) -> Description:
        found = max((_edition(member, head) for member in members for head in self._heads(member)), default="")
        return Description(_("Saeb: mean proficiencies by municipality and state") + f", {found}", found)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        seen: set[tuple[int, str, str, int]] = set()
        for member in members:
            for head in self._heads(member):
                edition = _edition(member, head)
                means = [(name, match) for name in head.names if (match := _MEAN.fullmatch(name))]
                for chunk, batch in lines(member, head, 1_000):
                    for line in batch:
                        self._line(line, head, edition, means, seen)
                    yield chunk

    def _line(
        self,
        line: Line,
        head: Head,
        edition: str,
        means: list[tuple[str, re.Match[str]]],
        seen: set[tuple[int, str, str, int]],
    ) -> None:
        if _is_label_row(line, head):
            return
        by_municipality = "CO_MUNICIPIO" in line.where
        if by_municipality:
            place = line.get("CO_MUNICIPIO", municipality_code, 0)
        else:
            place = line.get("CO_UF" if "CO_UF" in line.where else "NO_UF", state_code, 0)
        dependency = line.get("DEPENDENCIA_ADM", universe, "")
        location = line.get("LOCALIZACAO", _location, "") if "LOCALIZACAO" in line.where else ""
        name = next((name for name in _YEAR_NAMES if name in line.where), "")
        when = line.get(name, year, 0) if name else int(edition)
        capital = folded(as_text(line.cell("CAPITAL"))) if "CAPITAL" in line.where else "total"
        if not line.fine or dependency == _OTHER_UNIVERSE or capital not in ("total", ""):
            return
        key = (place, dependency, location, when)
        if key in seen:
            line.fault(
                "DEPENDENCIA_ADM", f"{place} {dependency} {location}", _("each place, network and location once")
            )
            return
        seen.add(key)
        for column, match in means:
            stage = str(_STAGES[match[1]])
            indicator = "saeb_lp" if match[2] == "LP" else "saeb_mt"
            line.observe(column, indicator, place, dependency, stage, when, location=location, blank=False)


def _is_label_row(line: Line, head: Head) -> bool:
    """Whether the row is the description of the columns, or a note below the table."""
    filled = [as_text(cell) for cell in line.cells if as_text(cell)]
    if len(filled) <= 2:
        return True
    is_words = not any(any(char.isdigit() for char in text[:3]) for text in filled)
    return line.number <= head.row + 2 and is_words


def _edition(member: Member, head: Head) -> str:
    """Year of a sheet: from its column of years, else from the name of the file or sheet."""
    name = next((name for name in _YEAR_NAMES if name in head.names), "")
    if name:
        for _chunk, batch in lines(member, head, 50):
            years = [as_text(line.cell(name)) for line in batch]
            found = max((text for text in years if re.fullmatch(r"(19|20)\d\d", text, re.ASCII)), default="")
            if found:
                return found
            break
    named = re.findall(r"(?<!\d)(?:199|20[0-4])\d(?!\d)", f"{head.sheet} {member.name}")
    if not named:
        expected = _("the year in a column ANO_SAEB or in the name of the file, e.g. TS_MUNICIPIO_2019.xlsx")
        refuse(member.name, head.sheet, expected, row=head.row)
    return str(named[0])
