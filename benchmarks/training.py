"""Learning: home, catalogue, course, lesson, an answer, a package, a statement; a cache that expires; first views.

    .venv/bin/python benchmarks/training.py
    .venv/bin/python benchmarks/training.py --only lesson --profile 30    # where the time goes, in one process

A database of its own (SQLite, durable commits) with the shipped courses and a cohort (``training_world.py``), made anew
unless ``--folder`` names one that is there. Three parts, all bounded:

- one process: CPU, SQL statements and function calls of a whole request, the fastest of many;
- served: 16 connections, 2 processes of 4 threads; each kind beside an empty signed-in page of the same site, in the
  same run; then the catalogue while its course changes: how often it is rendered, and p95 over p50;
- first views: what a browser loads, and its largest paint on a phone with a slow line (where Chromium is installed).

Read the CPU and the calls where others use the machine too: the last column says how much of it they took.
"""

import argparse
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.autosave import Measured, Meter  # noqa: E402
from benchmarks.autosave_client import Driven, Script, drive  # noqa: E402
from benchmarks.pages import served  # noqa: E402
from benchmarks.training_requests import Requests, sources  # noqa: E402
from tests import migrated  # noqa: E402

CONNECTIONS = 16
WORKERS, THREADS = 2, 4
SIGNED_AT_MOST, PUBLIC_AT_MOST, WEIGHT_AT_MOST, PAINT_AT_MOST, SPREAD_AT_MOST = 8.0, 4.0, 200.0, 2500.0, 4.0
GOALS = (
    f"Goals: {SIGNED_AT_MOST:g} ms of CPU signed in, {PUBLIC_AT_MOST:g} public; p95 100 ms quiet; p95/p50 at most"
    f" {SPREAD_AT_MOST:g} across an expiry; first view {WEIGHT_AT_MOST:g} KiB, largest paint {PAINT_AT_MOST / 1000} s."
)
CATALOGUE = "catalogue of courses"


def environment_of(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.training_settings",
        "TRAMA_VAR": str(folder),
        "TRAMA_DATABASE_URL": f"sqlite:///{folder / 'trama.sqlite3'}",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }


def apart(environment: dict[str, str], code: str) -> None:
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True, stdout=sys.stderr)


# --- one process --------------------------------------------------------------------------------------------------


def in_one_process(environment: dict[str, str], folder: Path, options: argparse.Namespace) -> None:
    call = f"inside({str(folder / 'world.json')!r}, {str(folder / 'inside.json')!r}, {options.only!r}"
    code = f"import benchmarks.training_inside as b; b.{call}, times={options.times}, profile={options.profile})"
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True)
    if options.profile:
        return
    print("\n| one process, whole request | SQL | KiB | CPU ms fastest | median | 1,000 calls |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for row in json.loads((folder / "inside.json").read_text()):
        print(
            f"| {row['name']} | {row['statements']} | {row['kib']:.1f} | {row['fastest']:.1f} | {row['median']:.1f}"
            f" | {row['calls']:.1f} |"
        )


# --- served -------------------------------------------------------------------------------------------------------


def asking(requests: Requests, wrong: list[str], ends_at: float) -> Script:
    """One connection: the next request when the last is answered."""
    for asked in requests:
        if time.perf_counter() >= ends_at:
            return
        answer = yield asked.octets()
        if answer.status not in asked.expected:
            wrong.append(f"{asked.path} {answer.status}")


def driven_kinds(meter: Meter, known: dict[str, Any], seconds: float, wrong: list[str]) -> list[Measured]:
    """Every kind in turn; each connection has learners of its own, so that no two give the same answer."""
    shares = [known["learners"][number::CONNECTIONS] for number in range(CONNECTIONS)]
    rows = []
    for name, source in sources(known).items():
        drive(meter.base, _scripts(source, shares, wrong, seconds / 3))
        rows.append(meter.measure(name, _scripts(source, shares, wrong, seconds)))
    return rows


def _scripts(source: Any, shares: list[Any], wrong: list[str], seconds: float) -> list[Script]:
    ends_at = time.perf_counter() + seconds
    return [asking(source(share), wrong, ends_at) for share in shares]


def table(rows: list[Measured]) -> str:
    empty = rows[0]
    lines = [
        f"| {CONNECTIONS} connections | requests/s | p50 ms | p95 ms | CPU ms | × empty page | cores others took |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        one = row.driven
        lines.append(
            f"| {row.name} | {one.per_second:.0f} | {one.p(0.5):.0f} | {one.p(0.95):.0f} | {row.cpu:.1f}"
            f" | {row.cpu / empty.cpu:.1f} | {row.others:.1f} |"
        )
    return "\n".join(lines)


def across_an_expiry(base: str, folder: Path, known: dict[str, Any], wrong: list[str]) -> str:
    """The warm catalogue at 16 connections, while every kept page of courses turns old in the middle."""
    renderings = folder / "renderings"

    def expire() -> None:
        time.sleep(1.5)
        with sqlite3.connect(folder / "trama.sqlite3", timeout=20) as database:
            database.execute("UPDATE learn_courseversion SET changed_at = datetime(changed_at, '+1 second')")
        database.close()

    source = sources(known)[CATALOGUE]
    drive(base, _scripts(source, [[]] * CONNECTIONS, wrong, 1.0))
    before = renderings.stat().st_size
    expiring = threading.Thread(target=expire)
    expiring.start()
    told: Driven = drive(base, _scripts(source, [[]] * CONNECTIONS, wrong, 3.0))
    expiring.join()
    spread, drawn = told.p(0.95) / max(told.p(0.5), 0.1), renderings.stat().st_size - before
    return (
        f"\nAcross an expiry of the catalogue, {CONNECTIONS} connections: {drawn} renderings"
        f" by {WORKERS} processes among {len(told.latencies)} answers; p50 {told.p(0.5):.0f} ms, p95"
        f" {told.p(0.95):.0f} ms ({spread:.1f} times), longest {told.p(1.0):.0f} ms."
    )


# --- first views --------------------------------------------------------------------------------------------------


def first_views(base: str, known: dict[str, Any]) -> str:
    one = known["learners"][0]
    course = f"/aprender/{known['course']}/"
    pages = {
        "home": ("/", ""),
        CATALOGUE: ("/cursos/", ""),
        "course, public": (f"/cursos/{known['course']}/", ""),
        "course, signed in": (course, one["session"]),
        "lesson, signed in": (f"{course}aulas/{known['lesson']}/", one["session"]),
        "launch page of a package": (one["launch"], one["session"]),
    }
    code = [sys.executable, str(ROOT / "benchmarks" / "training_browser.py"), base, json.dumps(pages)]
    done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    if done.returncode:
        return f"\nFirst views: not measured ({done.stderr.strip().splitlines()[-1]})."
    lines = ["\n| first view, phone, 1.6 Mbit/s, 150 ms | KiB | requests | largest paint ms |"]
    lines += ["| --- | ---: | ---: | ---: |"]
    for name, seen in json.loads(done.stdout).items():
        weight, paint = seen["octets"] / 1024, seen["paint"]
        over = " !" if weight > WEIGHT_AT_MOST or paint > PAINT_AT_MOST else ""
        lines.append(f"| {name} | {weight:.0f} | {seen['requests']:.0f} | {paint:.0f}{over} |")
    return "\n".join(lines)


# --- all of it ----------------------------------------------------------------------------------------------------


def make_world(folder: Path) -> None:
    """The database and ``world.json``, if they are not there."""
    file = folder / "world.json"
    if not file.exists():
        migrated.copy_sqlite(folder / "trama.sqlite3")
        apart(environment_of(folder), f"import benchmarks.training_world as b; b.make_world({str(file)!r})")


def run(options: argparse.Namespace, folder: Path) -> int:
    environment, wrong = environment_of(folder), list[str]()
    known = json.loads((folder / "world.json").read_text())
    load = f"Load of the machine at the beginning: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    print(f"{GOALS}\n{load}", flush=True)
    in_one_process(environment, folder, options)
    if options.profile or options.only:
        return 0
    known["learners"] = known["learners"][2:]  # the first two have answered already
    with served("config.wsgi:application", environment, workers=WORKERS, threads=THREADS) as (base, root):
        meter = Meter(base, root, on_postgresql=False)
        print("\n" + table(driven_kinds(meter, known, options.seconds, wrong)), flush=True)
        print(across_an_expiry(base, folder, known, wrong), flush=True)
        print(first_views(base, known), flush=True)
    print(f"\nErrors: {len(wrong)}{f' ({wrong[0]})' if wrong else ''}.")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4, help="of each kind of request")
    parser.add_argument("--times", type=int, default=40, help="requests of each kind in one process")
    parser.add_argument("--only", default="", help="kinds whose name has this, in one process")
    parser.add_argument("--profile", type=int, default=0, metavar="N", help="where the time goes, N lines")
    parser.add_argument("--folder", type=Path, help="keep the database here, and use the one that is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="training-") as name:
        kept, folder = (options.folder or Path(name) / "made").resolve(), Path(name) / "used"
        make_world(kept)
        shutil.copytree(kept, folder)  # so that the same answers can be given again
        return run(options, folder)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
