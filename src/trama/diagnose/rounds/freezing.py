"""The database itself refuses to change what a submitted or cancelled round holds, and any receipt or step.

The triggers lock the row of the round in share mode on PostgreSQL: a save that is under way holds back the submission
until it ends, and one that comes after sees that the round was submitted. Savers do not hold each other back. On SQLite
there is one writer at a time.
"""

from typing import Any

FROZEN = "A submitted or cancelled round never changes."
APPEND_ONLY = "Saves, receipts and steps of rounds are only added."
_FROZEN_STATES = "('submitted', 'cancelled')"
_OF_ITEM = ("diagnose_answer", "diagnose_agreement", "diagnose_evidence")
_OF_ROUND = ("diagnose_rounditem",)
_APPENDED = ("diagnose_receipt", "diagnose_roundstep", "diagnose_submission")
_ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def _sqlite() -> dict[str, tuple[str, str]]:
    """Name of each trigger: (its table, the statement)."""
    made = {}
    for tables, column, rounds in (
        (_OF_ITEM, "item_id", "SELECT round_id FROM diagnose_rounditem WHERE id IN ({rows})"),
        (_OF_ROUND, "round_id", "{rows}"),
    ):
        for table in tables:
            for verb, versions in _ROWS.items():
                which = rounds.format(rows=", ".join(f"{version}.{column}" for version in versions))
                name = f"{table}_frozen_{verb.lower()}"
                made[name] = (
                    table,
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} WHEN EXISTS (SELECT 1 FROM"  # noqa: S608  (names of ours)
                    f" diagnose_round WHERE id IN ({which}) AND state IN {_FROZEN_STATES})"
                    f" BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END",
                )
    for table in _APPENDED:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_append_only_{verb.lower()}"
            made[name] = (
                table,
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END",
            )
    return made


def _postgresql_function(name: str, column: str, find: str) -> str:
    """A function that refuses when a round of OLD or NEW is frozen."""

    def check(version: str, verb: str) -> str:
        row = f"{version}.{column}"
        return (
            f"IF TG_OP <> '{verb}' THEN SELECT r.state INTO found FROM diagnose_round r"  # noqa: S608  (names of ours)
            f" WHERE r.id = {find.format(row=row)} FOR SHARE OF r;"
            f" IF found IN {_FROZEN_STATES} THEN RAISE EXCEPTION '{FROZEN}'"
            " USING ERRCODE = 'integrity_constraint_violation'; END IF; END IF;"
        )

    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE found text; BEGIN "
        f"{check('OLD', 'INSERT')} {check('NEW', 'DELETE')}"
        " RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$"
    )


_POSTGRESQL_FUNCTIONS = {
    "diagnose_refuse_frozen_item": ("item_id", "(SELECT i.round_id FROM diagnose_rounditem i WHERE i.id = {row})"),
    "diagnose_refuse_frozen_round": ("round_id", "{row}"),
}
_APPEND_ONLY_FUNCTION = (
    "CREATE OR REPLACE FUNCTION diagnose_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" RAISE EXCEPTION '{APPEND_ONLY}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
)


def _postgresql() -> dict[str, tuple[str, str]]:
    made = {}
    for tables, function in ((_OF_ITEM, "diagnose_refuse_frozen_item"), (_OF_ROUND, "diagnose_refuse_frozen_round")):
        for table in tables:
            made[f"{table}_frozen"] = (
                table,
                f"CREATE OR REPLACE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {function}()",
            )
    for table in _APPENDED:
        made[f"{table}_append_only"] = (
            table,
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION diagnose_refuse_change()",
        )
    return made


def tables_are_there(connection: Any) -> bool:
    """Whether the tables exist yet: a database may be migrated back to before this phase."""
    return {*_OF_ITEM, *_OF_ROUND, *_APPENDED} <= set(connection.introspection.table_names())


def install_triggers(connection: Any) -> None:
    """Create them where they are missing. Repeatable: SQLite loses them when a later migration rebuilds a table."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for _, statement in _sqlite().values():
                cursor.execute(statement)
            return
        for name, (column, find) in _POSTGRESQL_FUNCTIONS.items():
            cursor.execute(_postgresql_function(name, column, find))
        cursor.execute(_APPEND_ONLY_FUNCTION)
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
