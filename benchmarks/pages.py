"""How much a page costs: requests/s, p95, and CPU per request of the server, beside a floor in the same run.

    python benchmarks/pages.py                       # the loaded database of the settings (SQLite in var/)
    python benchmarks/pages.py --database postgresql://user@host/name

Seconds depend on the machine and on who else uses it. Read the CPU per request, and the ratio to the floor (Django with
one view and nothing else, under the same server, driven in the same run).
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.load import Driven, drive  # noqa: E402
from trama.foundation.supervisor import answers, free_port, server_command  # noqa: E402

HOST = "127.0.0.1"
TICK = os.sysconf("SC_CLK_TCK")
MUNICIPALITY = 2312908  # Sobral
TYPED = ["so", "sob", "sobr", "sobra", "sobral", "florianopolis", "sao jo", "sao jose", "sobarl", "pernambu"]
OURS_AT_MOST = 4.0  # ms of CPU for a public page, warm (the design's goal)

# The design's survey of what people use today, on a 2-core machine at 16 connections, for orientation:
ELSEWHERE = [
    ("Moodle 4.4 front page (nginx, PHP-FPM, PostgreSQL)", "15-36", "0.6-1.3 s", "35-40"),
    ("Richie course page (Django CMS portal)", "135-196", "0.2-2.5 s", "8-11"),
    ("Kolibri learn page (Django, SQLite)", "293-467", "73-199 ms", "2-4"),
]


@dataclass(frozen=True, slots=True)
class Measured:
    """One page. ``cpu`` and ``database_cpu`` in milliseconds per request; ``kib`` over the wire, compressed."""

    page: str
    driven: Driven
    cpu: float
    database_cpu: float | None
    kib: float


def process_tree(root: int) -> list[int]:
    """The process and everything it started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo += parents.get(found[-1], [])
    return found


def cpu_seconds(processes: list[int]) -> float:
    """User and system time used so far."""
    total = 0
    for number in processes:
        try:
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def postgresql_processes() -> list[int]:
    """The server processes of PostgreSQL on this machine."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "comm").read_text().strip() in {"postgres", "postmaster"}:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


@contextmanager
def served(application: str, environment: dict[str, str], *, workers: int, threads: int) -> Iterator[tuple[str, int]]:
    """A running server: its address and the number of its first process."""
    port = free_port(HOST, 28000 + os.getpid() % 10000)
    command = server_command(host=HOST, port=port, workers=workers, threads=threads)
    command[-1] = application
    process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while not answers(HOST, port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{application} did not start")
            time.sleep(0.1)
        yield f"http://{HOST}:{port}", process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def fetch(address: str) -> tuple[int, bytes]:
    """Status and body over the wire, as a browser that accepts gzip gets it."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def first_call(base: str) -> str | None:
    """The address of the first call on the list of calls."""
    with urllib.request.urlopen(f"{base}/editais/", timeout=60) as answer:
        found = re.findall(r'href="(/editais/[\w-]+/)"', answer.read().decode())
    return found[0] if found else None


def pages(base: str) -> dict[str, list[str]]:
    """The pages the design names; those that this database does not have are left out."""
    wanted = {
        "home": ["/"],
        "municipality panorama": [f"/panorama/{MUNICIPALITY}/"],
        "search as one types": [f"/buscar/sugestoes/?q={text.replace(' ', '+')}" for text in TYPED],
    }
    try:
        call = first_call(base)
    except urllib.error.HTTPError:
        call = None
    if call:
        wanted["call page"] = [call]
    return {name: paths for name, paths in wanted.items() if fetch(base + paths[0])[0] == 200}


def measure(name: str, base: str, paths: list[str], root: int, options: argparse.Namespace, database: bool) -> Measured:
    """Warm up, then drive, with the CPU of the server's processes before and after."""
    drive(base, paths, connections=options.connections, seconds=min(2.0, options.seconds))
    server, backends = process_tree(root), postgresql_processes() if database else []
    before, database_before = cpu_seconds(server), cpu_seconds(backends)
    driven = drive(base, paths, connections=options.connections, seconds=options.seconds)
    cpu = (cpu_seconds(server) - before) * 1000 / max(1, driven.requests)
    database_cpu = (cpu_seconds(backends) - database_before) * 1000 / max(1, driven.requests) if database else None
    size = sum(len(fetch(base + path)[1]) for path in paths) / len(paths) / 1024
    return Measured(name, driven, cpu, database_cpu, size)


def report(kind: str, floor: Measured, measured: list[Measured]) -> str:
    """A table in Markdown."""
    lines = [
        f"### {kind}",
        "",
        "| page | requests/s | p50 ms | p95 ms | CPU ms/request | × floor | KiB (compressed) | errors |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in [floor, *measured]:
        cpu = f"{row.cpu:.2f}" + (f" + {row.database_cpu:.2f} database" if row.database_cpu is not None else "")
        lines.append(
            f"| {row.page} | {row.driven.per_second:.0f} | {row.driven.p50:.0f} | {row.driven.p95:.0f} | {cpu} "
            f"| {row.cpu / floor.cpu:.1f} | {row.kib:.1f} | {row.driven.errors} |"
        )
    over = [row.page for row in measured if row.cpu > OURS_AT_MOST]
    lines += ["", f"Goal: at most {OURS_AT_MOST:g} ms of CPU. Over it: {', '.join(over) or 'none'}."]
    return "\n".join(lines)


def elsewhere() -> str:
    lines = [
        "| what people use today (2 cores, 16 connections) | requests/s | p95 | CPU ms/request |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in ELSEWHERE])


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the floor and every page on one database; print the table; return the figures."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
    if options.database:
        environment["TRAMA_DATABASE_URL"] = options.database
    on_postgresql = environment.get("TRAMA_DATABASE_URL", "").startswith("postgres")
    shape = {"workers": options.workers, "threads": options.threads}
    with served("benchmarks.floor:application", environment, **shape) as (base, root):
        floor = measure("floor: Django, one view", base, ["/"], root, options, False)
    with served("config.wsgi:application", environment, **shape) as (base, root):
        measured = [measure(name, base, paths, root, options, on_postgresql) for name, paths in pages(base).items()]
    kind = "PostgreSQL" if on_postgresql else "SQLite"
    print(report(kind, floor, measured), flush=True)
    return {
        row.page: {"per_second": row.driven.per_second, "p95_ms": row.driven.p95, "cpu_ms": row.cpu, "kib": row.kib}
        for row in [floor, *measured]
    }


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="", help="address of a loaded database (else the one of the settings)")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=6, help="per page, after warming up")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser


def main() -> None:
    options = arguments().parse_args()
    figures = run(options)
    print("\n" + elsewhere())
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
