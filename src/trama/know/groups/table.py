"""Members side by side: one edition per column, sums where a sum means something, and the range. Never a rank.

A count of people, pupils or schools may be added up; an index may not, so there is no mean Ideb of a territory: it
would need the pupils behind each member's figure, which Inep does not publish by group (decision 0071).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..indicators.columns import Value
from ..indicators.editions import common_year, figure_name, key_of, value_at
from ..indicators.figures import Editions, FigureKey, Figures, number
from ..indicators.models import Indicator
from ..territory.models import TeachingNetwork

HALF = 0.5
RESULTS = (("ideb", "AI"), ("ideb", "AF"))
PLAIN_COUNTS = (("population", ""), ("schools", ""))
ENROLMENT_STAGES = ("BAS", "EF", "AI", "AF")
SUMMABLE = frozenset({"population", "schools", "enrolment"})
CODES = frozenset({"ideb", *SUMMABLE})


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of every member, in one edition."""

    indicator: str
    stage: str
    name: str
    year: int
    decimals: int
    values: tuple[Value, ...]  # (members,)
    keys: tuple[FigureKey, ...]  # (members,)

    @property
    def known(self) -> list[float]:
        return [found for value in self.values if (found := number(value)) is not None]

    @property
    def total(self) -> float | None:
        """The sum over the members that have a value; None for what does not add up, or where nobody has one."""
        return sum(self.known) if self.indicator in SUMMABLE and self.known else None

    @property
    def complete(self) -> bool:
        return len(self.known) == len(self.values)


def columns_of(
    networks: Sequence[TeachingNetwork], figures: Mapping[int, Figures], definitions: Mapping[str, Indicator]
) -> list[Column]:
    """The columns that any member has, each in the last edition that covers the members."""
    wanted = [*RESULTS, PLAIN_COUNTS[0], *_enrolments(networks, figures), PLAIN_COUNTS[1]]
    found = (_column(networks, figures, definitions, code, stage) for code, stage in wanted if code in definitions)
    return [column for column in found if column is not None]


def _enrolments(networks: Sequence[TeachingNetwork], figures: Mapping[int, Figures]) -> list[tuple[str, str]]:
    """The stages in which at least half of the members have a value; the best covered one where none has."""
    counts = {
        stage: sum(1 for network in networks if common_year([_series(network, figures, "enrolment", stage)]))
        for stage in ENROLMENT_STAGES
    }
    widest = max(counts, key=lambda stage: counts[stage])
    stages = [stage for stage in ENROLMENT_STAGES if counts[stage] and counts[stage] >= HALF * len(networks)]
    return [("enrolment", stage) for stage in stages or [widest]]


def _column(
    networks: Sequence[TeachingNetwork],
    figures: Mapping[int, Figures],
    definitions: Mapping[str, Indicator],
    code: str,
    stage: str,
) -> Column | None:
    series = [_series(network, figures, code, stage) for network in networks]
    year = common_year(series)
    if year is None:
        return None
    definition = definitions[code]
    return Column(
        code,
        stage,
        figure_name(definition, stage),
        year,
        definition.decimals,
        tuple(value_at(one, year) for one in series),
        tuple(key_of(code, network.dependency, stage) for network in networks),
    )


def _series(network: TeachingNetwork, figures: Mapping[int, Figures], code: str, stage: str) -> Editions:
    return figures[network.place_id].cells.get(key_of(code, network.dependency, stage), {})
