"""Answers made ready for the passes: students who saw the same items together, right and wrong packed in bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trama_measure.arrays import BoolArray, FloatArray, IntArray

type Answers = NDArray[np.int8]
"""(n, k) category of each answer, 0 wrong and 1 right; -1 is not in the likelihood."""

type Bytes = NDArray[np.uint8]

BLOCK_ROWS: Final = 32_768
"""Students of a block at most. One thread sums a block, blocks are added in order: same bits for any threads."""

SMALL_PATTERN: Final = 256
"""Fewer students than this with the same set of items go into a block that carries its own mask."""

NOT_IN_LIKELIHOOD: Final = 255
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


def pattern_codes(answers: Answers) -> NDArray[np.uint64]:
    """(n,) a number for the set of items in each student's likelihood; equal sets have equal numbers."""
    seen = np.packbits(answers >= 0, axis=1)
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
    codes = np.zeros(answers.shape[0], dtype=np.uint64) if complete else pattern_codes(answers)
    for group in np.unique(groups).tolist():
        members = np.flatnonzero(groups == group)
        scattered = []
        for rows in _alike(members, codes[members]):
            items = np.flatnonzero(answers[rows[0]] >= 0)
            if rows.size < SMALL_PATTERN and rows.size < members.size:
                scattered.append(rows)
            elif items.size:
                same = (answers[rows] >= 0) == (answers[rows[0]] >= 0) if not complete else None
                if same is not None and not same.all():  # two sets with one code: treat them one by one
                    scattered.append(rows)
                else:
                    yield from _cut(answers, rows, items, group, weights, packed, False, first_row)
        if scattered:
            rows = np.sort(np.concatenate(scattered))
            rows = rows[(answers[rows] >= 0).any(axis=1)]
            items = np.flatnonzero((answers[rows] >= 0).any(axis=0))
            yield from _cut(answers, rows, items, group, weights, packed, True, first_row)


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
        whole = everything and part.size == answers.shape[0]
        chosen = answers if whole else answers[part] if everything else answers[np.ix_(part, items)]
        mask = np.packbits(chosen >= 0, axis=1) if masked else None
        if packed:
            body = np.packbits(chosen == 1, axis=1)
        else:
            body = chosen.astype(np.uint8)
        own = None if weights is None else weights[part]
        yield Block(items, group, part + first_row, body, packed, mask, own)
