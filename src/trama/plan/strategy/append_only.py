"""The database itself refuses to change or delete the history of plans."""

from typing import Any

TABLE = "plan_planchange"
REFUSAL = "The history of plans is only added to."
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION plan_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
)
_POSTGRESQL = (
    f"CREATE OR REPLACE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}"
    " FOR EACH ROW EXECUTE FUNCTION plan_refuse_change()"
)


def table_is_there(connection: Any) -> bool:
    """Whether the table exists yet: a database may be migrated back to before this phase."""
    return TABLE in connection.introspection.table_names()


def install_triggers(connection: Any) -> None:
    """Create them where they are missing. Repeatable: SQLite loses them when a later migration rebuilds the table."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE}"
                    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                )
            return
        cursor.execute(_FUNCTION)
        cursor.execute(_POSTGRESQL)


def remove_triggers(connection: Any) -> None:
    """Take them away: to undo the migration, and for tests that empty the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}")
            return
        cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_append_only ON {TABLE}")
