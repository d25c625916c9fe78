"""Up to five networks side by side: the same edition for all in a row, the same scale for all in a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from trama.foundation.charts import Figure, Series, line_chart

from ..indicators.columns import Value
from ..indicators.editions import WITHOUT_NETWORK, common_year, figure_name, first_known, stage_words, value_at
from ..indicators.exports import Row
from ..indicators.figures import FigureKey, Figures, figures_of, known, number
from ..indicators.models import Indicator, Release
from ..indicators.panorama import dependencies_of
from ..indicators.peers import national, similar_networks
from ..indicators.protection import protect_counts
from ..indicators.sections.gaps import reason
from ..indicators.sections.reading import MISSING, Reading, Sources, points, stages_in_order
from ..indicators.selectors import definitions, published_releases
from ..territory.models import Place
from ..vocabulary import Dependency, PlaceKind
from .selection import Choice, Selection

STYLES = ("main", "second", "third", "fourth", "fifth")
BESIDE_STYLES = ("sixth", "seventh")
SHORT = 9  # letters of a name at the end of its line
SIMILAR = 4  # offered beside the first municipality
NEARLY_ALL = 0.8  # of the chosen that the best covered edition has: two of two, four of five
MUCH_LARGER = 5.0  # times the residents
MUCH_RICHER = 2.0  # times the GDP per resident
CHARTS: tuple[tuple[str, float, float, float], ...] = (  # indicator, floor and ceiling of the axis, least span
    ("ideb", 0, 10, 3),
    ("saeb_lp", 0, 500, 50),
    ("saeb_mt", 0, 500, 50),
    ("approval_rate", 0, 100, 20),
)
CHART_STAGES = ("AI", "AF", "EM")
CONTEXT = ("population", "gdp_per_capita", "enrolment", "schools")
RESULTS = ("ideb", "saeb_lp", "saeb_mt", "literacy_rate", "approval_rate", "age_grade_distortion")
MONEY = ("mde_share", "fundeb_pay_share", "spending_per_student")
CODES = frozenset({*CONTEXT, *RESULTS, *MONEY})
TABS = ("municipal", "estadual", "publica", "federal", "privada", "total")


class Cell(NamedTuple):
    """A cell of the table: its text or why there is none; and whose figure it is, where not the column's own."""

    text: str
    reason: str = ""
    universe: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of every column, in one edition."""

    name: str
    code: str
    year: int
    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]  # the same, as downloads give it


@dataclass(frozen=True, slots=True)
class Chart:
    """The lines of one indicator and stage."""

    id: str
    heading: str
    figure: Figure
    sources: Sources
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the page shows for a selection."""

    selection: Selection
    beside: tuple[Choice, ...]  # the state, where all lie in one, and the country
    dependency: str
    dependencies: tuple[str, ...]
    tables: tuple[tuple[str, str, tuple[Line, ...]], ...]  # (id, heading, lines)
    charts: tuple[tuple[str, tuple[Chart, ...]], ...]  # (heading, charts)
    sources: Sources
    unlike: tuple[str, ...]  # sentences on how different the chosen are
    similar: tuple[tuple[int, str], ...]  # of the first municipality: (code, name)
    definitions: dict[str, Indicator]
    releases: dict[int, Release]

    @property
    def columns(self) -> tuple[Choice, ...]:
        return (*self.selection.choices, *self.beside)

    @property
    def rows(self) -> list[Row]:
        """Every figure on the screen once: of the tables, then of the charts."""
        lines = [row for _id, _heading, found in self.tables for line in found for row in line.rows]
        drawn = [row for _heading, charts in self.charts for chart in charts for row in chart.rows]
        found = {(row.place.code, row.key, row.value.year): row for row in [*drawn, *lines]}
        order = dict.fromkeys((row.place.code, row.key, row.value.year) for row in [*lines, *drawn])
        return [found[key] for key in order]


@dataclass(frozen=True, slots=True)
class _View:
    """The columns with all that is published of them, seen through one tab."""

    columns: tuple[Choice, ...]
    chosen: int  # how many of the columns the reader chose; the others stand beside them
    dependency: str
    reader: Reading

    def key(self, choice: Choice, code: str, stage: str) -> FigureKey:
        """The figure of a column: of its network; for a state or more, of the public ones where only that is told."""
        own = choice.dependency or self.dependency
        wider = [Dependency.PUBLIC.value, Dependency.TOTAL.value]
        fallback = [] if choice.dependency or choice.place.kind == PlaceKind.MUNICIPALITY else wider
        return first_known(self.reader.figures[choice.place.code], code, [own, *fallback], stage)

    def series(self, choice: Choice, code: str, stage: str) -> tuple[FigureKey, dict[int, Value]]:
        key = self.key(choice, code, stage)
        return key, self.reader.figures[choice.place.code].cells.get(key, {})

    def stages(self, code: str) -> list[str]:
        """The stages of an indicator that any chosen column has a value in."""
        stages = {
            key.stage
            for choice in self.columns[: self.chosen]
            for key in self.reader.figures[choice.place.code].keys_of(code)
            if not key.grade and not key.location
        }
        return [
            stage
            for stage in stages_in_order(stages)
            if any(known(self.series(choice, code, stage)[1]) for choice in self.columns[: self.chosen])
        ]


def comparison(selection: Selection) -> Comparison | None:
    """The choices side by side; None where nothing is chosen. Twelve queries at most, however many they are."""
    if not selection.choices:
        return None
    known_indicators, releases = definitions(), published_releases()
    beside = tuple(Choice("lugar", place.code, place) for place in _beside(selection.choices))
    columns = (*selection.choices, *beside)
    figures = _figures([choice.place for choice in columns], known_indicators)
    dependencies = _dependencies(selection.choices, figures)
    dependency = selection.dependency or next(iter(dependencies), Dependency.MUNICIPAL.value)
    reader = Reading(selection.choices[0].place, dependency, figures, known_indicators, releases)
    view = _View(columns, len(selection.choices), dependency, reader)
    tables = _tables(view)
    return Comparison(
        selection=selection,
        beside=beside,
        dependency=dependency,
        dependencies=dependencies,
        tables=tables,
        charts=_charts(view),
        sources=_sources(reader, [row for _id, _heading, lines in tables for line in lines for row in line.rows]),
        unlike=tuple(_unlike(view)),
        similar=_similar(selection),
        definitions=known_indicators,
        releases=releases,
    )


def _beside(choices: Sequence[Choice]) -> list[Place]:
    """The state that all the municipalities share, and the country; unless they were chosen. One query."""
    states = {choice.place.state_code for choice in choices if choice.place.kind == PlaceKind.MUNICIPALITY}
    codes = {0} | ({state for state in states if state} if len(states) == 1 else set())
    codes -= {choice.place.code for choice in choices if not choice.dependency}
    return list(Place.objects.filter(code__in=codes).order_by("-code"))


def _figures(places: Sequence[Place], indicators: dict[str, Indicator]) -> dict[int, Figures]:
    """Figures of the places, small groups withheld as on every page. Two queries."""
    people = {code for code, one in indicators.items() if one.person_count}
    found = figures_of([place.code for place in places], CODES)
    return {code: protect_counts(one, people) for code, one in found.items()}


def _dependencies(choices: Sequence[Choice], figures: dict[int, Figures]) -> tuple[str, ...]:
    """The tabs: dependencies of which something is published for a chosen place. None where only networks are."""
    found = {one for choice in choices if not choice.dependency for one in dependencies_of(figures[choice.place.code])}
    return tuple(one for one in TABS if one in found)


def _tables(view: _View) -> tuple[tuple[str, str, tuple[Line, ...]], ...]:
    parts = (
        ("context", _("What they are up against"), CONTEXT),
        ("results", _("Results"), RESULTS),
        ("money", _("Money for education"), MONEY),
    )
    tables = ((name, heading, tuple(_lines(view, codes))) for name, heading, codes in parts)
    return tuple(table for table in tables if table[2])


def _lines(view: _View, codes: Sequence[str]) -> list[Line]:
    lines = []
    for code in codes:
        for stage in view.stages(code) if code in view.reader.definitions else ():
            found = [view.series(choice, code, stage) for choice in view.columns]
            year = common_year((series for _key, series in found[: view.chosen]), coverage=NEARLY_ALL)
            if year is None:
                continue
            rows = tuple(
                Row(choice.place, key, value_at(series, year))
                for choice, (key, series) in zip(view.columns, found, strict=True)
            )
            cells = tuple(_cell(view, choice, row) for choice, row in zip(view.columns, rows, strict=True))
            lines.append(Line(figure_name(view.reader.definitions[code], stage), code, year, cells, rows))
    return lines


def _cell(view: _View, choice: Choice, row: Row) -> Cell:
    found = number(row.value)
    if found is None:
        return Cell("", reason(row.value.status))
    own = choice.dependency or view.dependency
    other = row.key.dependency != own and row.key.indicator not in WITHOUT_NETWORK
    universe = str(Dependency(row.key.dependency).label) if other else ""
    return Cell(view.reader.write(row.key.indicator)(found), "", universe)


def _charts(view: _View) -> tuple[tuple[str, tuple[Chart, ...]], ...]:
    answer = []
    for code, floor, ceiling, span in CHARTS:
        if code not in view.reader.definitions:
            continue
        charts = tuple(
            chart
            for stage in CHART_STAGES
            if (chart := _chart(view, code, stage, floor=floor, ceiling=ceiling, span=span))
        )
        if charts:
            answer.append((view.reader.name(code), charts))
    return tuple(answer)


def _chart(view: _View, code: str, stage: str, *, floor: float, ceiling: float, span: float) -> Chart | None:
    """The lines of the columns; None where no chosen one has two editions: then the table says it all."""
    found = [view.series(choice, code, stage) for choice in view.columns]
    if not any(len(known(series)) > 1 for _key, series in found[: view.chosen]):
        return None
    styles = (*STYLES[: view.chosen], *BESIDE_STYLES)
    lines = [
        Series(_universe(choice, key), _short(choice), points(series), style)
        for style, choice, (key, series) in zip(styles, view.columns, found, strict=False)
    ]
    words = stage_words(stage)
    heading = words[:1].upper() + words[1:]
    name = f"compare-{code.replace('_', '-')}-{stage.lower()}"
    figure = line_chart(
        name,
        _("%(indicator)s, %(stage)s") % {"indicator": view.reader.name(code), "stage": words},
        _("Line chart by year. The numbers are in the table below the chart."),
        lines,
        row_label=_("Year"),
        missing=MISSING,
        write=view.reader.write(code),
        floor=floor,
        ceiling=ceiling,
        least_span=span,
    )
    rows = tuple(
        Row(choice.place, key, value)
        for choice, (key, series) in zip(view.columns, found, strict=True)
        for value in series.values()
    )
    return Chart(f"{name}-card", heading, figure, _sources(view.reader, rows), rows)


def _universe(choice: Choice, key: FigureKey) -> str:
    if choice.dependency:
        return choice.name
    return _("%(place)s, %(networks)s") % {"place": choice.name, "networks": Dependency(key.dependency).label}


def _short(choice: Choice) -> str:
    if choice.place.kind == PlaceKind.COUNTRY:
        return "BR"
    name = choice.place.acronym or choice.place.name
    return name if len(name) <= SHORT else name[: SHORT - 1].rstrip() + "…"


def _sources(reader: Reading, rows: Sequence[Row]) -> Sources:
    """Definitions and releases behind the rows themselves."""
    codes = dict.fromkeys(row.key.indicator for row in rows)
    shown = {row.value.release for row in rows}
    releases = (reader.releases[release] for release in shown if release in reader.releases)
    return Sources(
        tuple(reader.definitions[code] for code in codes if code in reader.definitions),
        tuple(sorted(releases, key=lambda release: (release.vintage, release.id))),
    )


def _unlike(view: _View) -> list[str]:
    """Sentences that warn where the chosen live in very different circumstances."""
    sentences = []
    for code, times, sentence in (
        ("population", MUCH_LARGER, _("The largest has about %(times)s times the residents of the smallest.")),
        ("gdp_per_capita", MUCH_RICHER, _("The highest GDP per resident is about %(times)s times the lowest.")),
    ):
        found = [view.series(choice, code, "")[1] for choice in view.columns[: view.chosen]]
        year = common_year(found, coverage=NEARLY_ALL)
        values = [value for series in found if year and (value := number(series.get(year)))]
        if len(values) > 1 and max(values) >= times * min(values):
            sentences.append(sentence % {"times": round(max(values) / min(values))})
    return sentences


def _similar(selection: Selection) -> tuple[tuple[int, str], ...]:
    """The networks most like that of the first municipality, to compare with. Six queries, then kept in memory."""
    first = next((one.place for one in selection.choices if one.place.kind == PlaceKind.MUNICIPALITY), None)
    if first is None:
        return ()
    country = national(Dependency.MUNICIPAL.value)
    found = similar_networks(country, first.code, Dependency.MUNICIPAL.value)
    if found is None:
        return ()
    return tuple((int(country.codes[row]), country.names[row]) for row in found.neighbours.index.tolist()[:SIMILAR])


def similar_address(comparison: Comparison) -> str:
    """The first municipality beside the networks most like it."""
    first = next(one for one in comparison.selection.choices if one.place.kind == PlaceKind.MUNICIPALITY)
    codes = [first.place.code, *(code for code, _name in comparison.similar)]
    return reverse("know:compare") + "?" + "&".join(f"lugar={code}" for code in codes)
