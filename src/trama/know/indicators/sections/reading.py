"""What the sections read, and the parts they are made of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from trama.foundation.charts import Figure, Series

from ...territory.models import Place
from ...vocabulary import Dependency, PlaceKind, Stage
from ..columns import Value
from ..figures import Editions, FigureKey, Figures, known, number
from ..models import Indicator, Release

MISSING = "—"


@dataclass(frozen=True, slots=True)
class Sources:
    """What stands under a figure: what it means and where it comes from."""

    definitions: tuple[Indicator, ...]
    releases: tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text; numbers align right; ``tone`` marks what needs a second look."""

    text: str
    number: bool = False
    tone: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    columns: tuple[str, ...]  # the first names the rows
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each column with whether numbers stand under it."""
        under = self.rows[0] if self.rows else ()
        return [(label, k < len(under) and under[k].number) for k, label in enumerate(self.columns)]


@dataclass(frozen=True, slots=True)
class Block:
    """One thing shown: a chart, tables or sentences, and its sources."""

    id: str
    heading: str
    figure: Figure | None = None
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    sources: Sources = Sources((), ())
    wide: bool = False
    folded: str = ""  # the tables stand closed behind these words


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    lead: str
    blocks: tuple[Block, ...]

    def __bool__(self) -> bool:
        return bool(self.blocks)


@dataclass(slots=True)
class Reading:
    """One place seen through one administrative dependency."""

    place: Place
    dependency: str
    figures: dict[int, Figures]  # of the place, of its state or region and of the country
    definitions: dict[str, Indicator]
    releases: dict[int, Release]
    parents: tuple[Place, ...] = ()  # nearest first: state (or region), then the country
    writers: dict[str, Callable[[float], str]] = field(default_factory=dict)

    @property
    def own(self) -> Figures:
        return self.figures[self.place.code]

    @property
    def aggregate(self) -> bool:
        """Whether the place is a state or larger: Inep applies other limits to its Ideb."""
        return self.place.kind in (PlaceKind.STATE, PlaceKind.REGION, PlaceKind.COUNTRY)

    def write(self, indicator: str) -> Callable[[float], str]:
        """How values of an indicator are written: its decimals, in the reader's language."""
        if indicator not in self.writers:
            found = self.definitions.get(indicator)
            self.writers[indicator] = partial(written, decimals=found.decimals if found else 1)
        return self.writers[indicator]

    def name(self, indicator: str) -> str:
        found = self.definitions.get(indicator)
        return found.name if found else indicator

    def universe(self, dependency: str, place: Place | None = None) -> str:
        """Whose figures they are, in words: "Rondônia, public networks"."""
        label = str(Dependency(dependency).label)
        place = place or self.place
        if place.kind == PlaceKind.SCHOOL:
            return place.name
        return _("%(place)s, %(networks)s") % {"place": place.name, "networks": label}

    def key(self, indicator: str, stage: str = "", grade: int = 0, location: str = "") -> FigureKey | None:
        """The figure of this dependency, or of a wider universe where only that is published; None if neither is."""
        for dependency in dict.fromkeys((self.dependency, Dependency.TOTAL, Dependency.PUBLIC, Dependency.MUNICIPAL)):
            key = FigureKey(indicator, str(dependency), stage, grade, location)
            if known(self.own.cells.get(key, {})):
                return key
        return None

    def reference(self, place: Place, indicator: str, stage: str) -> tuple[str, Editions]:
        """The dependency and series that this place is read beside: its own dependency, else the public networks."""
        figures = self.figures.get(place.code)
        for dependency in dict.fromkeys((self.dependency, Dependency.PUBLIC, Dependency.TOTAL)):
            series = figures.series(indicator, str(dependency), stage) if figures else {}
            if known(series):
                return str(dependency), series
        return "", {}

    def sources(self, *used: tuple[int, FigureKey]) -> Sources:
        """Definitions and releases behind the figures under these (place, key) pairs."""
        releases = {
            release for place, key in used if place in self.figures for release in self.figures[place].releases([key])
        }
        codes = dict.fromkeys(key.indicator for _place, key in used)
        return Sources(
            tuple(self.definitions[code] for code in codes if code in self.definitions),
            tuple(sorted((self.releases[r] for r in releases if r in self.releases), key=lambda r: (r.vintage, r.id))),
        )


def written(value: float, decimals: int = 1) -> str:
    """A number in the language of the page, half a step rounded away from zero (``number_format`` cuts it)."""
    step = Decimal(1).scaleb(-decimals)
    exact = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    return number_format(exact, decimals, use_l10n=True, force_grouping=True)


def points(series: Editions) -> tuple[tuple[int, float | None], ...]:
    """A series as a chart draws it: None where a release says that there is no value."""
    return tuple((year, number(value)) for year, value in series.items())


def as_series(label: str, short: str, series: Editions, style: str) -> Series:
    return Series(label, short, points(series), style)


def shown(value: Value | None, write: Callable[[float], str]) -> Cell:
    """A number in a table; a dash where there is none."""
    if value is None or value.value is None:
        return Cell(MISSING, number=True)
    return Cell(write(value.value), number=True)


def text_cells(texts: Iterable[str], numbers_from: int = 1) -> tuple[Cell, ...]:
    return tuple(Cell(text, number=position >= numbers_from) for position, text in enumerate(texts))


def stages_in_order(stages: Iterable[str]) -> list[str]:
    order: Sequence[str] = [stage.value for stage in Stage]
    return sorted(set(stages), key=order.index)
