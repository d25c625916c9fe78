"""Right answers per group and item, and per group and descriptor, from packed bytes.

How: docs/methods/responses.md, "School by descriptor".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from trama_measure.arrays import ByteArray, FloatArray, IntArray

from .container import Responses, score_table
from .packing import Packed, PackedBooklet
from .roster import Groups

type WordArray = NDArray[np.uint64]
"""Eight bytes at a time."""

_ROWS = 16_384  # students whose scores are looked at at a time
_STUDENTS = 131_072  # looked at at a time: with 44 items, 800 kB
_WORDS = 31  # words whose counts, at most 8 each, fit a byte: 31 x 8 = 248
_BLOCK = 32_768  # words transposed at a time: with the work space half a megabyte, inside a second-level cache
_EXCHANGES = ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))


@dataclass(frozen=True, slots=True)
class GroupSums:
    """Answers added up by group. Columns are items, or descriptors."""

    right: IntArray  # (g, c) right answers
    answered: IntArray  # (g, c) answers that count
    columns: tuple[str, ...]  # (c,)

    @property
    def share(self) -> FloatArray:
        """(g, c) right / answered; NaN where nobody answered."""
        return _share(self.right, self.answered)

    def __add__(self, other: GroupSums) -> GroupSums:
        """The sums of two sets of students over the same groups and columns."""
        if self.columns != other.columns or self.right.shape != other.right.shape:
            raise ValueError(f"found {other.right.shape} sums, expected {self.right.shape} with the same columns")
        return GroupSums(self.right + other.right, self.answered + other.answered, self.columns)

    def regroup(self, parents: IntArray, n_parents: int) -> GroupSums:
        """Sums of larger groups; ``parents`` (g,) gives the larger group of each, 0 to ``n_parents`` - 1."""
        right = np.zeros((n_parents, len(self.columns)), dtype=np.int64)
        answered = np.zeros_like(right)
        np.add.at(right, parents, self.right)
        np.add.at(answered, parents, self.answered)
        return GroupSums(right, answered, self.columns)


def by_item(packed: Packed, groups: Groups) -> GroupSums:
    """Right answers and answers that count, per group and item.

    Students of a group need not stand together; if they do within each booklet, it takes half the time.

    Raises
    ------
    ValueError
        If there is not one group code a student.
    """
    if groups.codes.shape != (packed.n_students,):
        raise ValueError(f"found {groups.codes.shape} group codes, expected ({packed.n_students},)")
    g, k = len(groups.ids), len(packed.items)
    right, answered = np.zeros((g, k), dtype=np.int64), np.zeros((g, k), dtype=np.int64)
    for part in packed.booklets:
        present, starts, ends, order = _segments(groups, part, packed.n_students)
        width = len(part.items)
        all_cells = len(present) == g and width == k
        place = ... if all_cells else (present[:, None], part.items[None, :])
        right[place] += _segment_counts(part.right, order, starts, ends)[:, :width]
        if part.counted is None:
            answered[place] += (ends - starts)[:, None]
        else:
            answered[place] += _segment_counts(part.counted, order, starts, ends)[:, :width]
    return GroupSums(right, answered, packed.items)


@dataclass(frozen=True, slots=True)
class WeightedSums:
    """Weights added up by group, over the answers that are right and over those that count."""

    right: FloatArray  # (g, k)
    answered: FloatArray  # (g, k)
    columns: tuple[str, ...]  # (k,)

    @property
    def share(self) -> FloatArray:
        """(g, k) right / answered; NaN where nobody answered."""
        return _share(self.right, self.answered)


def by_item_weighted(
    responses: Responses,
    groups: Groups,
    omitted: str = "wrong",
    not_reached: str = "missing",
    double_mark: str = "wrong",
) -> WeightedSums:
    """Sums of the students' weights per group and item. For samples; a census is counted faster by ``by_item``.

    Raises
    ------
    ValueError
        If there is not one group code a student, or a treatment has an unknown name.
    """
    if groups.codes.shape != (len(responses),):
        raise ValueError(f"found {groups.codes.shape} group codes, expected ({len(responses)},)")
    table = score_table(omitted, not_reached, double_mark)
    g, k = len(groups.ids), len(responses.items)
    right, answered = np.zeros((g, k)), np.zeros((g, k))
    for start in range(0, len(responses), _ROWS):
        part = slice(start, start + _ROWS)
        scores = table[responses.codes[part]]
        codes, weight = groups.codes[part], responses.roster.weight[part]
        belongs = csr_array((weight, (codes, np.arange(len(codes)))), shape=(g, len(codes)))
        right += belongs @ (scores == 1).astype(np.float64)
        answered += belongs @ (scores >= 0).astype(np.float64)
    return WeightedSums(right, answered, responses.items)


def by_descriptor(sums: GroupSums, descriptors: Mapping[str, str]) -> GroupSums:
    """Items added up by descriptor; ``descriptors`` gives that of each item. Columns in the order of first use.

    Raises
    ------
    ValueError
        If an item has no descriptor: leave it out of the sums, or give it one.
    """
    absent = [item for item in sums.columns if item not in descriptors]
    if absent:
        raise ValueError(f"no descriptor for {', '.join(absent[:10])} ({len(absent)} items)")
    names = tuple(dict.fromkeys(descriptors[item] for item in sums.columns))
    own = [names.index(descriptors[item]) for item in sums.columns]

    def added(counts: IntArray) -> IntArray:
        total = np.zeros((len(names), len(counts)), dtype=np.int64)
        for row, items in zip(own, np.ascontiguousarray(counts.T), strict=True):
            total[row] += items
        return total.T

    return GroupSums(added(sums.right), added(sums.answered), names)


def _share(right: IntArray | FloatArray, answered: IntArray | FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(answered > 0, right / answered, np.nan)


def _segments(
    groups: Groups, part: PackedBooklet, n_students: int
) -> tuple[IntArray, IntArray, IntArray, IntArray | None]:
    """Which groups a booklet has; where each begins and ends once the rows stand in ``order`` (None: as they do)."""
    whole = len(part.students) == n_students
    if whole and groups.starts is not None:
        return np.arange(len(groups.ids)), groups.starts, np.append(groups.starts[1:], n_students), None
    codes = groups.codes if whole else groups.codes[part.students]
    order = None
    if (codes[1:] < codes[:-1]).any():
        small = codes.astype(np.uint16) if len(groups.ids) <= 65_536 else codes  # 16 bits are sorted by radix
        order = np.argsort(small, kind="stable")
        codes = codes[order]
    steps = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    starts = np.concatenate(([0], steps))
    return codes[starts], starts, np.append(steps, len(codes)), order


def _segment_counts(rows: ByteArray, order: IntArray | None, starts: IntArray, ends: IntArray) -> IntArray:
    """(s, 8 w) how often each bit is set in rows ``starts[i]`` to ``ends[i]`` of the (m, w) bytes."""
    width = rows.shape[1]
    found = np.empty((len(starts), 8 * width), dtype=np.int64)
    first, planes = 0, np.empty(0, dtype=np.uint64)
    while first < len(starts):
        base = int(starts[first]) // 8 * 8
        last = max(first + 1, int(np.searchsorted(ends, base + _STUDENTS, side="right")))
        stop = int(ends[last - 1])
        words = (stop - base + 7) // 8 + 1  # one more, so that an end at a whole word has a word to look at
        if planes.size < width * words:
            planes = np.empty(width * words, dtype=np.uint64)
        some = rows[base:stop] if order is None else rows[order[base:stop]]
        here = planes[: width * words].reshape(width, words)
        found[first:last] = _counts(some, starts[first:last] - base, ends[first:last] - base, here)
        first = last
    return found


def _counts(rows: ByteArray, starts: IntArray, ends: IntArray, planes: WordArray) -> IntArray:
    """The same for students few enough for a cache. ``planes`` (w, words) is work space."""
    characters = planes.view(np.uint8)
    characters[:, : len(rows)] = rows.T
    characters[:, len(rows) :] = 0
    flat = planes.reshape(-1)
    work = np.empty(min(_BLOCK, flat.size), dtype=np.uint64)
    for begin in range(0, flat.size, _BLOCK):
        _transpose(flat[begin : begin + _BLOCK], work)
    tally = np.bitwise_count(characters).view(np.uint64)
    cuts, owners, heads = _cuts(starts // 8, ends // 8)
    before, after = _edge(starts), _edge(ends)
    found = np.zeros((len(planes), len(starts), 8), dtype=np.int64)
    for plane, counted, counts in zip(planes, tally, found, strict=True):
        if len(owners):
            pieces = np.add.reduceat(counted, cuts)[:-1].view(np.uint8).reshape(-1, 8)
            summed = pieces if len(owners) == len(pieces) else np.add.reduceat(pieces, heads, axis=0, dtype=np.int64)
            counts[owners] = summed
        counts += _partial(plane, *after)
        counts -= _partial(plane, *before)
    return found.transpose(1, 0, 2).reshape(len(starts), 8 * len(planes))


def _cuts(first: IntArray, last: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Where to cut the words so that no piece is longer than ``_WORDS``.

    Segment i owns the words from ``first[i]`` up to, not including, ``last[i]``; as segments are neighbours,
    ``last[i]`` is ``first[i + 1]``. A segment inside one word owns none.

    Returns
    -------
    (p + 1,) where each piece begins, and a last cut, owned by nobody, that closes the last piece;
    (o,) the segments that own pieces; (o,) the first piece of each of these
    """
    pieces = (last - first + _WORDS - 1) // _WORDS
    owner = np.repeat(np.arange(len(first)), pieces)
    before = np.cumsum(pieces) - pieces
    cuts = first[owner] + _WORDS * (np.arange(len(owner)) - before[owner])
    owners = np.flatnonzero(pieces)
    return np.append(cuts, last[-1]), owners, before[owners]


def _transpose(matrix: WordArray, work: WordArray) -> None:
    """Transpose each 64-bit word as an 8 x 8 bit matrix, in place. Hacker's Delight, 2nd ed., section 7-3."""
    spare = work[: len(matrix)]
    for shift, mask in _EXCHANGES:
        by, keep = np.uint64(shift), np.uint64(mask)
        np.right_shift(matrix, by, out=spare)
        np.bitwise_xor(matrix, spare, out=spare)
        np.bitwise_and(spare, keep, out=spare)
        np.bitwise_xor(matrix, spare, out=matrix)
        np.left_shift(spare, by, out=spare)
        np.bitwise_xor(matrix, spare, out=matrix)


def _edge(places: IntArray) -> tuple[IntArray, WordArray]:
    """The word of each place, and a mask of the students of that word who stand before it, for all eight items."""
    low = ((1 << (places % 8)) - 1).astype(np.uint64)
    return places // 8, low * np.uint64(0x0101010101010101)


def _partial(matrix: WordArray, words: IntArray, masks: WordArray) -> ByteArray:
    """(p, 8) set bits of each item under the masks."""
    return np.bitwise_count((matrix[words] & masks).view(np.uint8)).reshape(-1, 8)
