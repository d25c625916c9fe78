"""Students counted by item, kind of answer and total score: the table that all classical statistics are read from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from trama_measure.arrays import BoolArray, ByteArray, FloatArray, IntArray, ScoreArray
from trama_measure.responses.codes import LETTERS, Code
from trama_measure.responses.container import MISSING, Answers, Responses, score_table
from trama_measure.responses.keys import Key, highest_option

_ROWS: Final = 16_384  # students counted at a time: their cells fit a second-level cache
_UNGIVEN: Final = (Code.OMITTED, Code.NOT_REACHED, Code.DOUBLE_MARK)


@dataclass(frozen=True, slots=True)
class BookletTally:
    """One booklet. ``counts[i, a, t]`` students gave answer a to item i and have t right answers in the booklet."""

    booklet: str
    items: tuple[str, ...]  # (k,) of the booklet
    kinds: tuple[str, ...]  # (a,) "A", "B" ... or "wrong", "right"; then "omitted", "not_reached", "double_mark"
    scores: ScoreArray  # (k, a) what each kind of answer to each item counts as: 1, 0, -1 missing
    annulled: tuple[bool, ...]  # (k,)
    counts: IntArray  # (k, a, k + 1) students
    weighted: FloatArray  # (k, a, k + 1) sum of their weights
    students: int
    weight: float  # sum of theirs
    products: FloatArray  # (k, k) weighted sum of x_i x_j, missing as 0, of items that are not annulled

    def __add__(self, other: BookletTally) -> BookletTally:
        """The tally of both sets of students. An item that only one of them met is an item of the sum."""
        if (self.booklet, self.kinds) != (other.booklet, other.kinds):
            raise ValueError(f"booklet {self.booklet}: tallies of different booklets or options cannot be added")
        items = tuple(dict.fromkeys((*self.items, *other.items)))
        mine, its = self._widened(items), other._widened(items)
        scores, annulled = _agreed(mine, its)
        return BookletTally(
            self.booklet, items, self.kinds, scores, annulled, mine.counts + its.counts, mine.weighted + its.weighted,
            self.students + other.students, self.weight + other.weight, mine.products + its.products,
        )  # fmt: skip

    def _widened(self, items: tuple[str, ...]) -> BookletTally:
        """The same with more items, which nobody here was presented."""
        if items == self.items:
            return self
        k, wide = len(self.items), len(items)
        at = np.array([items.index(item) for item in self.items], dtype=np.int64)
        scores = np.full((wide, len(self.kinds)), MISSING, dtype=np.int8)
        counts = np.zeros((wide, len(self.kinds), wide + 1), dtype=np.int64)
        weighted, products = np.zeros(counts.shape), np.zeros((wide, wide))
        scores[at] = self.scores
        counts[at, :, : k + 1], weighted[at, :, : k + 1] = self.counts, self.weighted
        products[np.ix_(at, at)] = self.products
        gone = dict(zip(self.items, self.annulled, strict=True))
        annulled = tuple(gone.get(item, False) for item in items)
        return BookletTally(
            self.booklet, items, self.kinds, scores, annulled, counts, weighted, self.students, self.weight, products
        )


def _agreed(one: BookletTally, other: BookletTally) -> tuple[ScoreArray, tuple[bool, ...]]:
    """What each answer counts as, of two tallies; an item that nobody met in one is as in the other."""
    known = [part.counts.any(axis=(1, 2)) | np.array(part.annulled, dtype=bool) for part in (one, other)]
    differ = (one.scores != other.scores).any(axis=1) & known[0] & known[1]
    if differ.any():
        item = one.items[int(np.argmax(differ))]
        raise ValueError(f"booklet {one.booklet}, item {item}: annulled or marked otherwise in a part of the answers")
    scores = np.where(known[0][:, None], one.scores, other.scores)
    annulled = [mine or its for mine, its in zip(one.annulled, other.annulled, strict=True)]
    return scores, tuple(annulled)


@dataclass(frozen=True, slots=True)
class Tally:
    """All booklets. Add the tallies of partitions: the sum is the tally of the whole."""

    booklets: dict[str, BookletTally]
    items: tuple[str, ...]  # the union, in the order of the test
    key: str

    def __add__(self, other: Tally) -> Tally:
        if (self.items, self.key) != (other.items, other.key):
            raise ValueError("tallies of different items or keys cannot be added")
        names = dict.fromkeys((*self.booklets, *other.booklets))
        added = {}
        for name in names:
            mine, its = self.booklets.get(name), other.booklets.get(name)
            added[name] = mine + its if mine and its else (mine or its)
        return Tally({name: one for name, one in added.items() if one is not None}, self.items, self.key)


def tally(
    responses: Responses,
    *,
    answers: Answers | None = None,
    key: Key | None = None,
    n_options: int = 5,
    omitted: str = "wrong",
    not_reached: str = "missing",
    double_mark: str = "wrong",
) -> Tally:
    """Count the students of every booklet by item, kind of answer and total score.

    Parameters
    ----------
    responses : scored answers. answers, key : the same before marking, and the key; without them options are not told
        apart, only right and wrong. n_options : options of an item, at least as many as were chosen
    omitted, not_reached, double_mark : as in ``Responses.scored``

    Raises
    ------
    ValueError
        If the answers are not those of the responses, the key is missing or of another version, or an option is
        beyond ``n_options``.
    """
    treat = score_table(omitted, not_reached, double_mark)
    if answers is not None:
        _check_answers(responses, answers, key, n_options)
    presented = responses.items_of_booklets()
    found = {}
    for number, label in enumerate(responses.booklets):
        rows = np.flatnonzero(responses.roster.booklet == number)
        if rows.size:
            own = np.flatnonzero(presented[number])
            found[label] = _tally_booklet(label, responses, answers, key, rows, own, treat, n_options)
    return Tally(found, responses.items, responses.key)


def tally_all(
    batches: Iterable[Responses | tuple[Answers | None, Responses]], *, key: Key | None = None, **how: Any
) -> Tally:
    """The tally of partitions, one after the other.

    Parameters
    ----------
    batches : responses, or pairs of answers and responses, as ``Partitions`` and ``Partitions.pairs`` give
    key : that marked them, needed for pairs. how : as in ``tally``

    Raises
    ------
    ValueError
        If there is no batch, or as ``tally``.
    """
    total: Tally | None = None
    for batch in batches:
        raw, scored = batch if isinstance(batch, tuple) else (None, batch)
        one = tally(scored, answers=raw, key=None if raw is None else key, **how)
        total = one if total is None else total + one
    if total is None:
        raise ValueError("there is no batch to count")
    return total


def _tally_booklet(
    label: str, responses: Responses, answers: Answers | None, key: Key | None, rows: IntArray, own: IntArray,
    treat: ScoreArray, n_options: int,
) -> BookletTally:  # fmt: skip
    k = len(own)
    names = tuple(responses.items[column] for column in own.tolist())
    kinds = (*(LETTERS[:n_options] if answers is not None else ("wrong", "right")), *(c.name.lower() for c in _UNGIVEN))
    annulled = responses.ever(rows, own, Code.ANNULLED)
    scores = _scores(names, kinds, key, annulled, treat)
    n_own = n_options if answers is not None else 2
    raw = responses if answers is None else answers
    cells = k * (len(kinds) + 1) * (k + 1)
    counts, weighted = np.zeros(cells, dtype=np.int64), np.zeros(cells)
    products = np.zeros((k, k))
    equal = bool((responses.roster.weight[rows] == 1.0).all())
    offset = (np.arange(k) * (len(kinds) + 1) * (k + 1)).astype(np.int32)
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        right = (responses.part(some, own) == Code.RIGHT) & ~annulled
        total = right.view(np.uint8).sum(axis=1, dtype=np.int32)
        cell = _kinds(raw.part(some, own), n_own).astype(np.int32) * (k + 1) + total[:, None] + offset
        counts += np.bincount(cell.ravel(), minlength=cells)
        if equal:
            products += _together(right)
        else:
            weight = responses.roster.weight[some]
            weighted += np.bincount(cell.ravel(), weights=np.repeat(weight, k), minlength=cells)
            products += (right * weight[:, None]).T @ right.astype(np.float64)
    shape = (k, len(kinds) + 1, k + 1)
    kept = counts.reshape(shape)[:, :-1]
    return BookletTally(
        label, names, kinds, scores, tuple(annulled.tolist()), kept,
        kept.astype(np.float64) if equal else weighted.reshape(shape)[:, :-1], len(rows),
        float(responses.roster.weight[rows].sum()), products,
    )  # fmt: skip


def _together(right: BoolArray) -> IntArray:
    """(k, k) how many students had both items right. Bits and counts: exact, on one core, faster than a product."""
    n, k = right.shape
    bits = np.zeros((k, 8 * ((n + 63) // 64)), dtype=np.uint8)
    bits[:, : (n + 7) // 8] = np.packbits(right, axis=0).T
    words = bits.view(np.uint64)
    return np.array([np.bitwise_count(words & own).sum(axis=1, dtype=np.int64) for own in words])


def _kinds(codes: ByteArray, n_options: int) -> ByteArray:
    """The kind of each answer: options, then omitted, not reached, two marks; last, to be thrown away, what is none.

    The special codes 251 to 255 are moved down to follow the options; the codes of options, which wrap round past
    zero when they are moved, stay as they are.
    """
    moved = codes - np.uint8(Code.OMITTED - n_options)
    return np.minimum(np.minimum(codes, moved), np.uint8(n_options + len(_UNGIVEN)))


def _scores(
    names: tuple[str, ...], kinds: tuple[str, ...], key: Key | None, annulled: BoolArray, treat: ScoreArray
) -> ScoreArray:
    table = np.zeros((len(names), len(kinds)), dtype=np.int8)
    for column, kind in enumerate(kinds):
        if kind in {"omitted", "not_reached", "double_mark"}:
            table[:, column] = treat[Code[kind.upper()]]
        elif key is None:
            table[:, column] = kind == "right"
        else:
            table[:, column] = [kind in key.options[name] for name in names]
    table[annulled] = MISSING
    return table


def _check_answers(responses: Responses, answers: Answers, key: Key | None, n_options: int) -> None:
    if key is None or key.version != responses.key:
        found = "no key" if key is None else f"key {key.version}"
        raise ValueError(f"found {found}, expected the key that marked the responses, version {responses.key!r}")
    if answers.items != responses.items or answers.codes.shape != responses.codes.shape:
        raise ValueError("the answers are not those that the responses were marked from: items or students differ")
    ids = (answers.roster.student, responses.roster.student)
    if not np.array_equal(*ids):
        raise ValueError("the answers are not those that the responses were marked from: students differ")
    last = highest_option(answers.codes)
    if last >= n_options:
        raise ValueError(f"found option {LETTERS[last]}, expected at most {n_options} options: say n_options")
