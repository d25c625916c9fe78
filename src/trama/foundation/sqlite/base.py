"""The engine: ``ENGINE = "trama.foundation.sqlite"``."""

import fcntl
import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.base import Database

WAL_IS_SAFE_FROM = (3, 51, 3)  # 3.7.0 to 3.51.2: WAL with several processes can corrupt (WAL-reset bug)


def journal_mode(version: tuple[int, ...] = Database.sqlite_version_info) -> str:
    """The journal this SQLite library may be trusted with."""
    return "wal" if version >= WAL_IS_SAFE_FROM else "delete"


class DatabaseWrapper(base.DatabaseWrapper):
    """Full durability, immediate transactions, and a fair queue for writers."""

    _write_lock: int | None = None

    def get_connection_params(self) -> dict[str, Any]:
        options = super().get_connection_params()
        self.transaction_mode = "IMMEDIATE"
        return options

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        wanted = {"journal_mode": journal_mode(), "synchronous": 2, "foreign_keys": 1, "mmap_size": 0}
        connection.execute(f"PRAGMA journal_mode={wanted['journal_mode']}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA mmap_size=0")
        connection.execute("PRAGMA cache_size=-20000")
        connection.execute("PRAGMA temp_store=MEMORY")
        for name, expected in wanted.items():
            row = connection.execute(f"PRAGMA {name}").fetchone()
            found = row[0] if row else 0
            if found != expected and not (name == "journal_mode" and found == "memory"):
                connection.close()
                raise ImproperlyConfigured(f"SQLite {name}: found {found!r}, expected {expected!r}.")
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self._take_write_lock()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._release_write_lock()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()
        finally:
            if self.connection is None or not self.connection.in_transaction:
                self._release_write_lock()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()
        finally:
            self._release_write_lock()

    def _close(self) -> Any:
        try:
            return super()._close()
        finally:
            self._release_write_lock()

    def _take_write_lock(self) -> None:
        """Wait for our turn. The kernel wakes the waiters in order; the lock dies with the process."""
        if self._write_lock is not None or self.is_in_memory_db():
            return
        path = f"{self.settings_dict['NAME']}.write-lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._write_lock = descriptor

    def _release_write_lock(self) -> None:
        if self._write_lock is not None:
            os.close(self._write_lock)  # closing the descriptor gives the lock back
            self._write_lock = None
