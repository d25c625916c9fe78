"""Several releases of counts: what subtracting one from another tells, and the gate that holds such figures back.

A count is about a *population*: the set of the smallest parts that any release tells apart (a school's grade, say). Two
counts tell a third where one population contains the other ("all schools" less "urban schools"), or where the same
population is counted again after a correction. The robot subtracts everything from everything; the gate publishes only
what leaves the robot, and the linear programme behind it, without a group of one to nine people.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from trama_measure.arrays import FloatArray

from .attack import ROUNDING, Audit, audit
from .tables import MINIMUM_GROUP, CountTable, hierarchy


@dataclass(frozen=True, slots=True)
class Figure:
    """A published count."""

    population: frozenset[Hashable]  # its smallest parts; never empty
    count: int
    edition: Hashable = None  # of the data behind it; corrections make a new one


@dataclass(frozen=True, slots=True)
class Difference:
    """What two figures tell together."""

    larger: Figure
    smaller: Figure
    count: int  # larger less smaller; of a correction, in which direction so ever

    @property
    def population(self) -> frozenset[Hashable]:
        """Whom it is about; empty for a correction of one population."""
        return self.larger.population - self.smaller.population


class Reason(StrEnum):
    """Why the gate held a figure back."""

    SMALL = "small"  # it counts 1 to 9 people itself
    CORRECTION = "correction"  # the same population was published before with 1 to 9 people more or less
    DIFFERENCE = "difference"  # a figure already out, subtracted, leaves 1 to 9 people
    DERIVABLE = "derivable"  # several figures together bound a small group too closely


@dataclass(frozen=True, slots=True)
class Gated:
    """What may go out, and what is held back and why. The reason is not for publication: it tells."""

    published: tuple[Figure, ...]
    held: tuple[tuple[Figure, Reason], ...]


def differences(figures: Sequence[Figure], minimum: int = MINIMUM_GROUP) -> list[Difference]:
    """Every small group, or small correction, that subtracting one figure from another gives.

    Populations of different editions are compared too: the difference is then the rest and the corrections together,
    and a small one still says that no more than so many people are in the rest.

    Parameters
    ----------
    minimum : people; differences of 1 to ``minimum - 1`` are told
    """
    found = []
    for larger in figures:
        for smaller in figures:
            if larger is smaller or not smaller.population <= larger.population:
                continue
            if smaller.population == larger.population:
                if larger.count > smaller.count and larger.count - smaller.count < minimum:
                    found.append(Difference(larger, smaller, larger.count - smaller.count))
            elif 0 < abs(larger.count - smaller.count) < minimum:
                found.append(Difference(larger, smaller, abs(larger.count - smaller.count)))
    return found


def audit_releases(
    parts: Mapping[Hashable, int],
    figures: Iterable[Collection[Hashable]],
    targets: Iterable[Collection[Hashable]] = (),
    minimum: int = MINIMUM_GROUP,
) -> tuple[CountTable, Audit]:
    """Attack all figures of one edition together: what can be computed of each part and of each target?

    Parameters
    ----------
    parts : the true count of every smallest part
    figures : populations whose counts are public, in whatever table or release
    targets : further groups of parts that must stay unknown

    Returns
    -------
    The table of parts, figures and targets, labelled ``("part", p)`` and ``frozenset``, and its audit. A part that is a
    figure itself is public. Readers know of an unpublished count only that it is not negative.

    Raises
    ------
    ValueError
        If a figure or target names a part that has no count, or is empty.
    """
    public, hidden = ([frozenset(each) for each in sets] for sets in (figures, targets))
    unknown = {part for each in (*public, *hidden) for part in each} - set(parts)
    if unknown or not all((*public, *hidden)):
        raise ValueError(f"figures of known parts expected, found {sorted(map(str, unknown)) or 'an empty one'}")
    groups = list(dict.fromkeys([*public, *hidden]))
    counts: dict[Hashable, int] = {("part", part): count for part, count in parts.items()}
    counts |= {group: sum(parts[part] for part in group) for group in groups}
    table = hierarchy(counts, {group: [("part", part) for part in sorted(group, key=str)] for group in groups})
    table.floor[:] = 0
    told = set(public)
    withheld = np.array([label not in told for label in table.labels])
    return table, audit(table, withheld, minimum)


def gate(
    new: Sequence[Figure],
    before: Sequence[Figure],
    parts: Mapping[Hashable, int],
    minimum: int = MINIMUM_GROUP,
) -> Gated:
    """Decide which figures of a release may go out beside all that is out already.

    Figures are taken in the order given (put what matters most first). One that repeats a population with a small
    correction is held back, and the figure already out stays: corrections are published once they add up to ten people.

    Parameters
    ----------
    new : figures of one edition; before : all that was published earlier, of any edition
    parts : the true count of every smallest part in this edition, for the linear programme

    Raises
    ------
    ValueError
        If a figure is not the sum of its parts, or the new figures are of several editions.
    """
    editions = {figure.edition for figure in new}
    if len(editions) > 1:
        raise ValueError(f"figures of one edition expected, found {sorted(map(str, editions))}")
    for figure in new:
        total = sum(parts[part] for part in figure.population)
        if total != figure.count:
            raise ValueError(f"a figure is {figure.count}, but its parts add up to {total}")
    out: list[Figure] = []
    held: list[tuple[Figure, Reason]] = []
    worlds = _Worlds(parts, minimum)
    for figure in before:
        if figure.edition in editions:
            worlds.publish(figure.population)
    for figure in new:
        reason = _reason(figure, [*before, *out], minimum)
        if reason is None and not worlds.allow(figure.population):
            reason = Reason.DERIVABLE
        if reason is None:
            out.append(figure)
        else:
            held.append((figure, reason))
    return Gated(tuple(out), tuple(held))


def _reason(figure: Figure, public: Sequence[Figure], minimum: int) -> Reason | None:
    if 0 < figure.count < minimum:
        return Reason.SMALL
    for other in public:
        apart = abs(figure.count - other.count)
        if not 0 < apart < minimum:
            continue
        if other.population == figure.population:
            return Reason.CORRECTION
        if other.population < figure.population or figure.population < other.population:
            return Reason.DIFFERENCE
    return None


class _Worlds:
    """Counts of the parts that fit everything published: the more they differ, the less is told.

    A world that was found for one group certifies others as well, so few linear programmes are needed: a small group is
    safe as soon as two worlds differ in it by the minimum.
    """

    def __init__(self, parts: Mapping[Hashable, int], minimum: int) -> None:
        self.place = {part: position for position, part in enumerate(parts)}
        self.truth = np.array(list(parts.values()), dtype=np.float64)
        self.minimum = minimum
        self.rows: list[FloatArray] = []
        self.sets: list[frozenset[Hashable]] = []
        self.known = self.truth[np.newaxis]

    def publish(self, population: frozenset[Hashable]) -> None:
        """From now on every world has the true count of this population."""
        self.known = self._fitting(population)
        self.sets.append(population)
        self.rows.append(self._row(population))

    def allow(self, population: frozenset[Hashable]) -> bool:
        """Publish it, unless then a small group could be computed too closely."""
        row = self._row(population)
        sets = [*self.sets, population]
        rests = {a - b for a in sets for b in sets if b < a} | {a & b for a in sets for b in sets if a & b}
        groups = [self._row(rest) for rest in rests] + list(np.eye(self.truth.size))
        worlds, system = self._fitting(population), np.array([*self.rows, row])
        for group in groups:
            if not 0 < self.truth @ group < self.minimum:
                continue
            for way in (1.0, -1.0):
                if np.ptp(worlds @ group) < self.minimum:
                    worlds = np.vstack([worlds, _furthest(way * group, system, system @ self.truth, self.minimum)])
            if np.ptp(worlds @ group) < self.minimum - ROUNDING:
                return False
        self.known = worlds
        self.rows.append(row)
        self.sets.append(population)
        return True

    def _row(self, population: frozenset[Hashable]) -> FloatArray:
        row = np.zeros(self.truth.size)
        row[[self.place[part] for part in population if part in self.place]] = 1.0
        return row

    def _fitting(self, population: frozenset[Hashable]) -> FloatArray:
        row = self._row(population)
        return self.known[np.abs(self.known @ row - self.truth @ row) < ROUNDING]


def _furthest(group: FloatArray, system: FloatArray, sums: FloatArray, minimum: int) -> FloatArray:
    """A world in which the group is as large as it can be, or larger than any small group by the minimum."""
    from scipy.optimize import linprog  # as in ``attack``

    bound = 3.0 * minimum
    found = linprog(
        -group,
        A_ub=group[np.newaxis],
        b_ub=[bound],
        A_eq=system,
        b_eq=sums,
        bounds=(0, None),
        method="highs",
    )
    if found.status != 0:
        raise ArithmeticError(f"the gate could not be computed: {found.message}")
    return np.asarray(found.x, dtype=np.float64)
