"""Statements written by programs: statements a second and p95 at 16 connections, each committed before it is answered.

    python benchmarks/xapi.py                    # SQLite, and PostgreSQL where initdb is installed
    python benchmarks/xapi.py --only postgresql --seconds 8

Each database is a new one, made here and thrown away, with durable commits read back from the live connection (as in
``autosave.py``, whose clients and meters these are). Each connection is a program with a token of its own that sends
one statement after the other: a learner, a verb, an activity with its definition, a result, a registration. Measured
in the same run: a reading of the 20 latest statements of a learner, and what the database alone commits. What was
acknowledged is then counted in the database.
"""

import argparse
import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.autosave import HEAD, Meter, a_cluster  # noqa: E402
from benchmarks.autosave_client import Script, Told, drive  # noqa: E402
from benchmarks.pages import served  # noqa: E402

GOAL = "Goal: 600 statements a second at 16 connections, on two cores, durable."
LEARNERS, LESSONS = 500, 50


def a_statement(turn: int, registration: str) -> dict[str, Any]:
    """A statement as a package sends it: about 700 octets."""
    lesson = turn % LESSONS
    return {
        "actor": {"account": {"homePage": "https://example.org", "name": f"learner-{turn % LEARNERS}"}},
        "verb": {
            "id": "http://adlnet.gov/expapi/verbs/answered",
            "display": {"en-US": "answered", "pt-BR": "respondeu"},
        },
        "object": {
            "id": f"https://example.org/lessons/{lesson}",
            "definition": {
                "name": {"pt-BR": f"Aula {lesson}", "en-US": f"Lesson {lesson}"},
                "type": "http://adlnet.gov/expapi/activities/lesson",
            },
        },
        "result": {"success": True, "score": {"scaled": 0.8, "raw": 8, "min": 0, "max": 10}, "duration": "PT1M5S"},
        "context": {"registration": registration, "language": "pt-BR"},
        "timestamp": "2026-11-22T10:00:00.123Z",
    }


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Basic {token}",
        "X-Experience-API-Version: 2.0.0",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


def writing(token: str, told: Told, ends_at: float) -> Script:
    """A program that sends its next statement when the last is answered."""
    registration, turn = str(uuid.uuid4()), os.getpid()
    while time.perf_counter() < ends_at:
        turn += 7
        body = json.dumps(a_statement(turn, registration)).encode()
        answer = yield request("POST", "/xapi/statements", token, body)
        told.saves += answer.status == 200
        if answer.status != 200:
            told.wrong.append((answer.status, answer.body[:200]))


def reading(token: str, told: Told, ends_at: float) -> Script:
    """A program that reads the latest statements of one learner after the other."""
    turn = 0
    while time.perf_counter() < ends_at:
        turn += 1
        agent = json.dumps({"account": {"homePage": "https://example.org", "name": f"learner-{turn % LEARNERS}"}})
        answer = yield request("GET", f"/xapi/statements?limit=20&agent={quote(agent)}", token)
        if answer.status != 200:
            told.wrong.append((answer.status, answer.body[:200]))


def make_programs(count: int, file: str) -> None:
    """Tokens, as the programs send them."""
    import django

    django.setup()
    from django.utils import timezone

    from trama.learn.statements.tokens import make_client

    made = [
        make_client(f"Program {n}", ["all"], kind="program", created_by=None, created_at=timezone.now())
        for n in range(count)
    ]
    tokens = [base64.b64encode(f"{one.key}:{one.secret}".encode()).decode() for one in made]
    Path(file).write_text(json.dumps(tokens))


def counted(file: str) -> None:
    """Statements in the database, and whether its commits are durable."""
    import django

    django.setup()
    from django.db import connection

    from trama.foundation.postgresql import differences, read_settings
    from trama.foundation.sqlite import settings as sqlite_settings
    from trama.learn.models import Statement

    found = {"statements": Statement.objects.count()}
    if connection.vendor == "postgresql":
        found["differences"] = len(differences(read_settings(connection)))
    else:
        found["differences"] = len(sqlite_settings.differences(sqlite_settings.read_settings(connection.connection)))
    Path(file).write_text(json.dumps(found))


def count_rows() -> None:
    """What PostgreSQL does by itself within a minute: look at how many rows there are, to choose its ways."""
    import django

    django.setup()
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE learn_statement, learn_statementkey")


def apart(environment: dict[str, str], call: str) -> None:
    code = f"import benchmarks.xapi as b; b.{call}"
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True)


def measure(kind: str, options: argparse.Namespace, folder: Path, database: str) -> None:
    """One database: migrate, make the programs, drive, count."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "TRAMA_VAR": str(folder),
        "TRAMA_DATABASE_URL": database,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    for command in (["migrate", "-v0"], ["createcachetable"]):
        subprocess.run([sys.executable, "-m", "config.cli", *command], env=environment, cwd=ROOT, check=True)
    file = folder / "answer.json"
    apart(environment, f"make_programs({options.connections}, {str(file)!r})")
    tokens = json.loads(file.read_text())
    bare_call = f"bare_commits({database!r}, {options.connections}, 2.0, {str(file)!r})"
    code = f"import benchmarks.autosave_world as b; b.{bare_call}"
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True)
    bare = json.loads(file.read_text())["per_second"]
    told = Told()

    def scripts(work: Any, seconds: float) -> list[Script]:
        ends_at = time.perf_counter() + seconds
        return [work(token, told, ends_at) for token in tokens]

    with served("config.wsgi:application", environment, workers=options.workers, threads=options.threads) as (
        base,
        root,
    ):
        meter = Meter(base, root, on_postgresql=database.startswith("postgres"))
        drive(meter.base, scripts(writing, 1.5))
        written = meter.measure("a statement stored", scripts(writing, options.seconds))
        apart(environment, "count_rows()")
        read = meter.measure("20 statements of a learner read", scripts(reading, options.seconds / 3))
    apart(environment, f"counted({str(file)!r})")
    found = json.loads(file.read_text())
    print(
        f"\n## {kind}\n\nLoad: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores. Server:"
        f" {options.workers} processes of {options.threads} threads; {options.connections} connections."
        f" Durable commits: {'no' if found['differences'] else 'yes'}."
        f" The database alone: {bare:.0f} durable commits a second."
        f"\n\n{HEAD}\n{written.row()}\n{read.row()}\n\nErrors: {len(told.wrong)}"
        f"{f' ({told.wrong[0]})' if told.wrong else ''}."
        f" Acknowledged: {told.saves}; stored: {found['statements']}.",
        flush=True,
    )
    if told.saves > found["statements"]:
        raise SystemExit(f"{kind}: what was acknowledged is not what is stored")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    print(GOAL, flush=True)
    with tempfile.TemporaryDirectory(prefix="xapi-") as name:
        folder = Path(name)
        if options.only != "sqlite":
            (folder / "files").mkdir()
            with a_cluster(folder) as address:
                measure("PostgreSQL", options, folder / "files", address)
        if options.only != "postgresql":
            (folder / "sqlite").mkdir()
            measure("SQLite", options, folder / "sqlite", f"sqlite:///{folder / 'sqlite' / 'trama.sqlite3'}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
