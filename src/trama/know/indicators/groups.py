"""A group of networks on a day: its members side by side, in alphabetical order, and what may be added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from ..territory.models import GroupMembership, NetworkGroup, Place
from ..vocabulary import Dependency, Stage
from .columns import Value
from .figures import FigureKey, Figures, known, number
from .models import Indicator, Release
from .panorama import protected_figures
from .sections.reading import MISSING, Cell, Sources, Table, written
from .selectors import definitions, published_releases

SIDE_BY_SIDE: tuple[tuple[str, str, str], ...] = (
    ("population", Dependency.TOTAL.value, ""),
    ("enrolment", Dependency.MUNICIPAL.value, "AI"),
    ("ideb", Dependency.MUNICIPAL.value, "AI"),
    ("ideb", Dependency.MUNICIPAL.value, "AF"),
    ("literacy_rate", Dependency.MUNICIPAL.value, ""),
    ("gdp_per_capita", Dependency.TOTAL.value, ""),
)
ADDS_UP = frozenset({"population", "enrolment"})
"""Counts of things that belong to one municipality only. An Ideb or a rate of the group is not the sum or mean of
its members', so none is shown."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A total over the members, with how many of them it counts."""

    label: str
    value: str
    year: int
    counted: int
    members: int


@dataclass(frozen=True, slots=True)
class GroupPage:
    group: NetworkGroup
    day: date
    members: tuple[GroupMembership, ...]  # on that day
    history: tuple[GroupMembership, ...]  # all of them
    sums: tuple[Sum, ...]
    table: Table
    sources: Sources
    figures: dict[int, Figures]
    places: tuple[Place, ...]
    definitions: dict[str, Indicator]
    releases: dict[int, Release]


def groups_on(day: date) -> list[tuple[NetworkGroup, int, list[str]]]:
    """Every group by name, with how many networks are members on a day, and their states. Two queries."""
    counts: dict[int, set[int]] = {}
    states: dict[int, set[str]] = {}
    rows = GroupMembership.objects.filter(_on(day)).values_list("group", "network", "network__place__parent__acronym")
    for group, network, state in rows:
        counts.setdefault(group, set()).add(network)
        states.setdefault(group, set()).add(state or "")
    groups = NetworkGroup.objects.order_by("search_name")
    return [(group, len(counts.get(group.pk, ())), sorted(states.get(group.pk, ()))) for group in groups]


def group_page(group: NetworkGroup, day: date) -> GroupPage:
    """A group as it stood on a day. Six queries, however many members."""
    history = tuple(
        GroupMembership.objects.filter(group=group)
        .select_related("network__place__parent")
        .order_by("network__place__search_name", "start")
    )
    members = _distinct([one for one in history if _is_member(one, day)])
    places = tuple(dict.fromkeys(one.network.place for one in members))
    indicators, releases = definitions(), published_releases()
    figures = protected_figures([place.code for place in places], indicators)
    columns = [column for spec in SIDE_BY_SIDE if (column := _column(spec, places, figures, indicators))]
    keys = [FigureKey(*spec[:3]) for spec in SIDE_BY_SIDE]
    used = {
        value.release for place in places for key in keys for value in figures[place.code].cells.get(key, {}).values()
    }
    return GroupPage(
        group,
        day,
        members,
        history,
        tuple(one for column in columns if (one := _sum(column, places, figures))),
        _table(columns, members, figures),
        Sources(
            tuple(indicators[code] for code in dict.fromkeys(c.key.indicator for c in columns)),
            tuple(sorted((releases[r] for r in used if r in releases), key=lambda r: (r.vintage, r.id))),
        ),
        figures,
        places,
        indicators,
        releases,
    )


@dataclass(frozen=True, slots=True)
class _Column:
    key: FigureKey
    year: int
    label: str
    decimals: int


def _on(day: date) -> Q:
    return (Q(start__isnull=True) | Q(start__lte=day)) & (Q(end__isnull=True) | Q(end__gt=day))


def _is_member(one: GroupMembership, day: date) -> bool:
    return (one.start is None or one.start <= day) and (one.end is None or one.end > day)


def _distinct(memberships: Sequence[GroupMembership]) -> tuple[GroupMembership, ...]:
    return tuple({one.network_id: one for one in memberships}.values())


def _column(
    spec: tuple[str, str, str], places: Sequence[Place], figures: dict[int, Figures], indicators: dict[str, Indicator]
) -> _Column | None:
    """The figure in the year in which most members have it; None if none has."""
    code, dependency, stage = spec
    key = FigureKey(code, dependency, stage)
    years = [one.year for place in places for one in known(figures[place.code].cells.get(key, {}))]
    if not years or code not in indicators:
        return None
    year = max(set(years), key=lambda one: (years.count(one), one))
    label = indicators[code].name
    if stage:
        label = _("%(indicator)s, %(stage)s") % {"indicator": label, "stage": Stage(stage).label}
    return _Column(key, year, label, indicators[code].decimals)


def _value(column: _Column, place: Place, figures: dict[int, Figures]) -> Value | None:
    return figures[place.code].cells.get(column.key, {}).get(column.year)


def _sum(column: _Column, places: Sequence[Place], figures: dict[int, Figures]) -> Sum | None:
    if column.key.indicator not in ADDS_UP:
        return None
    values = [value for place in places if (value := number(_value(column, place, figures))) is not None]
    return Sum(column.label, written(sum(values), 0), column.year, len(values), len(places))


def _table(columns: Sequence[_Column], members: Sequence[GroupMembership], figures: dict[int, Figures]) -> Table:
    rows = []
    for one in members:
        place = one.network.place
        state = f" · {place.parent.acronym}" if place.parent else ""
        cells = [Cell(place.name + state, href=reverse("know:place", args=[place.code]))]
        for column in columns:
            found = number(_value(column, place, figures))
            cells.append(Cell(MISSING if found is None else written(found, column.decimals), number=True))
        rows.append(tuple(cells))
    labels = (_("%(name)s, %(year)s") % {"name": column.label, "year": column.year} for column in columns)
    return Table(_("Members side by side, in alphabetical order"), (_("Municipality"), *labels), tuple(rows))
