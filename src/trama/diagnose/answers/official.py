"""Official figures of a round's owner beside the criteria: the last figure, where it is going, what it suggests.

A figure never answers. It stands beside the question, it may contrast with the answer, and where the instrument gives
three cuts it suggests a level that says that it is a suggestion.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trama.know.api import ScopeKind, figures_of, indicators_by_code

from ..instruments.models import CriterionIndicator, Level
from ..rounds.models import Round

HIGH, LOW = (Level.ADEQUATE, Level.EXEMPLARY), (Level.FRAGILE, Level.BASIC)
SHOWN = 4  # editions in the sentence of the series


@dataclass(frozen=True, slots=True)
class Run:
    """The longest series of moves in one direction that ends with the last edition."""

    direction: int  # 1 up, -1 down, 0 no change or a single edition
    n: int  # moves
    since: int  # the edition before the first of them


@dataclass(frozen=True, slots=True)
class Beside:
    """One official figure beside a criterion, or the fact that there is none."""

    indicator: Any
    name: str
    years: tuple[int, ...]
    values: tuple[float, ...]
    note: str
    movement: str  # a sentence
    suggested: Level | None
    contrasts: dict[int, str]  # level that a person may give: what the figure says against it

    @property
    def last(self) -> tuple[int, float] | None:
        return (self.years[-1], self.values[-1]) if self.years else None

    @property
    def recent(self) -> list[tuple[int, float]]:
        return list(zip(self.years, self.values, strict=True))[-SHOWN:]


def run_of(years: Iterable[int], values: Iterable[float], decimals: int) -> Run:
    """How long the figure has been moving the same way. What is equal as printed has not moved."""
    editions = list(zip(years, (round(value, decimals) for value in values), strict=True))
    direction, n, since = 0, 0, editions[-1][0] if editions else 0
    for (year, before), (_year, after) in reversed(list(pairwise(editions))):
        moved = (after > before) - (after < before)
        if n == 0:
            direction = moved
        if moved != direction:
            break
        n, since = n + 1, year
    return Run(direction, n, since)


def suggested_level(line: CriterionIndicator, value: float) -> Level | None:
    """The level that a figure suggests, where the instrument gives the three cuts."""
    cuts = (line.cut_basic, line.cut_adequate, line.cut_exemplary)
    if any(cut is None for cut in cuts):
        return None
    lower = line.better == CriterionIndicator.Better.LOWER
    return Level(1 + sum(value <= cut if lower else value >= cut for cut in cuts if cut is not None))


def figures_beside(lines: Iterable[CriterionIndicator], of: Round) -> dict[int, list[Beside]]:
    """Criterion to the figures beside it. Three queries, however many criteria; a group of networks has no figures."""
    wanted = list(lines)
    if not wanted or of.scope_kind == ScopeKind.GROUP:
        return {}
    place, dependency = of.scope.place_id, of.scope.dependency
    known = indicators_by_code()
    figures = figures_of([place], {line.indicator for line in wanted})[place]
    found: dict[int, list[Beside]] = {}
    for line in wanted:
        if line.indicator not in known:
            continue
        series = figures.series(line.indicator, dependency, line.stage)
        editions = [
            (year, cell.value) for year, cell in series.items() if cell.status == "v" and cell.value is not None
        ]
        found.setdefault(line.criterion_id, []).append(_beside(line, known[line.indicator], editions))
    return found


def _beside(line: CriterionIndicator, indicator: Any, editions: list[tuple[int, float]]) -> Beside:
    years, values = tuple(year for year, _value in editions), tuple(value for _year, value in editions)
    stage = line.get_stage_display() if line.stage else ""
    name = f"{indicator.name}, {stage}" if stage else str(indicator.name)
    if not values:
        return Beside(indicator, name, years, values, line.note, "", None, {})
    run = run_of(years, values, indicator.decimals)
    suggested = suggested_level(line, round(values[-1], indicator.decimals))
    contrasts = _contrasts(line, run, suggested, indicator)
    return Beside(indicator, name, years, values, line.note, movement(run, len(years)), suggested, contrasts)


def movement(run: Run, editions: int) -> str:
    """Where the figure is going, in one sentence."""
    if editions < 2:
        return _("There is only one edition, so nothing can be said about its direction.")
    if run.direction == 0:
        return _("It did not change since %(year)d.") % {"year": run.since}
    if run.direction > 0:
        text = ngettext("It rose in the last edition.", "It rose %(n)d editions running.", run.n)
    else:
        text = ngettext("It fell in the last edition.", "It fell %(n)d editions running.", run.n)
    return text % {"n": run.n}


def _contrasts(line: CriterionIndicator, run: Run, suggested: Level | None, indicator: Any) -> dict[int, str]:
    """What the figure says against each level. Two moves or more the wrong way; two levels or more from the cuts."""
    towards = run.direction if line.better == CriterionIndicator.Better.HIGHER else -run.direction
    told: dict[int, str] = {}
    for level in Level:
        against = []
        if run.n >= 2 and ((towards < 0 and level in HIGH) or (towards > 0 and level in LOW)):
            against.append(_direction(level, run, indicator.name))
        if suggested is not None and abs(suggested - level) >= 2:
            against.append(_("The figure alone would suggest %(suggested)s.") % {"suggested": suggested.label})
        if against:
            told[int(level)] = " ".join(against)
    return told


def _direction(level: Level, run: Run, name: str) -> str:
    text = (
        _("The answer is %(level)s. %(indicator)s: it rose %(n)d editions running.")
        if run.direction > 0
        else _("The answer is %(level)s. %(indicator)s: it fell %(n)d editions running.")
    )
    return text % {"level": level.label, "indicator": name, "n": run.n}
