"""Tables made together: for first migrations of many tables."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel


class CreateTables(Operation):
    """Several tables at once.

    The same as its operations one by one, except that the picture of the whole database is drawn once instead of after
    each of them: of some thirty tables that all point to the accounts, that was nine tenths of the time.
    """

    reduces_to_sql = True
    atomic = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # drawn anew when somebody asks, with all tables in it
        state.is_delayed = False  # so that nothing waits to be drawn: a step in Python need not draw it once more
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def _models(self, app_label: str, state: Any) -> list[Any]:
        """The tables, as they stand after all operations."""
        names = [operation.name for operation in self.operations if isinstance(operation, CreateModel)]
        return [state.apps.get_model(app_label, name) for name in names]

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self._models(app_label, to_state):
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in reversed(self._models(app_label, from_state)):
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def describe(self) -> str:
        return f"Create {len(self.operations)} tables at once"
