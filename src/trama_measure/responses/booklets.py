"""Booklet designs: blocks of items, put into booklets; and whether they are balanced and hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from trama_measure.arrays import BoolArray, ByteArray, IntArray

NAMED: Final = 8
"""How many items of a part an error names before it only counts."""


class UnconnectedBooklets(ValueError):
    """Parts of the test share no item with the others, so nothing puts them on one scale."""


@dataclass(frozen=True, slots=True)
class Design:
    """A booklet design. Blocks and booklets are named; the order of blocks in a booklet is that of the print."""

    booklets: Mapping[str, tuple[str, ...]]  # booklet: its blocks, first to last
    blocks: Mapping[str, tuple[str, ...]]  # block: its items, first to last

    def __post_init__(self) -> None:
        for booklet, own in self.booklets.items():
            unknown = [block for block in own if block not in self.blocks]
            if unknown or not own:
                raise ValueError(f"booklet {booklet}: " + (f"unknown block {unknown[0]}" if own else "has no block"))
            if len(set(own)) < len(own):
                raise ValueError(f"booklet {booklet} holds a block twice: {', '.join(own)}")
        counted = Counter(item for items in self.blocks.values() for item in items)
        twice = sorted(item for item, times in counted.items() if times > 1)
        if twice:
            raise ValueError(f"items in more than one block: {', '.join(twice[:NAMED])} ({len(twice)} items)")

    @property
    def items(self) -> tuple[str, ...]:
        """All items, block by block."""
        return tuple(item for items in self.blocks.values() for item in items)

    def items_of(self, booklet: str) -> tuple[str, ...]:
        """The items of a booklet, first to last."""
        return tuple(item for block in self.booklets[booklet] for item in self.blocks[block])

    def positions(self) -> dict[str, dict[str, int]]:
        """Booklet: item: position in print, the first is 1."""
        return {name: {item: place for place, item in enumerate(self.items_of(name), 1)} for name in self.booklets}

    def incidence(self) -> BoolArray:
        """(booklets, blocks) whether the block is in the booklet."""
        names = list(self.blocks)
        return np.array([[block in own for block in names] for own in self.booklets.values()])

    def spread(self, codes: ByteArray, booklet: Sequence[str]) -> ByteArray:
        """Answers in print order as answers in the order of ``items``, 255 where an item is not in the booklet.

        Parameters
        ----------
        codes : (n, longest booklet) bytes, in the order of print; what is beyond a shorter booklet is not looked at
        booklet : (n,) name of each student's booklet

        Raises
        ------
        ValueError
            If a booklet has no such name, or the rows are too short for it.
        """
        place = {item: column for column, item in enumerate(self.items)}
        found = np.full((len(codes), len(place)), 255, dtype=np.uint8)
        names = np.asarray(booklet)
        for name in dict.fromkeys(names.tolist()):
            if name not in self.booklets:
                raise ValueError(f"booklet {name!r} is not in the design: expected one of {', '.join(self.booklets)}")
            own = self.items_of(name)
            if len(own) > codes.shape[1]:
                raise ValueError(f"booklet {name} has {len(own)} items, found rows of {codes.shape[1]} answers")
            rows = np.flatnonzero(names == name)
            found[np.ix_(rows, [place[item] for item in own])] = codes[rows, : len(own)]
        return found


@dataclass(frozen=True, slots=True)
class Balance:
    """What is equal in a design and what is not. ``problems`` says it in words; empty means balanced in everything."""

    replications: IntArray  # (v,) booklets of each block
    pairs: IntArray  # (v, v) booklets of each pair of blocks; the diagonal is ``replications``
    positions: IntArray  # (v, k) booklets in which the block stands in each position
    blocks: tuple[str, ...]  # (v,)
    problems: tuple[str, ...]

    @property
    def is_balanced(self) -> bool:
        """Blocks and pairs of blocks are equally often together: a balanced incomplete block design."""
        off = self.pairs[~np.eye(len(self.blocks), dtype=bool)]
        return len(set(self.replications.tolist())) == 1 and len(set(off.tolist())) <= 1

    @property
    def is_position_balanced(self) -> bool:
        """Every block is equally often in every position."""
        return len(set(self.positions.ravel().tolist())) == 1


def check(design: Design) -> Balance:
    """Count blocks, pairs and positions. Nothing is refused: a design may be unbalanced on purpose."""
    names = tuple(design.blocks)
    incidence = design.incidence().astype(np.int64)
    pairs = incidence.T @ incidence
    longest = max(len(own) for own in design.booklets.values())
    positions = np.zeros((len(names), longest), dtype=np.int64)
    for own in design.booklets.values():
        for place, block in enumerate(own):
            positions[names.index(block), place] += 1
    problems = []
    lengths = {len(own) for own in design.booklets.values()}
    if len(lengths) > 1:
        problems.append(f"booklets have {min(lengths)} to {max(lengths)} blocks")
    sizes = {name: len(items) for name, items in design.blocks.items()}
    if len(set(sizes.values())) > 1:
        problems.append(f"blocks have {min(sizes.values())} to {max(sizes.values())} items")
    replications = np.diagonal(pairs).copy()
    problems += _uneven("block", [(name, int(times)) for name, times in zip(names, replications, strict=True)])
    together = [(f"{names[i]} with {names[j]}", int(pairs[i, j])) for i, j in combinations(range(len(names)), 2)]
    problems += _uneven("pair", together)
    placed = [
        (f"{name} in position {place + 1}", int(positions[row, place]))
        for row, name in enumerate(names) for place in range(longest)
    ]  # fmt: skip
    problems += _uneven("position", placed)
    return Balance(replications, pairs, positions, names, tuple(problems))


def parts(incidence: BoolArray) -> list[IntArray]:
    """The parts into which items fall. Two are in one part if booklets that share items lead from one to the other.

    Parameters
    ----------
    incidence : (b, k) whether the item is in the booklet

    Returns
    -------
    Positions of the items of each part, the largest part first. Items in no booklet are parts of their own.
    """
    b, k = incidence.shape
    booklets, items = np.nonzero(incidence)
    ones = np.ones(len(booklets), dtype=np.int8)
    graph = csr_array((ones, (booklets, items + b)), shape=(b + k, b + k))
    _, labels = connected_components(graph, directed=False)
    own = labels[b:]
    found = [np.flatnonzero(own == label) for label in np.unique(own)]
    return sorted(found, key=lambda part: (-len(part), int(part[0])))


def refuse_unconnected(incidence: BoolArray, items: Sequence[str], booklets: Sequence[str]) -> None:
    """Raise ``UnconnectedBooklets`` if items fall into parts, naming the items and booklets of each part."""
    found = parts(incidence)
    if len(found) <= 1:
        return
    lines = []
    for number, part in enumerate(found, 1):
        own = [booklets[row] for row in np.flatnonzero(incidence[:, part].any(axis=1)).tolist()]
        names = ", ".join(items[place] for place in part[:NAMED].tolist()) + (" ..." if len(part) > NAMED else "")
        where = f"booklets {', '.join(own[:NAMED])}{' ...' if len(own) > NAMED else ''}" if own else "in no booklet"
        lines.append(f"part {number}: {len(part)} items ({names}), {where}")
    raise UnconnectedBooklets(
        f"the booklets fall into {len(found)} parts that share no item, so no model puts them on one scale; "
        + "; ".join(lines)
    )


def cyclic_design(v: int, base: Sequence[Sequence[int]], blocks: Mapping[str, Sequence[str]] | None = None) -> Design:
    """Develop base blocks modulo v: booklet ``s`` of a base holds ``(entry + s) mod v`` for each entry, in order.

    Every block stands equally often in every position, because each base block sends each of its places once round.

    Parameters
    ----------
    v : number of blocks. base : residues, such as ``((0, 1), (0, 2), (0, 3))`` for 7 blocks and 21 booklets of 2
    blocks : items of each of the v blocks; ``B1`` ... without items if not given

    Raises
    ------
    ValueError
        If a residue is not from 0 to v - 1, or there are not v blocks.
    """
    if any(not 0 <= entry < v for own in base for entry in own):
        raise ValueError(f"base blocks must hold residues from 0 to {v - 1}")
    contents = {f"B{place + 1}": () for place in range(v)} if blocks is None else blocks
    if len(contents) != v:
        raise ValueError(f"found {len(contents)} blocks, expected {v}")
    names = list(contents)
    booklets = [tuple(names[(entry + shift) % v] for entry in own) for own in base for shift in range(v)]
    return Design(
        {f"{number:02d}": own for number, own in enumerate(booklets, 1)},
        {name: tuple(items) for name, items in contents.items()},
    )


def difference_family(v: int, k: int, index: int = 1) -> tuple[tuple[int, ...], ...]:
    """Base blocks of size k modulo v in whose differences every non-zero residue comes ``index`` times.

    Developed with ``cyclic_design`` they are a balanced incomplete block design. Searched by backtracking, smallest
    unmet difference first; good for v up to about 30.

    Raises
    ------
    ValueError
        If the counts forbid it (``index (v - 1)`` must be a multiple of ``k (k - 1)``), or there is none.

    Source
    ------
    Bose (1939), On the construction of balanced incomplete block designs, Annals of Eugenics 9, 353-399.
    """
    if not 2 <= k < v or (index * (v - 1)) % (k * (k - 1)):
        raise ValueError(
            f"no cyclic design of {v} blocks, {k} a booklet: {index} (v - 1) = {index * (v - 1)} must be a multiple of"
            f" k (k - 1) = {k * (k - 1)}"
        )
    need = index * (v - 1) // (k * (k - 1))
    found = _search(v, k, need, [index] * v, [])
    if found is None:
        raise ValueError(f"there is no cyclic difference family with v = {v}, k = {k}, index {index}")
    return tuple(found)


def _search(v: int, k: int, need: int, left: list[int], chosen: list[tuple[int, ...]]) -> list[tuple[int, ...]] | None:
    if need == 0:
        return chosen
    smallest = next(residue for residue in range(1, v) if left[residue])
    return _extend(v, k, need, left, chosen, (0, smallest))


def _extend(
    v: int, k: int, need: int, left: list[int], chosen: list[tuple[int, ...]], base: tuple[int, ...]
) -> list[tuple[int, ...]] | None:
    """Complete ``base`` to a base block; ``left`` counts how often each difference may still come, its last entry not
    taken off yet."""
    taken = [(base[-1] - entry) % v for entry in base[:-1]] + [(entry - base[-1]) % v for entry in base[:-1]]
    remaining = left.copy()
    for residue in taken:
        remaining[residue] -= 1
    if min(remaining[1:]) < 0:
        return None
    if len(base) == k:
        return _search(v, k, need - 1, remaining, [*chosen, base])
    first = 1 if len(base) == 2 else base[-1] + 1
    for entry in range(first, v):
        if entry not in base:
            found = _extend(v, k, need, remaining, chosen, (*base, entry))
            if found is not None:
                return found
    return None


def _uneven(what: str, counted: list[tuple[str, int]]) -> list[str]:
    times = [count for _, count in counted]
    if len(set(times)) <= 1:
        return []
    least, most = min(times), max(times)
    rare = [name for name, count in counted if count == least]
    often = [name for name, count in counted if count == most]
    return [
        f"{what}: {rare[0]}{' and others' if len(rare) > 1 else ''} in {least} booklets,"
        f" {often[0]}{' and others' if len(often) > 1 else ''} in {most}"
    ]
