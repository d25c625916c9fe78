"""The two statements of a save, written in SQL: one reads all that decides it, one writes its row and the answer.

Saving is what hundreds of people do at once in the hour of a deadline, so no statement is built here while they wait.
The SQL is the same for both databases, but for the writing: PostgreSQL takes both rows in one statement, which is then
a transaction of its own; on SQLite the caller's transaction holds two. See docs/decisions/0112.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models

from trama.foundation.prepared import prepared_cursor

from ..rounds.models import Round
from .models import Agreement, Answer, Submission
from .protocol import About, Standing

# The rule of ``rounds.selectors.items_asked_of``, for the items of a save.
_READ = """
SELECT m.id, m.part, m.removed_at IS NOT NULL, r.id, r.state, r.answers_until, r.grace_hours, i.id,
  CASE
    WHEN m.part = 'reader' THEN FALSE
    WHEN g.asked IS NOT NULL THEN g.asked
    WHEN m.respondent_id IS NULL OR i.criterion_id IS NULL THEN TRUE
    ELSE EXISTS (
      SELECT 1 FROM diagnose_criterion_respondents k
      WHERE k.criterion_id = i.criterion_id AND k.respondent_id = m.respondent_id
    ) OR NOT EXISTS (SELECT 1 FROM diagnose_criterion_respondents k WHERE k.criterion_id = i.criterion_id)
  END,
  a.level, a.comment, a.revision, a.level_revision, a.text_revision
FROM diagnose_round r
JOIN diagnose_roundmember m ON m.round_id = r.id AND m.user_id = %s
LEFT JOIN diagnose_rounditem i ON i.round_id = r.id AND i.id IN ({items})
LEFT JOIN diagnose_roundassignment g ON g.item_id = i.id AND g.member_id = m.id
LEFT JOIN diagnose_answer a ON a.item_id = i.id AND a.member_id = m.id
WHERE r.uid = %s
"""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's part in a round, present or past, as a save needs to know it."""

    member: int  # primary key
    part: str  # ``RoundMember.Part``
    removed: bool
    round: int  # primary key
    state: str  # ``Round.State``
    answers_until: datetime
    grace_hours: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of the round, whether the member answers it, and what they said so far."""

    asked: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class Change:
    """What a save changes: the row it is about, the revision on which it stands (0: no row yet), the new values."""

    about: About
    item: int
    member: int
    revision: int
    values: Mapping[str, Any]  # by the names of the fields of ``Answer`` or ``Agreement``


def read_desk(user: int | None, round_uid: UUID, items: Collection[int]) -> tuple[Seat, dict[int, Asked]] | None:
    """The person's part, and those of ``items`` that are in the round, by primary key. None: never took part.

    One statement.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    wanted = sorted(items) or [-1]  # without items, the part alone
    uid = Round._meta.get_field("uid").get_db_prep_value(round_uid, connection)
    with prepared_cursor(connection) as cursor:
        cursor.execute(_read_sql(len(wanted)), [user, *wanted, uid])
        rows = cursor.fetchall()
    if not rows:
        return None
    member, part, removed, round_, state, until, grace = rows[0][:7]
    seat = Seat(member, part, bool(removed), round_, state, _instant(until, connection), grace)
    known = {}
    for *_, item, asked, level, comment, revision, level_revision, text_revision in rows:
        if item is not None:
            found = Standing(level, comment, revision, level_revision, text_revision) if revision else Standing()
            known[item] = Asked(bool(asked), found)
    return seat, known


def write_save(made: Submission, change: Change | None) -> bool:
    """Add the row of the trail and change the answer, both or neither. False: it is not at that revision any more.

    Raises ``IntegrityError`` if the id of the save is taken, if an answer came to be where there was none, or if the
    round was submitted. Call it in a transaction on SQLite; on PostgreSQL it is one statement.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    saved = [field.get_db_prep_save(getattr(made, field.attname), connection) for field in _SAVED]
    with prepared_cursor(connection) as cursor:
        if change is None:
            cursor.execute(_insert_sql(Submission, _SAVED_NAMES), saved)
            done = True
        else:
            model = Answer if change.about == About.ANSWER else Agreement
            sql = _change_sql(model, tuple(change.values), bool(change.revision))
            values = _change_values(model, change, connection)
            if connection.vendor == "postgresql":
                cursor.execute(_both_sql(sql), [*values, *saved])
                done = cursor.rowcount == 1
            else:
                cursor.execute(sql, values)
                done = cursor.rowcount == 1
                if done:
                    cursor.execute(_insert_sql(Submission, _SAVED_NAMES), saved)
    if done:
        made._state.adding, made._state.db = False, connection.alias
    return done


_SAVED: list[models.Field[Any, Any]] = list(Submission._meta.concrete_fields)
_SAVED_NAMES = tuple(field.name for field in _SAVED)
_FIRST = {"level": None, "revision": 1, "level_revision": 0, "text_revision": 0}  # of a row that is not there yet


@cache
def _read_sql(items: int) -> str:
    return _READ.format(items=", ".join(["%s"] * items))


@cache
def _insert_sql(model: type[models.Model], names: tuple[str, ...], source: str = "VALUES ({values})") -> str:
    columns = ", ".join(_column(model, name) for name in names)
    values = source.format(values=", ".join(["%s"] * len(names)))
    return f"INSERT INTO {model._meta.db_table} ({columns}) {values}"


@cache
def _change_sql(model: type[models.Model], names: tuple[str, ...], there: bool) -> str:
    """The statement that makes the row, or changes it where it stands at the revision that was read."""
    key = ("item", "member") if model is Answer else ("item",)
    if not there:
        return _insert_sql(model, (*key, *_first_values(model, names)))
    values = ", ".join(f"{_column(model, name)} = %s" for name in names)
    where = " AND ".join(f"{_column(model, name)} = %s" for name in (*key, "revision"))
    return f"UPDATE {model._meta.db_table} SET {values} WHERE {where}"  # noqa: S608  (names of ours)


@cache
def _both_sql(change: str) -> str:
    """The change, and the row of the trail only if it was made: one statement of PostgreSQL."""
    saved = _insert_sql(Submission, _SAVED_NAMES, "SELECT {values} FROM changed")
    return f"WITH changed AS ({change} RETURNING 1) {saved}"


@cache
def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _column(model: type[models.Model], name: str) -> str:
    return str(_field(model, name).column)


def _first_values(model: type[models.Model], names: Collection[str]) -> tuple[str, ...]:
    """The fields of a new row: those that change, then those that stay as they begin."""
    text = "comment" if model is Answer else "reason"
    return (*names, *(name for name in (*_FIRST, text) if name not in names))


def _change_values(model: type[models.Model], change: Change, connection: Any) -> list[Any]:
    """The values of that statement, as the database takes them: dates and UUIDs are text on SQLite."""
    key = {"item": change.item} | ({"member": change.member} if model is Answer else {})
    values: Mapping[str, Any]
    if change.revision:
        values = {**change.values, **key}
    else:
        values = {
            **key,
            **{name: change.values.get(name, _FIRST.get(name, "")) for name in _first_values(model, change.values)},
        }
    found = [_field(model, name).get_db_prep_save(value, connection) for name, value in values.items()]
    return [*found, change.revision] if change.revision else found


def _instant(value: Any, connection: Any) -> datetime:
    """A date as Django gives it: the one of SQLite does not know its zone."""
    convert = getattr(connection.ops, "convert_datetimefield_value", None)
    found: datetime = value if convert is None else convert(value, None, connection)
    return found
