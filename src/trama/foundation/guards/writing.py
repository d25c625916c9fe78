"""The triggers of a guard, in the SQL of each database."""

from collections.abc import Callable
from dataclasses import dataclass

from .declaring import AppendOnly, FrozenPart, FrozenRow, Guard

ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}  # what there is of a row in each operation
_ROW, _BEFORE = 1, 2  # the bits of pg_trigger.tgtype (PostgreSQL: include/catalog/pg_trigger.h)
_BITS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger: how it reads where it stands as declared, and the statements that lay it and take it away."""

    name: str
    standing: str
    lay: tuple[str, ...]
    take_away: tuple[str, ...]


type Columns = Callable[[str], list[str]]
"""``columns(table)``: the names of its columns, as they are now."""


def sqlite_triggers(guard: Guard, columns: Columns) -> list[Trigger]:
    """One for each operation. SQLite keeps the statement itself: that is what must stand."""
    made = []
    for verb in _operations(guard):
        match guard:
            case AppendOnly():
                when = "TRUE"
            case FrozenRow():
                when = _of_row(guard, verb, columns, differs="IS NOT")
            case FrozenPart():
                keys = ", ".join(guard.key.format(row=row) for row in ROWS[verb])
                frozen = guard.parent.frozen.format(row="parent")
                when = f"EXISTS (SELECT 1 FROM {guard.parent.table} parent WHERE parent.id IN ({keys}) AND {frozen})"  # noqa: S608  (names of ours)
        name = f"{guard.full_name}_{verb.lower()}"
        statement = (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {guard.table} WHEN {when}"
            f" BEGIN SELECT RAISE(ABORT, {_text(guard.message)}); END"
        )
        drop = f"DROP TRIGGER IF EXISTS {name}"
        made.append(Trigger(name, statement, (drop, statement), (drop,)))
    return made


def postgresql_triggers(guard: Guard, columns: Columns) -> list[Trigger]:
    """One for the rows and, where the table may not be emptied either, one for TRUNCATE, each with a function.

    What must stand is the kind of the trigger, as PostgreSQL counts it, and the body of its function.
    """
    raising = f"RAISE EXCEPTION USING MESSAGE = {_text(guard.message)}, ERRCODE = 'integrity_constraint_violation';"
    variables, checks = "", ""
    for verb in _operations(guard):
        match guard:
            case AppendOnly():
                check = raising
            case FrozenRow():
                check = f"IF {_of_row(guard, verb, columns, differs='IS DISTINCT FROM')} THEN {raising} END IF;"
            case FrozenPart():
                variables = "DECLARE is_frozen boolean; "
                check = " ".join(_of_part(guard, row, raising) for row in ROWS[verb])
        checks += f"IF TG_OP = '{verb}' THEN {check} END IF; "
    body = f" {variables}BEGIN {checks}RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END "
    made = [_postgresql(guard, guard.full_name, _operations(guard), "ROW", body)]
    if isinstance(guard, AppendOnly):
        made.append(_postgresql(guard, f"{guard.full_name}_truncate", ["TRUNCATE"], "STATEMENT",
                                f" BEGIN {raising} END "))  # fmt: skip
    return made


def _operations(guard: Guard) -> list[str]:
    return list(ROWS) if isinstance(guard, FrozenPart) else ["UPDATE", "DELETE"]


def _of_row(guard: FrozenRow, verb: str, columns: Columns, *, differs: str) -> str:
    """When the change of a row is refused."""
    if verb == "DELETE" or guard.refused == "TRUE":
        return guard.frozen
    kept = sorted(set(columns(guard.table)) - set(guard.may_change)) if "{changed}" in guard.refused else []
    changed = " OR ".join(f'OLD."{name}" {differs} NEW."{name}"' for name in kept)
    return f"{guard.frozen} AND ({guard.refused.format(changed=changed)})"


def _of_part(guard: FrozenPart, row: str, raising: str) -> str:
    """Read the parent of the old or the new row, with its lock where it is to be held, and refuse if it is frozen."""
    held = " FOR SHARE OF parent" if guard.parent.held else ""
    return (
        f"SELECT {guard.parent.frozen.format(row='parent')} INTO is_frozen FROM {guard.parent.table} parent"  # noqa: S608  (names of ours)
        f" WHERE parent.id = {guard.key.format(row=row)}{held}; IF is_frozen THEN {raising} END IF;"
    )


def _postgresql(guard: Guard, name: str, verbs: list[str], level: str, body: str) -> Trigger:
    kind = _BEFORE | (_ROW if level == "ROW" else 0) | sum(_BITS[verb] for verb in verbs)
    return Trigger(
        name,
        f"{kind} {body}",
        (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {' OR '.join(verbs)} ON {guard.table}"
            f" FOR EACH {level} EXECUTE FUNCTION {name}()",
        ),
        (f"DROP TRIGGER IF EXISTS {name} ON {guard.table}", f"DROP FUNCTION IF EXISTS {name}()"),
    )


def _text(message: str) -> str:
    return "'" + message.replace("'", "''") + "'"
