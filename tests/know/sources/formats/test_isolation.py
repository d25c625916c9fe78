"""A process apart gives the same as reading here, and is ended when it takes too much."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from trama.know.sources.formats import isolation
from trama.know.sources.formats.base import UnreadableFile
from trama.know.sources.formats.isolation import read_apart

from .. import official_layouts as official
from .reading import read
from .territory_files import municipality, write


def test_reading_apart_gives_the_same_as_reading_here(tmp_path: Path):
    path = official.census_2025(tmp_path / "2025")
    here = read(path)
    with read_apart(path) as apart:
        chunks = list(apart.chunks)
    assert apart.source == here.source
    assert replace(apart.description, title_en="") == here.description
    assert apart.description.title_en == "School Census 2025"
    assert [row for chunk in chunks for row in chunk.schools] == here.schools
    assert [row for chunk in chunks for row in chunk.observations] == here.observations


def test_what_ships_as_content_is_at_hand_apart(tmp_path: Path):
    """The list of municipalities is dated by the history in the content folder."""
    path = write(tmp_path / "municipios.json", [municipality(1504752, "Mojuí dos Campos")])
    with read_apart(path) as apart:
        assert apart.description.vintage == read(path).description.vintage


def test_a_file_that_cannot_be_read_is_refused_with_the_same_problems(tmp_path: Path):
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    with pytest.raises(UnreadableFile) as caught, read_apart(path):
        pass
    assert caught.value.problems[0].member == "empty.csv"


def test_a_name_given_by_the_person_is_the_one_reported(tmp_path: Path):
    path = tmp_path / "0001"
    path.write_bytes(b"")
    with pytest.raises(UnreadableFile) as caught, read_apart(path, name="enviado.csv"):
        pass
    assert caught.value.problems[0].member == "enviado.csv"


@pytest.mark.parametrize(("limit", "said"), [({"seconds": 0.2}, "second|segundo"), ({"mebibytes": 5}, "MiB")])
def test_too_much_time_or_memory_ends_it(tmp_path: Path, limit: dict, said: str):
    path = official.census_single(tmp_path / "c.csv", schools=3_000)
    started = time.monotonic()
    with pytest.raises(UnreadableFile, match=said), read_apart(path, **limit) as apart:
        list(apart.chunks)
    assert time.monotonic() - started < 30


def test_leaving_early_leaves_no_process_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def remember(*arguments: object, **options: object) -> subprocess.Popen[str]:
        started.append(popen(*arguments, **options))  # type: ignore[call-overload]
        return started[0]

    monkeypatch.setattr(isolation.subprocess, "Popen", remember)
    with read_apart(official.census_single(tmp_path / "c.csv", schools=3_000)) as apart:
        next(apart.chunks)
    assert started[0].poll() is not None


def test_a_broken_reader_is_our_fault_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(isolation.sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="reading apart failed"), read_apart(tmp_path / "x.csv"):
        pass
    assert sys.executable == "/bin/false"
