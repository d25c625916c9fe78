"""One edition for several places, so that nobody is read in one year beside somebody else in another."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from ..vocabulary import Dependency, Stage
from .columns import BROAD, NO_RECORD, Value
from .figures import Editions, FigureKey, Figures, known
from .models import Indicator

WITHOUT_NETWORK = frozenset({"population", "gdp", "gdp_per_capita"})
"""Indicators of the place, whoever runs its schools."""


def common_year(series: Iterable[Editions], *, coverage: float = BROAD) -> int | None:
    """The last edition in which at least ``coverage`` times as many places have a value as in the best covered one.

    None where nobody has any. So an advance sample, or one late declaration, never stands for all.
    """
    counts = Counter(year for one in series for year, _value in known(one))
    widest = max(counts.values(), default=0)
    return max((year for year, n in counts.items() if n >= coverage * widest), default=None)


def value_at(series: Editions, year: int) -> Value:
    """The figure of a year; with the status ``NO_RECORD`` where no release speaks of it."""
    return series.get(year) or Value(None, NO_RECORD, 0, year)


def key_of(indicator: str, dependency: str, stage: str = "") -> FigureKey:
    """The whole figure of an indicator: of the place itself where it is not about schools."""
    return FigureKey(indicator, Dependency.TOTAL.value if indicator in WITHOUT_NETWORK else dependency, stage)


def first_known(figures: Figures, indicator: str, dependencies: Sequence[str], stage: str = "") -> FigureKey:
    """The key of the first of the dependencies of which something is published; the first one if nothing is."""
    keys = [key_of(indicator, dependency, stage) for dependency in dict.fromkeys(dependencies)]
    return next((key for key in keys if known(figures.cells.get(key, {}))), keys[0])


def figure_name(definition: Indicator, stage: str = "") -> str:
    """Indicator and stage in words, short enough for the head of a column: "Ideb, early years"."""
    if not stage:
        return definition.name
    return _("%(indicator)s, %(stage)s") % {"indicator": definition.name, "stage": stage_words(stage)}


def stage_words(stage: str) -> str:
    """A stage in few words, as a column head or a chip can hold them."""
    words = {
        "BAS": _("basic education"),
        "EF": _("elementary"),
        "AI": _("early years"),
        "AF": _("final years"),
        "EM": _("upper secondary"),
    }
    return words.get(stage) or str(Stage(stage).label)
