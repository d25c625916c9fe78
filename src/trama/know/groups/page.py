"""All that the page of a group shows on one day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from trama.foundation.charts import Figure, Strip, strip_chart

from ..indicators.columns import Value
from ..indicators.editions import key_of, stage_words
from ..indicators.exports import Row
from ..indicators.figures import FigureKey, Figures, figures_of, number
from ..indicators.models import Indicator, Release
from ..indicators.protection import protect_counts
from ..indicators.sections.gaps import reason
from ..indicators.sections.reading import MISSING, Reading, Sources, points
from ..indicators.selectors import definitions, published_releases
from ..territory.maps import Map, MapClass, Shape, country_map, state_map
from ..territory.models import GroupMembership, NetworkGroup, Place, TeachingNetwork
from ..vocabulary import PlaceKind
from .multiples import Member, Multiple, multiples
from .selectors import ONE_DAY, Change, changes_of, memberships_of, standing_on
from .statements import Sources as Lists
from .statements import sources_of
from .table import CODES, RESULTS, Column, columns_of

STATES_DRAWN = 2  # states drawn with their municipalities; a group over more is drawn on the country


class CellShown(NamedTuple):
    """A cell of the table: its text, or why there is none."""

    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One member in the table."""

    network: TeachingNetwork
    cells: tuple[CellShown, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over members, and how many of them it covers."""

    name: str
    value: str
    known: int
    members: int
    year: int

    @property
    def complete(self) -> bool:
        return self.known == self.members


@dataclass(frozen=True, slots=True)
class History:
    """One membership: from its first to its last day (None: no source says)."""

    network: TeachingNetwork
    first: date | None
    last: date | None
    lists: tuple[int, ...]
    stands: bool


@dataclass(frozen=True, slots=True)
class Results:
    """The Ideb of one stage: members' small charts with the state's line, and the same as a table."""

    id: str
    heading: str
    charts: list[Multiple]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    state_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A group on a day."""

    group: NetworkGroup
    day: date
    members: tuple[GroupMembership, ...]
    states: tuple[Place, ...]
    history: tuple[History, ...]
    changes: tuple[Change, ...]
    lists: Lists
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    ranges: Figure
    results: tuple[Results, ...]
    maps: tuple[Map, ...]
    sources: Sources
    definitions: dict[str, Indicator]
    releases: dict[int, Release]

    @property
    def national(self) -> bool:
        """Whether the map shows the country rather than the states of the members."""
        return len(self.states) > STATES_DRAWN

    @property
    def rows(self) -> list[Row]:
        """The table as downloads give it: member by member, in the order of the columns."""
        return [
            Row(line.network.place, column.keys[position], column.values[position])
            for position, line in enumerate(self.lines)
            for column in self.columns
        ]


def group_page(group: NetworkGroup, day: date, *, drawn: bool = True) -> GroupPage:
    """A group on a day. Twelve queries at most, whatever the number of members.

    ``drawn`` False leaves the maps out, for downloads.
    """
    memberships = list(memberships_of(group))
    members = standing_on(memberships, day)
    networks = [one.network for one in members]
    states = tuple(sorted({state for one in networks if (state := _state(one))}, key=lambda place: place.search_name))
    known = definitions()
    figures = _figures(networks, states, known)
    releases = published_releases()
    columns = columns_of(networks, figures, known)
    reader = Reading(networks[0].place, "", figures, known, releases) if networks else None
    lists = sources_of(memberships)
    return GroupPage(
        group=group,
        day=day,
        members=tuple(members),
        states=states,
        history=tuple(_history(one, lists, day) for one in memberships),
        changes=tuple(changes_of(memberships)),
        lists=lists,
        columns=tuple(columns),
        lines=tuple(_line(network, position, columns, reader) for position, network in enumerate(networks)),
        totals=tuple(_totals(columns, reader)),
        ranges=_ranges(columns, reader),
        results=tuple(filter(None, (_results(stage, networks, reader) for _code, stage in RESULTS))),
        maps=_maps(group, members, states) if drawn else (),
        sources=_sources(columns, networks, reader),
        definitions=known,
        releases=releases,
    )


def _state(network: TeachingNetwork) -> Place | None:
    return network.place if network.place.kind == PlaceKind.STATE else network.place.parent


def _figures(
    networks: Sequence[TeachingNetwork], states: Sequence[Place], known: Mapping[str, Indicator]
) -> dict[int, Figures]:
    """Figures of members and of their states, small groups withheld as on every page. Two queries."""
    codes = [*(network.place_id for network in networks), *(state.code for state in states)]
    people = {code for code, one in known.items() if one.person_count}
    return {place: protect_counts(found, people) for place, found in figures_of(codes, CODES).items()}


def _history(membership: GroupMembership, lists: Lists, day: date) -> History:
    last = membership.end - ONE_DAY if membership.end else None
    stands = bool(standing_on([membership], day))
    return History(membership.network, membership.start, last, lists.naming(membership.network_id), stands)


def _line(network: TeachingNetwork, position: int, columns: Sequence[Column], reader: Reading | None) -> Line:
    cells = tuple(_cell(column.values[position], column, reader) for column in columns)
    return Line(network, cells)


def _cell(value: Value, column: Column, reader: Reading | None) -> CellShown:
    found = number(value)
    if found is None or reader is None:
        return CellShown("", reason(value.status))
    return CellShown(reader.write(column.indicator)(found))


def _totals(columns: Sequence[Column], reader: Reading | None) -> list[Total]:
    return [
        Total(column.name, reader.write(column.indicator)(total), len(column.known), len(column.values), column.year)
        for column in columns
        if reader and (total := column.total) is not None
    ]


def _ranges(columns: Sequence[Column], reader: Reading | None) -> Figure:
    """From the lowest to the highest Ideb among the members: a dot each, none with a name."""
    shown = [column for column in columns if column.indicator == "ideb"]
    title = _("Range of the Ideb among the members")
    if not shown or reader is None:
        return Figure("", title, (), ())
    write = reader.write("ideb")
    low = float(int(min(min(column.known) for column in shown)))
    high = min(10.0, float(int(max(max(column.known) for column in shown)) + 1))
    strips = [Strip(f"{column.name}, {column.year}", (low,) * 6, (), None, "", tuple(column.known)) for column in shown]
    figure = strip_chart(
        "range",
        title,
        _("Each dot is a member, without its name. The numbers are in the table below."),
        strips,
        low=low,
        high=high,
        columns=("", "", "", ""),
        write=write,
    )
    rows = tuple(
        (
            f"{column.name}, {column.year}",
            write(min(column.known)),
            write(max(column.known)),
            _("%(known)s of %(members)s") % {"known": len(column.known), "members": len(column.values)},
        )
        for column in shown
    )
    heads = (_("Figure"), _("Lowest"), _("Highest"), _("Members with a value"))
    return replace(figure, columns=heads, rows=rows)


def _results(stage: str, networks: Sequence[TeachingNetwork], reader: Reading | None) -> Results | None:
    if reader is None:
        return None
    write = reader.write("ideb")
    members = [_member(network, stage, reader) for network in networks]
    charts = multiples(
        f"ideb-{stage.lower()}",
        members,
        title=_("Ideb of %(member)s"),
        description=_("Line of the member beside that of %(state)s. The numbers are in the table below the charts."),
        write=write,
        nothing=_("no value published"),
    )
    if not any(chart.svg for chart in charts):
        return None
    series = [(one.name, dict(one.own)) for one in members]
    series += {one.state_name: dict(one.state) for one in members if one.state_name}.items()
    years = sorted({year for _name, one in series for year in one})
    rows = tuple(
        (name, *(MISSING if (value := one.get(year)) is None else write(value) for year in years))
        for name, one in series
    )
    words = stage_words(stage)
    return Results(
        f"ideb-{stage.lower()}",
        words[:1].upper() + words[1:],
        charts,
        (_("Network"), *map(str, years)),
        rows,
        tuple(sorted({one.state_name for one in members if one.state_name})),
    )


def _member(network: TeachingNetwork, stage: str, reader: Reading) -> Member:
    seen = replace(reader, place=network.place, dependency=network.dependency)
    state = _state(network)
    dependency, series = seen.reference(state, "ideb", stage) if state else ("", {})
    return Member(
        network.place.name,
        reverse("know:network", args=[network.pk]),
        points(seen.own.series("ideb", network.dependency, stage)),
        points(series),
        seen.universe(dependency, state) if state and dependency else "",
    )


def _maps(group: NetworkGroup, members: Sequence[GroupMembership], states: Sequence[Place]) -> tuple[Map, ...]:
    """One map for each state of the members, or the country where they come from many. Three queries at most."""
    if not states:
        return ()
    names = {"group": group.acronym or group.name}
    codes = {one.network.place_id for one in members}
    if len(states) > STATES_DRAWN:
        counts = {
            state.code: sum(1 for one in members if (own := _state(one.network)) and own.code == state.code)
            for state in states
        }
        classes = [MapClass("q5", _("states with members"))]
        title = _("States of the members of %(group)s") % names
        drawn = country_map(
            "group-map", title, dict.fromkeys(counts, 0), classes, words=lambda place: _count(counts.get(place.code, 0))
        )
        rows = tuple(row for row in drawn.rows if row[2] != _count(0))
        return (replace(drawn, rows=rows, classes=(classes[0], MapClass("q-none", _("no member")))),)
    classes = [MapClass("q5", _("member"))]
    return tuple(
        _only_members(
            state_map(
                f"group-map-{state.code}",
                _("Members of %(group)s in %(state)s") % {**names, "state": state.name},
                state.code,
                dict.fromkeys(codes, 0),
                classes,
                words=lambda code: _("member"),
            ),
            codes,
        )
        for state in states
    )


def _count(members: int) -> str:
    return _("no member") if not members else _("members: %(n)s") % {"n": members}


def _only_members(drawn: Map, members: set[int]) -> Map:
    """The map with links for the members only; the others are one pale shape."""
    own = tuple(shape for shape in drawn.shapes if shape.code in members)
    rest = "".join(shape.path for shape in drawn.shapes if shape.code not in members)
    pale = (Shape(0, "", rest, "q1", "", ""),) if rest else ()
    classes = (*drawn.classes[:1], MapClass("q1", _("other municipalities")))
    rows = tuple((shape.name, shape.href, "") for shape in own)
    return replace(drawn, shapes=(*pale, *own), classes=classes, rows=rows)


def _sources(columns: Sequence[Column], networks: Sequence[TeachingNetwork], reader: Reading | None) -> Sources:
    if reader is None:
        return Sources((), ())
    used: list[tuple[int, FigureKey]] = [
        (network.place_id, key_of(column.indicator, network.dependency, column.stage))
        for column in columns
        for network in networks
    ]
    found = reader.sources(*used)
    shown = {value.release for column in columns for value in column.values}
    return Sources(found.definitions, tuple(release for release in found.releases if release.id in shown))
