"""A PostgreSQL of our own, which nobody else uses, so that it can be killed in the middle of its work."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

CONNECTIONS = 60


def tools() -> Path | None:
    """The folder of PostgreSQL's programs, or None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    beside = shutil.which("initdb")
    if not found and beside is not None:
        found = [Path(beside).resolve()]
    return found[0].parent if found else None


class Cluster:
    """The cluster in a folder. Its postmaster is our child, so that its death is seen at once."""

    def __init__(self, folder: Path) -> None:
        found = tools()
        assert found is not None, "PostgreSQL is not installed"
        self.folder, self.tools = folder, found
        # PostgreSQL refuses to run as root; its package brings its own account.
        self.owner = "postgres" if os.geteuid() == 0 else None
        self.postmaster: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://trama@/postgres?host={self.folder}"

    def create(self) -> None:
        """An empty cluster. The settings that make a commit durable are PostgreSQL's own."""
        if self.owner is not None:
            shutil.chown(self.folder, self.owner, self.owner)
        self.folder.chmod(0o700)
        command = [
            str(self.tools / "initdb"),
            "-D",
            str(self.folder / "data"),
            "-A",
            "trust",
            "-U",
            "trama",
            "-E",
            "UTF8",
        ]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, **self._as_owner())

    def _as_owner(self) -> dict[str, object]:
        return {"user": self.owner, "group": self.owner, "extra_groups": []} if self.owner is not None else {}

    def start(self) -> None:
        """Start, recovering what there is to recover; returns once it answers. Raises ``TimeoutError``."""
        command = [str(self.tools / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        command += ["-c", "listen_addresses=", "-c", f"max_connections={CONNECTIONS}"]
        with (self.folder / "log").open("ab") as log:
            self.postmaster = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **self._as_owner()
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if self.postmaster.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError((self.folder / "log").read_text(errors="replace")[-3000:])
            time.sleep(0.02)

    def _answers(self) -> bool:
        import psycopg

        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=5):
            return True
        return False

    def halt_the_wal_writer(self) -> None:
        """From now on nothing reaches the disk but what somebody waits for: what a commit without waiting relies on."""
        assert self.postmaster is not None
        for child in _children_of(self.postmaster.pid):
            if b"walwriter" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGSTOP)
                return
        raise RuntimeError("the WAL writer was not found")

    def crash(self) -> int:
        """Kill -9 of the postmaster and of every process of it, in one instant for them. Returns how many died.

        The postmaster is halted first: it would otherwise tell the others that one of them died.
        """
        assert self.postmaster is not None
        self.postmaster.send_signal(signal.SIGSTOP)
        children = _children_of(self.postmaster.pid)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.postmaster.kill()
        self.postmaster.wait()
        deadline = time.monotonic() + 30
        while any(_lives(child) for child in children) and time.monotonic() < deadline:
            time.sleep(0.005)
        return 1 + len(children)

    def stop(self) -> None:
        """The end in good order."""
        if self.postmaster is not None and self.postmaster.poll() is None:
            self.postmaster.send_signal(signal.SIGINT)
            self.postmaster.wait(60)


def _stat(pid: int) -> tuple[str, int] | None:
    """The state and the parent of a process, or None if there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


def _children_of(pid: int) -> list[int]:
    known = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [one for one in known if (found := _stat(one)) is not None and found[1] == pid]


def _lives(pid: int) -> bool:
    found = _stat(pid)
    return found is not None and found[0] not in "ZX"
