"""Official figures and own measures of goals: what they are now, and how far from the next target, in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from trama.know.api import Dependency, Figures, Stage, data_version, figures_of, indicators_by_code, release_info

from .models import Goal, GoalTarget, StrategicPlan


@dataclass(frozen=True, slots=True)
class FigureChoice:
    """An official figure that exists for the owner of a plan: its value for a form, its words, its last value."""

    key: str  # indicator|dependency|stage
    label: str
    family: str
    year: int
    value: Decimal
    decimals: int
    higher_is_better: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a goal stands. ``value`` None: ``reason`` says why there is no figure."""

    name: str  # of the indicator, official or own
    unit: str
    decimals: int
    value: Decimal | None
    when: str  # year or day
    source: str
    reason: str
    official: bool
    target: GoalTarget | None  # the next one; the last one if all lie behind
    distance: str  # one sentence; "" where there is nothing to compare
    reached: bool | None
    newer: bool  # the figure is of a later year than the starting point


def unit_words(unit: str) -> str:
    """A unit of an official indicator as it is read after a number; "" where the number says enough."""
    return {
        "percent": "%",
        "saeb_points": _("points of the Saeb scale"),
        "reais": _("reais"),
        "reais_per_person": _("reais per person"),
    }.get(unit, "")


def place_of(plan: StrategicPlan) -> int | None:
    """The place whose figures speak of the owner. None: a group of networks, of which nothing is published."""
    if plan.group_id is not None:
        return None
    return plan.network.place_id if plan.network is not None else plan.school_id


def own_dependency(plan: StrategicPlan) -> str:
    """Whose schools the owner's own figures count: those of its network. "" for a group."""
    owner = plan.network or plan.school
    return owner.dependency if owner is not None else ""


def figure_choices(plan: StrategicPlan) -> list[FigureChoice]:
    """Official figures that a goal of this plan can be set on, those of its own schools first. Four queries at most.

    Counts of people and figures without a better direction are no goals.
    """
    place = place_of(plan)
    if place is None:
        return []
    definitions = tuple(
        _Definition(one.code, one.name, one.family, one.decimals, one.better == "higher")
        for one in indicators_by_code().values()
        if one.better and not one.person_count
    )
    return list(_choices(data_version(), get_language() or "", place, own_dependency(plan), definitions))


@dataclass(frozen=True, slots=True)
class _Definition:
    """What a choice says of an indicator, in the language of the page."""

    code: str
    name: str
    family: str
    decimals: int
    higher_is_better: bool


@lru_cache(maxsize=500)
def _choices(
    _version: str, _language: str, place: int, own: str, indicators: tuple[_Definition, ...]
) -> tuple[FigureChoice, ...]:
    """Kept while nothing else is published (``_version``) and the indicators are called the same."""
    definitions = {one.code: one for one in indicators}
    figures = figures_of([place], list(definitions))[place]
    wanted = [own, Dependency.PUBLIC.value, Dependency.TOTAL.value]
    choices = []
    for key in figures.cells:
        if key.grade or key.location or key.dependency not in wanted:
            continue
        latest = figures.latest(key.indicator, key.dependency, key.stage)
        if latest is None:
            continue
        definition = definitions[key.indicator]
        choices.append(
            FigureChoice(
                f"{key.indicator}|{key.dependency}|{key.stage}",
                figure_name(definition.name, key.dependency, key.stage),
                definition.family,
                latest.year,
                _decimal(latest.value),
                definition.decimals,
                definition.higher_is_better,
            )
        )
    return tuple(sorted(choices, key=lambda one: (wanted.index(one.key.split("|")[1]), one.family, one.label)))


def figure_name(name: str, dependency: str, stage: str) -> str:
    """ "Ideb, early years, municipal network"."""
    words = [name]
    if stage:
        words.append(str(Stage(stage).label))
    if dependency and dependency != Dependency.TOTAL:
        words.append(str(Dependency(dependency).label))
    return ", ".join(words)


def standings_of(plan: StrategicPlan, goals: Iterable[Goal], today: date) -> dict[int, Standing]:
    """How each goal stands, by its key. At most four queries, however many goals."""
    goals = list(goals)
    place = place_of(plan)
    codes = {goal.indicator for goal in goals if goal.indicator}
    if not codes:
        return {goal.pk: _own_standing(goal, today) for goal in goals}
    definitions = indicators_by_code()
    figures, releases = _published(data_version(), place, frozenset(codes)) if place is not None else (None, {})
    return {
        goal.pk: _official_standing(plan, goal, figures, definitions, releases, today)
        if goal.indicator
        else _own_standing(goal, today)
        for goal in goals
    }


@lru_cache(maxsize=500)
def _published(_version: str, place: int, codes: frozenset[str]) -> tuple[Figures, dict[int, Any]]:
    """The figures of a place and the releases they stand in, kept while nothing else is published (``_version``)."""
    figures = figures_of([place], codes)[place]
    return figures, release_info(figures.releases(figures.cells))


def _official_standing(
    plan: StrategicPlan, goal: Goal, figures: Figures | None, definitions: Any, releases: Any, today: date
) -> Standing:
    definition = definitions.get(goal.indicator)
    name = figure_name(definition.name if definition else goal.indicator, goal.dependency, goal.stage)
    unit, decimals = (unit_words(definition.unit), definition.decimals) if definition else ("", 1)
    value, year, source = None, None, ""
    if figures is None:
        reason = _("Official figures are published for networks and schools, not for groups of networks.")
    else:
        reason = _("No figure of this indicator is published here for this owner.")
        latest = figures.latest(goal.indicator, goal.dependency, goal.stage)
        if latest is not None:
            value, year, reason = _decimal(latest.value), latest.year, ""
            release = releases.get(figures.series(goal.indicator, goal.dependency, goal.stage)[latest.year].release)
            source = f"{release.publisher}, {release.title}" if release else ""
    target, distance, reached = _towards(goal, value, str(year or ""), unit, decimals, today)
    newer = year is not None and goal.baseline_year is not None and year > goal.baseline_year
    return Standing(
        name, unit, decimals, value, str(year or ""), source, reason, True, target, distance, reached, newer
    )


def _own_standing(goal: Goal, today: date) -> Standing:
    measures = sorted(goal.measures.all(), key=lambda one: one.measured_on)
    last = measures[-1] if measures else None
    value = last.value if last else None
    when = date_format(last.measured_on, "SHORT_DATE_FORMAT") if last else ""
    decimals = max((-int(number.normalize().as_tuple().exponent) for number in _numbers(goal, value)), default=0)
    decimals = min(4, max(0, decimals))
    target, distance, reached = _towards(goal, value, when, goal.unit, decimals, today)
    newer = last is not None and goal.baseline_year is not None and last.measured_on.year > goal.baseline_year
    reason = "" if last else _("No official indicator was chosen, and nothing was measured yet.")
    return Standing(
        _("own indicator"), goal.unit, decimals, value, when, _("measured by the team"), reason, False, target,
        distance, reached, newer,
    )  # fmt: skip


def _numbers(goal: Goal, value: Decimal | None) -> list[Decimal]:
    numbers = [one.value for one in goal.targets.all()]
    return [number for number in (*numbers, goal.baseline, value) if number is not None]


def _towards(
    goal: Goal, value: Decimal | None, when: str, unit: str, decimals: int, today: date
) -> tuple[GoalTarget | None, str, bool | None]:
    """The target that comes next, the way to it in one sentence, and whether it is reached."""
    targets = sorted(goal.targets.all(), key=lambda one: one.year)
    if not targets:
        return None, "", None
    target = next((one for one in targets if one.year >= today.year), targets[-1])
    if value is None:
        return target, "", None
    left = target.value - value if goal.higher_is_better else value - target.value
    words = {
        "year": target.year,
        "target": with_unit(target.value, unit, decimals),
        "value": with_unit(value, unit, decimals),
        "when": when,
    }
    if left <= 0:
        reached = _("The target of %(year)s (%(target)s) is reached: %(value)s (%(when)s).")
        return target, reached % words, True
    # A team writes its unit in the plural ("schools"): one of them is told without it, as the target tells it anyway.
    words["left"] = _points(left, "" if left == 1 and not goal.indicator and unit != "%" else unit, decimals)
    if goal.higher_is_better:
        missing = ngettext(
            "%(left)s more to reach the target of %(year)s (%(target)s). Last figure: %(value)s (%(when)s).",
            "%(left)s more to reach the target of %(year)s (%(target)s). Last figure: %(value)s (%(when)s).",
            1 if left < 2 else 2,
        )
    else:
        missing = _("%(left)s less to reach the target of %(year)s (%(target)s). Last figure: %(value)s (%(when)s).")
    return target, missing % words, False


def with_unit(value: Decimal | None, unit: str, decimals: int) -> str:
    """ "62.5%", "5.4", "12 schools"."""
    if value is None:
        return "—"
    text = str(floatformat(value, f"{decimals}g"))
    return text + unit if unit == "%" else f"{text} {unit}".strip()


def _points(left: Decimal, unit: str, decimals: int) -> str:
    """A difference. Of percentages it is in percentage points; one smaller than what is shown keeps its digits."""
    shown = str(floatformat(left, f"{decimals}g" if round(left, decimals) else "4g"))
    if unit == "%":
        points = ngettext("%(count)s percentage point", "%(count)s percentage points", 1 if left == 1 else 2)
        return points % {"count": shown}
    return f"{shown} {unit}".strip()


def _decimal(value: float) -> Decimal:
    """A published figure with the digits it can have: four places, as goals keep."""
    return round(Decimal(repr(value)), 4)
