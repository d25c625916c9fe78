"""What the site has acknowledged survives the death of its processes: nothing lost, nothing half, nothing twice."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def kill_servers(environment: dict[str, str], address: str, rounds: int) -> list[int]:
    """Answers acknowledged, lost, half kept, kept twice."""
    command = [sys.executable, "-m", "tests.foundation.sample.kill_servers", address, str(rounds)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [int(number) for number in done.stdout.split()]


def test_kill_9_of_the_web_server_loses_no_acknowledged_answer(installation):
    acknowledged, lost, half, double = kill_servers(installation, "/test/save/", rounds=3)
    assert acknowledged >= 120
    assert (lost, half, double) == (0, 0, 0)


def test_the_test_above_would_see_a_loss(installation):
    """The control: a view that says "saved" before it has saved."""
    _, lost, _, _ = kill_servers(installation, "/test/promise/", rounds=1)
    assert lost > 0
