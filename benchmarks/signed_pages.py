"""What each page of diagnosing and planning costs: CPU of one request and number of SQL statements.

    .venv/bin/python benchmarks/signed_pages.py
    .venv/bin/python benchmarks/signed_pages.py --only priorities --profile 25

A database of its own (SQLite), made anew unless ``--folder`` names one that is there. Requests go through the whole
WSGI application in this process, compressed as browsers ask, and their CPU is read from the thread's clock. *Frame* is
a signed-in page without content, asked in turns with the page, and taken off. *Warm*: pages that the process has drawn
before, the median and the fastest; *cold*: all that was kept was thrown away before each request (templates stay
compiled), the fastest. A public page is measured whole, frame included. On a machine that others use too the CPU of
the same work grows, often to the double: the fastest request is the one to compare, and the goals are read off it. The
last column counts function calls, which no other work on the machine changes.
"""

import argparse
import cProfile
import gc
import io
import json
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

SIGNED_AT_MOST, PUBLIC_AT_MOST = 8.0, 4.0  # ms of CPU, warm: the design's goals

type Ask = Callable[[str, str], tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One page: CPU in ms, signed-in ones beyond the frame; ``kib`` over the wire."""

    name: str
    public: bool
    cold: float
    warm: float
    fastest: float
    calls: float  # thousands of function calls of a warm request: the same on any machine, whoever else uses it
    statements: int
    kib: float

    @property
    def is_over(self) -> bool:
        return self.fastest > (PUBLIC_AT_MOST if self.public else SIGNED_AT_MOST)


def application() -> Ask:
    """A function that asks the site for an address, with a session or none: status line and body as sent."""
    from django.core.handlers.wsgi import WSGIHandler

    handler = WSGIHandler()

    def ask(address: str, session: str) -> tuple[str, bytes]:
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            **({"HTTP_COOKIE": f"sessionid={session}"} if session else {}),
        }
        said: list[str] = []
        answer = handler(environ, lambda status, _headers: said.append(status))
        body = b"".join(answer)
        answer.close()
        return said[0], body

    return ask


def cost(ask: Ask, address: str, session: str) -> float:
    """CPU of one request in ms."""
    started = time.thread_time()
    ask(address, session)
    return (time.thread_time() - started) * 1000


def forget() -> None:
    """Throw away everything that this process keeps."""
    from django.core.cache import caches

    from trama.diagnose.keeping import Memory

    for name in ("pages", "profiles"):
        caches[name].clear()
    for found in gc.get_objects():
        if type(found) is Memory:
            found._kept.clear()


def statements_of(ask: Ask, address: str, session: str) -> int:
    """How many SQL statements a warm request makes, the frame's own included."""
    from django.db import connection

    count = 0

    def counted(execute: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(counted):
        ask(address, session)
    return count


def calls_of(ask: Ask, address: str, session: str) -> int:
    """How many functions a warm request calls."""
    profile = cProfile.Profile()
    ask(address, session)
    profile.enable()
    ask(address, session)
    profile.disable()
    return int(pstats.Stats(profile).total_calls)


def measured(ask: Ask, page: list[str], session: str, times: int) -> Measured:
    """One page beside the frame, in turns."""
    from benchmarks.frame import ADDRESS

    name, address, who = page
    session = session if who else ""
    status, body = ask(address, session)
    if not status.startswith("200"):
        raise SystemExit(f"{name}: {address} answers {status}")
    cold, warm, frame = [], [], []
    for _ in range(max(3, times // 8)):
        forget()
        if who:
            ask(ADDRESS, session)
        cold.append(cost(ask, address, session))
    for _ in range(times):
        warm.append(cost(ask, address, session))
        frame.append(cost(ask, ADDRESS, session) if who else 0.0)
    return Measured(
        name,
        not who,
        min(cold) - min(frame),
        statistics.median(warm) - statistics.median(frame),
        min(warm) - min(frame),
        (calls_of(ask, address, session) - (calls_of(ask, ADDRESS, session) if who else 0)) / 1000,
        statements_of(ask, address, session),
        len(body) / 1024,
    )


def profiled(ask: Ask, page: list[str], session: str, most: int) -> None:
    """Where the time of a page goes: the functions with most time inside them, over 20 requests."""
    name, address, who = page
    profile = cProfile.Profile()
    for n in range(21):
        if n:
            profile.enable()
        ask(address, session if who else "")
        profile.disable()
    print(f"\n### {name}: 20 requests")
    pstats.Stats(profile).strip_dirs().sort_stats("cumulative").print_stats(most).sort_stats("tottime").print_stats(
        most
    )


def setup(folder: Path) -> None:
    """Django on the benchmark's own database, with the empty page among the addresses."""
    os.environ.update({"TRAMA_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings.embedded"})
    os.environ.pop("TRAMA_DATABASE_URL", None)
    import django
    from django.conf import settings

    settings.ROOT_URLCONF = "benchmarks.frame"
    django.setup()


def world(folder: Path) -> None:
    """Write the world, and what the measuring needs of it. Runs in a process of its own."""
    setup(folder)
    from django.core.management import call_command
    from django.db import transaction

    from benchmarks.signed_world import make_world

    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    with transaction.atomic():
        known = make_world()
    (folder / "known.json").write_text(json.dumps(known))


def report(rows: list[Measured]) -> str:
    lines = [
        "| page | SQL | KiB | CPU ms cold | warm, median | warm, fastest | 1,000 calls |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {row.name}{' (public)' if row.public else ''} | {row.statements} | {row.kib:.1f} | {row.cold:.1f} "
            f"| {row.warm:.1f} | {row.fastest:.1f}{' !' if row.is_over else ''} | {row.calls:.0f} |"
            for row in rows
        ),
    ]
    over = [row.name for row in rows if row.is_over]
    lines += ["", f"Goal, warm: {SIGNED_AT_MOST:g} ms beyond the frame, public {PUBLIC_AT_MOST:g} ms in all."]
    return "\n".join([*lines, f"Over it: {', '.join(over) or 'none'}."])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=40, help="requests per page")
    parser.add_argument("--only", default="", help="pages whose name has this")
    parser.add_argument(
        "--profile", type=int, default=0, metavar="N", help="print where the time goes instead, N lines"
    )
    parser.add_argument("--folder", type=Path, help="keep the database here, and use the one that is there")
    parser.add_argument("--part", choices=["world"], default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        world(options.folder)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        if not (folder / "known.json").exists():
            subprocess.run([sys.executable, __file__, "--part", "world", "--folder", str(folder)], check=True)
        setup(folder)
        known, ask = json.loads((folder / "known.json").read_text()), application()
        pages = [page for page in known["pages"] if options.only in page[0]]
        from benchmarks.frame import ADDRESS

        if options.profile:
            for page in pages:
                profiled(ask, page, known["session"], options.profile)
            return 0
        print(f"Load of the machine at the beginning: {os.getloadavg()[0]:.1f}\n", flush=True)
        frame = [cost(ask, ADDRESS, known["session"]) for _ in range(options.times)]
        print(
            f"Frame: {statements_of(ask, ADDRESS, known['session'])} SQL statements, {min(frame):.1f} ms.\n", flush=True
        )
        print(report([measured(ask, page, known["session"], options.times) for page in pages]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
