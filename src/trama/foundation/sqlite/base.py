"""The engine: ``ENGINE = "trama.foundation.sqlite"``."""

from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from .queue import QueueTimeout, WouldWaitForItself, WriteLock
from .schema import DatabaseSchemaEditor
from .settings import apply_settings, read_settings, require_settings

READING = ("SELECT", "PRAGMA", "EXPLAIN", "VALUES", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "WITH")
DEFAULT_TIMEOUT = 30.0  # seconds a writer waits for its turn; OPTIONS["timeout"] changes it


class QueuedCursor(base.SQLiteCursorWrapper):
    """Single statements that write outside a transaction wait for their turn too."""

    wrapper: "DatabaseWrapper"

    def execute(self, query: str, params: Any = None) -> Any:
        with _Turn(self.wrapper, query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with _Turn(self.wrapper, query):
            return super().executemany(query, param_list)


class _Turn:
    """Holds the write lock for one statement, unless a transaction holds it already or the statement only reads."""

    __slots__ = ("_ours", "_wrapper")

    def __init__(self, wrapper: "DatabaseWrapper", query: str) -> None:
        self._wrapper = wrapper
        self._ours = not wrapper.write_lock_is_held and not query[:40].lstrip(" \n\t(").upper().startswith(READING)

    def __enter__(self) -> None:
        if self._ours:
            self._wrapper.take_write_lock()

    def __exit__(self, *_: object) -> None:
        if self._ours and not self._wrapper.connection.in_transaction:
            self._wrapper.give_write_lock_back()


class DatabaseWrapper(base.DatabaseWrapper):
    """Full durability, immediate transactions, and a fair queue for writers."""

    SchemaEditorClass = DatabaseSchemaEditor
    _write_lock: WriteLock | None = None

    def get_connection_params(self) -> dict[str, Any]:
        options = super().get_connection_params()
        self.transaction_mode = "IMMEDIATE"
        return options

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        try:
            apply_settings(connection)
            require_settings(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def create_cursor(self, name: Any = None) -> Any:
        cursor = self.connection.cursor(factory=QueuedCursor)
        cursor.wrapper = self
        return cursor

    def live_settings(self) -> dict[str, Any]:
        """The promised settings, read from the live connection."""
        self.ensure_connection()
        return read_settings(self.connection)

    def _start_transaction_under_autocommit(self) -> None:
        self.take_write_lock()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self.give_write_lock_back()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            if self.connection is None or not self.connection.in_transaction:
                self.give_write_lock_back()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            if self.connection is None or not self.connection.in_transaction:
                self.give_write_lock_back()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self.give_write_lock_back()

    @property
    def write_lock_is_held(self) -> bool:
        return self._write_lock is not None and self._write_lock.held

    def take_write_lock(self) -> None:
        """Wait for our turn to write. Raises ``OperationalError`` when it does not come, or cannot come."""
        if self.is_in_memory_db():
            return
        if self._write_lock is None:
            self._write_lock = WriteLock(str(self.settings_dict["NAME"]))
        try:
            self._write_lock.take(float(self.settings_dict["OPTIONS"].get("timeout", DEFAULT_TIMEOUT)))
        except QueueTimeout as error:
            raise OperationalError(f"database is locked: {error}") from error
        except WouldWaitForItself as error:
            raise OperationalError(
                "database is locked: this thread is already writing to the same file through another connection, "
                "and would wait for itself"
            ) from error

    def give_write_lock_back(self) -> None:
        if self._write_lock is not None:
            self._write_lock.give_back()


Database = base.Database  # type: ignore[attr-defined]  # the backend's own name, which Django looks for here

__all__ = ["Database", "DatabaseWrapper"]
