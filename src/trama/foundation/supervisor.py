"""Starts the processes of one installation and stops them all together: none outlives ``trama up``."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

STOP_SECONDS = 15.0  # what a child gets to finish what it is at; a job that is cut off is taken up again later
RESTARTS_PER_MINUTE = 5
_PR_SET_PDEATHSIG = 1


def free_port(host: str, wanted: int, attempts: int = 50) -> int:
    """``wanted``, or the next port after it that nobody listens on. Raises ``OSError`` if there is none."""
    for port in range(wanted, wanted + attempts):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} to {wanted + attempts - 1}")


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


def _die_with_the_parent() -> None:
    """In the child, before it starts: Linux ends it when its parent dies, even by ``kill -9``."""
    os.setpgid(0, 0)  # Ctrl-C reaches the parent only, which then stops the children in order
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    restart: bool  # started again when it dies; otherwise its death stops everything
    process: "subprocess.Popen[bytes] | None" = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(self.command, preexec_fn=_die_with_the_parent)  # noqa: S603

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def restarts_too_often(self) -> bool:
        recent = [start for start in self.starts if time.monotonic() - start < 60]
        return len(recent) > RESTARTS_PER_MINUTE

    def ask_to_stop(self) -> None:
        """TERM to the child alone: it stops in order what it started itself."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill_what_is_left(self) -> None:
        """KILL to the child and to everything that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """``run`` starts the children and returns the exit code once all of them have ended."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = list(children)
        self._stop = threading.Event()
        self._exit_code = 0

    def start(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        for child in self._children:
            child.start()

    def wait_until(self, host: str, port: int, seconds: float = 60) -> bool:
        """Wait until the server answers. False if it ended or was told to stop before that."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._stop.is_set():
            if answers(host, port):
                return True
            if any(child.died() and not child.restart for child in self._children):
                return False
            self._stop.wait(0.1)
        return False

    def run(self) -> int:
        """Watch over the children until a signal comes or one of them cannot be kept up; then stop them all."""
        try:
            while not self._stop.wait(0.3):
                for child in self._children:
                    if not child.died():
                        continue
                    if not child.restart or child.restarts_too_often():
                        self._exit_code = 1
                        self._stop.set()
                        break
                    child.start()
        finally:
            self.stop()
        return self._exit_code

    def stop(self) -> None:
        """TERM, time to finish, then KILL: also to what the children started."""
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children:
            if child.process is None:
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            child.kill_what_is_left()
            child.process.wait()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()


def server_command(*, host: str, port: int, workers: int, threads: int) -> list[str]:
    """The web server as a process: granian, WSGI. With HTTP/2 its workers did not stop when asked (2.8.7)."""
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--http",
        "1",
        "--no-ws",
        "--log-level",
        "warning",
    ]
    command += ["--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)]
    command += ["--respawn-failed-workers", "--workers-kill-timeout", "10", "config.wsgi:application"]
    return command


def worker_command() -> list[str]:
    """The process that runs the jobs."""
    return [sys.executable, "-m", "config.cli", "worker"]
