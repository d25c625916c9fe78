"""Random damage to good files of every family: never an exception, never a hang, never a number that is none.

150 examples per family by default; ``TRAMA_FUZZ_EXAMPLES=20000`` before a reader counts as done.
"""

import itertools
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .. import official_layouts as official
from .nasty import FAMILIES, Family
from .test_nasty import outcome

EXAMPLES = int(os.environ.get("TRAMA_FUZZ_EXAMPLES", "150"))
FUZZ = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None
)
COUNT = itertools.count()

odd_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
cells = st.one_of(
    st.none(),
    odd_text,
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["-", "ND", "*", "", "5,4", "1.234,56", "Pública (4)", "Brasil", "2600054", "26000001", "2023", '"', ";"]
    ),
)
changes = st.lists(
    st.tuples(
        st.sampled_from(["cell", "row out", "row twice", "name", "column out", "column in", "rows swapped"]),
        st.integers(0, 200),
        st.integers(0, 60),
        cells,
    ),
    min_size=1,
    max_size=6,
)
damage = st.lists(
    st.tuples(st.sampled_from(["set", "in", "out", "cut", "copy"]), st.floats(0, 1), st.binary(max_size=8)), max_size=5
)


def _spoil(rows: list[official.Cells], steps: list[tuple[str, int, int, object]], names_at: int) -> None:
    for kind, at, across, value in steps:
        if not rows:
            return
        row = rows[at % len(rows)]
        if kind == "cell" and row:
            row[across % len(row)] = value
        elif kind == "name" and rows[min(names_at, len(rows) - 1)]:
            names = rows[min(names_at, len(rows) - 1)]
            names[across % len(names)] = value
        elif kind == "row out":
            del rows[at % len(rows)]
        elif kind == "row twice":
            rows.insert(across % len(rows), list(row))
        elif kind == "rows swapped":
            other = across % len(rows)
            rows[at % len(rows)], rows[other] = rows[other], row
        elif kind.startswith("column"):
            for each in rows:
                if kind == "column in":
                    each.insert(min(across, len(each)), value)
                elif across < len(each):
                    del each[across]


def _damage(data: bytes, steps: list[tuple[str, float, bytes]]) -> bytes:
    for kind, where, piece in steps:
        at = int(where * len(data))
        if kind == "set":
            data = data[:at] + piece + data[at + len(piece) :]
        elif kind == "in":
            data = data[:at] + piece + data[at:]
        elif kind == "out":
            data = data[:at] + data[at + len(piece) + 1 :]
        elif kind == "cut":
            data = data[:at] if where > 0.5 else data
        else:
            data = data[:at] + data[at // 2 :]
    return data


def _fuzz(family: Family, steps: list[tuple[str, int, int, object]], bites: list[tuple[str, float, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{next(COUNT)}{family.suffix}"
        family.build(path, lambda rows: _spoil(rows, steps, family.names_at))
        if bites:
            path.write_bytes(_damage(path.read_bytes(), bites))
        outcome(path)


def _maker(family: Family) -> Callable[[], None]:
    @FUZZ
    @given(steps=changes, bites=damage)
    def fuzz(steps: list[tuple[str, int, int, object]], bites: list[tuple[str, float, bytes]]) -> None:
        _fuzz(family, steps, bites)

    return fuzz


@pytest.mark.timeout(0)
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_random_damage_is_survived(family: Family):
    _maker(family)()


@pytest.mark.timeout(0)
@FUZZ
@given(bites=damage)
def test_random_damage_to_json_is_survived(bites: list[tuple[str, float, bytes]]):
    with tempfile.TemporaryDirectory() as folder:
        path = official.siope_json(Path(folder) / f"{next(COUNT)}.json")
        path.write_bytes(_damage(path.read_bytes(), bites))
        outcome(path)


@pytest.mark.timeout(0)
@FUZZ
@given(data=st.binary(max_size=400))
def test_random_bytes_are_survived(data: bytes):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{next(COUNT)}.csv"
        path.write_bytes(data)
        outcome(path)
