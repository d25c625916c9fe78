"""The one statement of SQL that stores a statement: many programs write at once, so none is built while they wait.

The unique id decides whether it is here already; never a look before the insert.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections

from trama.foundation.prepared import prepared_cursor

from .models import StatementKey

_INSERT = """
INSERT INTO learn_statement
  (uid, client_id, stored, actor, verb, activity, registration, refers_to, voids, files, body, erased_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, NULL)
ON CONFLICT (uid) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Row:
    """A statement ready to be stored."""

    uid: str
    actor: str
    verb: str
    activity: str
    registration: str
    refers_to: str
    voids: str
    keys: Collection[tuple[int, str]]


def insert(row: Row, *, client: int, stored: datetime, body: str, files: int) -> int | None:
    """Its primary key; None if a statement with this id is here. One statement of SQL, and another one for its keys.

    Without keys it may stand outside a transaction: it is one of its own. SQLite commits a statement that gives rows
    only when they are read; so it is asked for none, and what is stored is on disk when the statement ends.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    at = connection.ops.adapt_datetimefield_value(stored)
    values = [row.uid, client, at, row.actor, row.verb, row.activity, row.registration, row.refers_to, row.voids]
    with prepared_cursor(connection) as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_INSERT, [*values, files, body])
            made = cursor.lastrowid if cursor.rowcount else None
        else:
            cursor.execute(f"{_INSERT} RETURNING id", [*values, files, body])
            made = next(iter(cursor.fetchone() or ()), None)
        if made is None:
            return None
        if row.keys:
            places = ", ".join(["(%s, %s, %s)"] * len(row.keys))
            table = StatementKey._meta.db_table
            cursor.execute(
                f"INSERT INTO {table} (statement_id, role, key) VALUES {places}",  # noqa: S608  (names of ours)
                [part for role, key in sorted(row.keys) for part in (made, int(role), key)],
            )
    return int(made)
