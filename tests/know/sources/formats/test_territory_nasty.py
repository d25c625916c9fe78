"""Spoilt files of the territory: never an exception, never a hang, never a number that is none.

Each family is a good file; the corpus replaces every cell or every node of its tree by things that people and attackers
send, and damages its bytes. Hypothesis does the same at random (``TRAMA_FUZZ_EXAMPLES``, 150 by default).
"""

import copy
import csv
import io
import itertools
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trama.know.sources.formats.base import Chunk, Problem, UnreadableFile
from trama.know.sources.formats.opening import UPLOAD, opened
from trama.know.sources.formats.registry import detect

from . import territory_files as files
from .territory_files import write

EXAMPLES = int(os.environ.get("TRAMA_FUZZ_EXAMPLES", "150"))
FUZZ = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None
)
TABLES = {
    "municipalities": files.MUNICIPALITIES, "states": files.STATES, "history": files.HISTORY,
    "population": files.POPULATION, "estimates-2019": files.TURICAS, "gdp": files.PIB, "groups": files.ARRANGEMENTS,
    "sidra": files.SIDRA,
}  # fmt: skip
TREES = {
    "localities": files.LOCALITIES, "sidra-flat": files.SIDRA_FLAT, "sidra-nested": files.SIDRA_NESTED,
    "geojson": files.GEOJSON, "topojson": files.TOPOJSON,
}  # fmt: skip
CELLS = [
    "", " ", "-", "ND", "*", "x", "muitos", "-1", "0", "1e3", "1e999", "nan", "inf", "9" * 40, "1.234", "1,5", "٣٤٥",
    "2700201", "270020", "27002011", "2700201.0", " 2700201 ", "9900000", "\u202e2700201", "\ufeff27", "Á" * 5_000,
    "=1+1", "<script>", '"', "\t", "2013-13-45", "http://x", "NULL", "true",
]  # fmt: skip
NODES: list[Any] = [
    None, True, False, -1, 0, 1.5, 1e308, 10**30, "", "x", "2700201", "x" * 500, "\u202e", "a\u0000b", [], {}, [[]],
    [None], {"id": 1}, [[[[]]]],
]  # fmt: skip
BYTES: dict[str, Any] = {
    "empty": lambda good: b"",
    "blank": lambda good: b" \n\t\r\n",
    "half": lambda good: good[: len(good) // 2],
    "all but one": lambda good: good[:-1] or b"x",
    "a third": lambda good: good[: len(good) // 3],
    "twice": lambda good: good + good,
    "nul in it": lambda good: good[:20] + b"\x00" + good[20:],
    "nul at the end": lambda good: good + b"\x00",
    "bom": lambda good: b"\xef\xbb\xbf" + good,
    "two boms": lambda good: b"\xef\xbb\xbf\xef\xbb\xbf" + good,
    "latin-1": lambda good: good.decode("utf-8").encode("latin-1", "replace"),
    "utf-16": lambda good: good.decode("utf-8").encode("utf-16"),
    "utf-16 cut": lambda good: good.decode("utf-8").encode("utf-16")[:-1],
    "broken utf-8": lambda good: good[:30] + b"\xff\xfe\xc3" + good[30:],
    "old mac lines": lambda good: good.replace(b"\n", b"\r"),
    "windows lines": lambda good: good.replace(b"\n", b"\r\n"),
    "a web page": lambda good: b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>",
    "an old workbook": lambda good: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + good,
    "a zip that is none": lambda good: b"PK\x03\x04" + good,
    "a gzip that is none": lambda good: b"\x1f\x8b" + good,
    "a pdf": lambda good: b"%PDF-1.7" + good,
    "a million opening brackets": lambda good: b"[" * 1_000_000,
    "a million opening braces": lambda good: b'{"a":' * 200_000,
    "a number without end": lambda good: b"[" + b"9" * 100_000 + b"]",
    "not a number": lambda good: b"[NaN, Infinity, -Infinity]",
    "a word": lambda good: b"null",
    "an open quote": lambda good: good.replace(b",", b',"', 1),
    "only quotes": lambda good: b'"' * 5_001,
    "a long line": lambda good: good + b"x" * 3_000_000,
    "no lines": lambda good: good.replace(b"\n", b""),
    "header only": lambda good: good.split(b"\n")[0] + b"\n",
    "header twice": lambda good: good.split(b"\n")[0] + b"\n" + good,
}


def outcome(path: Path) -> tuple[str, list[Problem]]:
    """Read as an upload is read; whatever comes out must be sound."""
    began = time.process_time()
    whole = Chunk()
    try:
        with opened(path, UPLOAD) as members:
            layout = detect(members)
            description = layout.describe(members)
            for chunk in layout.read(members):
                for name in ("places", "boundaries", "memberships", "observations", "problems"):
                    getattr(whole, name).extend(getattr(chunk, name))
    except UnreadableFile as error:
        _check_problems(error.problems, some=True)
        return "refused", error.problems
    assert time.process_time() - began < 10
    assert len(description.title) < 400
    assert len(description.vintage) <= 40
    _check_problems(whole.problems)
    _check_records(whole)
    return ("problems" if whole.problems else "read"), whole.problems


def _check_problems(problems: list[Problem], *, some: bool = False) -> None:
    assert problems or not some
    for problem in problems:
        assert problem.expected
        assert problem.row >= 0
        assert len(problem.found) <= 200
        assert problem.found.isprintable()


def _check_records(whole: Chunk) -> None:
    for row in whole.observations:
        assert (row.value is None) == (row.status != "v")
        assert row.value is None or (math.isfinite(row.value) and row.value >= 0) or row.indicator.startswith("gdp")
        assert 1990 <= row.year <= 2100
        assert 0 <= row.place <= 5_399_999
    for place in whole.places:
        assert 0 <= place.code <= 5_399_999
        assert len(place.name) <= 160
        assert place.latitude is None or -34 <= place.latitude <= 6
    for outline in whole.boundaries:
        for ring in outline.rings:
            assert len(ring) >= 4
            assert ring[0] == ring[-1]
            assert all(-75 <= x <= -28 and -34.5 <= y <= 6.5 for x, y in ring)
    for member in whole.memberships:
        assert member.group_slug
        assert len(member.source_date) <= 120
        assert len(member.source_address) <= 400


def _spoilt_tables() -> Iterator[Any]:
    """One defect each: every column of the last row by every cell, rows and names moved about."""
    for family, text in TABLES.items():
        if family == "sidra":
            continue
        rows = list(csv.reader(io.StringIO(text)))
        for at, name in enumerate(rows[0]):
            for number, cell in enumerate(CELLS):
                yield pytest.param(family, ("cell", at, cell), id=f"{family}-{name}-{number}")
            for how in ("name out", "name twice", "column out"):
                yield pytest.param(family, (how, at, ""), id=f"{family}-{name}-{how}")


def _table_with(family: str, defect: tuple[str, int, str]) -> str:
    rows = list(csv.reader(io.StringIO(TABLES[family])))
    how, at, cell = defect
    if how == "cell":
        rows[-1][at] = cell
    elif how == "name out":
        rows[0][at] = ""
    elif how == "name twice":
        rows[0][at] = rows[0][(at + 1) % len(rows[0])]
    else:
        rows = [row[:at] + row[at + 1 :] for row in rows]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(("family", "defect"), list(_spoilt_tables()))
def test_a_spoilt_table_is_refused_or_read_soundly(tmp_path: Path, family: str, defect: tuple[str, int, str]):
    outcome(write(tmp_path / f"{family}.csv", _table_with(family, defect)))


def _paths(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every node of a tree, by the keys that lead there."""
    yield at
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, inner in steps:
        yield from _paths(inner, (*at, key))


def _with_node(tree: Any, path: tuple[Any, ...], node: Any) -> Any:
    if not path:
        return node
    spoilt = copy.deepcopy(tree)
    holder = spoilt
    for key in path[:-1]:
        holder = holder[key]
    if node is KeyError:
        del holder[path[-1]]
    else:
        holder[path[-1]] = node
    return spoilt


@pytest.mark.parametrize("family", TREES)
def test_every_node_of_a_tree_may_be_anything(tmp_path: Path, family: str):
    count = 0
    for path, node in itertools.product(_paths(TREES[family]), [*NODES, KeyError]):
        if path or node is not KeyError:
            outcome(write(tmp_path / f"{count % 50}.json", _with_node(TREES[family], path, node)))
            count += 1
    assert count > 400


@pytest.mark.parametrize("family", [*TABLES, *TREES])
@pytest.mark.parametrize("damage", BYTES)
def test_damaged_bytes_are_refused_or_read_soundly(tmp_path: Path, family: str, damage: str):
    content = TABLES.get(family) or json.dumps(TREES[family], ensure_ascii=False, indent=1)
    suffix = "csv" if family in TABLES else "json"
    outcome(write(tmp_path / f"{family}.{suffix}", BYTES[damage](content.encode("utf-8"))))


SIDRA_SPOILT = {
    "no title": lambda t: t.replace("Tabela 9605", "Quadro"),
    "another subject": lambda t: t.replace("População", "Produção").replace("opula", "rodu"),
    "no year": lambda t: t.replace('"2022"', '"hoje"'),
    "two years in one": lambda t: t.replace('"2022"', '"2022";"2010"'),
    "states": lambda t: t.replace('"MU"', '"UF"'),
    "a state among them": lambda t: t.replace('"MU";"2700201"', '"UF";"27"'),
    "no codes": lambda t: t.replace('"Cód."', '"Sigla"'),
    "a short row": lambda t: t.replace('"MU";"2700201";"Anadia (AL)";"14176";"4000";"-"', '"MU";"2700201"'),
    "code cut": lambda t: t.replace("2700201", "270020"),
    "decimals": lambda t: t.replace("14176", "14176,5"),
    "a word": lambda t: t.replace("14176", "muitos"),
    "a sign": lambda t: t.replace("14176", "-14176"),
    "too many": lambda t: t.replace("14176", "9" * 20),
    "no notes": lambda t: t.split('"Fonte')[0],
    "commas": lambda t: t.replace(";", ","),
    "no rows": lambda t: t.split('"MU"')[0] + '"Fonte: IBGE"',
}


@pytest.mark.parametrize("name", SIDRA_SPOILT)
def test_a_spoilt_export_of_sidra_is_refused_or_read_soundly(tmp_path: Path, name: str):
    outcome(write(tmp_path / "t.csv", SIDRA_SPOILT[name](files.SIDRA)))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("code cut", "270020"),
        ("decimals", "14176,5"),
        ("a word", "muitos"),
        ("a sign", "-14176"),
        ("a state among them", "UF"),
    ],
)  # fmt: skip
def test_a_wrong_cell_of_sidra_is_named(tmp_path: Path, name: str, found: str):
    said, problems = outcome(write(tmp_path / "t.csv", SIDRA_SPOILT[name](files.SIDRA)))
    assert said == "problems"
    assert any(found in problem.found and problem.row == 6 for problem in problems), problems


@pytest.mark.parametrize(
    ("family", "column", "cell"),
    [
        ("municipalities", "latitude", "90"), ("municipalities", "codigo_uf", "26"), ("municipalities", "capital", "2"),
        ("municipalities", "fuso_horario", "UTC"), ("municipalities", "nome", ""), ("states", "regiao", "Sul"),
        ("states", "uf", "AL"), ("history", "instalado_em", "2013-13-45"), ("population", "ano", "22"),
        ("population", "populacao", "0"), ("population", "populacao", "1,5"), ("population", "id_municipio", "270430"),
        ("estimates-2019", "state_ibge_code", "26"), ("gdp", "pib", "muito"), ("groups", "tipo", "clube"),
        ("groups", "fonte", "de ouvido"), ("groups", "codigo_ibge", "x"), ("groups", "sigla", "***"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_its_row_and_column(tmp_path: Path, family: str, column: str, cell: str):
    names = TABLES[family].split("\n")[0].split(",")
    said, problems = outcome(
        write(tmp_path / f"{family}.csv", _table_with(family, ("cell", names.index(column), cell)))
    )
    rows = len(list(csv.reader(io.StringIO(TABLES[family]))))
    assert said == "problems"
    assert any(problem.row == rows and problem.column == column.upper() for problem in problems), problems


nodes = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@FUZZ
@given(st.sampled_from(sorted(TREES)), st.lists(st.tuples(st.integers(0, 10_000), nodes), min_size=1, max_size=4))
def test_trees_with_random_nodes(family: str, changes: list[tuple[int, Any]]):
    tree = TREES[family]
    for at, node in changes:
        paths = list(_paths(tree))
        tree = _with_node(tree, paths[at % len(paths)], node)
    with tempfile.TemporaryDirectory() as folder:
        outcome(write(Path(folder) / "f.json", tree))


@FUZZ
@given(
    st.sampled_from(sorted(TABLES)),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20), st.text(max_size=12)), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_tables_with_random_cells(family: str, changes: list[tuple[int, int, str]], separator: str):
    mark = ";" if family == "sidra" else ","
    rows = list(csv.reader(io.StringIO(TABLES[family]), delimiter=mark))
    for row, column, cell in changes:
        chosen = rows[row % len(rows)]
        if chosen:
            chosen[column % len(chosen)] = cell
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        outcome(write(Path(folder) / f"{family}.csv", out.getvalue().encode("utf-8", "surrogatepass")))


@FUZZ
@given(st.sampled_from([*TABLES, *TREES]), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), max_size=6))
def test_files_with_random_bytes(family: str, changes: list[tuple[float, bytes]]):
    content = (TABLES.get(family) or json.dumps(TREES[family])).encode()
    for share, piece in changes:
        at = int(share * len(content))
        content = content[:at] + piece + content[at + len(piece) // 2 :]
    with tempfile.TemporaryDirectory() as folder:
        outcome(write(Path(folder) / (f"{family}.csv" if family in TABLES else "f.json"), content))
