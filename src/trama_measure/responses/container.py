"""Answers of students to items: raw, as options, and scored, as right and wrong.

``Answers`` keep the option that each student chose. Marking them with a ``Key`` gives ``Responses``; a corrected key
marks the same answers again. Statistics and models read ``Responses``; distractors are read from ``Answers``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trama_measure.arrays import BoolArray, ByteArray, IntArray, ScoreArray

from .codes import Code
from .roster import Roster

MISSING: Final = -1
"""In a scored matrix: this answer says nothing about the student."""

_ROWS: Final = 16_384  # students looked at at a time: their codes fit a second-level cache

_SPECIAL: Final = frozenset(code for code in Code if code >= Code.OMITTED)


class Treatment(StrEnum):
    """What an answer that was not given counts as."""

    WRONG = "wrong"
    MISSING = "missing"  # as if the item had not been presented


@dataclass(frozen=True, slots=True)
class _Matrix:
    """What raw and scored answers share."""

    codes: ByteArray  # (n, k) see ``codes.Code``; the union of all booklets, items in a fixed order
    items: tuple[str, ...]  # (k,) ids of the items
    roster: Roster
    booklets: tuple[str, ...] = ("1",)  # labels; ``roster.booklet`` points here

    def __post_init__(self) -> None:
        expected = (len(self.roster), len(self.items))
        if self.codes.dtype != np.uint8 or self.codes.shape != expected:
            raise ValueError(f"found {self.codes.dtype} codes of shape {self.codes.shape}, expected uint8 {expected}")
        if len(set(self.items)) < len(self.items):
            twice = sorted({item for item in self.items if self.items.count(item) > 1})
            raise ValueError(f"items that come twice: {', '.join(twice)}")
        placed = self.roster.booklet
        if placed.size and not (placed.min() >= 0 and placed.max() < len(self.booklets)):
            raise ValueError(
                f"booklets are numbered {placed.min()} to {placed.max()}, found {len(self.booklets)} labels"
            )

    def __len__(self) -> int:
        return len(self.roster)

    @property
    def presented(self) -> BoolArray:
        """(n, k) whether the item is in the student's booklet."""
        return self.codes != Code.NOT_PRESENTED

    def items_of_booklets(self) -> BoolArray:
        """(b, k) whether any student of the booklet was presented the item."""
        found = np.zeros((len(self.booklets), len(self.items)), dtype=bool)
        every = np.arange(len(self.items))
        for booklet in range(len(self.booklets)):
            rows = np.flatnonzero(self.roster.booklet == booklet)
            for start in range(0, len(rows), _ROWS):
                found[booklet] |= (self.part(rows[start : start + _ROWS], every) != Code.NOT_PRESENTED).any(axis=0)
                if found[booklet].all():
                    break
        return found

    def part(self, rows: IntArray, items: IntArray) -> ByteArray:
        """(r, c) codes of these rows and items, both rising. Rows that are neighbours are not copied."""
        if not len(rows):
            return self.codes[:0, items]
        first, last = int(rows[0]), int(rows[-1])
        some = self.codes[first : last + 1] if last - first + 1 == len(rows) else self.codes[rows]
        return some if len(items) == len(self.items) else np.take(some, items, axis=1)

    def ever(self, rows: IntArray, items: IntArray, code: Code) -> BoolArray:
        """(c,) whether any of these rows has the code, by item."""
        found = np.zeros(len(items), dtype=bool)
        for start in range(0, len(rows), _ROWS):
            found |= (self.part(rows[start : start + _ROWS], items) == code).any(axis=0)
        return found


@dataclass(frozen=True, slots=True)
class Answers(_Matrix):
    """The option each student chose: 0 is A, 1 is B ...; from 251 on the codes of ``Code``."""

    def __post_init__(self) -> None:
        _Matrix.__post_init__(self)
        _only_known(self.codes, highest=25, allowed=_SPECIAL - {Code.ANNULLED}, items=self.items)

    def take(self, rows: IntArray | slice) -> Answers:
        """The same for these students only, in this order."""
        return replace(self, codes=self.codes[rows], roster=self.roster.take(rows))


@dataclass(frozen=True, slots=True)
class Responses(_Matrix):
    """Scored answers: 0 wrong, 1 right; from 251 on the codes of ``Code``. ``key`` names the version of the key."""

    key: str = ""

    def __post_init__(self) -> None:
        _Matrix.__post_init__(self)
        _only_known(self.codes, highest=Code.RIGHT, allowed=_SPECIAL, items=self.items)

    def take(self, rows: IntArray | slice) -> Responses:
        """The same for these students only, in this order."""
        return replace(self, codes=self.codes[rows], roster=self.roster.take(rows))

    def scored(self, omitted: str = "wrong", not_reached: str = "missing", double_mark: str = "wrong") -> ScoreArray:
        """(n, k) int8: 1 right, 0 wrong, -1 not in the likelihood.

        Annulled and not presented answers are always -1. The three others are ``"wrong"`` or ``"missing"``: the
        choice changes results and is stated with them (docs/methods/responses.md).

        Raises
        ------
        ValueError
            If a treatment has another name.
        """
        return score_table(omitted, not_reached, double_mark)[self.codes]


def score_table(omitted: str = "wrong", not_reached: str = "missing", double_mark: str = "wrong") -> ScoreArray:
    """(256,) int8: the score of each code under these treatments."""
    table = np.full(256, MISSING, dtype=np.int8)
    table[Code.WRONG], table[Code.RIGHT] = 0, 1
    for code, name in ((Code.OMITTED, omitted), (Code.NOT_REACHED, not_reached), (Code.DOUBLE_MARK, double_mark)):
        if name not in set(Treatment):
            raise ValueError(f"{code.name.lower()}: found {name!r}, expected 'wrong' or 'missing'")
        table[code] = 0 if name == Treatment.WRONG else MISSING
    return table


def from_arrays(
    codes: NDArray,
    *,
    items: Sequence[str] | None = None,
    student: NDArray | None = None,
    booklet: NDArray | None = None,
    weight: NDArray | None = None,
    school: NDArray | None = None,
    classroom: NDArray | None = None,
    municipality: NDArray | None = None,
) -> Responses:
    """Responses from scored arrays.

    Parameters
    ----------
    codes : (n, k) array
        0, 1 and the codes of ``Code``; or numbers with NaN, where NaN is "not presented".
    items : (k,) ids; ``i1``, ``i2`` ... if not given. student : (n,) ids; 0 to n - 1 if not given
    booklet : (n,) labels of any kind; one booklet if not given. weight : (n,) 1 if not given

    Raises
    ------
    ValueError
        If shapes do not agree, an item comes twice, or a code is none of ``Code``.
    DuplicatedStudents
        If a student comes twice.
    """
    values = np.asarray(codes)
    if values.ndim != 2:
        raise ValueError(f"found an array of {values.ndim} dimensions, expected 2: students by items")
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), float(Code.NOT_PRESENTED), values)
        if (values != np.floor(values)).any() or (values < 0).any() or (values > 255).any():
            raise ValueError("scores must be 0, 1, NaN or a code of Code")
    n, k = values.shape
    if values.dtype.kind == "i" and ((values < 0).any() or (values > 255).any()):
        raise ValueError("codes run from 0 to 255; write 255 where an item was not presented")
    labels, placed = _booklets(booklet, n)
    roster = Roster(
        student=np.arange(n) if student is None else np.asarray(student),
        booklet=placed,
        weight=np.ones(n) if weight is None else np.asarray(weight, dtype=np.float64),
        school=None if school is None else np.asarray(school),
        classroom=None if classroom is None else np.asarray(classroom),
        municipality=None if municipality is None else np.asarray(municipality),
    )
    names = tuple(f"i{place + 1}" for place in range(k)) if items is None else tuple(items)
    return Responses(values.astype(np.uint8), names, roster, labels)


def _booklets(booklet: NDArray | None, n: int) -> tuple[tuple[str, ...], IntArray]:
    if booklet is None:
        return ("1",), np.zeros(n, dtype=np.int64)
    labels, placed = np.unique(np.asarray(booklet), return_inverse=True)
    return tuple(str(label) for label in labels), placed.astype(np.int64)


def _only_known(codes: ByteArray, highest: int, allowed: frozenset[Code], items: tuple[str, ...]) -> None:
    """Raise if a code is above ``highest`` and not among those allowed: says where. One pass, no copy of the codes."""
    forbidden = [code for code in Code if code >= Code.OMITTED and code not in allowed]
    for start in range(0, len(codes), _ROWS):
        block = codes[start : start + _ROWS]
        strange = (block > highest) & (block < Code.OMITTED)
        for code in forbidden:
            strange |= block == code
        if not strange.any():
            continue
        row, column = (int(place) for place in np.argwhere(strange)[0])
        names = ", ".join(f"{int(code)} {code.name.lower()}" for code in sorted(allowed))
        raise ValueError(
            f"row {start + row}, item {items[column]}: found code {block[row, column]}, expected 0 to {int(highest)}"
            f" or one of {names}"
        )
