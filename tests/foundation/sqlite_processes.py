"""Programs that the SQLite tests run in processes of their own: ``python -m tests.foundation.sqlite_processes …``."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings


def _connect(path: str, timeout: float = 30) -> Any:
    settings.configure(
        DATABASES={
            "default": {"ENGINE": "trama.foundation.sqlite", "NAME": path, "OPTIONS": {"timeout": timeout}},
        },
        INSTALLED_APPS=[],
        USE_TZ=True,
    )
    django.setup()
    from django.db import connection

    return connection


def write(path: str, rows: str, queued: str) -> None:
    """Write rows one by one, each in a transaction, and print the slowest wait in seconds."""
    connection = _connect(path)
    from django.db import transaction

    if queued == "no":
        connection.take_write_lock = lambda: None  # the control: SQLite's own busy wait
    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    slowest = 0.0
    for number in range(int(rows)):
        started = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO t (writer, number) VALUES (%s, %s)", [os.getpid(), number])
            slowest = max(slowest, time.perf_counter() - started)
    print(slowest, flush=True)


def acknowledge(path: str, file: str, when: str) -> None:
    """Write rows for ever; note each number in ``file`` once it is committed (or, as a control, before)."""
    connection = _connect(path)
    from django.db import transaction

    noted = Path(file).open("a", buffering=1)  # noqa: SIM115
    number = 0
    while True:
        number += 1
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO t (writer, number) VALUES (%s, %s)", [os.getpid(), number])
            if when == "before":
                noted.write(f"{os.getpid()} {number}\n")
                time.sleep(0.002)
        if when == "after":
            noted.write(f"{os.getpid()} {number}\n")


def hold(path: str) -> None:
    """Hold the write lock, inside a transaction with an uncommitted row, until killed."""
    connection = _connect(path)
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO t (writer, number) VALUES (0, 0)")
        print("holding", flush=True)
        time.sleep(60)


def hold_and_fork(path: str) -> None:
    """Take the lock and fork twice: one child tries to give it back, one does nothing; both live on."""
    from trama.foundation.sqlite.queue import WriteLock

    lock = WriteLock(path)
    lock.take(1)
    tried, alive = os.pipe(), os.pipe()
    for gives_back in (True, False):
        if os.fork() == 0:
            os.close(alive[1])
            if gives_back:
                lock.give_back()
            os.write(tried[1], b"x")
            os.read(alive[0], 1)  # ends with the parent
            os._exit(0)
        os.read(tried[0], 1)
    print("forked", flush=True)
    sys.stdin.readline()
    lock.give_back()
    print("given back", flush=True)
    sys.stdin.readline()


def commit_fifty(path: str, synchronous: str) -> None:
    """Fifty commits, for counting the syncs. ``synchronous`` other than FULL is the control."""
    connection = _connect(path)
    from django.db import transaction

    connection.ensure_connection()
    if synchronous != "FULL":
        connection.connection.execute(f"PRAGMA synchronous={synchronous}")
    for number in range(50):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO t (writer, number) VALUES (0, %s)", [number])


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
