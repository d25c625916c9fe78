"""Nasty files: each is read with problems that say where, or refused with a reason. Nothing else may happen."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from trama.know.sources.formats.base import Problem, UnreadableFile
from trama.know.sources.formats.opening import UPLOAD

from .. import official_layouts as official
from .nasty import FAMILIES, Family, byte_spoilings, cell_spoilings, row_spoilings, text_spoilings, workbook_spoilings
from .reading import Whole, read

MOST_SECONDS = 10
BY_NAME = {family.name: family for family in FAMILIES}


def outcome(path: Path) -> Whole | list[Problem]:
    """What came out: the whole file, or the problems it was refused with. Everything is looked over, the CPU too."""
    started = time.process_time()
    try:
        result: Whole | list[Problem] = read(path, UPLOAD)
    except UnreadableFile as error:
        result = error.problems
        assert result
    assert time.process_time() - started < MOST_SECONDS
    problems = result.problems if isinstance(result, Whole) else result
    for problem in problems:
        assert problem.expected
        assert problem.row >= 0
        assert len(problem.found) <= 200
        assert problem.found.isprintable()
    if isinstance(result, Whole):
        for row in result.observations:
            assert (row.value is not None and math.isfinite(row.value)) if row.status == "v" else row.value is None
        assert len(result.cells) == len(result.observations)
    return result


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_good_file_of_every_family_is_accepted_without_a_problem(tmp_path: Path, family: Family):
    result = outcome(family.build(tmp_path / f"good{family.suffix}", None))
    assert isinstance(result, Whole)
    assert result.problems == []
    assert result.observations


CELLS = [
    pytest.param(family, edit, complain, id=f"{family.name}: {label}")
    for family in FAMILIES
    for label, edit, complain in cell_spoilings(family)
]


@pytest.mark.parametrize(("family", "edit", "complain"), CELLS)
def test_a_bad_cell_is_named_and_a_good_one_is_not(
    tmp_path: Path, family: Family, edit: official.Edit, complain: bool | None
):
    result = outcome(family.build(tmp_path / f"cell{family.suffix}", edit))
    line = family.data_at + 1
    if complain:
        problems = result.problems if isinstance(result, Whole) else result
        assert line in [problem.row for problem in problems]
        assert any(problem.column for problem in problems if problem.row == line)
    else:
        assert isinstance(result, Whole)
        assert result.problems == []


ROWS = [pytest.param(f, edit, id=f"{f.name}: {label}") for f in FAMILIES for label, edit in row_spoilings(f)]


@pytest.mark.parametrize(("family", "edit"), ROWS)
def test_spoilt_rows_and_names_are_survived(tmp_path: Path, family: Family, edit: official.Edit):
    outcome(family.build(tmp_path / f"rows{family.suffix}", edit))


BYTES = [
    pytest.param(f, spoil, id=f"{f.name}: {label}")
    for f in FAMILIES
    for label, spoil in [*byte_spoilings(), *(text_spoilings() if f.is_text else workbook_spoilings())]
]


@pytest.mark.parametrize(("family", "spoil"), BYTES)
def test_spoilt_bytes_are_survived(tmp_path: Path, family: Family, spoil: Callable[[bytes], bytes]):
    good = family.build(tmp_path / f"good{family.suffix}", None)
    path = tmp_path / f"bytes{family.suffix}"
    path.write_bytes(spoil(good.read_bytes()))
    outcome(path)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_has_more_than_sixty_nasty_files(family: Family):
    bad = [spoiling for spoiling in cell_spoilings(family) if spoiling[2]]
    assert len(bad) + len(row_spoilings(family)) + len(byte_spoilings()) > 60


@pytest.mark.parametrize("label", ["empty", "half", "a web page", "old Excel", "protected Excel", "NUL in the middle"])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_commonest_damages_have_a_reason_of_their_own(tmp_path: Path, family: Family, label: str):
    spoil = dict(byte_spoilings())[label]
    path = tmp_path / f"bytes{family.suffix}"
    path.write_bytes(spoil(family.build(tmp_path / f"good{family.suffix}", None).read_bytes()))
    result = outcome(path)
    if label != "half" or not family.is_text:
        assert isinstance(result, list)
        if label != "half" and not (label.startswith("NUL") and not family.is_text):
            assert "layouts known" not in result[0].expected
            assert "leiautes conhecidos" not in result[0].expected


def test_messages_are_in_the_language_of_the_reader(tmp_path: Path):
    from django.utils import translation

    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    with translation.override("en"):
        result = outcome(path)
        assert isinstance(result, list)
        assert "empty" in result[0].expected
