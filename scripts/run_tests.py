"""The whole suite: the house's own checks, the tests on SQLite and on PostgreSQL, the journeys in a real browser.

``make test`` calls this. The tests run in parts, as many at once as the machine has processors, the longest first; each
prints when it ends and the last line counts everything. On a machine without PostgreSQL or Chromium the parts that
need it are left out and said so; with CI=true that is a failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
IN_CI = os.environ.get("CI") == "true"

# What touches no database runs once.
WITHOUT_DATABASE = ["tests/measure", "tests/architecture", "tests/know/sources/formats"]

# Walks over every address, whose answers do not depend on the database: SQLite is enough.
WALKS = ["tests/diagnose/test_marker.py"]

# What runs for itself on SQLite, so that no part is much longer than the others.
APART = [*WITHOUT_DATABASE, *WALKS]

PAGES = "tests/e2e/test_pages.py"

IN_MEMORY = Path("/dev/shm")  # noqa: S108  (the folder made in it has a name of its own and is ours alone)
ROOM_OF_THE_SERVER = 6 * 2**30  # bytes

HOUSE_CHECKS = {
    "ruff check": [BIN / "ruff", "check", "."],
    "ruff format": [BIN / "ruff", "format", "--check", "."],
    "import contracts": [BIN / "lint-imports"],
    "types": [BIN / "mypy"],
    "templates": [BIN / "djlint", "--lint", "--quiet", "src"],
}


class Count:
    """Tests passed, failed and skipped so far."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0

    def add(self, passed: int, failed: int, skipped: int = 0) -> None:
        self.passed += passed
        self.failed += failed
        self.skipped += skipped


class House:
    """The checks that read the code and run none of it."""

    name = "House"

    def run(self, folder: Path) -> Count:
        count = Count()
        began = time.monotonic()
        for name, command in HOUSE_CHECKS.items():
            done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
            print(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
            if done.returncode != 0:
                print(done.stdout[-6000:], done.stderr[-3000:], flush=True)
            count.add(int(done.returncode == 0), int(done.returncode != 0))
        print(f"===== House, {time.monotonic() - began:.0f} s =====", flush=True)
        return count


@dataclass(frozen=True)
class Part:
    """Some of the tests, in one process: its name, what pytest is asked, and the settings of its environment."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, folder: Path) -> Count:
        began = time.monotonic()
        report, log = folder / f"{self.name}.xml", folder / f"{self.name}.log"
        command = [sys.executable, "-m", "pytest", "-q", "--durations=12", f"--junit-xml={report}", *self.arguments]
        print(f"{self.name}: started", flush=True)
        with log.open("w") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **self.environment}
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = code = os.waitstatus_to_exitcode(status)
        took, cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
        print(f"\n===== {self.name}, {took:.0f} s ({cpu:.0f} s of CPU) =====\n{log.read_text()}", flush=True)
        count = Count()
        if not report.exists():
            count.add(0, 1)
            return count
        suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314  (a file this script has just made)
        assert suite is not None
        total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        count.add(total - skipped - failed, failed or int(code not in (0, 5)), skipped)
        return count


def place_of_the_server() -> str | None:
    """Where the server's folder goes: in memory if there is room, else directly below the system's temporary folder.

    Both are reached by PostgreSQL's own account. The server writes as safely as in operation (we refuse one that does
    not), and nothing the tests kill is the server: what it promises the disk only has to cost less here.
    """
    if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM_OF_THE_SERVER:
        return str(IN_MEMORY)
    return None


@contextmanager
def postgresql(folder: Path) -> Iterator[str | None]:
    """The address of a PostgreSQL to test on: the one named, a cluster of our own, or None."""
    named = os.environ.get("TRAMA_TEST_POSTGRESQL_URL")
    if named:
        yield named
        return
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if not binaries:
        yield None
        return
    tools = binaries[0].parent
    as_owner: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root; its package brings its own account
        as_owner = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    folder.chmod(0o700)
    data = folder / "data"
    run = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([*as_owner, tools / "initdb", "-D", data, "-A", "trust", "-U", "trama", "-E", "UTF8"], **run)
    options = f"-k {folder} -c listen_addresses='' -c max_connections=60"
    subprocess.run([*as_owner, tools / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], **run)
    try:
        yield f"postgresql://trama@/postgres?host={folder}"
    finally:
        subprocess.run([*as_owner, tools / "pg_ctl", "-D", data, "-m", "fast", "stop"], **run)


def parts_of(address: str | None, *, browser: bool) -> list[Part | House]:
    """The parts in the order in which they begin: the longest first, so that all end at about the same time."""

    def ignoring(*paths: str) -> list[str]:
        return [f"--ignore={path}" for path in ("tests/e2e", *paths)]

    parts: list[Part | House] = []
    if address:
        on_server = {"TRAMA_TEST_DATABASE_URL": address, "TRAMA_TEST_ONLY_DATABASE": "yes"}
        parts.append(Part("PostgreSQL", ignoring(*WITHOUT_DATABASE, *WALKS), on_server))
    parts.append(Part("SQLite", ignoring(*APART)))
    if browser:
        parts.append(Part("Journeys", ["tests/e2e", f"--ignore={PAGES}"]))
        parts.append(Part("Pages", [PAGES]))
    return [*parts, Part("Apart", APART), House()]


def main() -> int:
    begun = time.monotonic()
    count = Count()
    browser = bool(os.environ.get("CHROMIUM_PATH") or shutil.which("chromium"))
    if not browser:
        print("Browser: left out, Chromium is not installed (apt-get install chromium)", flush=True)
        count.add(0, int(IN_CI))
    with (
        tempfile.TemporaryDirectory(prefix="trama-pg-", dir=place_of_the_server()) as cluster,
        tempfile.TemporaryDirectory() as reports,
        postgresql(Path(cluster)) as address,
    ):
        if address is None:
            print("PostgreSQL: left out, it is not installed (apt-get install postgresql)", flush=True)
            count.add(0, int(IN_CI))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for done in pool.map(lambda part: part.run(Path(reports)), parts_of(address, browser=browser)):
                count.add(done.passed, done.failed, done.skipped)
    print(f"Took {time.monotonic() - begun:.0f} s")
    print(f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped")
    return 1 if count.failed or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main())
