"""Lists of networks under a rule: filtered, a page at a time, and two rules side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from trama.know.api import MunicipalNetworks, data_version, indicator_column, latest_year
from trama_measure.arrays import FloatArray, IntArray
from trama_measure.indicators.conditions import Truth

from .assessment import CountryAnswer
from .explanation import Explainer, Explanation
from .forms import SIZE_LIMITS


@dataclass(frozen=True, slots=True)
class Row:
    """One network of a list."""

    network: int
    place: int
    name: str
    state: int
    population: float | None
    verdict: Truth
    explanation: Explanation | None = None


def population_of(networks: MunicipalNetworks) -> FloatArray:
    """Residents of each municipality, in the latest national count or estimate; NaN where there is none."""
    return _population(data_version(), tuple(networks.ids.tolist()))


@lru_cache(maxsize=2)
def _population(_version: object, ids: tuple[int, ...]) -> FloatArray:
    """Kept while the data stand: it is the same for every preview."""
    year = latest_year("population")
    if year is None:
        return np.full(len(ids), np.nan)
    return indicator_column("population", year).values


def selected(answer: CountryAnswer, filters: Mapping[str, str], population: FloatArray) -> IntArray:
    """Positions of the networks that pass the filters, in the order of the country: by state, then by name."""
    networks = answer.networks
    keep = np.ones(len(networks.ids), dtype=bool)
    if filters.get("resposta"):
        keep &= answer.truth == int(filters["resposta"])
    if filters.get("regiao"):
        keep &= networks.states // 10 == int(filters["regiao"])
    if filters.get("uf"):
        keep &= networks.states == int(filters["uf"])
    if filters.get("porte"):
        low, high = SIZE_LIMITS[filters["porte"]]
        with np.errstate(invalid="ignore"):
            keep &= (population > low) & (population <= high)
    positions = np.flatnonzero(keep)
    return np.array(sorted(positions.tolist(), key=lambda i: (networks.states[i], networks.names[i])), dtype=np.int64)


def rows(
    answer: CountryAnswer, positions: Iterable[int], population: FloatArray, indicators: Mapping[str, Any] | None = None
) -> list[Row]:
    """The networks at some positions with their explanation, where the answer comes from a rule."""
    explainer = None
    if answer.world is not None and answer.evaluated is not None:
        explainer = Explainer(answer.world, answer.evaluated, indicators)
    networks = answer.networks
    return [
        Row(
            int(networks.ids[i]),
            int(networks.places[i]),
            networks.names[i],
            int(networks.states[i]),
            None if np.isnan(population[i]) else float(population[i]),
            Truth(int(answer.truth[i])),
            explainer.explain(int(i)) if explainer is not None else None,
        )
        for i in positions
    ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rules over the same networks: who changes from which answer to which."""

    networks: MunicipalNetworks
    before: CountryAnswer
    after: CountryAnswer
    moves: dict[tuple[Truth, Truth], IntArray]  # positions, by (before, after)

    def count(self, before: Truth, after: Truth) -> int:
        return len(self.moves[before, after])

    @property
    def enter(self) -> IntArray:
        """Networks that become eligible."""
        return np.concatenate([self.moves[Truth.NOT_MET, Truth.MET], self.moves[Truth.UNKNOWN, Truth.MET]])

    @property
    def leave(self) -> IntArray:
        """Networks that were eligible and are refused."""
        return self.moves[Truth.MET, Truth.NOT_MET]

    @property
    def turn_unknown(self) -> IntArray:
        """Networks that had an answer and have none now."""
        return np.concatenate([self.moves[Truth.MET, Truth.UNKNOWN], self.moves[Truth.NOT_MET, Truth.UNKNOWN]])

    @property
    def turn_refused(self) -> IntArray:
        """Networks of which nothing was known and that are refused now."""
        return self.moves[Truth.UNKNOWN, Truth.NOT_MET]


def compared(before: CountryAnswer, after: CountryAnswer) -> Comparison:
    """Both answers are over the same networks: those of the country as loaded."""
    moves = {
        (a, b): np.flatnonzero((before.truth == a) & (after.truth == b)).astype(np.int64) for a in Truth for b in Truth
    }
    return Comparison(after.networks, before, after, moves)
