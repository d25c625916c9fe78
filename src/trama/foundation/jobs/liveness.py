"""Whether the process that runs a job still lives, and how far it is: files beside the database.

A running job holds a ``flock`` on its file; the kernel takes it back when the process dies, however it dies. That
answers at once and costs no write, which matters on SQLite, where a job in a long transaction could not write a
heartbeat. Between machines (PostgreSQL) the heartbeat of the row answers instead.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings


def _file(job_id: Any, suffix: str) -> Path:
    return Path(settings.VAR_DIR) / "jobs" / f"{job_id}.{suffix}"


@contextlib.contextmanager
def alive(job_id: Any) -> Iterator[None]:
    """Hold the sign of life of a job. Raises ``BlockingIOError`` if another process holds it."""
    path = _file(job_id, "alive")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
        for suffix in ("alive", "progress"):
            _file(job_id, suffix).unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def is_alive(job_id: Any) -> bool:
    """Whether a process of this machine runs the job now."""
    try:
        descriptor = os.open(_file(job_id, "alive"), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def note_progress(job_id: Any, done: int, total: int | None, message: str) -> None:
    """Keep the progress of a job that is inside a transaction, where its row cannot show it."""
    path = _file(job_id, "progress")
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"done": done, "total": total, "message": message}), encoding="utf-8")
    new.replace(path)


def noted_progress(job_id: Any) -> dict[str, Any] | None:
    """What ``note_progress`` kept last: ``done``, ``total``, ``message``; None if nothing."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        noted: dict[str, Any] = json.loads(_file(job_id, "progress").read_text(encoding="utf-8"))
        return noted
    return None
