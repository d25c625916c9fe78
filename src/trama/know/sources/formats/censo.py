"""School Census (Censo Escolar, Inep): schools, enrolments and infrastructure.

Three layouts: to 2019 one file per entity (``|``; ESCOLAS and TURMAS); from 2020 to 2024 one file of schools (``;``);
in 2025 one table per subject (Tabela_Escola, Tabela_Matricula …). Tables with one row per person are never read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl
from django.utils.translation import gettext as _

from .base import Chunk, Description, Format, Member, ObservationRow, Problem, SchoolRow
from .censo_codes import (
    CLASS_STAGES,
    DEPENDENCIES,
    INFRASTRUCTURE,
    LOCATIONS,
    OPTIONAL_COLUMNS,
    SCHOOL_COLUMNS,
    STAGE_COLUMNS,
)
from .censo_totals import Totals
from .columnar import LINE, Block, blocks
from .coordinates import position
from .problems import fitting, problem, refuse
from .tables import find_head, heads
from .text import text_facts
from .values import NAME_CHARS, STATE_CODES, clean_name

MISSING_CODE = 88_888  # "not reported" in the quantities
MOST_PUPILS = 60_000  # of one school


@dataclass(slots=True)
class Parts:
    """The files of a census, by what they hold."""

    schools: list[Member] = field(default_factory=list)
    enrolments: Member | None = None
    classes: Member | None = None
    others: list[Member] = field(default_factory=list)  # teachers, managers, courses, persons: not read
    unknown: list[Member] = field(default_factory=list)


def parts_of(members: list[Member]) -> Parts:
    """Sort files by their columns."""
    parts = Parts()
    for member in members:
        names = set(heads(member)[0].names) if _is_text(member) and heads(member) else set()
        if names >= set(SCHOOL_COLUMNS):
            parts.schools.append(member)
        elif {"ID_TURMA", "NU_MATRICULAS", "TP_ETAPA_ENSINO", "CO_ENTIDADE"} <= names:
            parts.classes = member
        elif {"CO_ENTIDADE", "QT_MAT_BAS"} <= names:
            parts.enrolments = member
        elif "CO_ENTIDADE" in names and _is_census(names):
            parts.others.append(member)
        else:
            parts.unknown.append(member)
    return parts


def _is_text(member: Member) -> bool:
    with member.path.open("rb") as file:
        return file.read(2) != b"PK"


def _is_census(names: set[str]) -> bool:
    return "NU_ANO_CENSO" in names or any(name.startswith(("QT_DOC_", "QT_TUR_", "QT_GEST_", "ID_")) for name in names)


class Census:
    """Reader of the School Census."""

    source = "inep-censo-escolar"
    publisher = "MEC/Inep"

    def recognises(self, members: list[Member]) -> bool:
        parts = parts_of(members)
        return bool(parts.schools or parts.enrolments or parts.classes) and not parts.unknown

    def describe(self, members: list[Member]) -> Description:
        parts = parts_of(members)
        named = parts.schools or [member for member in (parts.enrolments, parts.classes) if member]
        year, rows = "", 0
        for member in named:
            rows += text_facts(member).lines - 1
            year = year or _first_year(member)
        title = _("School Census") + f" {year}"
        if parts.schools and not self._has_enrolments(parts):
            title += " · " + _("schools and infrastructure only, without enrolments")
        return Description(title, year, rows)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        parts = parts_of(members)
        self._check(parts, members)
        enrolments, problems = _enrolments(parts)
        reading = _Reading(parts, enrolments)
        if problems:
            yield Chunk(member=problems[0].member, problems=problems)
        for member in parts.schools:
            for block in blocks(member, reading.wanted(member)):
                yield reading.chunk(member, block)
        for rows in reading.totals():
            yield Chunk(member=parts.schools[0].name, observations=rows)

    def _has_enrolments(self, parts: Parts) -> bool:
        in_schools = any("QT_MAT_BAS" in heads(member)[0].names for member in parts.schools)
        return in_schools or parts.enrolments is not None or parts.classes is not None

    def _check(self, parts: Parts, members: list[Member]) -> None:
        """Refuse a census that came in part, unless it is the table of schools by itself."""
        if not parts.schools:
            expected = _("also the table of schools (Tabela_Escola or ESCOLAS): without it enrolments have no network")
            refuse(members[0].name, ", ".join(member.name for member in members[:5]), expected)
        if parts.others and not self._has_enrolments(parts):
            expected = _("also the table of enrolments (Tabela_Matricula or TURMAS), or the table of schools alone")
            refuse(members[0].name, ", ".join(member.name for member in members[:5]), expected)


def _first_year(member: Member) -> str:
    """Year in the first rows; "" where they do not say."""
    if "NU_ANO_CENSO" not in heads(member)[0].names:
        return ""
    for block in blocks(member, ["NU_ANO_CENSO"], 1 << 20):
        years = (value for value in block.frame.get_column("NU_ANO_CENSO") if value)
        return next((value for value in years if re.fullmatch(r"(19|20)\d\d", value, re.ASCII)), "")
    return ""


def _enrolments(parts: Parts) -> tuple[pl.DataFrame | None, list[Problem]]:
    """Enrolments by school from a table of their own: code and one column per stage. None if in the school table."""
    member = parts.enrolments or parts.classes
    if member is None:
        return None, []
    names = set(heads(member)[0].names)
    problems: list[Problem] = []
    pieces: list[pl.DataFrame] = []
    if parts.enrolments is not None:
        wanted = ["CO_ENTIDADE", *(name for name in STAGE_COLUMNS if name in names)]
        for block in blocks(member, wanted):
            problems += block.problems
            pieces.append(_numbers(member, block, wanted, problems))
        joined = pl.concat(pieces) if pieces else pl.DataFrame(schema=dict.fromkeys([*wanted, LINE], pl.Int64))
        return _once(member, joined.drop_nulls("CO_ENTIDADE"), problems), problems
    wanted = ["CO_ENTIDADE", "NU_MATRICULAS", "TP_ETAPA_ENSINO"]
    for block in blocks(member, wanted):
        problems += block.problems
        frame = _numbers(member, block, wanted, problems).filter(pl.col("TP_ETAPA_ENSINO").is_not_null())
        stage, pupils = pl.col("TP_ETAPA_ENSINO"), pl.col("NU_MATRICULAS")
        sums = [pupils.filter(stage.is_in(sorted(codes))).sum().alias(name) for name, codes in CLASS_STAGES.items()]
        pieces.append(frame.group_by("CO_ENTIDADE").agg(sums))
    if not pieces:
        return pl.DataFrame(schema=dict.fromkeys(["CO_ENTIDADE", *CLASS_STAGES], pl.Int64)), problems
    return pl.concat(pieces).group_by("CO_ENTIDADE").agg(pl.all().sum()), problems


def _numbers(member: Member, block: Block, wanted: list[str], problems: list[Problem]) -> pl.DataFrame:
    """All wanted columns as whole numbers; each cell that is not one is a problem and becomes null."""
    frame = block.frame.with_columns(
        pl.col(name).str.strip_suffix(".0").cast(pl.Int64, strict=False).alias(f"{name}!") for name in wanted
    )
    for name in wanted:
        bad = frame.filter(pl.col(name).is_not_null() & (pl.col(f"{name}!").is_null() | (pl.col(f"{name}!") < 0)))
        for line, found in bad.select(LINE, name).iter_rows():
            problems.append(problem(member.name, line, name, found, _("a whole number")))
    kept = [pl.when(pl.col(f"{name}!") >= 0).then(pl.col(f"{name}!")).otherwise(None).alias(name) for name in wanted]
    return frame.select(*kept, LINE)


def _once(member: Member, frame: pl.DataFrame, problems: list[Problem]) -> pl.DataFrame:
    """One row per school: identical repetitions are dropped, differing ones are problems."""
    content = [name for name in frame.columns if name != LINE]
    frame = frame.unique(subset=content, keep="first", maintain_order=True)
    repeated = frame.filter(pl.col("CO_ENTIDADE").is_duplicated() & ~pl.col("CO_ENTIDADE").is_first_distinct())
    for line, code in repeated.select(LINE, "CO_ENTIDADE").iter_rows():
        problems.append(problem(member.name, line, "CO_ENTIDADE", code, _("each school once; this row says otherwise")))
    return frame.unique(subset="CO_ENTIDADE", keep="first", maintain_order=True).drop(LINE)


class _Reading:
    """One pass over the table of schools."""

    def __init__(self, parts: Parts, enrolments: pl.DataFrame | None) -> None:
        self._enrolments = enrolments
        self._seen: dict[int, int] = {}
        self._year: int | None = None
        names = set(heads(parts.schools[0])[0].names)
        available = set(enrolments.columns) if enrolments is not None else names
        self._stages = [name for name in STAGE_COLUMNS if name in available]
        self._items = [name for name in INFRASTRUCTURE if name in names]
        self._totals = Totals(self._stages, self._items)

    def wanted(self, member: Member) -> list[str]:
        names = heads(member)[0].names
        own = self._stages if self._enrolments is None else []
        missing = [name for name in (*own, *self._items) if name not in names]
        if missing:
            refuse(member.name, "", _("the same columns as the other tables of schools: %s") % ", ".join(missing))
        optional = [name for name in OPTIONAL_COLUMNS if name in names]
        return [*SCHOOL_COLUMNS, *optional, *own, *self._items]

    def totals(self) -> Iterator[list[ObservationRow]]:
        if self._year is not None:
            yield from self._totals.observations(self._year)

    def chunk(self, member: Member, block: Block) -> Chunk:
        chunk = Chunk(member=member.name, rows_read=block.frame.height, problems=list(block.problems))
        own = self._stages if self._enrolments is None else []
        codes = [name for name in SCHOOL_COLUMNS if name != "NO_ENTIDADE"]
        status = ["TP_SITUACAO_FUNCIONAMENTO"] if "TP_SITUACAO_FUNCIONAMENTO" in block.frame.columns else []
        numeric = [*codes, *status, *own, *self._items]
        numbers = _numbers(member, block, numeric, chunk.problems)
        texts = block.frame.select(
            "NO_ENTIDADE",
            *(pl.col(name) if name in block.frame.columns else pl.lit(None, pl.String).alias(name)
              for name in ("LATITUDE", "LONGITUDE")),
        )  # fmt: skip
        frame = pl.concat([numbers, texts], how="horizontal")
        if not status:
            frame = frame.with_columns(pl.lit(1, pl.Int64).alias("TP_SITUACAO_FUNCIONAMENTO"))
        frame = self._distinct(member, self._valid(member, frame, chunk), chunk)
        if self._enrolments is not None:
            frame = frame.join(self._enrolments, on="CO_ENTIDADE", how="left", maintain_order="left")
        frame = frame.with_columns(
            pl.when(pl.col(name) == MISSING_CODE).then(None).otherwise(pl.col(name)).alias(name)
            for name in self._stages
        )
        self._sum(frame)
        self._fill(chunk, frame)
        return chunk

    def _valid(self, member: Member, frame: pl.DataFrame, chunk: Chunk) -> pl.DataFrame:
        """Rows whose codes are codes; the others are problems."""
        if self._year is None and frame.height:
            years = frame.get_column("NU_ANO_CENSO").drop_nulls()
            self._year = int(years[0]) if len(years) and 1995 <= years[0] <= 2100 else None
        if self._year is None:
            if frame.height:
                refuse(member.name, frame["NU_ANO_CENSO"][0], _("the year of the census"), column="NU_ANO_CENSO", row=2)
            return frame
        school, municipality = pl.col("CO_ENTIDADE"), pl.col("CO_MUNICIPIO")
        states = sorted(STATE_CODES)
        rules = {
            "NU_ANO_CENSO": (pl.col("NU_ANO_CENSO") == self._year, _("the year %d, as in the first row") % self._year),
            "CO_ENTIDADE": (
                (school // 1_000_000).is_in(states),
                _("an Inep school code: 8 digits, the first two of a state"),
            ),
            "CO_MUNICIPIO": (
                (municipality // 100_000).is_in(states) & (municipality // 100_000 == school // 1_000_000),
                _("an IBGE municipality code (7 digits) of the state that the school code names"),
            ),
            "TP_DEPENDENCIA": (
                pl.col("TP_DEPENDENCIA").is_in(list(DEPENDENCIES)),
                _("1 federal, 2 state, 3 municipal or 4 private"),
            ),
            "TP_LOCALIZACAO": (pl.col("TP_LOCALIZACAO").is_in(list(LOCATIONS)), _("1 urban or 2 rural")),
            "TP_SITUACAO_FUNCIONAMENTO": (
                pl.col("TP_SITUACAO_FUNCIONAMENTO").is_in([1, 2, 3, 4]),
                _("1 active, 2 stopped, 3 or 4 closed"),
            ),
        }
        own = self._stages if self._enrolments is None else []
        for name in own:
            fits = pl.col(name).is_null() | (pl.col(name) <= MOST_PUPILS) | (pl.col(name) == MISSING_CODE)
            rules[name] = (fits, _("at most %d pupils in a school") % MOST_PUPILS)
        flags = frame.with_columns(
            rule.fill_null(value=False).alias(f"{name}?") for name, (rule, _text) in rules.items()
        )
        fine = pl.all_horizontal(f"{name}?" for name in rules)
        for row in flags.filter(~fine).iter_rows(named=True):
            for name, (_rule, expected) in rules.items():
                if not row[f"{name}?"]:
                    chunk.problems.append(problem(member.name, row[LINE], name, row[name], expected))
        return flags.filter(fine).select(frame.columns)

    def _distinct(self, member: Member, frame: pl.DataFrame, chunk: Chunk) -> pl.DataFrame:
        """Each school once over the whole census: the same row again is dropped, another row is a problem."""
        prints = frame.drop(LINE).hash_rows()
        keep: list[bool] = []
        for code, line, mark in zip(frame["CO_ENTIDADE"], frame[LINE], prints, strict=True):
            earlier = self._seen.get(code)
            keep.append(earlier is None)
            if earlier is None:
                self._seen[code] = mark
            elif earlier != mark:
                expected = _("each school once; this row says otherwise than an earlier one")
                chunk.problems.append(problem(member.name, line, "CO_ENTIDADE", code, expected))
        return frame.filter(pl.Series(keep, dtype=pl.Boolean))

    def _sum(self, frame: pl.DataFrame) -> None:
        self._totals.add(
            frame.select(
                pl.col("CO_MUNICIPIO").alias("municipality"),
                pl.col("TP_DEPENDENCIA").alias("network"),
                pl.col("TP_LOCALIZACAO").alias("location"),
                (pl.col("TP_SITUACAO_FUNCIONAMENTO") == 1).alias("active"),
                *self._stages,
                *self._items,
            )
        )

    def _fill(self, chunk: Chunk, frame: pl.DataFrame) -> None:
        year = self._year or 0
        stages = [(name, STAGE_COLUMNS[name]) for name in self._stages]
        observations, schools = chunk.observations, chunk.schools
        for row in frame.iter_rows(named=True):
            code, line = row["CO_ENTIDADE"], row[LINE]
            dependency = DEPENDENCIES[row["TP_DEPENDENCIA"]]
            latitude, longitude = position(row["LATITUDE"], row["LONGITUDE"], code // 1_000_000)
            location, status = LOCATIONS[row["TP_LOCALIZACAO"]], row["TP_SITUACAO_FUNCIONAMENTO"]
            municipality = row["CO_MUNICIPIO"]
            name = clean_name(row["NO_ENTIDADE"])
            name = fitting(name, NAME_CHARS, chunk.member, line, "NO_ENTIDADE", chunk.problems)
            schools.append(
                SchoolRow(code, name, municipality, dependency, location, status, latitude, longitude, year, line)
            )
            for name, stage in stages:
                value = row[name]
                if value:
                    observations.append(
                        ObservationRow("enrolment", code, dependency, stage, 0, "", year, float(value), "v", line)
                    )
                elif name == "QT_MAT_BAS":
                    known = None if value is None else 0.0
                    status = "b" if value is None else "v"
                    observations.append(
                        ObservationRow("enrolment", code, dependency, stage, 0, "", year, known, status, line)
                    )


def explain(member: Member) -> str | None:
    """Why a table of schools without codes is not read."""
    head = find_head(member, "NO_ENTIDADE", "QT_MAT_BAS")
    if head is None or "CO_ENTIDADE" in head.names:
        return None
    return _("schools with their Inep code (CO_ENTIDADE): names alone repeat and cannot be joined to anything")


CENSUS_FORMATS: list[Format] = [Census()]
