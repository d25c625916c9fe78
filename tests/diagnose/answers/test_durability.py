"""What was answered "saved" survives the death of the server, once; and every such test has a control that fails.

The sizes are small, for every commit. ``TRAMA_KILL_ROUNDS=20 TRAMA_RESENT_SAVES=200`` runs them at length.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import ROOT

KILL_ROUNDS = int(os.environ.get("TRAMA_KILL_ROUNDS", "2"))
RESENT_SAVES = int(os.environ.get("TRAMA_RESENT_SAVES", "15"))
SAVE = "/autodiagnostico/rodadas/{uid}/responder/salvar/"


@pytest.fixture(scope="module")
def place(installation: dict[str, str]) -> dict[str, str]:
    """The installation, with the addresses of the controls."""
    return {**installation, "DJANGO_SETTINGS_MODULE": "tests.diagnose.answers.servers.settings"}


def drive(environment: dict[str, str], *arguments: str) -> list[int]:
    command = [sys.executable, "-m", "tests.diagnose.answers.servers.drive", *arguments]
    done = subprocess.run(
        command,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=max(580, 120 * KILL_ROUNDS),
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [int(number) for number in done.stdout.split()]


@pytest.mark.timeout(max(600, 150 * KILL_ROUNDS))
def test_kill_9_of_the_server_loses_no_acknowledged_answer(place):
    acknowledged, lost, half, double = drive(place, "kill", SAVE, str(KILL_ROUNDS))
    assert acknowledged >= 40 * KILL_ROUNDS
    assert (lost, half, double) == (0, 0, 0)


@pytest.mark.timeout(max(600, 150 * KILL_ROUNDS))
def test_the_test_above_would_see_a_loss(place):
    """The control: an address that says "saved" before it has saved."""
    _, lost, _, _ = drive(place, "kill", "/controle/{uid}/promessa/", "1")
    assert lost > 0


@pytest.mark.timeout(max(600, 150 * KILL_ROUNDS))
def test_eight_sendings_at_once_are_one_row_and_one_receipt(place):
    rows, other_receipts = drive(place, "resend", SAVE, str(RESENT_SAVES))
    assert (rows, other_receipts) == (RESENT_SAVES, 0)


@pytest.mark.timeout(max(600, 150 * KILL_ROUNDS))
def test_looking_before_inserting_would_be_caught(place):
    """The control: the same eight sendings to an address that looks, then inserts."""
    rows, _ = drive(place, "resend", "/controle/{uid}/olhar/", str(RESENT_SAVES))
    assert rows > RESENT_SAVES


def count_syncs(environment: dict[str, str], trace: Path, synchronous: str) -> int:
    """Syncs of the saves alone: the tracer starts writing to a new file after the world was made."""
    command = [sys.executable, "-m", "tests.diagnose.answers.servers.drive", "syncs", "20", synchronous]
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "begin", process.communicate()[1][-3000:]
    tracer = subprocess.Popen(
        ["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", str(trace), "-p", str(process.pid)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert tracer.stderr is not None
    assert "attached" in tracer.stderr.readline()
    _, problems = process.communicate("go\n", timeout=120)
    tracer.wait(30)
    assert process.returncode == 0, problems[-3000:]
    return sum("sync(" in line for line in trace.read_text().splitlines())


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is absent: syncs cannot be counted")
def test_every_acknowledged_save_was_synced_to_disk(place, tmp_path):
    if "TRAMA_DATABASE_URL" in place:
        pytest.skip("PostgreSQL syncs in its own processes; kill -9 above has teeth there")
    assert count_syncs(place, tmp_path / "full", "FULL") >= 20
    assert count_syncs(place, tmp_path / "off", "OFF") < 10  # the control: the count can tell
