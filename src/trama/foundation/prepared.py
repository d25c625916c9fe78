"""Statements that are written once and run very often: no building of SQL, and PostgreSQL plans them once a connection.

Everything Django does around a statement stays: its errors, its checks of the connection, its counting in tests.
"""

from typing import Any


def prepared_cursor(connection: Any) -> Any:
    """A cursor that sends values apart from the statement, so that PostgreSQL can keep the plan of the statement.

    Use it in ``with``. ``prepare_threshold`` of the connection (``config.settings.databases``) says from which
    repetition on; without it, and on SQLite, which keeps compiled statements by itself, this is the ordinary cursor.
    """
    if connection.vendor != "postgresql" or connection.settings_dict["OPTIONS"].get("prepare_threshold") is None:
        return connection.cursor()
    from psycopg import Cursor

    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection._prepare_cursor(Cursor(connection.connection))
