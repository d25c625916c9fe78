"""Ideb, enrolments and amounts in the tables that others re-shaped from the official ones and made public.

Each is declared by the names it must have and by what each column holds. What is the author's own (cut-offs, levels,
targets carried past 2021) is not read. ``docs/methods/official-files.md`` says where each comes from.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ...vocabulary import Dependency, Stage
from .base import Chunk, Description, Format, Member, SchoolRow
from .ideb_amplo import WideEarlyYears
from .problems import fitting, refuse
from .sheets import Cell
from .tables import Head, Line, find_head, lines
from .values import (
    NAME_CHARS,
    REGIONS,
    STATES,
    as_text,
    clean_name,
    folded,
    municipality_code,
    network,
    school_code,
    without_notes,
    year,
)

AI, AF, EM, EF = str(Stage.EARLY_YEARS), str(Stage.FINAL_YEARS), str(Stage.UPPER_SECONDARY), str(Stage.ELEMENTARY)
_STAGES = {"ef anos iniciais": AI, "anos iniciais": AI, "ef anos finais": AF, "anos finais": AF, "em": EM}
_STAGES |= {"ensino medio": EM, "iniciais (1-5)": AI, "finais (6-9)": AF, "todos (1-4)": EM}


@dataclass(frozen=True, slots=True)
class Value:
    """A column of values. ``blank``: a blank cell is kept as a blank; else it says nothing and is left out."""

    column: str
    indicator: str
    blank: bool = True
    stage: str | None = None  # instead of the row's


@dataclass(frozen=True, slots=True)
class Cellular:
    """Who and when a row is about."""

    place: int
    dependency: str
    stage: str
    year: int


def _stage(cell: Cell) -> str:
    stage = _STAGES.get(folded(as_text(cell)))
    if stage is None:
        raise ValueError(_("a stage: EF anos iniciais, EF anos finais or EM"))
    return stage


def _region(cell: Cell) -> int:
    code = REGIONS.get(without_notes(as_text(cell)))
    if code is None:
        raise ValueError(_("a region: Norte, Nordeste, Sudeste, Sul or Centro-Oeste"))
    return code


def _acronym(cell: Cell) -> int:
    code = STATES.get(as_text(cell).upper())
    if code is None:
        raise ValueError(_("the acronym of a state"))
    return code


@dataclass
class LongTable:
    """A table with one row per place, network, stage and year. Instances are the formats."""

    source: str
    publisher: str
    title: Callable[[], str]
    needs: tuple[str, ...]
    values: tuple[Value, ...]
    place: tuple[str, Callable[[Cell], int]] | None  # None is Brazil
    network: str = ""  # column, or a dependency fixed by the table
    stage: str = ""  # column, or a stage fixed by the table
    year: str = "ANO"  # column, or a year fixed by the table
    lacks: tuple[str, ...] = ()
    school: tuple[str, str] | None = None  # columns of name and municipality, where rows are schools

    def recognises(self, members: list[Member]) -> bool:
        return bool(members) and all(self._head(member) is not None for member in members)

    def _head(self, member: Member) -> Head | None:
        head = find_head(member, *self.needs)
        return None if head is None or any(name in head.names for name in self.lacks) else head

    def describe(self, members: list[Member]) -> Description:
        years = {self.year} if self.year.isdigit() else self._years(members)
        last = max(years, default="")
        span = last if len(years) < 2 else f"{min(years)}–{last}"
        return Description(f"{self.title()}, {span}", last)

    def _years(self, members: list[Member]) -> set[str]:
        found: set[str] = set()
        for member in members:
            head = self._head(member)
            if head is not None:
                for _chunk, batch in lines(member, head):
                    found.update(as_text(line.cell(self.year)) for line in batch)
        return {text for text in found if re.fullmatch(r"(19|20)\d\d", text, re.ASCII)}

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        seen: dict[Cellular, tuple[str, ...]] = {}
        for member in members:
            head = self._head(member)
            if head is None:
                refuse(member.name, "", _("a table with the columns %s") % ", ".join(self.needs))
            for chunk, batch in lines(member, head):
                for line in batch:
                    self._line(line, seen)
                yield chunk

    def _line(self, line: Line, seen: dict[Cellular, tuple[str, ...]]) -> None:
        about = self._about(line)
        if not line.fine:
            return
        content = tuple(as_text(cell) for cell in line.cells)
        if about in seen:
            if seen[about] != content:
                line.fault(self.needs[0], about.place, _("each place, network, stage and year once"))
            return
        seen[about] = content
        if self.school is not None:
            self._school(line, about)
        for value in self.values:
            stage = about.stage if value.stage is None else value.stage
            line.observe(
                value.column, value.indicator, about.place, about.dependency, stage, about.year, blank=value.blank
            )

    def _about(self, line: Line) -> Cellular:
        place = line.get(self.place[0], self.place[1], 0) if self.place else 0
        dependency = self.network
        if self.network.isupper():
            dependency = line.get(self.network, network, "")
        stage = self.stage if self.stage in Stage.values else line.get(self.stage, _stage, "")
        when = int(self.year) if self.year.isdigit() else line.get(self.year, year, 0)
        return Cellular(place, dependency, stage, when)

    def _school(self, line: Line, about: Cellular) -> None:
        assert self.school is not None
        name = clean_name(line.cell(self.school[0]))
        name = fitting(name, NAME_CHARS, line.chunk.member, line.number, self.school[0], line.chunk.problems)
        municipality = line.get(self.school[1], municipality_code, 0)
        if municipality:
            line.chunk.schools.append(
                SchoolRow(about.place, name, municipality, "", "", None, None, None, about.year, line.number)
            )


class ObservedAndProjected:
    """The same in long form: a row per municipality, year and kind (``observado`` or ``projetado``)."""

    source = "ideb-municipios-tipo-longo"
    publisher = "MEC/Inep"
    needs = ("ID_MUNICIPIO", "REDE", "ETAPA", "ANO", "TIPO", "VALOR")

    def recognises(self, members: list[Member]) -> bool:
        return len(members) == 1 and find_head(members[0], *self.needs) is not None

    def describe(self, members: list[Member]) -> Description:
        head = find_head(members[0], *self.needs)
        years = {
            as_text(line.cell("ANO")) for _chunk, batch in (lines(members[0], head) if head else ()) for line in batch
        }
        last = max((text for text in years if re.fullmatch(r"20\d\d", text, re.ASCII)), default="")
        return Description(_("Ideb observed and projected, municipalities") + f", {last}", last)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        head = find_head(members[0], *self.needs)
        if head is None:
            refuse(members[0].name, "", _("a table with the columns %s") % ", ".join(self.needs))
        seen: set[tuple[object, ...]] = set()
        for chunk, batch in lines(members[0], head):
            for line in batch:
                place = line.get("ID_MUNICIPIO", municipality_code, 0)
                dependency = line.get("REDE", network, "")
                stage = line.get("ETAPA", _stage, "")
                when = line.get("ANO", year, 0)
                kind = line.get("TIPO", _kind, "")
                key = (place, dependency, stage, when, kind)
                if line.fine and key in seen:
                    line.fault("ID_MUNICIPIO", place, _("each place, network, stage, year and kind once"))
                if line.fine:
                    seen.add(key)
                    line.observe("VALOR", kind, place, dependency, stage, when)
            yield chunk


def _kind(cell: Cell) -> str:
    kinds = {"observado": "ideb", "projetado": "ideb_target"}
    kind = kinds.get(folded(as_text(cell)))
    if kind is None:
        raise ValueError(_("“observado” or “projetado”"))
    return kind


_BDD = (
    Value("TAXA_APROVACAO", "approval_rate"),
    Value("INDICADOR_RENDIMENTO", "ideb_p"),
    Value("NOTA_SAEB_MATEMATICA", "saeb_mt"),
    Value("NOTA_SAEB_LINGUA_PORTUGUESA", "saeb_lp"),
    Value("NOTA_SAEB_MEDIA_PADRONIZADA", "ideb_n"),
    Value("IDEB", "ideb"),
    Value("PROJECAO", "ideb_target", blank=False),
)
_BDD_NEEDS = ("ANO", "REDE", "ENSINO", "ANOS_ESCOLARES", "IDEB", "INDICADOR_RENDIMENTO")
_PUBLISHER = "MEC/Inep · Base dos Dados"


def _escolas_pe(prefix: str, stage: str) -> LongTable:
    """Schools of Pernambuco in 2023: the table does not say the year, nor municipal and state schools apart."""
    return LongTable(
        source=f"ideb-escolas-pe-{stage.lower()}",
        publisher="MEC/Inep",
        title=lambda: _("Ideb: schools of Pernambuco") + f", {stage}",
        needs=("COD_MUN", "COD_ESC", "ESC", f"{prefix}_P", f"{prefix}_SAEB_MA", f"IDEB_{stage}"),
        values=(
            Value(f"{prefix}_P", "ideb_p"),
            Value(f"{prefix}_SAEB_MA", "saeb_mt"),
            Value(f"{prefix}_SAEB_PT", "saeb_lp"),
            Value(f"IDEB_{stage}", "ideb"),
        ),
        place=("COD_ESC", school_code),
        network=str(Dependency.PUBLIC),
        stage=stage,
        year="2023",
        school=("ESC", "COD_MUN"),
    )


LONG_FORMATS: list[Format] = [
    LongTable(
        source="ideb-municipios-longo",
        publisher=_PUBLISHER,
        title=lambda: _("Ideb: municipalities"),
        needs=("ANO", "ID_MUNICIPIO", "REDE", "ETAPA", "IDEB"),
        values=(Value("IDEB", "ideb"),),
        place=("ID_MUNICIPIO", municipality_code),
        network="REDE",
        stage="ETAPA",
    ),
    LongTable(
        source="ideb-brasil-basedosdados",
        publisher=_PUBLISHER,
        title=lambda: _("Ideb: Brazil"),
        needs=_BDD_NEEDS,
        lacks=("SIGLA_UF", "REGIAO", "ID_MUNICIPIO"),
        values=_BDD,
        place=None,
        network="REDE",
        stage="ANOS_ESCOLARES",
    ),
    LongTable(
        source="ideb-regioes-basedosdados",
        publisher=_PUBLISHER,
        title=lambda: _("Ideb: regions"),
        needs=("REGIAO", *_BDD_NEEDS),
        values=_BDD,
        place=("REGIAO", _region),
        network="REDE",
        stage="ANOS_ESCOLARES",
    ),
    LongTable(
        source="ideb-uf-basedosdados",
        publisher=_PUBLISHER,
        title=lambda: _("Ideb: states"),
        needs=("SIGLA_UF", *_BDD_NEEDS),
        lacks=("ID_MUNICIPIO",),
        values=_BDD,
        place=("SIGLA_UF", _acronym),
        network="REDE",
        stage="ANOS_ESCOLARES",
    ),
    LongTable(
        source="ideb-brasil-inep-longo",
        publisher="MEC/Inep",
        title=lambda: _("Ideb: Brazil"),
        needs=("ETAPA", "REDE", "ANO", "IDEB", "META", "INDICADOR_RENDIMENTO", "SAEB_MATEMATICA", "TAXA_APROVACAO"),
        values=(
            Value("IDEB", "ideb"),
            Value("META", "ideb_target", blank=False),
            Value("INDICADOR_RENDIMENTO", "ideb_p"),
            Value("SAEB_MATEMATICA", "saeb_mt"),
            Value("SAEB_PORTUGUES", "saeb_lp"),
            Value("NOTA_MEDIA_PADRONIZADA", "ideb_n"),
            Value("TAXA_APROVACAO", "approval_rate"),
        ),
        place=None,
        network="REDE",
        stage="ETAPA",
    ),
    LongTable(
        source="ideb-municipios-componentes",
        publisher="MEC/Inep",
        title=lambda: _("Ideb and its parts: municipalities (sample)"),
        needs=("CO_MUNICIPIO", "ETAPA", "REDE", "ANO", "IDEB", "REND", "PORT", "MAT", "APROV"),
        values=(
            Value("IDEB", "ideb"),
            Value("REND", "ideb_p"),
            Value("NM", "ideb_n", blank=False),
            Value("PORT", "saeb_lp"),
            Value("MAT", "saeb_mt"),
            Value("APROV", "approval_rate"),
        ),  # META is left out: the author carried the 2021 target on to 2023 and 2025
        place=("CO_MUNICIPIO", municipality_code),
        network="REDE",
        stage="ETAPA",
    ),
    _escolas_pe("INI", AI),
    _escolas_pe("FIN", AF),
    _escolas_pe("EM", EM),
    LongTable(
        source="sinopse-matriculas-ai-municipal",
        publisher="MEC/Inep",
        title=lambda: _("Enrolments and teachers of the early years, municipal networks"),
        needs=("ANO", "ID_MUNICIPIO", "MATRICULAS_AI_MUNICIPAL", "DOCENTES_AI_MUNICIPAL", "IDEB_AI_MUNICIPAL"),
        values=(
            Value("MATRICULAS_AI_MUNICIPAL", "enrolment"),
            Value("DOCENTES_AI_MUNICIPAL", "teachers"),
            Value("IDEB_AI_MUNICIPAL", "ideb", blank=False),  # even years have none
        ),
        place=("ID_MUNICIPIO", municipality_code),
        network=str(Dependency.MUNICIPAL),
        stage=AI,
    ),
    LongTable(
        source="matriculas-ef-municipal-2013",
        publisher="MEC/Inep · FNDE",
        title=lambda: _("Elementary enrolments and Fundeb, municipal networks"),
        needs=("ID_MUNICIPIO", "ANO", "MATRICULAS_EF_MUNICIPAL", "FUNDEB_REAIS", "SAEB_5_LP", "SAEB_9_MT"),
        values=(
            Value("MATRICULAS_EF_MUNICIPAL", "enrolment", stage=EF),
            Value("MATRICULAS_AI_MUNICIPAL", "enrolment", stage=AI),
            Value("FUNDEB_REAIS", "fundeb_amount", stage=""),
            Value("SAEB_5_LP", "saeb_lp", stage=AI),
            Value("SAEB_5_MT", "saeb_mt", stage=AI),
            Value("SAEB_9_LP", "saeb_lp", stage=AF),
            Value("SAEB_9_MT", "saeb_mt", stage=AF),
        ),
        place=("ID_MUNICIPIO", municipality_code),
        network=str(Dependency.MUNICIPAL),
        stage=EF,
    ),
    WideEarlyYears(),
    ObservedAndProjected(),
]
