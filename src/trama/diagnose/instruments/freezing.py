"""The database itself refuses to change a published version of an instrument, or anything it holds, whoever writes.

Only its state may still go on, from published to retired. Drafts are free.
"""

from typing import Any

FROZEN = "A published version of an instrument never changes."
VERSION = "diagnose_instrumentversion"
_COLUMNS = (
    "id", "instrument_id", "version", "title_pt", "title_en", "summary_pt", "summary_en",
    "guidance_pt", "guidance_en", "authors_pt", "authors_en", "note_pt", "note_en",
    "published_at", "created_at", "created_by_id", "content_hash",
)  # fmt: skip
_BY_VERSION = "{row}.version_id"
_BY_DIMENSION = "(SELECT d.version_id FROM diagnose_dimension d WHERE d.id = {row}.dimension_id)"
_BY_CRITERION = "(SELECT c.version_id FROM diagnose_criterion c WHERE c.id = {row}.criterion_id)"
_PARTS = {
    "diagnose_levelmeaning": _BY_VERSION,
    "diagnose_respondent": _BY_VERSION,
    "diagnose_dimension": _BY_VERSION,
    "diagnose_area": _BY_DIMENSION,
    "diagnose_criterion": _BY_VERSION,
    "diagnose_criterion_respondents": _BY_CRITERION,
    "diagnose_criterionindicator": _BY_CRITERION,
    "diagnose_criteriontechnology": _BY_CRITERION,
}
_PUBLISHED = "EXISTS (SELECT 1 FROM diagnose_instrumentversion v WHERE v.id IN ({which}) AND v.state <> 'draft')"
_ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def _sqlite() -> dict[str, str]:
    """Name of each trigger: the statement that makes it."""
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _COLUMNS)
    made = {
        f"{VERSION}_frozen_update": f"BEFORE UPDATE ON {VERSION} WHEN OLD.state <> 'draft' AND (NEW.state = 'draft'"
        f" OR (OLD.state = 'retired' AND NEW.state <> 'retired') OR {differs})",
        f"{VERSION}_frozen_delete": f"BEFORE DELETE ON {VERSION} WHEN OLD.state <> 'draft'",
    }
    for table, find in _PARTS.items():
        for verb, rows in _ROWS.items():
            which = ", ".join(find.format(row=row) for row in rows)
            made[f"{table}_frozen_{verb.lower()}"] = f"BEFORE {verb} ON {table} WHEN {_PUBLISHED.format(which=which)}"
    return {
        name: f"CREATE TRIGGER IF NOT EXISTS {name} {when} BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
        for name, when in made.items()
    }


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}"
        " RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$"
    )


_RAISE = f"RAISE EXCEPTION '{FROZEN}' USING ERRCODE = 'integrity_constraint_violation'"
_OF_VERSION = (
    f"IF OLD.state <> 'draft' THEN IF TG_OP = 'DELETE' THEN {_RAISE}; END IF;"
    " IF NEW.state = 'draft' OR (OLD.state = 'retired' AND NEW.state <> 'retired')"
    f" OR to_jsonb(OLD) - 'state' IS DISTINCT FROM to_jsonb(NEW) - 'state' THEN {_RAISE}; END IF; END IF;"
)


def _part_body(find: str) -> str:
    """Refuses when the version of OLD or NEW is no draft."""

    def check(row: str, verb: str) -> str:
        published = _PUBLISHED.format(which=find.format(row=row))
        return f"IF TG_OP <> '{verb}' AND {published} THEN {_RAISE}; END IF;"

    return f"{check('OLD', 'INSERT')} {check('NEW', 'DELETE')}"


def _postgresql() -> list[str]:
    statements = [
        _function("diagnose_refuse_frozen_version", _OF_VERSION),
        f"CREATE OR REPLACE TRIGGER {VERSION}_frozen BEFORE UPDATE OR DELETE ON {VERSION}"
        " FOR EACH ROW EXECUTE FUNCTION diagnose_refuse_frozen_version()",
    ]
    for table, find in _PARTS.items():
        statements += [
            _function(f"{table}_refuse_frozen", _part_body(find)),
            f"CREATE OR REPLACE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_refuse_frozen()",
        ]
    return statements


def tables_are_there(connection: Any) -> bool:
    """Whether the tables they guard exist yet."""
    return {VERSION, *_PARTS} <= set(connection.introspection.table_names())


def install_triggers(connection: Any) -> None:
    """Create them where they are missing. Repeatable: SQLite loses them when a later migration rebuilds a table."""
    with connection.cursor() as cursor:
        for statement in _sqlite().values() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def remove_triggers(connection: Any) -> None:
    """Take them away: to undo the migration, and for tests that empty the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        for table in (VERSION, *_PARTS):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}")
