"""What each request of ``training.py`` costs in one process: CPU, SQL statements, function calls; or where it goes.

    .venv/bin/python benchmarks/training.py --profile 30 --only lesson

Requests go through the whole WSGI application, and their CPU is read from the thread's clock. The fastest is the one to
compare on a machine that others use; function calls do not depend on them at all.
"""

import cProfile
import io
import json
import pstats
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.training_requests import Asked, Requests, sources


@dataclass(frozen=True, slots=True)
class Inside:
    """CPU in ms of a whole request; ``calls`` in thousands; ``kib`` over the wire, compressed."""

    name: str
    fastest: float
    median: float
    statements: int
    calls: float
    kib: float


def application() -> Any:
    from django.core.handlers.wsgi import WSGIHandler

    handler = WSGIHandler()

    def ask(asked: Asked) -> bytes:
        """The body. Raises ``RuntimeError`` for an answer that was not expected."""
        body = (asked.body or "").encode()
        environ = {
            "REQUEST_METHOD": "GET" if asked.body is None else "POST",
            "PATH_INFO": asked.path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
        }
        for name, value in asked.headers().items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        said: list[str] = []
        answer = handler(environ, lambda status, _headers: said.append(status))
        found = b"".join(answer)
        answer.close()
        if int(said[0][:3]) not in asked.expected:
            raise RuntimeError(f"{asked.path} answers {said[0]}: {found[:300]!r}")
        return found

    return ask


def measured(name: str, ask: Any, requests: Requests, times: int) -> Inside:
    """``times`` requests after three that warm up, then one counted by statements and one by calls."""
    kib = max(len(ask(next(requests))) for _ in range(3)) / 1024
    costs = []
    for _ in range(times):
        asked = next(requests)
        started = time.thread_time()
        ask(asked)
        costs.append((time.thread_time() - started) * 1000)
    return Inside(name, min(costs), statistics.median(costs), _statements(ask, next(requests)),
                  _calls(ask, next(requests)), kib)  # fmt: skip


def _statements(ask: Any, asked: Asked) -> int:
    from django.db import connection

    count = 0

    def counted(execute: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(counted):
        ask(asked)
    return count


def _calls(ask: Any, asked: Asked) -> float:
    profile = cProfile.Profile()
    profile.enable()
    ask(asked)
    profile.disable()
    return int(pstats.Stats(profile).total_calls) / 1000


def _profiled(name: str, ask: Any, requests: Requests, most: int) -> None:
    """Where the time goes, over 20 requests; and the statements of one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(3):
        ask(next(requests))
    profile = cProfile.Profile()
    for _ in range(20):
        asked = next(requests)
        profile.enable()
        ask(asked)
        profile.disable()
    print(f"\n### {name}: 20 requests")
    pstats.Stats(profile).strip_dirs().sort_stats("cumulative").print_stats(most).sort_stats("tottime").print_stats(30)
    with CaptureQueriesContext(connection) as captured:
        ask(next(requests))
    for query in captured:
        print(query["sql"][:400])


def inside(world: str, file: str, only: str = "", times: int = 40, profile: int = 0) -> None:
    """Write an ``Inside`` for each, or print profiles."""
    import django

    django.setup()
    ask, known, rows = application(), json.loads(Path(world).read_text()), []
    for name, source in sources(known).items():
        if only not in name:
            continue
        requests = source(known["learners"][:2])
        if profile:
            _profiled(name, ask, requests, profile)
        else:
            rows.append(measured(name, ask, requests, times))
    Path(file).write_text(json.dumps([asdict(row) for row in rows]))
