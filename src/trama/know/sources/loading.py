"""Filling an installation: content first, then every official file that is at hand, in the order they build on.

Files come from a folder of public data, else from what ``trama data download`` brought, else from the invented
demonstration. What is published already is skipped by its hash.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from .formats.base import UnreadableFile
from .formats.opening import OFFICIAL, opened
from .report import ImportReport
from .services import Told, import_path

# The order in which sources build on each other; a later file wins where two say something of the same place.
ORDER = (
    "territory-states",
    "ibge-localities-compact",
    "territory-municipalities",
    "ibge-localities",
    "territory-history",
    "ibge-boundaries",
    "network-groups",
    "ibge-sidra-population",
    "ibge-sidra-estimates",
    "ibge-population",
    "ibge-population-estimates",
    "ibge-gdp",
)
CENSUS = "inep-censo-escolar"
LAST = (CENSUS,)  # large: pages already show something meanwhile
_SKIPPED = re.compile(r"readme|dicion[aá]rio|conferencia|^irt/|^impacto/", re.IGNORECASE)
_TABLE = re.compile(r"_(escolas?|turmas?|matr[ií]culas?|docentes?|gestor(es)?)(?=[._]|$)", re.IGNORECASE)
_SUFFIXES = (".csv", ".gz", ".json", ".geojson", ".topojson", ".xlsx", ".zip", ".txt")


@dataclass(frozen=True, slots=True)
class Step:
    """One file of a load, and what became of it."""

    path: Path
    label: str
    source: str  # "" where no layout fits
    report: ImportReport | None
    seconds: float
    note: str = ""


def find_data() -> Path | None:
    """The folder to load from: the shared public files, else the downloads; None if there is neither."""
    for folder in (Path(settings.SHARED_DATA_DIR), Path(settings.VAR_DIR) / "downloads"):
        if folder.is_dir() and any(_candidates(folder)):
            return folder
    return None


def _candidates(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        label = path.relative_to(folder).as_posix()
        if path.is_file() and path.name.lower().endswith(_SUFFIXES) and not _SKIPPED.search(label):
            yield path


def _source_of(path: Path) -> str:
    """The layout of a file; "" if it is not one that Trama imports."""
    from .formats.registry import detect  # it brings Polars, which few processes need

    try:
        with opened(path, OFFICIAL) as members:
            return detect(members).source
    except UnreadableFile:
        return ""


def _rank(source: str, path: Path) -> tuple[int, int, str]:
    """Place in the order; outlines go from the smallest file to the fullest, which then fits together."""
    size = path.stat().st_size if source == "ibge-boundaries" else 0
    if source in ORDER:
        return ORDER.index(source), size, path.name
    return (len(ORDER) + 1 if source.startswith(LAST) else len(ORDER)), size, path.as_posix()


def plan(folder: Path) -> list[tuple[str, Path]]:
    """The files of a folder with their sources, in the order to load them."""
    history = settings.CONTENT_DIR / "territory" / "municipality_history.csv"
    found = [(_source_of(path), path) for path in [*_candidates(folder), history]]
    return sorted(found, key=lambda item: (item[0] == "", *_rank(*item)))


def _together(items: list[tuple[str, Path]]) -> list[tuple[str, list[Path]]]:
    """Tables that belong together (schools and classes of one census) become one step, where the first stood."""
    steps: dict[tuple[str, str], tuple[str, list[Path]]] = {}
    for source, path in items:
        whole = _TABLE.sub("", path.name).split(".")[0] if source == CENSUS else path.name
        steps.setdefault((source, f"{path.parent}/{whole}"), (source, []))[1].append(path)
    return list(steps.values())


@contextmanager
def _one_path(paths: list[Path]) -> Iterator[Path]:
    """The file itself, or a folder with several, unpacked."""
    if len(paths) == 1:
        yield paths[0]
        return
    with TemporaryDirectory(prefix="trama-load-") as name:
        folder = Path(name) / f"{_TABLE.sub('', paths[0].name).split('.')[0]}"
        folder.mkdir()
        for path in paths:
            with opened(path, OFFICIAL) as members:
                for member in members:
                    shutil.copyfile(member.path, folder / Path(member.name).name)
        yield folder


def load_folder(folder: Path, *, at: datetime, progress: Callable[[str], Told] | None = None) -> Iterator[Step]:
    """Import every file of a folder that Trama knows, one step at a time. A bad file does not stop the rest."""
    for source, paths in _together(plan(folder)):
        began = time.monotonic()
        label = " + ".join(path.name for path in paths)
        if not source:
            yield Step(paths[0], label, "", None, 0.0)
            continue
        with _one_path(paths) as path:
            report = import_path(path, by=None, at=at, progress=progress(label) if progress else None)
        yield Step(paths[0], label, source, report, time.monotonic() - began)
