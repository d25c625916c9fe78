"""Answers that are larger than memory: Parquet files read in batches that fit a stated number of bytes.

What adds up over students (counts, sums, cross-products, the expectation step) is the same from one batch as from a
thousand. ``Partitions`` may be gone through any number of times; students who come twice are found on the first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from trama_measure.arrays import FloatArray, IntArray, ScoreArray

from .codes import Alphabet
from .container import Answers, Responses, score_table
from .keys import Key, mark
from .packing import pack
from .roster import NAMED, DuplicatedStudents, Groups
from .sums import GroupSums, by_item
from .tables import Columns, from_strings, from_wide

MEMORY: Final = 512 * 2**20
"""Bytes that one batch may take, its tables and work space included, unless said otherwise."""

_COPIES: Final = 6
"""A batch is held as Arrow, as a frame, as characters, as codes, packed, and once more while it changes."""


@dataclass(frozen=True)
class Partitions:
    """Parquet files of answers, one row a student.

    ``answers`` names the column of answer strings; without it ``items`` are columns, of characters if there is an
    ``alphabet``, of numbers if not. ``key`` marks options; without it the cells must be scores already.
    """

    files: Sequence[Path]
    columns: Columns
    items: Sequence[str]
    answers: str | None = None
    alphabet: Alphabet | None = None
    key: Key | None = None
    memory: int = MEMORY  # bytes
    booklets: tuple[str, ...] = field(init=False)  # labels over all files, in rising order
    _seen: list[bool] = field(init=False, default_factory=lambda: [False])

    def __post_init__(self) -> None:
        if not self.files:
            raise ValueError("no file given")
        if self.answers is not None and self.alphabet is None:
            object.__setattr__(self, "alphabet", Alphabet())
        if self.alphabet is not None and self.key is None:
            raise ValueError("options need a key to be marked with")
        wanted = self._names()
        for path in self.files:
            absent = [name for name in wanted if name not in pq.read_schema(path).names]
            if absent:
                raise ValueError(f"{path}: no column {', '.join(absent[:10])}")
        object.__setattr__(self, "booklets", self._labels())

    @property
    def rows(self) -> int:
        """Students in all files."""
        return sum(pq.read_metadata(path).num_rows for path in self.files)

    @property
    def batch_rows(self) -> int:
        """Students in a batch, so that it stays within ``memory``."""
        bytes_a_row = _COPIES * (len(self.items) + 24 * len(self.columns.names))
        return max(1, self.memory // bytes_a_row)

    def __iter__(self) -> Iterator[Responses]:
        """The answers, batch after batch, files in the order given. The same batches every time.

        Raises
        ------
        DuplicatedStudents
            After the last batch of the first pass, if a student comes twice, in whatever files.
        """
        for _, scored in self.pairs():
            yield scored

    def pairs(self) -> Iterator[tuple[Answers | None, Responses]]:
        """The same, each batch with its answers before marking (None where the files hold scores): for distractors."""
        ids: list[IntArray] = []
        for batch in self._frames():
            if not self._seen[0]:
                ids.append(_fingerprints(batch[self.columns.student]))
            yield self._marked(batch)
        if not self._seen[0]:
            self._refuse_repeated(np.concatenate(ids) if ids else np.zeros(0, dtype=np.int64))
            self._seen[0] = True

    def reduce[T](self, start: T, step: Callable[[T, Responses], T]) -> T:
        """Go through all batches: ``step(total, batch)`` gives the new total."""
        total = start
        for batch in self:
            total = step(total, batch)
        return total

    def refuse_duplicates(self) -> None:
        """Look through the ids of all files, and nothing else.

        Raises
        ------
        DuplicatedStudents
            If a student comes twice, in whatever files.
        """
        name = self.columns.student
        prints = [_fingerprints(pl.read_parquet(path, columns=[name])[name]) for path in self.files]
        self._refuse_repeated(np.concatenate(prints))
        self._seen[0] = True

    def sources(self, groups: Sequence[Hashable] | None = None, **treatment: str) -> tuple[FileSource, ...]:
        """One source a file for a calibration (``trama_measure.irt``), that reads it again at every pass.

        Parameters
        ----------
        groups : the population of each file, such as its year; one for all if not given
        treatment : as in ``Responses.scored``

        Raises
        ------
        DuplicatedStudents
            If a student comes twice, in whatever files.
        ValueError
            If there is not one group a file, or a treatment has an unknown name.
        """
        score_table(**treatment)
        if groups is not None and len(groups) != len(self.files):
            raise ValueError(f"found {len(groups)} groups, expected one for each of the {len(self.files)} files")
        self.refuse_duplicates()
        labels: Sequence[Hashable] = [None] * len(self.files) if groups is None else groups
        return tuple(
            FileSource(
                Partitions([path], self.columns, self.items, self.answers, self.alphabet, self.key, self.memory),
                label,
                dict(treatment),
            )
            for path, label in zip(self.files, labels, strict=True)
        )

    def school_sums(self, omitted: str = "wrong", not_reached: str = "missing") -> tuple[GroupSums, list]:
        """Right answers and answers that count per school and item, and the school ids in rising order.

        Raises
        ------
        ValueError
            If the table has no column of schools.
        """
        name = self.columns.school
        if name is None:
            raise ValueError("the column of the schools was not named")
        ids = pl.concat([pl.read_parquet(path, columns=[name]) for path in self.files])[name].unique().sort()
        known = ids.to_numpy()
        shape = (len(known), len(self.items))
        zero = GroupSums(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64), tuple(self.items))

        def step(total: GroupSums, batch: Responses) -> GroupSums:
            groups = Groups(np.searchsorted(known, np.asarray(batch.roster.school)), known)
            return total + by_item(pack(batch, omitted=omitted, not_reached=not_reached), groups)

        return self.reduce(zero, step), ids.to_list()

    def _names(self) -> list[str]:
        return [*self.columns.names, *([self.answers] if self.answers else self.items)]

    def _frames(self) -> Iterator[pl.DataFrame]:
        for path in self.files:
            with pq.ParquetFile(path) as source:
                for batch in source.iter_batches(batch_size=self.batch_rows, columns=self._names(), use_threads=False):
                    yield pl.DataFrame(pl.from_arrow(batch))

    def _labels(self) -> tuple[str, ...]:
        name = self.columns.booklet
        if name is None:
            return ("1",)
        found: set[str] = set()
        for path in self.files:
            found |= set(pl.read_parquet(path, columns=[name])[name].cast(pl.String).unique().drop_nulls().to_list())
        return tuple(sorted(found))

    def _marked(self, frame: pl.DataFrame) -> tuple[Answers | None, Responses]:
        read = (
            from_strings(frame, self.columns, self.answers, self.items, self.alphabet or Alphabet())
            if self.answers
            else from_wide(frame, self.columns, self.items, self.alphabet)
        )
        place = np.array([self.booklets.index(label) for label in read.booklets], dtype=np.int64)
        roster = replace(read.roster, booklet=place[read.roster.booklet]) if len(place) else read.roster
        moved = replace(read, roster=roster, booklets=self.booklets)
        if isinstance(moved, Responses):
            return None, moved
        if self.key is None:  # never: refused when the object was made
            raise ValueError("options need a key to be marked with")
        return moved, mark(moved, self.key)

    def _refuse_repeated(self, prints: IntArray) -> None:
        ordered = np.sort(prints)
        again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        if not again.size:
            return
        name = self.columns.student
        rows = []
        for path in self.files:
            column = pl.read_parquet(path, columns=[name])[name]
            met = np.isin(_fingerprints(column), again)
            rows.append(pl.DataFrame({"student": column.filter(pl.Series(met)).cast(pl.String), "file": path.name}))
        twice = (
            pl.concat(rows).group_by("student", maintain_order=True).agg(pl.len(), pl.col("file").unique().sort())
            .filter(pl.col("len") > 1)
        )  # fmt: skip
        if twice.is_empty():  # texts whose fingerprints met by chance
            return
        named = "; ".join(f"{who} in {', '.join(where)}" for who, _, where in twice.head(NAMED).iter_rows())
        more = f"; and {len(twice) - NAMED} more" if len(twice) > NAMED else ""
        raise DuplicatedStudents(f"{len(twice)} students come more than once: {named}{more}")


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """Students read together, as a calibration takes them."""

    answers: ScoreArray  # (n, k)
    groups: Sequence[Hashable] | None  # (n,) labels
    weights: FloatArray  # (n,)


@dataclass(frozen=True, slots=True)
class FileSource:
    """One file as a source of scored batches. It can be read again and again, and sent to another process."""

    files: Partitions
    group: Hashable
    treatment: dict[str, str]

    @property
    def labels(self) -> tuple[Hashable, ...]:
        """The groups of its students, known without reading it."""
        return (self.group,)

    def batches(self) -> Iterator[ScoredBatch]:
        """The batches of the file, the same every time."""
        for batch in self.files:
            labels = None if self.group is None else [self.group] * len(batch)
            yield ScoredBatch(batch.scored(**self.treatment), labels, batch.roster.weight)


def _fingerprints(column: pl.Series) -> IntArray:
    """Whole numbers themselves; texts by 64 bits of their hash."""
    if column.dtype.is_integer():
        return column.cast(pl.Int64).to_numpy()
    return column.cast(pl.String).hash(seed=0).reinterpret(signed=True).to_numpy()
