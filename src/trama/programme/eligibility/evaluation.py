"""A rule over many networks at once: every condition as arrays, combined by three-valued logic.

``load_world`` reads what a rule needs (a handful of queries, whatever the number of networks); ``evaluate`` computes,
without a query. One network and the whole country go the same way, so the screen, the list and the export agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from trama.know.api import Cell, IndicatorColumn, MunicipalNetworks, latest_year, municipal_networks, place_columns
from trama_measure.arrays import FloatArray, IntArray, TruthArray
from trama_measure.indicators.conditions import Truth, all_of, any_of, compare

from .bounds import Bounds, parts, wholes
from .tree import ConditionNode, GroupNode, Node, Path, conditions_of

COUNTRY = 0
NO_YEAR = 0  # "latest" found no national edition: a cell of this year has no figure
MEAN_COVERAGE = 0.5
"""A mean of networks stands for a state or the country only if this share of its municipal networks has the figure."""


@dataclass(frozen=True, slots=True)
class MeanColumn:
    """Simple means of a figure over the municipal networks of each place, with how many networks entered."""

    values: dict[int, float]
    counts: dict[int, int]


@dataclass(slots=True)
class World:
    """What a rule needs to know. Columns follow the order of ``networks``."""

    networks: MunicipalNetworks
    cells: dict[ConditionNode, Cell] = field(default_factory=dict)
    columns: dict[Cell, IndicatorColumn] = field(default_factory=dict)
    reference_places: IntArray = field(default_factory=lambda: np.array([], dtype=np.int64))
    references: dict[Cell, IndicatorColumn] = field(default_factory=dict)  # over reference_places
    means: dict[Cell, MeanColumn] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One node of the rule over n networks. The arrays below ``children`` are those of a condition."""

    node: Node
    truth: TruthArray
    children: tuple["Evaluated", ...] = ()
    cell: Cell | None = None
    column: IndicatorColumn | None = None
    threshold: FloatArray | None = None
    reference_releases: IntArray | None = None  # 0: no release (a number, or a mean computed here)
    bounds: Bounds | None = None


def load_world(rules: Iterable[Node], networks: MunicipalNetworks | None = None) -> World:
    """Everything that the rules ask about ``networks`` (all municipal networks by default)."""
    world = World(municipal_networks() if networks is None else networks)
    conditions = list(dict.fromkeys(c for rule in rules for _, c in conditions_of(rule)))
    years = _latest_years(conditions)
    for condition in conditions:
        world.cells[condition] = _cell(condition, years)
    own = [world.cells[condition] for condition in conditions]
    bounded = [world.cells[condition] for condition in conditions if condition.use_bounds]
    own += [cell for source in bounded for cell in (*parts(source), *wholes(source))]
    order = np.argsort(world.networks.places, kind="stable")
    columns = place_columns(world.networks.places[order], own)
    world.columns = {cell: _reordered(column, order) for cell, column in columns.items()}
    published = [c for c in conditions if c.reference_kind == "published"]
    if published:
        states = set(world.networks.states.tolist()) - {0}
        world.reference_places = np.array(sorted({COUNTRY, *states}), dtype=np.int64)
        world.references = place_columns(world.reference_places, {reference_cell(c, world.cells[c]) for c in published})
    means = {world.cells[c] for c in conditions if c.reference_kind == "mean"}
    if means:
        world.means = _means(means, world, whole_country=networks is None)
    return world


def reference_cell(condition: ConditionNode, cell: Cell) -> Cell:
    """The published figure that a condition compares with: same indicator, year and stage, the stated universe."""
    return cell._replace(dependency=condition.reference_dependency)


def evaluate(node: Node, world: World) -> Evaluated:
    """Three-valued answers of every node of the rule, for every network of the world. No query.

    A group without conditions is unknown: an empty rule admits nobody and refuses nobody by accident.
    """
    if isinstance(node, ConditionNode):
        return _evaluate_condition(node, world)
    children = tuple(evaluate(child, world) for child in node.children)
    if not children:
        return Evaluated(node, np.full(len(world.networks.ids), Truth.UNKNOWN, dtype=np.uint8))
    combine = all_of if node.combine == "all" else any_of
    return Evaluated(node, combine([child.truth for child in children]), children)


def _evaluate_condition(condition: ConditionNode, world: World) -> Evaluated:
    cell = world.cells[condition]
    column = world.columns[cell]
    threshold, releases = _threshold(condition, cell, world)
    truth = compare(column.values, condition.operator, threshold)
    bounds = None
    if condition.use_bounds:
        bounds = Bounds(cell, world.columns, len(world.networks.ids))
        truth = bounds.settle(truth, condition.operator, threshold)
    return Evaluated(condition, truth, (), cell, column, threshold, releases, bounds)


def _threshold(condition: ConditionNode, cell: Cell, world: World) -> tuple[FloatArray, IntArray]:
    n = len(world.networks.ids)
    nothing = np.zeros(n, dtype=np.int64)
    if condition.threshold is not None:
        return np.full(n, condition.threshold), nothing
    places = np.zeros(n, dtype=np.int64) if condition.reference == "country" else world.networks.states
    if condition.reference_kind == "mean":
        means = world.means[cell].values
        known = np.array(sorted(means), dtype=np.int64)
        return _looked_up(places, known, np.array([means[int(place)] for place in known], dtype=np.float64)), nothing
    column = world.references[reference_cell(condition, cell)]
    values = _looked_up(places, world.reference_places, column.values)
    found = _looked_up(places, world.reference_places, column.releases.astype(np.float64))
    return values, np.nan_to_num(found, nan=0.0).astype(np.int64)


def _looked_up(places: IntArray, known: IntArray, values: FloatArray) -> FloatArray:
    """For each place its value, NaN where the place is not among the known ones (ascending)."""
    if not len(known):
        return np.full(len(places), np.nan)
    at = np.clip(np.searchsorted(known, places), 0, len(known) - 1)
    return np.where(known[at] == places, values[at], np.nan)


def _latest_years(conditions: list[ConditionNode]) -> dict[ConditionNode, int]:
    return {
        c: latest_year(c.indicator, c.dependency, c.stage, c.location, c.release_vintage or None, until=c.year)
        or NO_YEAR
        for c in conditions
        if c.year_policy == "latest"
    }


def _cell(condition: ConditionNode, latest: dict[ConditionNode, int]) -> Cell:
    year = latest[condition] if condition.year_policy == "latest" else (condition.year or NO_YEAR)
    return Cell(
        condition.indicator, year, condition.dependency, condition.stage, condition.location, condition.release_vintage
    )


def _reordered(column: IndicatorColumn, order: IntArray) -> IndicatorColumn:
    """Back from ascending places to the order of the networks."""
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    if np.array_equal(back, np.arange(len(order))):
        return column
    return IndicatorColumn(column.values[back], [column.statuses[i] for i in back], column.releases[back])


def _means(cells: set[Cell], world: World, *, whole_country: bool) -> dict[Cell, MeanColumn]:
    """Means need every network, even when one is asked about."""
    if whole_country:
        networks, columns = world.networks, world.columns
    else:
        networks = municipal_networks()
        columns = place_columns(networks.places, cells)
    return {cell: _mean_column(columns[cell].values, networks.states) for cell in cells}


def _mean_column(values: FloatArray, states: IntArray) -> MeanColumn:
    means: dict[int, float] = {}
    counts: dict[int, int] = {}
    for place in (COUNTRY, *np.unique(states).tolist()):
        own = values if place == COUNTRY else values[states == place]
        known = own[~np.isnan(own)]
        counts[int(place)] = len(known)
        if len(known) and len(known) >= MEAN_COVERAGE * len(own):
            means[int(place)] = float(known.mean())
    return MeanColumn(means, counts)


def at_path(evaluated: Evaluated, path: Path) -> Evaluated:
    """The evaluated node at a path of the rule."""
    for position in path:
        evaluated = evaluated.children[position]
    return evaluated


def is_group(node: Node) -> bool:
    return isinstance(node, GroupNode)
