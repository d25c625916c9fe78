"""Reading a file that a person sent in a process apart, with limits on its time and memory.

The limits of ``limits`` are counted by our code; these are kept by the operating system, for what our code or a library
below it does not foresee. The child writes records as lines of JSON, so that nothing it says is ever executed.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .base import (
    BoundaryRow,
    Chunk,
    Description,
    MembershipRow,
    ObservationRow,
    PlaceRow,
    Problem,
    SchoolRow,
    UnreadableFile,
)
from .limits import UPLOAD, Limits
from .problems import unreadable

SECONDS = 60
MEBIBYTES = 512
ADDRESS_SPACE = 8 << 30  # bytes: threads and columnar libraries reserve far more than they use
WATCH_SECONDS = 0.05
_LISTS = {
    "schools": SchoolRow,
    "observations": ObservationRow,
    "problems": Problem,
}


@dataclass
class Reading:
    """A file being read apart: what it is, and its chunks, once."""

    source: str
    publisher: str
    description: Description
    chunks: Iterator[Chunk]


@dataclass
class _Watch:
    """Ends the child when it takes too long or too much memory, and remembers why."""

    process: subprocess.Popen[str]
    seconds: float
    mebibytes: int
    reason: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _run(self) -> None:
        deadline = time.monotonic() + self.seconds
        while not self._stop.wait(WATCH_SECONDS) and self.process.poll() is None:
            if time.monotonic() > deadline:
                self.reason = _("a file that can be read in %(seconds)d seconds") % {"seconds": self.seconds}
            elif _resident_mebibytes(self.process.pid) > self.mebibytes:
                self.reason = _("a file that can be read in %(mib)d MiB of memory") % {"mib": self.mebibytes}
            if self.reason:
                self.process.kill()
                return


def _resident_mebibytes(pid: int) -> int:
    """Memory of a process; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * resource.getpagesize() >> 20


@contextmanager
def read_apart(
    path: Path, limits: Limits = UPLOAD, *, name: str = "", seconds: float = SECONDS, mebibytes: int = MEBIBYTES
) -> Iterator[Reading]:
    """Open, recognise and read a file in another process.

    Raises ``UnreadableFile`` as the readers do, and when the process passes its time or memory; ``RuntimeError`` when
    the reader itself breaks, which is our fault and not the file's.
    """
    request = {"path": str(path), "name": name or path.name, "limits": asdict(limits)}
    with records_apart(__name__, request, seconds=seconds, mebibytes=mebibytes) as records:
        first = next(records)
        description = Description(**first["description"])
        yield Reading(first["source"], first["publisher"], description, (_chunk(record) for record in records))


@contextmanager
def records_apart(
    module: str, request: dict[str, Any], *, seconds: float = SECONDS, mebibytes: int = MEBIBYTES
) -> Iterator[Iterator[dict[str, Any]]]:
    """What ``python -m module`` says about a request (``path``, ``name``, ``limits``), within the limits of a process.

    Raises as ``read_apart`` does.
    """
    texts, content = [str(folder) for folder in settings.LOCALE_PATHS], str(settings.CONTENT_DIR)
    language = get_language() or settings.LANGUAGE_CODE
    request = request | {"language": language, "texts": texts, "content": content}
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and module; the request is one argument)
        [sys.executable, "-m", module, json.dumps(request)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
    )
    watch = _Watch(process, seconds, mebibytes)
    watch.start()
    try:
        yield _records(process, watch, request["name"])
    finally:
        watch.stop()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _records(process: subprocess.Popen[str], watch: _Watch, label: str) -> Iterator[dict[str, Any]]:
    """What the child says, until it says that it ended; the right error if it never does."""
    assert process.stdout is not None
    assert process.stderr is not None
    for line in process.stdout:
        try:
            record = json.loads(line)
        except ValueError:
            break  # killed in the middle of a line
        if "unreadable" in record:
            raise UnreadableFile(Problem(*problem) for problem in record["unreadable"])
        if "end" in record:
            return
        yield record
    code = process.wait()
    if watch.reason:
        raise unreadable(label, label, watch.reason)
    if code < 0:
        expected = _("a file that can be read in %(seconds)d seconds") % {"seconds": watch.seconds}
        raise unreadable(label, label, expected)
    raise RuntimeError(f"reading apart failed with {code}: {process.stderr.read()[-2_000:]}")


def _record(chunk: Chunk) -> dict[str, Any]:
    lists = ("places", "schools", "boundaries", "memberships", "observations", "problems")
    record: dict[str, Any] = {"member": chunk.member, "rows_read": chunk.rows_read}
    return record | {key: rows for key in lists if (rows := getattr(chunk, key))}


def _chunk(record: dict[str, Any]) -> Chunk:
    chunk = Chunk(member=record["member"], rows_read=record["rows_read"])
    for key, row in _LISTS.items():
        getattr(chunk, key).extend(row(*cells) for cells in record.get(key, ()))
    for place, rings, number in record.get("boundaries", ()):
        whole = tuple(tuple((point[0], point[1]) for point in ring) for ring in rings)
        chunk.boundaries.append(BoundaryRow(place, whole, number))
    chunk.places.extend(_place(cells) for cells in record.get("places", ()))
    for cells in record.get("memberships", ()):
        chunk.memberships.append(_membership(cells))
    return chunk


def _place(cells: list[Any]) -> PlaceRow:
    row = PlaceRow(*cells)
    return row._replace(installed_on=date.fromisoformat(str(row.installed_on)) if row.installed_on else None)


def _membership(cells: list[Any]) -> MembershipRow:
    row = MembershipRow(*cells)
    start, end = (date.fromisoformat(str(day)) if day else None for day in (row.start, row.end))
    return row._replace(start=start, end=end)


@contextmanager
def apart(text: str) -> Iterator[tuple[dict[str, Any], Limits]]:
    """In the process apart: the request and its limits, the ceilings that the system keeps, and the person's language.

    Only what gives the messages their language is set up. The site itself takes seconds to set up, and a reader asks
    nothing of it. An ``UnreadableFile`` and the end are said.
    """
    request = json.loads(text)
    limits = Limits(**request["limits"])
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.unpacked_bytes, limits.unpacked_bytes))
    settings.configure(
        LANGUAGE_CODE=request["language"],
        LOCALE_PATHS=request["texts"],
        CONTENT_DIR=Path(request["content"]),
        USE_TZ=True,
    )
    django.setup()
    with translation.override(request["language"]):
        try:
            yield request, limits
        except UnreadableFile as error:
            say({"unreadable": error.problems})
            return
    say({"end": True})


def say(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, default=str, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def _child(text: str) -> None:
    """The process apart: reads, and says what it read."""
    with apart(text) as (request, limits):
        from .describing import describe
        from .opening import opened
        from .registry import detect

        with opened(Path(request["path"]), limits, name=request["name"]) as members:
            layout = detect(members)
            description = asdict(describe(layout, members))
            say({"source": layout.source, "publisher": layout.publisher, "description": description})
            for chunk in layout.read(members):
                say(_record(chunk))


if __name__ == "__main__":
    _child(sys.argv[1])
