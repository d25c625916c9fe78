"""``trama up``: from nothing to an address, again in seconds, and no process left behind."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from trama.foundation import startup
from trama.foundation.supervisor import Child, Supervisor, free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are counted in /proc")


def processes_of(mark: str) -> list[int]:
    """Process numbers whose environment carries the mark."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if mark.encode() in environment and state != "Z":
                found.append(int(entry.name))
    return found


def wait_until_none(mark: str, seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while (left := processes_of(mark)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


class Site:
    """A running ``trama up``, recognised by a mark in its environment."""

    def __init__(self, environment: dict[str, str], *arguments: str, command: str = "up") -> None:
        self.mark = f"SITE_MARK={os.getpid()}-{time.monotonic_ns()}"
        name, _, value = self.mark.partition("=")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.cli", command, *arguments],
            env={**environment, name: value},
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.lines: list[str] = []

    def address(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(r"http://\S+/", line):
                return found[0]
        raise AssertionError("".join(self.lines))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=40)


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


@pytest.fixture
def place(installation: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An empty folder, with the database of the installation where that is PostgreSQL."""
    return {**installation, "TRAMA_VAR": str(tmp_path)}


@pytest.fixture
def migrated_place(place: dict[str, str], installation: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A folder with a migrated database, for what is not about a first start."""
    if "TRAMA_DATABASE_URL" not in place:
        shutil.copyfile(Path(installation["TRAMA_VAR"]) / "trama.sqlite3", tmp_path / "trama.sqlite3")
    return place


def test_a_first_start_serves_and_a_second_keeps_what_there_was(place, tmp_path):
    port = str(free_port("127.0.0.1", 21000 + os.getpid() % 4000))
    first = Site(place, "--no-load", "--port", port)
    address = first.address()
    assert address == f"http://127.0.0.1:{port}/"
    assert '"database": "well"' in read(f"{address}saude/")
    deadline = time.monotonic() + 20
    while '"worker": "well"' not in read(f"{address}saude/") and time.monotonic() < deadline:
        time.sleep(0.2)
    assert '"worker": "well"' in read(f"{address}saude/")
    assert first.end(signal.SIGTERM) == 0
    assert wait_until_none(first.mark, 5) == []
    key = (tmp_path / "secret-key").read_text()
    assert (tmp_path / "first-start-done").exists()
    second = Site(place, "--no-load", "--port", port)
    second.address()
    assert second.end(signal.SIGINT) == 0
    assert wait_until_none(second.mark, 5) == []
    assert (tmp_path / "secret-key").read_text() == key


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_killed_without_warning_it_leaves_no_process_behind(migrated_place):
    site = Site(migrated_place, "--no-load", "--port", str(free_port("127.0.0.1", 25000 + os.getpid() % 4000)))
    site.address()
    deadline = time.monotonic() + 30  # the port may be open before the last process stands
    while len(processes_of(site.mark)) < 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(processes_of(site.mark)) >= 4  # itself, the server and its processes, the worker
    site.end(signal.SIGKILL)
    assert wait_until_none(site.mark, 60) == []


def test_a_taken_port_is_told_and_nothing_is_left_running(migrated_place):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        site = Site(migrated_place, "--no-load", "--port", str(taken.getsockname()[1]))
        output, _ = site.process.communicate(timeout=60)
    assert site.process.returncode == 1
    assert "TRAMA_PORT" in output
    assert wait_until_none(site.mark, 5) == []


def test_serving_an_unprepared_database_is_refused_and_a_prepared_one_is_served(migrated_place, tmp_path):
    port = str(free_port("127.0.0.1", 33000 + os.getpid() % 4000))
    unprepared = {**migrated_place, "TRAMA_DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
    refused = Site(unprepared, "--port", port, command="serve")
    output, _ = refused.process.communicate(timeout=60)
    assert refused.process.returncode == 1
    assert "trama migrate" in output
    site = Site(migrated_place, "--port", port, "--workers", "1", command="serve")
    assert site.process.stdout is not None
    served = (line for line in site.process.stdout if f"127.0.0.1:{port}" in line)  # the worker writes there as well
    assert next(served, "")
    assert '"database": "well"' in read(f"http://127.0.0.1:{port}/saude/")
    assert site.end(signal.SIGTERM) == 0
    assert wait_until_none(site.mark, 5) == []


def test_the_next_free_port_is_taken_where_none_was_asked_for():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port("127.0.0.1", port) < port + 50
        with pytest.raises(OSError, match="no free port"):
            free_port("127.0.0.1", port, attempts=1)


def test_a_server_that_cannot_be_kept_up_ends_everything(monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    server = Child("site", [sys.executable, "-c", "raise SystemExit(3)"], restart=False)
    other = Child("worker", [sys.executable, "-c", "import time; time.sleep(60)"], restart=True)
    supervisor = Supervisor([server, other])
    supervisor.start()
    assert supervisor.run() == 1
    assert other.process is not None
    assert other.process.poll() is not None


def test_a_worker_that_dies_is_started_again_but_not_for_ever(monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    worker = Child("worker", [sys.executable, "-c", ""], restart=True)
    supervisor = Supervisor([worker])
    supervisor.start()
    assert supervisor.run() == 1
    assert 3 <= len(worker.starts) <= 7


def test_what_the_phases_registered_for_the_first_start_runs_once(monkeypatch, settings, tmp_path, capsys):
    settings.VAR_DIR = tmp_path
    ran: list[str] = []
    monkeypatch.setattr(startup, "_first_start", [])
    startup.register_first_start(lambda stream: ran.append("accounts"))
    assert startup.run_first_start(sys.stdout)
    assert not startup.run_first_start(sys.stdout)
    assert ran == ["accounts"]


def test_an_interrupted_first_start_is_done_again(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    ran: list[str] = []

    def fails_once(stream: object) -> None:
        ran.append("tried")
        if len(ran) == 1:
            raise ZeroDivisionError

    monkeypatch.setattr(startup, "_first_start", [fails_once])
    with pytest.raises(ZeroDivisionError):
        startup.run_first_start(sys.stdout)
    assert startup.run_first_start(sys.stdout)
    assert ran == ["tried", "tried"]
