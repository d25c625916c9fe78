"""Who answered: one line a student, in the order of the answers."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trama_measure.arrays import FloatArray, IntArray

NAMED: Final = 10
"""How many students an error names before it only counts."""


class DuplicatedStudents(ValueError):
    """A student came twice. Which of the two answers is right is not for a program to choose."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The students of an assessment. Every array has one entry a student; ``None`` where nothing is known.

    Ids are whole numbers or texts; whole numbers take a fifth of the memory. Nothing here is a name: pseudonyms.
    """

    student: NDArray  # (n,) ids, no two the same
    booklet: IntArray  # (n,) position in ``Responses.booklets``
    weight: FloatArray  # (n,) how many students of the population one stands for, above 0
    school: NDArray | None = None  # (n,) ids
    classroom: NDArray | None = None  # (n,) ids, unique within the whole, not within a school
    municipality: NDArray | None = None  # (n,) ids

    def __post_init__(self) -> None:
        n = len(self.student)
        for field in fields(self):
            column = getattr(self, field.name)
            if column is not None and column.shape != (n,):
                raise ValueError(f"{field.name}: found shape {column.shape}, expected ({n},), one entry a student")
        bad = np.flatnonzero(~(np.isfinite(self.weight) & (self.weight > 0)))
        if bad.size:
            row = int(bad[0])
            raise ValueError(
                f"student {self.student[row]}: weight is {self.weight[row]}, expected a number above 0"
                f" ({bad.size} such students); leave out who stands for nobody"
            )
        refuse_duplicates(self.student)

    def take(self, rows: IntArray | slice) -> Roster:
        """The students at these rows, in this order."""
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **{name: column[rows] for name, column in columns.items() if column is not None})

    def __len__(self) -> int:
        return len(self.student)


@dataclass(frozen=True, slots=True)
class Groups:
    """A grouping of students: the code of each, and the id behind each code."""

    codes: IntArray  # (n,) 0 to len(ids) - 1
    ids: NDArray  # (g,) in rising order
    starts: IntArray | None = None  # (g,) first student of each group, if groups stand together and in order


def groups_of(ids: NDArray) -> Groups:
    """Number the groups that the ids name, in rising order of id. Ids that are sorted already cost one pass."""
    if len(ids) == 0:
        nobody = np.zeros(0, dtype=np.int64)
        return Groups(nobody, ids, nobody)
    if (ids[1:] >= ids[:-1]).all():
        starts = np.concatenate(([0], np.flatnonzero(ids[1:] != ids[:-1]) + 1))
        codes = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(ids))))
        return Groups(codes, ids[starts], starts)
    found, codes = np.unique(ids, return_inverse=True)
    return Groups(codes.astype(np.int64), found)


def refuse_duplicates(student: NDArray) -> None:
    """Raise ``DuplicatedStudents``, naming them and their rows, if an id comes twice."""
    if student.dtype.kind in "iu" and (student[1:] > student[:-1]).all():
        return
    column = pl.Series("student", student)
    if column.n_unique() == len(column):
        return
    lines = (
        pl.DataFrame({"student": column}).with_row_index("row").group_by("student", maintain_order=True)
        .agg(pl.col("row")).filter(pl.col("row").list.len() > 1)
    )  # fmt: skip
    named = "; ".join(f"{who} in rows {', '.join(map(str, rows[:5]))}" for who, rows in lines.head(NAMED).iter_rows())
    more = f"; and {len(lines) - NAMED} more" if len(lines) > NAMED else ""
    raise DuplicatedStudents(f"{len(lines)} students come more than once: {named}{more}")
