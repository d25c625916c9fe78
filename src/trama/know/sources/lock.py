"""One import at a time, in any process of the installation.

Whatever is staged while the lock is free belongs to an import that died: the next one clears it away.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from .errors import ImportBusy

_KEY = 7_283_652  # PostgreSQL advisory lock
POLL_SECONDS = 0.2


@contextmanager
def import_lock(wait_seconds: float = 900.0, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the import lock. Raises ``ImportBusy`` if another import still runs after ``wait_seconds``."""
    take, release = _postgresql() if connection.vendor == "postgresql" else _file()
    deadline = time.monotonic() + wait_seconds
    while not take():
        if time.monotonic() >= deadline:
            raise ImportBusy
        if waiting is not None:
            waiting()
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        release()


def _postgresql() -> tuple[Callable[[], bool], Callable[[], None]]:
    """A lock of the database session: it goes when the process dies."""

    def take() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEY])
            return bool(cursor.fetchone()[0])

    def release() -> None:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY])

    return take, release


def _file() -> tuple[Callable[[], bool], Callable[[], None]]:
    """A lock on a file beside the database: the kernel gives it back when the process dies."""
    descriptor = os.open(
        f"{connection.settings_dict['NAME']}.import-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )

    def take() -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    return take, lambda: os.close(descriptor)
