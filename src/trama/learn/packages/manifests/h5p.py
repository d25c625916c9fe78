"""H5P: ``h5p.json``, the content, and the libraries that it needs, which have to be in the file.

Source: H5P, "H5P specification" and "h5p.json file", h5p.org/documentation (read 2026).
"""

import json
from collections.abc import Iterator
from typing import Any

from ..archive import Archive, Finding, Refused, shown
from .base import TITLE, Item, Manifest, Reader

FILE, CONTENT = "h5p.json", "content/content.json"
JSON_BYTES = 2 * 1024 * 1024
MOST_LIBRARIES = 300


def _recognises(archive: Archive) -> bool:
    return FILE in archive.sizes


def _read(archive: Archive) -> Manifest:
    told = _object(archive, FILE)
    if CONTENT not in archive.sizes:
        raise Refused("h5p_content", CONTENT)
    _object(archive, CONTENT)
    main = told.get("mainLibrary")
    if not isinstance(main, str) or not main:
        raise Refused("h5p_main", FILE)
    needed, missing = _libraries(archive, _dependencies(told, FILE))
    if missing:
        raise Refused("h5p_libraries", FILE, ", ".join(sorted(missing)[:12]))
    if main not in {name.rpartition("-")[0] for name in needed}:
        raise Refused("h5p_libraries", FILE, main)
    title = shown(str(told.get("title") or main).strip()[:TITLE]) or main
    return Manifest(
        "h5p", title, (Item(id="content", title=title, href=FILE),), tuple(_notes(archive, needed)), shown(main[:60]),
        {"language": shown(str(told.get("language", ""))[:20])},
    )  # fmt: skip


def _object(archive: Archive, name: str) -> dict[str, Any]:
    try:
        found = json.loads(archive.read(name, JSON_BYTES))
    except (ValueError, RecursionError) as error:
        raise Refused("json", name, type(error).__name__) from error
    if not isinstance(found, dict):
        raise Refused("json", name, type(found).__name__)
    return found


def _dependencies(told: dict[str, Any], where: str) -> list[str]:
    """The folders of the libraries that are needed: ``H5P.Blanks-1.14``."""
    rows = told.get("preloadedDependencies") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused("json", where, "preloadedDependencies")
    return [f"{row.get('machineName')}-{row.get('majorVersion')}.{row.get('minorVersion')}" for row in rows]


def _libraries(archive: Archive, first: list[str]) -> tuple[set[str], set[str]]:
    """The libraries needed, by way of others too, and those among them that the file does not have."""
    needed: set[str] = set()
    missing: set[str] = set()
    waiting = list(first)
    while waiting and len(needed) <= MOST_LIBRARIES:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        file = f"{name}/library.json"
        if file not in archive.sizes:
            missing.add(shown(name))
            continue
        told = _object(archive, file)
        missing |= {shown(f"{name}/{path}") for path in _files(told) if f"{name}/{path}" not in archive.sizes}
        waiting += _dependencies(told, file)
    return needed, missing


def _files(library: dict[str, Any]) -> Iterator[str]:
    for key in ("preloadedJs", "preloadedCss"):
        rows = library.get(key) or []
        yield from (str(row.get("path", "")) for row in rows if isinstance(row, dict))


def _notes(archive: Archive, needed: set[str]) -> Iterator[Finding]:
    if not any(name.startswith(("H5P.Question", "H5P.JoubelScoreBar", "H5P.QuestionSet")) for name in needed):
        yield Finding("h5p_no_score", FILE)


H5P = Reader("h5p", _recognises, _read)
