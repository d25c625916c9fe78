"""Counts of people, and the sums that hold between them.

A reader of a table knows more than its cells: the rows add up to totals, the parts to wholes, and the same number
may stand in two publications. All of this is one list of cells and one list of equations "a whole is the sum of its
parts", whatever the table looks like.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trama_measure.arrays import BoolArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MINIMUM_GROUP: Final = 10
"""People. Groups of 1 to 9 are not told: Inep releases a result from 10 students on, and so do 39 US states.

Source: NCES 2011-603, Statistical methods for protecting personally identifiable information, brief 3."""

TOTAL: Final = None
"""Label of the margin of a two-way table: ``("rural", TOTAL)``, ``(TOTAL, "creche")``, ``(TOTAL, TOTAL)``."""


@dataclass(frozen=True, slots=True)
class CountTable:
    """Counts with the equations between them. Build it with ``two_way``, ``hierarchy`` or ``join``."""

    labels: tuple[Hashable, ...]
    counts: IntArray  # (c,) people
    equations: tuple[tuple[int, tuple[int, ...]], ...]  # (whole, parts), as positions in ``labels``
    homogeneous: BoolArray  # (c,) tells an attribute of everyone in a group, so sensitive at any size
    floor: IntArray  # (c,) least a withheld cell can be, as readers know: 1 where a zero is always told, else 0

    def matrix(self) -> csr_array:
        """The equations as an (e, c) matrix whose product with the counts is 0: +1 for a whole, -1 for a part."""
        rows, columns, signs = [], [], []
        for row, (whole, parts) in enumerate(self.equations):
            rows += [row] * (1 + len(parts))
            columns += [whole, *parts]
            signs += [1.0] + [-1.0] * len(parts)
        from scipy.sparse import csr_array

        return csr_array((signs, (rows, columns)), shape=(len(self.equations), len(self.labels)))


def two_way(
    counts: IntArray,
    rows: Sequence[Hashable],
    columns: Sequence[Hashable],
    *,
    columns_are_outcomes: bool = False,
) -> CountTable:
    """A table of rows by columns with all its margins.

    Parameters
    ----------
    counts : (r, c) array of people, without the margins
    rows, columns : their labels; a cell is labelled ``(row, column)``, a margin ``(row, TOTAL)`` and so on
    columns_are_outcomes : bool
        Columns say something about people (levels, approved or not) rather than where they are (stage, location).
        Then a row with everyone in one column says it of each of them: all its cells are sensitive, at any size.

    Raises
    ------
    ValueError
        If the shape does not fit the labels, a label comes twice, or a count is negative or not whole.
    """
    inner = _whole_counts(counts)
    if inner.shape != (len(rows), len(columns)) or not inner.size:
        raise ValueError(f"{len(rows)} rows and {len(columns)} columns expected, found counts of shape {inner.shape}")
    height, width = inner.shape
    full = np.zeros((height + 1, width + 1), dtype=np.int64)
    full[:-1, :-1] = inner
    full[-1, :-1], full[:, -1] = inner.sum(axis=0), full.sum(axis=1)
    full[-1, -1] = inner.sum()
    place = np.arange(full.size).reshape(full.shape).tolist()
    across = [(place[row][width], tuple(place[row][:width])) for row in range(height + 1)]
    down = [(place[height][column], tuple(place[row][column] for row in range(height))) for column in range(width + 1)]
    homogeneous = np.zeros(full.shape, dtype=bool)
    if columns_are_outcomes and width > 1:
        homogeneous[:, :-1] = ((full[:, :-1] > 0).sum(axis=1) == 1)[:, np.newaxis]
    labels = tuple((row, column) for row in (*rows, TOTAL) for column in (*columns, TOTAL))
    floor = np.full(full.size, 0 if homogeneous.any() else 1)
    return _checked(CountTable(labels, full.ravel(), (*across, *down), homogeneous.ravel(), floor))


def hierarchy(counts: Mapping[Hashable, int], parts: Mapping[Hashable, Sequence[Hashable]]) -> CountTable:
    """A whole divided into parts, these into parts, and so on; a whole may be divided in several ways.

    Parameters
    ----------
    counts : people per label, wholes and parts alike
    parts : for each whole, its parts: ``{"basic": ["elementary", "upper"], "elementary": ["early", "final"]}``.
        Give two divisions of one whole with two tables and ``join``.

    Raises
    ------
    ValueError
        If a whole is not the sum of its parts, a label has no count, or a count is negative or not whole.
    """
    labels = tuple(counts)
    place = {label: position for position, label in enumerate(labels)}
    unknown = [label for whole, pieces in parts.items() for label in (whole, *pieces) if label not in place]
    if unknown:
        raise ValueError(f"no count for {', '.join(map(str, unknown))}")
    equations = tuple((place[whole], tuple(place[piece] for piece in pieces)) for whole, pieces in parts.items())
    values = _whole_counts(np.array(list(counts.values())))
    nowhere, everywhere = np.zeros(len(labels), dtype=bool), np.ones(len(labels), dtype=np.int64)
    return _checked(CountTable(labels, values, equations, homogeneous=nowhere, floor=everywhere))


def join(*tables: CountTable) -> CountTable:
    """Several tables as one: cells with the same label are the same number. For an audit over all releases.

    Raises
    ------
    ValueError
        If there is no table, or a label has different counts in two: say in the label which edition is meant.
    """
    if not tables:
        raise ValueError("at least one table is needed")
    cells: dict[Hashable, tuple[int, bool, int]] = {}
    for table in tables:
        own = zip(table.counts.tolist(), table.homogeneous.tolist(), table.floor.tolist(), strict=True)
        for label, (count, alike, floor) in zip(table.labels, own, strict=True):
            before = cells.get(label, (count, False, 0))
            if before[0] != count:
                raise ValueError(f"{label} is {before[0]} in one table and {count} in another")
            alike = alike or before[1]
            cells[label] = (count, alike, 0 if alike else max(before[2], floor))
    place = {label: position for position, label in enumerate(cells)}
    equations = tuple(
        (place[table.labels[whole]], tuple(place[table.labels[part]] for part in parts))
        for table in tables
        for whole, parts in table.equations
    )
    counts, homogeneous, floors = (np.array(column) for column in zip(*cells.values(), strict=True))
    return CountTable(tuple(cells), counts, equations, homogeneous, floors)


def _whole_counts(counts: IntArray) -> IntArray:
    values = np.asarray(counts)
    if values.dtype.kind not in "iu" or (values < 0).any():
        raise ValueError("counts are whole numbers of people, none negative and none missing")
    return values.astype(np.int64)


def _checked(table: CountTable) -> CountTable:
    if len(set(table.labels)) < len(table.labels):
        raise ValueError("a label comes twice")
    for whole, parts in table.equations:
        found = int(table.counts[list(parts)].sum())
        if found != table.counts[whole]:
            raise ValueError(f"{table.labels[whole]} is {table.counts[whole]}, but its parts add up to {found}")
    return table
