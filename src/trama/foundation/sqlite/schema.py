"""Changes of the schema beside triggers.

SQLite rebuilds a table to change it. With the old table go its triggers, and the new one cannot take its name while a
trigger of another table speaks of it. So triggers are laid aside for that step, in the transaction of the migration.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import schema


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Rebuilds tables and drops columns with every trigger laid aside, and put back as it read."""

    def _remake_table(self, *args: Any, **kwargs: Any) -> None:
        with self._triggers_laid_aside():
            super()._remake_table(*args, **kwargs)  # type: ignore[misc]

    def remove_field(self, *args: Any, **kwargs: Any) -> None:
        with self._triggers_laid_aside():
            super().remove_field(*args, **kwargs)

    @contextmanager
    def _triggers_laid_aside(self) -> Iterator[None]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            aside = cursor.fetchall()
            for name, _ in aside:
                cursor.execute(f"DROP TRIGGER {self.quote_name(name)}")
            yield
            for _, statement in aside:
                cursor.execute(statement)
