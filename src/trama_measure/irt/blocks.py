"""Answers made ready for the passes: students who saw the same items together, right and wrong packed in bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trama_measure.arrays import BoolArray, FloatArray, IntArray
from trama_measure.responses.packing import Packed, PackedBooklet

type Answers = NDArray[np.int8]
"""(n, k) category of each answer, 0 wrong and 1 right; -1 is not in the likelihood."""

type Bytes = NDArray[np.uint8]

BLOCK_ROWS: Final = 32_768
"""Students of a block at most. One thread sums a block, blocks are added in order: same bits for any threads."""

SMALL_PATTERN: Final = 256
"""Fewer students than this with the same set of items go into a block that carries its own mask."""

NOT_IN_LIKELIHOOD: Final = 255
_TURNED: Final = np.packbits(
    np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1), axis=1, bitorder="little"
).ravel()
"""(256,) each byte with its bits in the other order, as ``responses.packing`` counts them from the lowest."""

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Block:
    """Students of one group. ``answers`` is packed bits, or categories (255 = not in the likelihood) if not ``packed``.

    Without ``mask`` every student saw all ``items``; with it, the bits of the mask say who saw what.
    """

    items: IntArray  # (m,) positions in the calibration
    group: int
    rows: IntArray  # (n,) positions of the students in what was given
    answers: Bytes  # (n, ceil(m / 8)) or (n, m)
    packed: bool
    mask: Bytes | None  # (n, ceil(m / 8))
    weights: FloatArray | None  # (n,), None is one each

    @property
    def size(self) -> int:
        return self.rows.size

    @property
    def nbytes(self) -> int:
        parts = (self.rows, self.answers, self.mask, self.weights)
        return sum(part.nbytes for part in parts if part is not None)

    def take(self, rows: IntArray) -> Block:
        """Some students of the block."""
        mask = None if self.mask is None else self.mask[rows]
        weights = None if self.weights is None else self.weights[rows]
        return replace(self, rows=self.rows[rows], answers=self.answers[rows], mask=mask, weights=weights)

    def seen(self) -> BoolArray | None:
        """(n, m) what the students saw; None is everything."""
        if self.mask is None:
            return None
        return np.unpackbits(self.mask, axis=1, count=self.items.size).view(np.bool_)

    def category_counts(self) -> IntArray:
        """(m, most - 1) answers in category 1, 2 and so on."""
        if self.packed:  # each value of each byte is counted once, then its bits
            bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
            each = [bits.T @ np.bincount(column, minlength=256) for column in self.answers.T]
            return np.concatenate(each)[: self.items.size, None]
        answers, _ = self.categories(slice(None))
        most = max(2, int(answers.max(initial=0)) + 1)
        return np.stack([np.count_nonzero(answers == category, axis=0) for category in range(1, most)], axis=1)

    def categories(self, part: slice) -> tuple[Bytes, BoolArray | None]:
        """(n, m) category of the students of ``part``, 0 where not seen, and what they saw (None: everything)."""
        width = self.items.size
        seen = None
        if self.mask is not None:
            seen = np.unpackbits(self.mask[part], axis=1, count=width).view(np.bool_)
        if self.packed:
            return np.unpackbits(self.answers[part], axis=1, count=width), seen
        answers = self.answers[part]
        return (answers, None) if seen is None else (np.where(seen, answers, 0).astype(np.uint8), seen)


def pattern_codes(seen: Bytes) -> NDArray[np.uint64]:
    """(n,) a number for the set of items in each student's likelihood; equal sets have equal numbers.

    Parameters
    ----------
    seen : (n, bytes) a bit for each item
    """
    words = -(-seen.shape[1] // 8)
    padded = np.zeros((seen.shape[0], 8 * words), dtype=np.uint8)
    padded[:, : seen.shape[1]] = seen
    columns = padded.view(np.uint64)
    code = columns[:, 0].copy()
    for word in range(1, words):
        code = (code ^ (code >> np.uint64(29))) * _SPREAD + columns[:, word]
    return code


def make_blocks(
    answers: Answers, groups: IntArray, weights: FloatArray | None, *, first_row: int = 0
) -> Iterator[Block]:
    """Cut students into blocks: by group, then by the set of items seen, then by ``BLOCK_ROWS``.

    Parameters
    ----------
    answers : (n, k) as ``Answers``
    groups : (n,) position of the student's group
    weights : (n,) or None
    first_row : the position of the first student in the whole, if this is a part
    """
    packed = bool(answers.max(initial=0) <= 1)
    complete = bool(answers.min(initial=0) >= 0)
    seen = None if complete else np.packbits(answers >= 0, axis=1)
    codes = np.zeros(answers.shape[0], dtype=np.uint64) if seen is None else pattern_codes(seen)
    for group in np.flatnonzero(np.bincount(groups)).tolist():
        members = np.flatnonzero(groups == group)
        scattered = []
        for rows in _alike(members, codes[members]):
            items = np.flatnonzero(answers[rows[0]] >= 0)
            if rows.size < SMALL_PATTERN and rows.size < members.size:
                scattered.append(rows)
            elif items.size:
                if seen is not None and (seen[rows] != seen[rows[0]]).any():  # two sets with one code: one by one
                    scattered.append(rows)
                else:
                    yield from _cut(answers, rows, items, group, weights, packed, False, first_row)
        if scattered:
            rows = np.sort(np.concatenate(scattered))
            rows = rows[(answers[rows] >= 0).any(axis=1)]
            items = np.flatnonzero((answers[rows] >= 0).any(axis=0))
            yield from _cut(answers, rows, items, group, weights, packed, True, first_row)


def packed_blocks(packed: Packed, groups: IntArray, weights: FloatArray | None) -> Iterator[Block]:
    """The blocks of answers that ``responses.pack`` packed already: by booklet, then by group.

    Students of whom every answer counts go without a mask. Who answered nothing that counts is left out, and so is an
    item of which no answer of the booklet counts, such as an annulled one.
    """
    for part in packed.booklets:
        items, right, counted = _turned(part)
        own = groups[part.students]
        for group in np.unique(own).tolist():
            members = np.flatnonzero(own == group)
            kinds = [(members, False)]
            if counted is not None:
                whole = (counted[members] == _ones(items.size)).all(axis=1)
                some = counted[members].any(axis=1)
                kinds = [(members[whole], False), (members[some & ~whole], True)]
            for rows, masked in kinds:
                for start in range(0, rows.size, BLOCK_ROWS):
                    chosen = rows[start : start + BLOCK_ROWS]
                    mask = counted[chosen] if masked and counted is not None else None
                    students = part.students[chosen]
                    yield Block(
                        items,
                        group,
                        students,
                        right[chosen],
                        True,
                        mask,
                        None if weights is None else weights[students],
                    )


def _turned(part: PackedBooklet) -> tuple[IntArray, Bytes, Bytes | None]:
    """Items that count for anybody, and the bits of these, the first item in the highest bit of the first byte."""
    if part.counted is None:
        return part.items, _TURNED[part.right], None
    k = part.items.size
    ever = np.unpackbits(np.bitwise_or.reduce(part.counted, axis=0), count=k, bitorder="little").view(np.bool_)
    if ever.all():
        return part.items, _TURNED[part.right], _TURNED[part.counted]
    right, counted = (
        np.packbits(np.unpackbits(bits, axis=1, count=k, bitorder="little")[:, ever], axis=1)
        for bits in (part.right, part.counted)
    )
    return part.items[ever], right, counted


def _ones(count: int) -> Bytes:
    return np.packbits(np.ones(count, dtype=np.bool_))


def _alike(members: IntArray, codes: NDArray[np.uint64]) -> Iterator[IntArray]:
    """Students with the same code, in the order of their first appearance."""
    if codes.size and (codes == codes[0]).all():
        yield members
        return
    order = np.argsort(codes, kind="stable")
    edges = np.flatnonzero(np.diff(codes[order])) + 1
    parts = np.split(members[order], edges)
    yield from sorted(parts, key=lambda rows: int(rows[0]))


def _cut(
    answers: Answers,
    rows: IntArray,
    items: IntArray,
    group: int,
    weights: FloatArray | None,
    packed: bool,
    masked: bool,
    first_row: int,
) -> Iterator[Block]:
    everything = items.size == answers.shape[1]
    for start in range(0, rows.size, BLOCK_ROWS):
        part = rows[start : start + BLOCK_ROWS]
        together = part[-1] - part[0] + 1 == part.size  # rows rise: then a view, not a copy
        chosen = answers[part[0] : part[-1] + 1] if together else answers[part]
        if not everything:
            chosen = chosen.take(items, axis=1)
        mask = np.packbits(chosen >= 0, axis=1) if masked else None
        if packed:  # without a mask every answer is 0 or 1
            body = np.packbits(chosen == 1 if masked else chosen, axis=1)
        else:
            body = chosen.astype(np.uint8)
        own = None if weights is None else weights[part]
        yield Block(items, group, part + first_row, body, packed, mask, own)
