"""The database itself refuses to change a signed list of priorities, and any signature or reopening.

A signed list is opened again by one move only: taking the signature off the list after a reopening was written for it.
The triggers lock the row of the list in share mode on PostgreSQL: a save that is under way holds back the signature,
and one that comes after sees that the list was signed. On SQLite there is one writer at a time.
"""

from typing import Any

FROZEN = "A signed list of priorities never changes."
APPEND_ONLY = "Scores as given, signatures and reopenings are only added."
_LIST = "diagnose_prioritylist"
_OF_LIST = (
    "diagnose_gutscore",
    "diagnose_gutchange",
    "diagnose_orderopened",
    "diagnose_factor",
    "diagnose_priority",
    "diagnose_setaside",
)
_APPENDED = ("diagnose_gutchange", "diagnose_prioritysignature", "diagnose_priorityreopening")
_ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
_KEPT = ("round_id", "weight_gap", "weight_importance", "weight_reach", "weight_governability", "weight_gut")
_REOPENED = (
    "NEW.signed_at IS NULL AND "  # noqa: S608  (names of ours)
    + " AND ".join(f"NEW.{name} = OLD.{name}" for name in _KEPT)
    + " AND EXISTS (SELECT 1 FROM diagnose_priorityreopening r JOIN diagnose_prioritysignature s"
    " ON s.id = r.signature_id WHERE s.list_id = OLD.id AND s.signed_at = OLD.signed_at)"
)


def _sqlite() -> dict[str, tuple[str, str]]:
    """Name of each trigger: (its table, the statement)."""
    made = {}

    def refuse(name: str, table: str, verb: str, when: str, message: str) -> None:
        condition = f" WHEN {when}" if when else ""
        made[name] = (
            table,
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table}{condition}"
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END",
        )

    for table in _OF_LIST:
        for verb, versions in _ROWS.items():
            which = ", ".join(f"{version}.list_id" for version in versions)
            signed = f"EXISTS (SELECT 1 FROM {_LIST} WHERE id IN ({which}) AND signed_at IS NOT NULL)"  # noqa: S608  (names of ours)
            refuse(f"{table}_signed_{verb.lower()}", table, verb, signed, FROZEN)
    refuse(f"{_LIST}_signed_delete", _LIST, "DELETE", "OLD.signed_at IS NOT NULL", FROZEN)
    refuse(f"{_LIST}_signed_update", _LIST, "UPDATE", f"OLD.signed_at IS NOT NULL AND NOT ({_REOPENED})", FROZEN)
    for table in _APPENDED:
        for verb in ("UPDATE", "DELETE"):
            refuse(f"{table}_append_only_{verb.lower()}", table, verb, "", APPEND_ONLY)
    return made


def _raise(message: str) -> str:
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"


def _of_list(version: str, verb: str) -> str:
    return (
        f"IF TG_OP <> '{verb}' THEN SELECT l.signed_at INTO signed FROM {_LIST} l WHERE l.id = {version}.list_id"  # noqa: S608  (names of ours)
        f" FOR SHARE OF l; IF signed IS NOT NULL THEN {_raise(FROZEN)} END IF; END IF;"
    )


_POSTGRESQL_FUNCTIONS = (
    "CREATE OR REPLACE FUNCTION diagnose_refuse_signed_part() RETURNS trigger LANGUAGE plpgsql AS $$"
    f" DECLARE signed timestamptz; BEGIN {_of_list('OLD', 'INSERT')} {_of_list('NEW', 'DELETE')}"
    " RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$",
    "CREATE OR REPLACE FUNCTION diagnose_refuse_signed_list() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF OLD.signed_at IS NOT NULL THEN"
    f" IF TG_OP = 'DELETE' THEN {_raise(FROZEN)}"
    f" ELSIF NOT ({_REOPENED}) THEN {_raise(FROZEN)} END IF; END IF;"
    " RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$",
    "CREATE OR REPLACE FUNCTION diagnose_refuse_priority_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" {_raise(APPEND_ONLY)} END $$",
)


def _postgresql() -> dict[str, tuple[str, str]]:
    made = {}
    for suffix, tables, verbs, function in (
        ("signed", _OF_LIST, "INSERT OR UPDATE OR DELETE", "diagnose_refuse_signed_part"),
        ("signed", (_LIST,), "UPDATE OR DELETE", "diagnose_refuse_signed_list"),
        ("append_only", _APPENDED, "UPDATE OR DELETE", "diagnose_refuse_priority_change"),
    ):
        for table in tables:
            made[f"{table}_{suffix}"] = (
                table,
                f"CREATE OR REPLACE TRIGGER {table}_{suffix} BEFORE {verbs} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {function}()",
            )
    return made


def tables_are_there(connection: Any) -> bool:
    """Whether the tables exist yet: a database may be migrated back to before this phase."""
    return {_LIST, *_OF_LIST, *_APPENDED} <= set(connection.introspection.table_names())


def install_triggers(connection: Any) -> None:
    """Create them where they are missing. Repeatable: SQLite loses them when a later migration rebuilds a table."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for _, statement in _sqlite().values():
                cursor.execute(statement)
            return
        for function in _POSTGRESQL_FUNCTIONS:
            cursor.execute(function)
        for _, statement in _postgresql().values():
            cursor.execute(statement)


def remove_triggers(connection: Any) -> None:
    """Take them away: to undo the migration, and for tests that empty the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        for name, (table, _) in _postgresql().items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
