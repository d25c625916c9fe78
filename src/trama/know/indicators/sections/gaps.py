"""Quality of the data: what is not shown, and why. Nothing missing is ever read as zero."""

from collections import defaultdict

from django.utils.translation import gettext as _

from ...vocabulary import Dependency, PlaceKind, Stage, ValueStatus
from ..columns import NO_RECORD
from ..figures import FigureKey
from ..protection import WITHHELD
from .reading import Block, Cell, Reading, Section, Table

EXPECTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ideb", ("AI", "AF", "EM")),
    ("saeb_lp", ("AI", "AF", "EM")),
    ("saeb_mt", ("AI", "AF", "EM")),
    ("approval_rate", ("AI", "AF", "EM")),
    ("age_grade_distortion", ()),
    ("literacy_rate", ()),
    ("enrolment", ()),
    ("mde_share", ()),
    ("infra_internet", ()),
)
MUNICIPAL_HAS_NO = ("EM",)  # municipal networks rarely offer it: its absence says nothing


def reason(status: str) -> str:
    """Why there is no value, in words."""
    if status == WITHHELD:
        return _("withheld here to protect small groups")
    if status == NO_RECORD:
        return _("no release held here speaks of it")
    return str(ValueStatus(status).label)


def gaps_section(reading: Reading) -> Section:
    """Two lists: what releases say is missing, and what no release held here says anything about."""
    rows = [*_stated(reading), *_unstated(reading)]
    if not rows:
        return Section("gaps", _("Quality of the data"), "", ())
    table = Table(
        _("What is not shown for %(universe)s") % {"universe": reading.universe(reading.dependency)},
        (_("Figure"), _("Years"), _("Why")),
        tuple(rows),
    )
    notes = (_("A missing value is never counted as zero: it leaves a gap in charts and stays out of every mean."),)
    block = Block("gaps-table", _("Not published, and why"), notes=notes, tables=(table,), wide=True)
    return Section("gaps", _("Quality of the data"), "", (block,))


def _stated(reading: Reading) -> list[tuple[Cell, ...]]:
    years: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for key, series in reading.own.cells.items():
        if key.dependency != reading.dependency or key.grade or key.location or key.indicator.endswith("_target"):
            continue
        for year, value in series.items():
            if value.status != ValueStatus.VALUE:
                years[key.indicator, key.stage, value.status].append(year)
    return [
        (Cell(_figure_name(reading, code, stage)), Cell(", ".join(map(str, found))), Cell(reason(status)))
        for (code, stage, status), found in sorted(years.items())
    ]


def _unstated(reading: Reading) -> list[tuple[Cell, ...]]:
    rows = []
    for code, stages in EXPECTED:
        if code not in reading.definitions or (code == "mde_share" and reading.place.kind == PlaceKind.SCHOOL):
            continue
        if not stages:
            if not any(key.dependency in (reading.dependency, Dependency.TOTAL) for key in reading.own.keys_of(code)):
                rows.append(reading.name(code))
            continue
        absent = [
            stage
            for stage in stages
            if FigureKey(code, reading.dependency, stage) not in reading.own.cells
            and not (reading.dependency == Dependency.MUNICIPAL and stage in MUNICIPAL_HAS_NO)
        ]
        if len(absent) == len(stages):
            rows.append(reading.name(code))
        else:
            rows += [_figure_name(reading, code, stage) for stage in absent]
    why = _("no release held here speaks of it")
    return [(Cell(name), Cell(_("all")), Cell(why)) for name in rows]


def _figure_name(reading: Reading, code: str, stage: str) -> str:
    if not stage:
        return reading.name(code)
    return _("%(indicator)s, %(stage)s") % {"indicator": reading.name(code), "stage": Stage(stage).label}
