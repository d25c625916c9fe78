"""Observations on their way: packed in a temporary file, so that a national file passes through bounded memory.

The cell that an observation fills (place, indicator, year, network, stage, grade, location) is packed into one 64-bit
number, without loss. Sorted by it, repeated cells stand side by side, and rows enter the database in the order of
its index.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from django.utils.translation import gettext as _

from ..vocabulary import Dependency, Location, Stage, ValueStatus
from .formats.base import ObservationRow, Problem
from .report import IndicatorSummary

FIRST_YEAR, LAST_YEAR = 1900, 2155
DEPENDENCIES: tuple[str, ...] = tuple(Dependency.values)
STAGES: tuple[str, ...] = tuple(Stage.values)
LOCATIONS: tuple[str, ...] = tuple(Location.values)
STATUSES: tuple[str, ...] = tuple(ValueStatus.values)
_DEPENDENCY = {code: at for at, code in enumerate(DEPENDENCIES)}
_STAGE = {code: at for at, code in enumerate(STAGES)}
_LOCATION = {code: at for at, code in enumerate(LOCATIONS)}
_STATUS = {code: at for at, code in enumerate(STATUSES)}
# bits, from the low end: location 2, grade 5, stage 5, dependency 3, year 8, indicator 10, place 27 = 60
_GRADE, _STAGES, _DEP, _YEAR, _INDICATOR, _PLACE = 2, 7, 12, 15, 23, 33

RECORD = np.dtype([("key", "<i8"), ("value", "<f8"), ("row", "<i4"), ("member", "<i2"), ("status", "u1")])

type Tuple = tuple[str, int, str, str, int, str, int, float | None, str]
"""indicator, place, dependency, stage, grade, location, year, value, status"""


class Deduplicated(NamedTuple):
    order: np.ndarray  # positions of the kept records, sorted by cell
    duplicates: int  # identical records dropped


class Spool:
    """Packed observations of one import."""

    def __init__(self, folder: Path, indicators: list[str]) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by close)
        self._indicators = sorted(indicators)
        self._number = {code: at for at, code in enumerate(self._indicators)}
        self.members: list[str] = []
        self.count = 0

    def member_number(self, member: str) -> int:
        if not self.members or self.members[-1] != member:
            if member in self.members:
                return self.members.index(member)
            self.members.append(member)
        return len(self.members) - 1

    def key(self, row: ObservationRow) -> int:
        """The packed cell. Raises ``KeyError`` or ``ValueError`` for a code that the vocabulary does not have."""
        if not (FIRST_YEAR <= row.year <= LAST_YEAR and 0 <= row.grade < 32 and 0 <= row.place < 1 << 27):
            raise ValueError(row)
        return (
            row.place << _PLACE
            | self._number[row.indicator] << _INDICATOR
            | (row.year - FIRST_YEAR) << _YEAR
            | _DEPENDENCY[row.dependency] << _DEP
            | _STAGE[row.stage] << _STAGES
            | row.grade << _GRADE
            | _LOCATION[row.location]
        )

    def add(self, member: str, rows: list[tuple[int, ObservationRow]]) -> None:
        """Append observations with their keys."""
        if not rows:
            return
        number = self.member_number(member)
        packed = np.empty(len(rows), dtype=RECORD)
        packed["key"] = [key for key, _row in rows]
        packed["value"] = [np.nan if row.value is None else row.value for _key, row in rows]
        packed["row"] = [row.row for _key, row in rows]
        packed["member"] = number
        packed["status"] = [_STATUS[row.status] for _key, row in rows]
        packed.tofile(self._file)
        self.count += len(rows)

    def records(self) -> np.ndarray:
        """All records, mapped from the file."""
        self._file.flush()
        if not self.count:
            return np.empty(0, dtype=RECORD)
        return np.memmap(self._file, dtype=RECORD, mode="r", shape=(self.count,))

    def deduplicate(self) -> Iterator[Problem | Deduplicated]:
        """The conflicts, one by one, then what to keep."""
        records = self.records()
        order = np.argsort(records["key"], kind="stable")
        keys = records["key"][order]
        again_here = keys[1:] == keys[:-1]
        del keys
        repeated = np.flatnonzero(again_here) + 1
        starts = np.flatnonzero(np.concatenate(([True], ~again_here))) if len(repeated) else repeated
        duplicates = 0
        for at in repeated:
            first = records[order[starts[np.searchsorted(starts, at, side="right") - 1]]]
            again = records[order[at]]
            same_value = first["value"] == again["value"] or (np.isnan(first["value"]) and np.isnan(again["value"]))
            if same_value and first["status"] == again["status"]:
                duplicates += 1
            else:
                yield self._conflict(first, again)
        keep = np.ones(len(order), dtype=bool)
        keep[repeated] = False
        yield Deduplicated(order[keep], duplicates)

    def _conflict(self, first: np.void, again: np.void) -> Problem:
        code, place, dependency, stage, grade, _location, year, value, status = self.unpack(again)
        _code, _place, _dep, _stage, _grade, _loc, _year, other, other_status = self.unpack(first)
        column = " ".join(str(part) for part in (code, year, dependency, stage, grade or "") if part)
        expected = _("the same as row %(row)d of %(member)s, which says %(value)s for place %(place)d")
        said = other if other is not None else other_status
        values = {"row": first["row"], "member": self.members[first["member"]], "value": said, "place": place}
        found = str(value if value is not None else status)
        return Problem(self.members[again["member"]], int(again["row"]), column[:120], found, expected % values)

    def unpack(self, record: np.void) -> Tuple:
        return next(self.tuples(np.array([record], dtype=RECORD)))

    def tuples(self, records: np.ndarray) -> Iterator[Tuple]:
        """Records as the database takes them."""
        keys = records["key"]
        parts = zip(
            ((keys >> _INDICATOR) & 0x3FF).tolist(),
            (keys >> _PLACE).tolist(),
            ((keys >> _DEP) & 0x7).tolist(),
            ((keys >> _STAGES) & 0x1F).tolist(),
            ((keys >> _GRADE) & 0x1F).tolist(),
            (keys & 0x3).tolist(),
            (((keys >> _YEAR) & 0xFF) + FIRST_YEAR).tolist(),
            records["value"].tolist(),
            records["status"].tolist(),
            strict=True,
        )
        for indicator, place, dependency, stage, grade, location, year, value, status in parts:
            yield (
                self._indicators[indicator], place, DEPENDENCIES[dependency], STAGES[stage], grade,
                LOCATIONS[location], year, value if status == 0 else None, STATUSES[status],
            )  # fmt: skip

    def summary(self, order: np.ndarray) -> tuple[IndicatorSummary, ...]:
        """How many observations of each indicator, and of which years."""
        keys = self.records()["key"][order]
        numbers = (keys >> _INDICATOR) & 0x3FF
        years = ((keys >> _YEAR) & 0xFF) + FIRST_YEAR
        found = []
        for number in np.unique(numbers):
            own = years[numbers == number]
            found.append(IndicatorSummary(self._indicators[number], len(own), int(own.min()), int(own.max())))
        return tuple(found)

    def close(self) -> None:
        self._file.close()
