"""Answers from tables: Polars frames, or anything that speaks Arrow.

Three shapes are met in the field. *Strings*: one column holds all answers of a student, a character each. *Wide*: one
column an item. *Long*: one row an answer. All give ``Answers`` if the cells are options, ``Responses`` if they are 0/1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from trama_measure.arrays import ByteArray, FloatArray, IntArray

from .booklets import Design
from .codes import Alphabet, Code, decode, trailing_blanks_are_not_reached
from .container import Answers, Responses
from .roster import Roster


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table holds what. ``None``: the table has no such column."""

    student: str
    booklet: str | None = None
    weight: str | None = None
    school: str | None = None
    classroom: str | None = None
    municipality: str | None = None

    @property
    def names(self) -> list[str]:
        """The columns that there are."""
        every = (self.student, self.booklet, self.weight, self.school, self.classroom, self.municipality)
        return [name for name in every if name is not None]


def to_frame(table: Any) -> pl.DataFrame:
    """A Polars frame of a Polars frame, an Arrow table, or anything with the Arrow interface. No cell is copied twice.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if isinstance(table, pl.DataFrame):
        return table
    if isinstance(table, pl.LazyFrame):
        return table.collect()
    try:
        return pl.DataFrame(pl.from_arrow(table))
    except TypeError as error:
        raise ValueError(f"found {type(table).__name__}, expected a Polars frame or an Arrow table") from error


def characters_of(column: pl.Series) -> ByteArray:
    """(n, k) bytes of a column of texts that all have k characters of one byte.

    Raises
    ------
    ValueError
        If a text is missing, has another length than the first, or has a character beyond one byte: says the row.
    """
    if column.null_count():
        row = int(column.is_null().arg_max() or 0)
        raise ValueError(f"column {column.name}, row {row}: no answers; write blanks where a student gave none")
    lengths = column.str.len_bytes().to_numpy()
    if not len(lengths):
        return np.zeros((0, 0), dtype=np.uint8)
    if (lengths != lengths[0]).any():
        row = int(np.argmax(lengths != lengths[0]))
        raise ValueError(
            f"column {column.name}, row {row}: found {lengths[row]} bytes, expected {lengths[0]} as in row 0"
            " (characters beyond ASCII take more than one byte)"
        )
    flat = column.rechunk().to_arrow().cast(pa.large_string())
    if isinstance(flat, pa.ChunkedArray):
        flat = flat.combine_chunks()
    start = flat.offset * int(lengths[0])
    data = np.frombuffer(flat.buffers()[2], dtype=np.uint8, count=len(column) * int(lengths[0]), offset=start)
    return data.reshape(len(column), int(lengths[0]))


def from_strings(
    table: Any,
    columns: Columns,
    answers: str | Sequence[str],
    items: Sequence[str] | Design,
    alphabet: Alphabet = Alphabet(),  # noqa: B008  (immutable)
    *,
    tail_not_reached: bool = False,
) -> Answers:
    """Answers from one text a student, a character an answer.

    Parameters
    ----------
    table : Polars frame or Arrow table, one row a student
    answers : the column of the answers, or several to be read one after the other (one a block)
    items : the item of each character; or a ``Design``, if ``columns.booklet`` names booklets and the characters stand
        in the order of print. Characters beyond a shorter booklet are passed over.
    tail_not_reached : take the blanks after the last answer, all but the first, as not reached; the characters must
        then stand in the order of print

    Raises
    ------
    ValueError
        If texts differ in length, a character is unknown, or there are not as many characters as items.
    DuplicatedStudents
        If a student comes twice.
    """
    frame = to_frame(table)
    parts = [characters_of(_column(frame, name)) for name in ([answers] if isinstance(answers, str) else answers)]
    characters = np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
    roster, booklets = roster_of(frame, columns)
    if isinstance(items, Design):
        if columns.booklet is None:
            raise ValueError("a design needs the column that names each student's booklet")
        labels = np.asarray(booklets)[roster.booklet]
        raw = _decode_booklets(characters, items, labels.tolist(), alphabet, tail_not_reached)
        return Answers(raw, items.items, roster, booklets)
    if characters.shape[1] != len(items):
        raise ValueError(f"found {characters.shape[1]} characters a student, expected {len(items)}, one an item")
    raw = decode(characters, alphabet)
    return Answers(trailing_blanks_are_not_reached(raw) if tail_not_reached else raw, tuple(items), roster, booklets)


def from_wide(
    table: Any,
    columns: Columns,
    items: Sequence[str],
    alphabet: Alphabet | None = None,
) -> Answers | Responses:
    """Answers from one column an item; ``items`` names the columns.

    With an alphabet the cells are single characters and a missing cell is "not presented": gives ``Answers``. Without
    one the cells are numbers, 0, 1 or a code of ``Code``, and a missing cell is "not presented": gives ``Responses``.

    Raises
    ------
    ValueError
        If a column is absent, a cell holds more than a character, or a code is unknown.
    DuplicatedStudents
        If a student comes twice.
    """
    frame = to_frame(table)
    roster, booklets = roster_of(frame, columns)
    raw = np.empty((len(frame), len(items)), dtype=np.uint8)
    for place, item in enumerate(items):
        column = _column(frame, item)
        if alphabet is None:
            raw[:, place] = _numbers(column)
        else:
            raw[:, place] = _letters(column, alphabet)
    made = Responses if alphabet is None else Answers
    return made(raw, tuple(items), roster, booklets)


def from_long(
    table: Any, columns: Columns, *, item: str, answer: str, alphabet: Alphabet | None = None
) -> Answers | Responses:
    """Answers from one row an answer. What has no row is "not presented". Five times slower than wide (performance).

    The student's own columns (booklet, weight, school ...) must be the same in all rows of a student.

    Raises
    ------
    ValueError
        If an item comes twice for one student, or a student's own columns differ between rows: says which student.
    """
    frame = to_frame(table)
    keys = [frame[columns.student], frame[item]]
    again = pl.DataFrame(keys).is_duplicated()
    if again.any():
        row = frame.row(int(again.arg_max() or 0), named=True)
        raise ValueError(f"student {row[columns.student]} has item {row[item]} more than once")
    people = frame.select(columns.names).unique(maintain_order=True)
    wide = frame.select(columns.student, item, answer).pivot(on=item, index=columns.student, values=answer)
    twice = people[columns.student].is_duplicated()
    if twice.any():
        who = people.row(int(twice.arg_max() or 0), named=True)[columns.student]
        raise ValueError(f"student {who} has different booklets, weights or schools in different rows")
    items = [name for name in wide.columns if name != columns.student]
    return from_wide(people.join(wide, on=columns.student, how="left", maintain_order="left"), columns, items, alphabet)


def roster_of(frame: pl.DataFrame, columns: Columns) -> tuple[Roster, tuple[str, ...]]:
    """The students of a frame, and the labels of their booklets in rising order."""
    n = len(frame)
    labels: tuple[str, ...] = ("1",)
    placed: IntArray = np.zeros(n, dtype=np.int64)
    if columns.booklet is not None:
        own = _column(frame, columns.booklet).cast(pl.String)
        _refuse_missing(own)
        labels = tuple(own.unique().sort().to_list())
        placed = own.cast(pl.Enum(labels)).to_physical().to_numpy().astype(np.int64)
    weight: FloatArray = np.ones(n)
    if columns.weight is not None:
        weight = _column(frame, columns.weight).cast(pl.Float64).to_numpy()
    roster = Roster(
        student=_ids(frame, columns.student),
        booklet=placed,
        weight=weight,
        school=None if columns.school is None else _ids(frame, columns.school),
        classroom=None if columns.classroom is None else _ids(frame, columns.classroom),
        municipality=None if columns.municipality is None else _ids(frame, columns.municipality),
    )
    return roster, labels


def _column(frame: pl.DataFrame, name: str) -> pl.Series:
    if name not in frame.columns:
        raise ValueError(f"there is no column {name!r}; found {', '.join(frame.columns[:20])}")
    return frame[name]


def _ids(frame: pl.DataFrame, name: str) -> NDArray:
    column = _column(frame, name)
    _refuse_missing(column)
    if column.dtype.is_integer():
        return column.to_numpy()
    return np.asarray(column.cast(pl.String).to_list(), dtype=np.str_)


def _refuse_missing(column: pl.Series) -> None:
    if column.null_count():
        row = int(column.is_null().arg_max() or 0)
        raise ValueError(f"column {column.name}, row {row}: no value, expected one ({column.null_count()} such rows)")


def _numbers(column: pl.Series) -> ByteArray:
    values = column.cast(pl.Int64, strict=True).fill_null(int(Code.NOT_PRESENTED)).to_numpy()
    strange = (values < 0) | (values > 255)
    if strange.any():
        row = int(np.argmax(strange))
        raise ValueError(f"column {column.name}, row {row}: found {values[row]}, expected 0, 1 or a code of Code")
    return values.astype(np.uint8)


def _letters(column: pl.Series, alphabet: Alphabet) -> ByteArray:
    cells = column.cast(pl.String)
    present = cells.is_not_null().to_numpy()
    found = np.full(len(cells), int(Code.NOT_PRESENTED), dtype=np.uint8)
    given = cells.drop_nulls()
    if len(given):
        wide = given.str.len_bytes() != 1
        if wide.any():
            row = int(np.flatnonzero(present)[int(wide.arg_max() or 0)])
            raise ValueError(f"column {column.name}, row {row}: found {cells[row]!r}, expected one character")
        try:
            found[present] = decode(characters_of(given), alphabet)[:, 0]
        except ValueError as error:
            raise ValueError(f"column {column.name}: {error}") from error
    return found


def _decode_booklets(
    characters: ByteArray, design: Design, labels: list[str], alphabet: Alphabet, tail_not_reached: bool
) -> ByteArray:
    """Decode what each booklet has, in the order of print; what stands beyond a shorter booklet may be anything."""
    lengths = {name: len(design.items_of(name)) for name in dict.fromkeys(labels) if name in design.booklets}
    own = np.array([lengths.get(name, 0) for name in labels])
    inside = np.arange(characters.shape[1]) < own[:, None]
    raw = decode(np.where(inside, characters, np.uint8(ord(alphabet.options[0]))), alphabet)
    raw[~inside] = Code.NOT_PRESENTED
    return design.spread(trailing_blanks_are_not_reached(raw) if tail_not_reached else raw, labels)
