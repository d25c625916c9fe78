"""The guards of the whole site, and how they stand in a database: laid, wrong, lifted for a moment."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from .declaring import Guard
from .writing import Trigger, postgresql_triggers, sqlite_triggers

_ON_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_ON_POSTGRESQL = """
SELECT t.tgname, t.tgtype || ' ' || p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(t.tgrelid)
"""


class Guards:
    """What one room declares. ``since``: the (app, migration) from which on it stands."""

    def __init__(self, since: tuple[str, str], *each: Guard) -> None:
        self.since = since
        self.each = each

    def install(self, connection: Any) -> None:
        """Lay those that are missing or wrong. For the migration that begins with them."""
        _lay(connection, self.each)

    def remove(self, connection: Any) -> None:
        """Take them away: to undo the migration, and for tests that tamper on purpose."""
        _take_away(connection, self.each)


_register: list[Guards] = []


def register_guards(guards: Guards) -> None:
    """Add what a room declares. Raises ``ImproperlyConfigured`` if another room has a guard of the same name."""
    if guards in _register:
        return
    taken = {guard.full_name for known in _register for guard in known.each}
    if doubled := taken & {guard.full_name for guard in guards.each}:
        raise ImproperlyConfigured(f"Two guards are called {min(doubled)!r}.")
    _register.append(guards)


def standing_guards(connection: Any) -> list[Guard]:
    """The declared guards whose migration was applied here: a database may be migrated back to before one."""
    applied = MigrationRecorder(connection).applied_migrations()
    return [guard for guards in _register if guards.since in applied for guard in guards.each]


def wrong_guards(connection: Any) -> list[str]:
    """The names of the triggers that are missing, switched off, or say something else than declared."""
    return [trigger.name for trigger in _wrong(connection, standing_guards(connection))]


def lay_guards(using: str, **_: Any) -> None:
    """After each migration: lay what is missing or wrong."""
    _lay(connections[using], standing_guards(connections[using]))


def _lay(connection: Any, guards: Iterable[Guard]) -> None:
    """Lay these guards where they are missing or wrong, all or none."""
    _run(connection, [statement for trigger in _wrong(connection, guards) for statement in trigger.lay])


def _take_away(connection: Any, guards: Iterable[Guard]) -> None:
    """Take these guards away, all or none."""
    _run(connection, [statement for trigger in _triggers(connection, guards) for statement in trigger.take_away])


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Without any guard for a moment: for tests, which empty the database."""
    guards = standing_guards(connection)
    _take_away(connection, guards)
    try:
        yield
    finally:
        _lay(connection, guards)


def _triggers(connection: Any, guards: Iterable[Guard]) -> list[Trigger]:
    @cache
    def columns(table: str) -> list[str]:
        with connection.cursor() as cursor:
            return [column.name for column in connection.introspection.get_table_description(cursor, table)]

    write = sqlite_triggers if connection.vendor == "sqlite" else postgresql_triggers
    return [trigger for guard in guards for trigger in write(guard, columns)]


def _wrong(connection: Any, guards: Iterable[Guard]) -> list[Trigger]:
    with connection.cursor() as cursor:
        cursor.execute(_ON_SQLITE if connection.vendor == "sqlite" else _ON_POSTGRESQL)
        found = dict(cursor.fetchall())
    return [trigger for trigger in _triggers(connection, guards) if found.get(trigger.name) != trigger.standing]


def _run(connection: Any, statements: list[str]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
