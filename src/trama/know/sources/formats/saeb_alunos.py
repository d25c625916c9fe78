"""Saeb microdata of pupils (``TS_ALUNO_*``): only the mean of each state leaves this module.

School and municipality codes in the microdata are masks that join to nothing; the state is real. The mean weighs each
proficiency by the pupil's weight: sum(proficiency x weight) / sum(weight) over pupils with ``IN_PROFICIENCIA`` 1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl
from django.utils.translation import gettext as _

from ...vocabulary import Dependency, Stage
from .base import Chunk, Description, Member, ObservationRow
from .columnar import LINE, blocks
from .problems import problem, refuse
from .tables import find_head, heads
from .values import STATE_CODES

MINIMUM_PUPILS = 10
_NETWORKS = {
    1: str(Dependency.FEDERAL),
    2: str(Dependency.STATE),
    3: str(Dependency.MUNICIPAL),
    4: str(Dependency.PRIVATE),
}
_STAGES = {5: Stage.EARLY_YEARS, 9: Stage.FINAL_YEARS, 12: Stage.UPPER_SECONDARY, 13: Stage.INTEGRATED}
_EDITIONS = ("ID_SAEB", "ID_PROVA_BRASIL", "NU_ANO", "ANO")


@dataclass(slots=True)
class _Sums:
    """Sum of weights, of weighted proficiencies, and pupils, by state, network and stage."""

    cells: dict[tuple[str, int, str, str], list[float]] = field(default_factory=dict)

    def add(self, key: tuple[str, int, str, str], weight: float, weighted: float, pupils: int) -> None:
        cell = self.cells.setdefault(key, [0.0, 0.0, 0.0])
        cell[0] += weight
        cell[1] += weighted
        cell[2] += pupils


class SaebPupils:
    """Reader of the pupil microdata, aggregated to states."""

    source = "inep-saeb-microdados-uf"
    publisher = "MEC/Inep"

    def recognises(self, members: list[Member]) -> bool:
        return bool(members) and any(_is_pupils(member) for member in members) and all(map(_is_saeb, members))

    def describe(self, members: list[Member]) -> Description:
        edition = max((_edition(member) for member in members if _is_pupils(member)), default="")
        return Description(_("Saeb: mean proficiencies of the states, from the microdata") + f", {edition}", edition)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        for member in members:
            if _is_pupils(member):
                yield from _member(member)


def _names(member: Member) -> tuple[str, ...]:
    found = heads(member)
    return found[0].names if found and not found[0].sheet else ()


def _is_pupils(member: Member) -> bool:
    names = set(_names(member))
    has_mean = {"ID_UF", "PESO_ALUNO_LP", "PROFICIENCIA_LP_SAEB", "IN_PROFICIENCIA_LP"} <= names
    return has_mean and bool({"ID_ALUNO", "ID_SERIE"} & names) and bool({"IN_PUBLICA", "ID_DEPENDENCIA_ADM"} & names)


def _is_saeb(member: Member) -> bool:
    return bool({"ID_SAEB", "ID_PROVA_BRASIL", "ID_ALUNO", "ID_ESCOLA", "CO_ITEM"} & set(_names(member)))


def _edition(member: Member) -> str:
    name = next((name for name in _EDITIONS if name in _names(member)), "")
    if name:
        for block in blocks(member, [name], 1 << 20):
            for value in block.frame.get_column(name):
                if value and re.fullmatch(r"(19|20)\d\d", value, re.ASCII):
                    return str(value)
            break
    found = re.search(r"(?<!\d)20[0-4]\d(?!\d)", member.name)
    return found[0] if found else ""


def _stage_of_file(member: Member) -> Stage | None:
    found = re.search(r"(?:TS_ALUNO_|_)(5EF|9EF|34EM|3EM|EM)\b", member.name.upper().replace(".", " "))
    if found is None:
        return None
    return {"5EF": Stage.EARLY_YEARS, "9EF": Stage.FINAL_YEARS}.get(found[1], Stage.UPPER_SECONDARY)


def _member(member: Member) -> Iterator[Chunk]:
    edition, names = _edition(member), _names(member)
    if not edition:
        refuse(member.name, "", _("the year in a column ID_SAEB or ID_PROVA_BRASIL"))
    by_file = _stage_of_file(member)
    if "ID_SERIE" not in names and by_file is None:
        refuse(member.name, "", _("the grade in a column ID_SERIE or in the name, e.g. TS_ALUNO_5EF.csv"))
    network_name = "ID_DEPENDENCIA_ADM" if "ID_DEPENDENCIA_ADM" in names else "IN_PUBLICA"
    subjects = [subject for subject in ("LP", "MT") if f"PROFICIENCIA_{subject}_SAEB" in names]
    numbers = [
        name
        for subject in subjects
        for name in (f"IN_PROFICIENCIA_{subject}", f"PESO_ALUNO_{subject}", f"PROFICIENCIA_{subject}_SAEB")
    ]
    wanted = ["ID_UF", network_name, *(["ID_SERIE"] if "ID_SERIE" in names else []), *numbers]
    missing = [name for name in wanted if name not in names]
    if missing:
        refuse(member.name, "", _("also the columns %s") % ", ".join(missing), row=1)
    sums = _Sums()
    for block in blocks(member, wanted):
        chunk = Chunk(member=member.name, rows_read=block.frame.height, problems=list(block.problems))
        frame = _numeric(member, block.frame, wanted, chunk)
        for subject in subjects:
            _add(sums, frame, subject, network_name, by_file)
        yield chunk
    yield Chunk(member=member.name, observations=_means(sums, int(edition)))


def _numeric(member: Member, frame: pl.DataFrame, wanted: list[str], chunk: Chunk) -> pl.DataFrame:
    """Numbers; a cell that is not one is a problem and its row leaves the mean."""
    cast = frame.with_columns(
        pl.col(name).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).alias(f"{name}!")
        for name in wanted
    )
    bad = pl.lit(value=False)
    for name in wanted:
        low, high = _range(name)
        number = pl.col(f"{name}!")
        unfit = pl.col(name).is_not_null() & ~number.is_between(low, high).fill_null(value=False)
        if name == "ID_UF":
            unfit = ~number.is_in([float(code) for code in STATE_CODES]).fill_null(value=False)
        for line, found in cast.filter(unfit).select(LINE, name).iter_rows():
            expected = _("the code of a state") if name == "ID_UF" else _("a number between %g and %g") % (low, high)
            chunk.problems.append(problem(member.name, line, name, found, expected))
        bad = bad | unfit
    return cast.filter(~bad).select(LINE, *(pl.col(f"{name}!").alias(name) for name in wanted))


def _range(name: str) -> tuple[float, float]:
    if name.startswith("PROFICIENCIA"):
        return 0, 600
    return (0, 1e6) if name.startswith("PESO") else (0, 99)


def _add(sums: _Sums, frame: pl.DataFrame, subject: str, network_name: str, by_file: Stage | None) -> None:
    weight, score = pl.col(f"PESO_ALUNO_{subject}"), pl.col(f"PROFICIENCIA_{subject}_SAEB")
    counted = frame.filter((pl.col(f"IN_PROFICIENCIA_{subject}") == 1) & (weight > 0) & score.is_not_null())
    serie = pl.col("ID_SERIE") if "ID_SERIE" in frame.columns else pl.lit(0.0)
    groups = counted.group_by("ID_UF", network_name, serie.alias("serie")).agg(
        weight.sum().alias("weight"), (weight * score).sum().alias("weighted"), pl.len().alias("pupils")
    )
    for state, code, grade, total, weighted, pupils in groups.iter_rows():
        stage = _STAGES.get(int(grade or 0), by_file)
        if stage is None or code is None:
            continue
        for dependency in _dependencies(network_name, int(code)):
            sums.add((subject, int(state), dependency, str(stage)), total, weighted, pupils)


def _dependencies(name: str, code: int) -> tuple[str, ...]:
    """Universes a pupil counts in. ``IN_PUBLICA`` tells only public from not; private schools are a sample."""
    if name == "IN_PUBLICA":
        return (str(Dependency.PUBLIC), str(Dependency.TOTAL)) if code == 1 else (str(Dependency.TOTAL),)
    if code not in _NETWORKS:
        return ()
    public = (str(Dependency.PUBLIC),) if code in (1, 2, 3) else ()
    return (_NETWORKS[code], *public, str(Dependency.TOTAL))


def _means(sums: _Sums, year: int) -> list[ObservationRow]:
    """Weighted means; fewer than ten pupils are not disclosed."""
    rows = []
    for (subject, state, dependency, stage), (weight, weighted, pupils) in sorted(sums.cells.items()):
        enough = pupils >= MINIMUM_PUPILS and weight > 0
        indicator = "saeb_lp" if subject == "LP" else "saeb_mt"
        value, status = (weighted / weight, "v") if enough else (None, "d")
        rows.append(ObservationRow(indicator, state, dependency, stage, 0, "", year, value, status, 0))
    return rows


def explain(member: Member) -> str | None:
    """Why the table of schools of the microdata is not read."""
    head = find_head(member, "ID_SAEB", "ID_ESCOLA") or find_head(member, "ID_PROVA_BRASIL", "ID_ESCOLA")
    if head is None or any(name.startswith("PROFICIENCIA_") for name in head.names):
        return None
    return _(
        "the spreadsheets of results, or TS_ALUNO: school codes in TS_ESCOLA are masks, and join to no real school"
    )
