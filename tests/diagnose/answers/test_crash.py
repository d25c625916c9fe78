"""PostgreSQL itself is killed with -9 in the middle of saves, with every process of it, and started again.

What was answered "saved" is there, whole and once, and what was not is sent again and becomes one row. The control,
which commits without waiting for the disk, must lose. The size is small, for every commit: ``TRAMA_CRASH_ROUNDS=50`` is
the full one. The cluster is made here and used by nobody else; it needs PostgreSQL's own programs.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import ROOT

from .servers.cluster import Cluster, tools

CRASH_ROUNDS = int(os.environ.get("TRAMA_CRASH_ROUNDS", "2"))
TIME = max(600, 60 * CRASH_ROUNDS)
pytestmark = [
    pytest.mark.timeout(TIME),
    pytest.mark.skipif(
        not os.environ.get("TRAMA_TEST_DATABASE_URL", "").startswith("postgres"), reason="the suite runs on SQLite"
    ),
    pytest.mark.skipif(tools() is None, reason="PostgreSQL's initdb is absent: no cluster to crash can be made"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="the processes to kill are found in /proc"),
]


def fill(cluster: Cluster, installation: dict[str, str], environment: dict[str, str]) -> None:
    """The tables of the installation that the tests have made already; made anew where they cannot be copied."""
    tool = {"capture_output": True, "text": True, "check": False}
    dump = subprocess.run([cluster.tools / "pg_dump", "--no-owner", "-d", installation["TRAMA_DATABASE_URL"]], **tool)
    if dump.returncode == 0:
        subprocess.run(
            [cluster.tools / "psql", "-q", "-1", "-d", cluster.url], input=dump.stdout, **tool | {"check": True}
        )
        return
    for command in (["migrate", "-v0"], ["createcachetable"]):
        subprocess.run([sys.executable, "-m", "config.cli", *command], env=environment, cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def crashed(installation: dict[str, str]) -> Iterator[list[list[int]]]:
    """What the driver found, a line for the address of people and a line for the control."""
    # Directly below the system's temporary folder: PostgreSQL's account has to reach its own.
    with tempfile.TemporaryDirectory(prefix="trama-crash-") as folder, tempfile.TemporaryDirectory() as var:
        cluster = Cluster(Path(folder))
        environment = installation | {
            "DJANGO_SETTINGS_MODULE": "tests.diagnose.answers.servers.settings",
            "TRAMA_DATABASE_URL": cluster.url,
            "TRAMA_VAR": var,
        }
        cluster.create()
        cluster.start()
        try:
            fill(cluster, installation, environment)
        finally:
            cluster.stop()
        command = [sys.executable, "-m", "tests.diagnose.answers.servers.crash", folder, str(CRASH_ROUNDS)]
        done = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=TIME - 60, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:] + (Path(folder) / "log").read_text(errors="replace")[-2000:]
        print(done.stdout)
        yield [[int(number) for number in line.split()] for line in done.stdout.splitlines()]
        shutil.rmtree(Path(folder) / "data", ignore_errors=True)


def test_kill_9_of_the_database_loses_no_acknowledged_answer_and_keeps_none_half_or_twice(crashed):
    acknowledged, lost, half, double, _, _, killed = crashed[0]
    assert acknowledged >= 52 * CRASH_ROUNDS
    assert killed >= 6 * CRASH_ROUNDS  # the postmaster, its own processes and those of the connections
    assert (lost, half, double) == (0, 0, 0)


def test_what_was_not_acknowledged_is_sent_again_and_is_one_row_with_one_receipt(crashed):
    _, _, _, double, sent_again, other_receipts, _ = crashed[0]
    assert sent_again > 0
    assert (double, other_receipts) == (0, 0)


def test_a_commit_that_does_not_wait_for_the_disk_would_be_seen_to_lose(crashed):
    """The control: the same crash at an address that commits with ``synchronous_commit`` off.

    A process of PostgreSQL writes such commits a moment later, and what is written survives kill -9: it is halted, so
    that the control loses every time.
    """
    _, lost, half, _, _, _, _ = crashed[1]
    assert lost > 0
    assert half == 0  # what is there is whole: only the newest is missing
