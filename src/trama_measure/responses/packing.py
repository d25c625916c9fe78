"""Right answers as bits, eight to a byte, one table a booklet.

A million students and 44 items are 6 MB. Items that are not in a booklet take no room. Whether an answer counts at all
is a second table of bits, which is there only if some answer of the booklet does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trama_measure.arrays import BoolArray, ByteArray, IntArray, ScoreArray

from .codes import Code
from .container import MISSING, Responses, score_table

_ROWS: int = 16_384  # students packed at a time, so that no second copy of the answers is made


@dataclass(frozen=True, slots=True)
class PackedBooklet:
    """The answers of the students of one booklet to the items of that booklet.

    Bit j of byte b, counted from the lowest, is item ``items[8 b + j]``. Bits beyond the last item are 0.
    """

    booklet: str
    items: IntArray  # (k,) positions in ``Packed.items``, rising
    students: IntArray  # (m,) rows of the roster
    right: ByteArray  # (m, ceil(k / 8)) bit 1: right
    counted: ByteArray | None  # the same shape, bit 1: in the likelihood; None if every answer is

    def scores(self) -> ScoreArray:
        """(m, k) int8: 1, 0, or -1 where the answer does not count."""
        k = len(self.items)
        bits = np.unpackbits(self.right, axis=1, count=k, bitorder="little").astype(np.int8)
        if self.counted is not None:
            bits[np.unpackbits(self.counted, axis=1, count=k, bitorder="little") == 0] = MISSING
        return bits


@dataclass(frozen=True, slots=True)
class Packed:
    """The answers of all students, booklet by booklet."""

    items: tuple[str, ...]  # (k,) ids, the union of the booklets
    n_students: int
    booklets: tuple[PackedBooklet, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of all answers, without the row numbers."""
        return sum(part.right.nbytes + (0 if part.counted is None else part.counted.nbytes) for part in self.booklets)


def pack(
    responses: Responses, omitted: str = "wrong", not_reached: str = "missing", double_mark: str = "wrong"
) -> Packed:
    """Pack the answers. The treatments are those of ``Responses.scored``, and are fixed by packing.

    Raises
    ------
    ValueError
        If a treatment has an unknown name.
    """
    table = score_table(omitted, not_reached, double_mark)
    presented = responses.items_of_booklets()
    parts = []
    for number, label in enumerate(responses.booklets):
        rows = np.flatnonzero(responses.roster.booklet == number)
        if rows.size:
            parts.append(_pack_booklet(responses, label, rows, np.flatnonzero(presented[number]), table))
    return Packed(responses.items, len(responses), tuple(parts))


def unpack(packed: Packed) -> ScoreArray:
    """(n, k) int8: the scored matrix that was packed; -1 also where an item is not in the booklet."""
    found = np.full((packed.n_students, len(packed.items)), MISSING, dtype=np.int8)
    for part in packed.booklets:
        found[np.ix_(part.students, part.items)] = part.scores()
    return found


def _pack_booklet(
    responses: Responses, label: str, rows: IntArray, items: IntArray, table: ScoreArray
) -> PackedBooklet:
    width = (len(items) + 7) // 8
    right = np.empty((len(rows), width), dtype=np.uint8)
    counted = np.empty_like(right)
    full = np.packbits(np.ones(len(items), dtype=bool), bitorder="little")
    for start in range(0, len(rows), _ROWS):
        stop = min(start + _ROWS, len(rows))
        codes = responses.part(rows[start:stop], items)
        right[start:stop] = np.packbits(codes == Code.RIGHT, axis=1, bitorder="little")
        counted[start:stop] = _counted(codes, table, full)
    all_count = bool((counted == full).all())
    return PackedBooklet(label, items, rows, right, None if all_count else counted)


def _counted(codes: ByteArray, table: ScoreArray, full: ByteArray) -> ByteArray:
    """(m, ceil(k / 8)) bits of the answers that count; ``full`` repeated if no code of the block can be missing."""
    inside: BoolArray = np.ones(codes.shape, dtype=bool)
    for code in Code:
        if table[code] == MISSING:
            inside &= codes != code
    if inside.all():
        return np.broadcast_to(full, (len(codes), len(full)))
    return np.packbits(inside, axis=1, bitorder="little")
