"""Choosing items of a bank for the blocks of a design, by integer programming.

The programme is in docs/methods/responses.md. If nothing fits, ``Infeasible`` says which requirement cannot be met,
how much there is and how much is needed, from the cheapest relaxation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from trama_measure.arrays import FloatArray

SECONDS: Final = 60.0
"""Time given to the solver if none is said. With it exceeded the best assembly so far is returned, with its gap."""


class Infeasible(ValueError):
    """No choice of items meets every requirement. ``missed`` lists what the cheapest relaxation gives up."""

    def __init__(self, missed: tuple[Missed, ...]) -> None:
        self.missed = missed
        said = "; ".join(
            f"{one.requirement}: found {one.found:g}, expected {_range(one.low, one.high)}" for one in missed
        )
        super().__init__(f"no assembly meets every requirement; the least that must give way: {said}")


@dataclass(frozen=True, slots=True)
class BankItem:
    """An item that may be chosen."""

    item: str
    descriptor: str
    difficulty: float  # on any one scale, such as b
    key: str  # its right option


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the blocks must be. A range is (least, most), both included; what is not said is not asked."""

    blocks: Sequence[str]
    size: int  # items a block
    block_descriptors: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # items of it in each block
    test_descriptors: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # in all blocks together
    booklets: Mapping[str, Sequence[str]] = field(default_factory=dict)  # booklet: its blocks
    booklet_descriptors: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # in each booklet
    block_keys: tuple[int, int] | None = None  # times that each option is right, in each block
    options: str = "ABCDE"  # that ``block_keys`` speaks of
    block_enemies: Sequence[tuple[str, str]] = ()  # items never in one block
    booklet_enemies: Sequence[tuple[str, str]] = ()  # items never in one booklet
    test_enemies: Sequence[tuple[str, str]] = ()  # items never in one test
    difficulty: float | None = None  # mean of each block; the worst block is brought as near as can be
    tolerance: float | None = None  # then "near enough": any assembly within it is taken
    fixed: Mapping[str, str] = field(default_factory=dict)  # item: block it must be in


@dataclass(frozen=True, slots=True)
class Missed:
    """A requirement that the cheapest relaxation does not meet."""

    requirement: str
    found: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Assembly:
    """Blocks as chosen, items of a block from easy to hard."""

    blocks: dict[str, tuple[str, ...]]
    difficulty: dict[str, float]  # mean of each block
    worst_deviation: float  # from the target; NaN without a target
    proven_optimal: bool  # False if time ran out, or if a tolerance was given and the first within it was taken


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    columns: tuple[int, ...]
    weights: tuple[float, ...]
    low: float
    high: float
    price: float  # of missing it by one unit, in the relaxation; 0: it may not be missed


class _Programme:
    """Rows over the variables x[item, block], as ``item * blocks + block``, and one more, the worst deviation."""

    def __init__(self, bank: Sequence[BankItem], asked: Requirements) -> None:
        self.bank, self.asked = tuple(bank), asked
        self.place = {one.item: row for row, one in enumerate(self.bank)}
        self.n_blocks = len(asked.blocks)
        self.worst = len(self.bank) * self.n_blocks
        self.rows: list[_Row] = []

    def column(self, item: int, block: int) -> int:
        return item * self.n_blocks + block

    def add(self, name: str, columns: Sequence[int], low: float, high: float, price: float = 1.0) -> None:
        self.rows.append(_Row(name, tuple(columns), (1.0,) * len(columns), low, high, price))

    def build(self) -> None:
        everywhere = range(self.n_blocks)
        for row in range(len(self.bank)):
            self.add("", [self.column(row, block) for block in everywhere], 0, 1, price=0)
        for block, name in enumerate(self.asked.blocks):
            everyone = [self.column(row, block) for row in range(len(self.bank))]
            self.add(f"block {name}, items", everyone, self.asked.size, self.asked.size, price=10)
            self._difficulty(block, name)
        self._quotas()
        self._keys()
        self._enemies()
        for item, home in self.asked.fixed.items():
            column = self.column(self.place[item], list(self.asked.blocks).index(home))
            self.add(f"item {item} in block {home}", [column], 1, 1, price=5)

    def _difficulty(self, block: int, name: str) -> None:
        if self.asked.difficulty is None:
            return
        deviations = [one.difficulty - self.asked.difficulty for one in self.bank]
        own = [self.column(row, block) for row in range(len(self.bank))]
        size = float(self.asked.size)
        columns = (*own, self.worst)
        title = f"block {name}, sum of difficulty less target"
        self.rows.append(_Row(title, columns, (*deviations, -size), -np.inf, 0.0, price=2.0))
        self.rows.append(_Row(title, columns, (*deviations, size), 0.0, np.inf, price=2.0))

    def _quotas(self) -> None:
        asked = self.asked
        rows_of: dict[str, list[int]] = {}
        for row, one in enumerate(self.bank):
            rows_of.setdefault(one.descriptor, []).append(row)
        for descriptor, (low, high) in asked.block_descriptors.items():
            for block, name in enumerate(asked.blocks):
                own = [self.column(row, block) for row in rows_of.get(descriptor, [])]
                self.add(f"block {name}, descriptor {descriptor}", own, low, high)
        for descriptor, (low, high) in asked.test_descriptors.items():
            own = [self.column(row, block) for row in rows_of.get(descriptor, []) for block in range(self.n_blocks)]
            self.add(f"test, descriptor {descriptor}", own, low, high)
        number = {name: block for block, name in enumerate(asked.blocks)}
        for descriptor, (low, high) in asked.booklet_descriptors.items():
            for booklet, blocks in asked.booklets.items():
                own = [self.column(row, number[name]) for row in rows_of.get(descriptor, []) for name in blocks]
                self.add(f"booklet {booklet}, descriptor {descriptor}", own, low, high)

    def _keys(self) -> None:
        if self.asked.block_keys is None:
            return
        low, high = self.asked.block_keys
        for block, name in enumerate(self.asked.blocks):
            for letter in self.asked.options:
                own = [self.column(row, block) for row, one in enumerate(self.bank) if one.key == letter]
                self.add(f"block {name}, key {letter}", own, low, high)

    def _enemies(self) -> None:
        asked = self.asked
        number = {name: block for block, name in enumerate(asked.blocks)}
        joined = {
            (number[one], number[other])
            for own in asked.booklets.values()
            for one in own
            for other in own
            if one != other
        }
        for one, other in (*asked.block_enemies, *asked.booklet_enemies):
            for block, name in enumerate(asked.blocks):
                pair = [self.column(self.place[one], block), self.column(self.place[other], block)]
                self.add(f"block {name}, enemies {one} and {other}", pair, 0, 1)
        for one, other in asked.booklet_enemies:
            for first, second in sorted(joined):
                pair = [self.column(self.place[one], first), self.column(self.place[other], second)]
                self.add(f"booklet, enemies {one} and {other}", pair, 0, 1)
        for one, other in asked.test_enemies:
            pair = [self.column(self.place[name], block) for name in (one, other) for block in range(self.n_blocks)]
            self.add(f"test, enemies {one} and {other}", pair, 0, 1)


def assemble(bank: Sequence[BankItem], asked: Requirements, *, seconds: float = SECONDS) -> Assembly:
    """Choose items for every block so that all requirements are met.

    Raises
    ------
    ValueError
        If the requirements contradict the bank by name: an item twice in the bank, a requirement about an item,
        block or booklet that is not there, a range whose least is above its most.
    Infeasible
        If no choice meets every requirement.
    TimeoutError
        If the time ran out before any assembly was found: ask for less, or give more time.
    """
    _check(bank, asked)
    programme = _Programme(bank, asked)
    programme.build()
    minimise = asked.difficulty is not None and asked.tolerance is None
    cost = np.zeros(programme.worst + 1)
    cost[-1] = 1.0 if minimise else 0.0
    roof = 0.0 if asked.difficulty is None else (np.inf if asked.tolerance is None else asked.tolerance)
    answer = _solve(programme, cost, roof, seconds)
    if answer.status == 2:
        raise Infeasible(_relax(programme, 0.0 if minimise else roof, minimise, seconds))
    if answer.x is None:
        raise TimeoutError(f"no assembly found in {seconds:g} s: {answer.message}")
    return _read(programme, answer.x[: programme.worst], proven=answer.status == 0 and asked.tolerance is None)


def _solve(programme: _Programme, cost: FloatArray, roof: float, seconds: float, slack: bool = False):
    n = programme.worst + 1
    rows: list[int] = []
    columns: list[int] = []
    weights: list[float] = []
    for number, row in enumerate(programme.rows):
        rows += [number] * len(row.columns)
        columns += row.columns
        weights += row.weights
    width = n
    if slack:
        soft = [number for number, row in enumerate(programme.rows) if row.price]
        for sign in (1.0, -1.0):
            rows += soft
            columns += range(width, width + len(soft))
            weights += [sign] * len(soft)
            width += len(soft)
    matrix = csr_array((weights, (rows, columns)), shape=(len(programme.rows), width))
    low = np.array([row.low for row in programme.rows])
    high = np.array([row.high for row in programme.rows])
    upper = np.concatenate((np.ones(programme.worst), [roof], np.full(width - n, np.inf)))
    whole = np.concatenate((np.ones(programme.worst), np.zeros(width - programme.worst)))
    return milp(
        cost, integrality=whole, bounds=Bounds(np.zeros(width), upper),
        constraints=LinearConstraint(matrix, low, high), options={"time_limit": seconds, "mip_rel_gap": 0.005},
    )  # fmt: skip


def _relax(programme: _Programme, roof: float, free: bool, seconds: float) -> tuple[Missed, ...]:
    """The requirements that the cheapest relaxation misses. With ``free`` the deviation of difficulty costs nothing."""
    soft = [row for row in programme.rows if row.price]
    prices = [row.price for row in soft]
    cost = np.concatenate((np.zeros(programme.worst + 1), prices, prices))
    answer = _solve(programme, cost, np.inf if free else roof, seconds, slack=True)
    if answer.x is None:
        return (Missed("all requirements together (no relaxation was found in time)", np.nan, -np.inf, np.inf),)
    values = answer.x[: programme.worst + 1]
    missed = []
    for row in soft:
        found = float(np.dot(values[list(row.columns)], row.weights)) if row.columns else 0.0
        if found < row.low - 1e-6 or found > row.high + 1e-6:
            missed.append(Missed(row.name, round(found, 6), row.low, row.high))
    return tuple(missed)


def _read(programme: _Programme, values: FloatArray, *, proven: bool) -> Assembly:
    chosen = values.reshape(len(programme.bank), programme.n_blocks) > 0.5
    blocks, means = {}, {}
    for block, name in enumerate(programme.asked.blocks):
        own = sorted((programme.bank[row] for row in np.flatnonzero(chosen[:, block])), key=lambda one: one.difficulty)
        blocks[name] = tuple(one.item for one in own)
        means[name] = float(np.mean([one.difficulty for one in own]))
    target = programme.asked.difficulty
    worst = float("nan") if target is None else max(abs(mean - target) for mean in means.values())
    return Assembly(blocks, means, worst, proven)


def _check(bank: Sequence[BankItem], asked: Requirements) -> None:
    counted = Counter(one.item for one in bank)
    twice = [item for item, times in counted.items() if times > 1]
    if twice:
        raise ValueError(f"items that come twice in the bank: {', '.join(twice)}")
    bad = [one.item for one in bank if not np.isfinite(one.difficulty)]
    if bad:
        raise ValueError(f"items without a difficulty: {', '.join(bad)}")
    pairs = (*asked.block_enemies, *asked.booklet_enemies, *asked.test_enemies)
    named = {item for pair in pairs for item in pair} | set(asked.fixed)
    absent = sorted(named - set(counted))
    if absent:
        raise ValueError(f"not in the bank: {', '.join(absent)}")
    unknown = {name for own in asked.booklets.values() for name in own} | set(asked.fixed.values())
    unknown -= set(asked.blocks)
    if unknown:
        raise ValueError(f"no block named {', '.join(sorted(unknown))}")
    if asked.booklet_descriptors and not asked.booklets:
        raise ValueError("descriptor quotas of booklets need the booklets")
    quotas = (asked.block_descriptors, asked.test_descriptors, asked.booklet_descriptors)
    ranges = {name: pair for quota in quotas for name, pair in quota.items()}
    if asked.block_keys is not None:
        ranges["keys of a block"] = asked.block_keys
    for name, (low, high) in ranges.items():
        if low > high:
            raise ValueError(f"{name}: found least {low} above most {high}")


def _range(low: float, high: float) -> str:
    if low == high:
        return f"{low:g}"
    if not np.isfinite(low):
        return f"at most {high:g}"
    return f"at least {low:g}" if not np.isfinite(high) else f"{low:g} to {high:g}"
