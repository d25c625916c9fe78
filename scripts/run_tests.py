"""The whole suite: the house's own checks, the tests on SQLite and on PostgreSQL, the journeys in a real browser.

``make test`` calls this. Each stage prints as it goes; the last line counts everything. On a machine without
PostgreSQL or Chromium the stage that needs it is left out and said so; with CI=true that is a failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
IN_CI = os.environ.get("CI") == "true"

# What touches no database runs once.
WITHOUT_DATABASE = ["tests/measure", "tests/architecture", "tests/know/sources/formats"]

# Walks over every address, whose answers do not depend on the database: SQLite is enough.
WALKS = ["tests/diagnose/test_marker.py"]

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


def check_the_house(count: Count) -> None:
    for name, command in HOUSE_CHECKS.items():
        done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)
        print(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode != 0:
            print(done.stdout[-6000:], done.stderr[-3000:], flush=True)
        count.add(int(done.returncode == 0), int(done.returncode != 0))


def start_pytest(stage: str, report: Path, arguments: list[str], **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pytest", "-q", "--durations=12", f"--junit-xml={report}", *arguments]
    log = (report.with_suffix(".log")).open("w")
    print(f"{stage}: started", flush=True)
    return subprocess.Popen(
        command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
    )


def finish_pytest(stage: str, process: subprocess.Popen[str], report: Path, count: Count) -> None:
    code = process.wait()
    print(f"\n===== {stage} =====\n{report.with_suffix('.log').read_text()}", flush=True)
    if not report.exists():
        count.add(0, 1)
        return
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314  (a file this script has just made)
    assert suite is not None
    total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    count.add(total - skipped - failed, failed or int(code not in (0, 5)), skipped)


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


def _ignoring(stage: str) -> list[str]:
    left_out = ["tests/e2e", *([*WITHOUT_DATABASE, *WALKS] if stage == "PostgreSQL" else [])]
    return [f"--ignore={folder}" for folder in left_out]


def main() -> int:
    begun = time.monotonic()
    count = Count()
    check_the_house(count)
    # PostgreSQL's account has to reach its folder, so both live directly below the system's temporary folder.
    with tempfile.TemporaryDirectory(prefix="trama-pg-") as cluster, tempfile.TemporaryDirectory() as reports:
        with postgresql(Path(cluster)) as address:
            on = {"SQLite": {}} | ({"PostgreSQL": {"TRAMA_TEST_DATABASE_URL": address}} if address else {})
            if address is None:
                print("PostgreSQL: left out, it is not installed (apt-get install postgresql)", flush=True)
                count.add(0, int(IN_CI))
            running = [
                (stage, start_pytest(stage, report, _ignoring(stage), **environment), report)
                for stage, environment in on.items()
                for report in [Path(reports) / f"{stage}.xml"]
            ]
            for stage, process, report in running:
                finish_pytest(stage, process, report, count)
        if os.environ.get("CHROMIUM_PATH") or shutil.which("chromium"):
            report = Path(reports) / "browser.xml"
            finish_pytest("Browser", start_pytest("Browser", report, ["tests/e2e"]), report, count)
        else:
            print("Browser: left out, Chromium is not installed (apt-get install chromium)", flush=True)
            count.add(0, int(IN_CI))
    print(f"Took {time.monotonic() - begun:.0f} s")
    print(f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped")
    return 1 if count.failed or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main())
