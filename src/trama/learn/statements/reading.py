"""Reading statements by their filters (xAPI 1.0.3, Communication 2.1.3; IEEE 9274.1.1, 4.1.6.1).

Reads begin at what the token may see. A statement that refers to one that is looked for is found with it, whatever else
it says; a voided one is not, but what refers to it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from trama.foundation.prepared import prepared_cursor

from .checking.facts import Role
from .errors import NotPermitted
from .models import StatementFile
from .scopes import READ, READ_MINE
from .selectors import Client

MOST = 500  # statements on a page

# NOT (x = '') and never x <> '': SQLite takes the indexes of what is not empty for these very words alone.
_VOIDED = "EXISTS (SELECT 1 FROM learn_statement v WHERE v.voids = s.uid AND NOT (v.voids = ''))"
_VALID = f"(NOT (s.voids = '') OR NOT {_VOIDED})"  # who voids cannot be voided
_KEYS = (
    "{a}.id IN (SELECT w.id FROM learn_statement w WHERE w.{column} = %s"
    " UNION SELECT k.statement_id FROM learn_statementkey k WHERE k.key = %s AND k.role IN ({roles}))"
)
_REGISTERED = "a.registration = %s AND NOT (a.registration = '')"
_VOUCHED = "a.client_id IN (SELECT id FROM learn_statementclient WHERE uid = %s)"
_CHAIN = """
s.id IN (
  SELECT a.id FROM learn_statement a WHERE {direct}
  UNION
  SELECT c.id FROM (
    WITH RECURSIVE chain (id, target) AS (
      SELECT r.id, r.refers_to FROM learn_statement r WHERE NOT (r.refers_to = '')
      UNION
      SELECT chain.id, t.refers_to FROM chain JOIN learn_statement t ON t.uid = chain.target
      WHERE NOT (t.refers_to = '')
    ) SELECT id, target FROM chain
  ) c JOIN learn_statement a ON a.uid = c.target WHERE {direct}
)
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for. ``agent`` and ``activity`` are keys; ``authority``: the client that the agent stands for."""

    agent: str = ""
    verb: str = ""
    activity: str = ""
    registration: str = ""
    related_agents: bool = False
    related_activities: bool = False
    authority: str = ""
    since: datetime | None = None
    until: datetime | None = None
    ascending: bool = False
    limit: int = 0  # 0: as many as a page takes
    after: tuple[datetime, int] | None = None  # where the page before ended


@dataclass(frozen=True, slots=True)
class Found:
    pk: int
    uid: str
    stored: datetime
    body: str
    files: int


def find(filters: Filters, *, by: Client) -> tuple[list[Found], bool]:
    """A page of statements, and whether more follow. One statement of SQL. Raises ``NotPermitted``."""
    where, values = _seen(by, "s")
    conditions = [where, _VALID]
    direct, those = _matching(filters, by)
    if direct:
        conditions.append(_CHAIN.format(direct=direct))
        values += those * 2
    connection = connections[DEFAULT_DB_ALIAS]
    adapt = connection.ops.adapt_datetimefield_value
    for column, instant in ((">", filters.since), ("<=", filters.until)):
        if instant is not None:
            conditions.append(f"s.stored {column} %s")
            values.append(adapt(instant))
    if filters.after is not None:
        conditions.append(f"(s.stored, s.id) {'>' if filters.ascending else '<'} (%s, %s)")
        values += [adapt(filters.after[0]), filters.after[1]]
    limit = min(filters.limit, MOST) or MOST
    way = "ASC" if filters.ascending else "DESC"
    sql = (
        "SELECT s.id, s.uid, s.stored, s.body, s.files FROM learn_statement s"  # noqa: S608  (all of it is ours)
        f" WHERE {' AND '.join(conditions)} ORDER BY s.stored {way}, s.id {way} LIMIT {limit + 1}"
    )
    rows = _rows(sql, values)
    return rows[:limit], len(rows) > limit


def _matching(filters: Filters, by: Client) -> tuple[str, list[Any]]:
    """What a statement, or one that it refers to, must be; "" if anything will do."""
    conditions: list[str] = []
    values: list[Any] = []
    if filters.agent:
        roles = (Role.AGENT, Role.RELATED_AGENT) if filters.related_agents else (Role.AGENT,)
        condition, two = _with_key("actor", filters.agent, roles)
        if filters.related_agents and filters.authority:
            condition = f"({condition} OR {_VOUCHED})"
            two.append(filters.authority)
        conditions.append(condition)
        values += two
    if filters.activity:
        kinds = (Role.ACTIVITY, Role.RELATED_ACTIVITY) if filters.related_activities else (Role.ACTIVITY,)
        condition, two = _with_key("activity", filters.activity, kinds)
        conditions.append(condition)
        values += two
    for condition, value in (("a.verb = %s", filters.verb), (_REGISTERED, filters.registration)):
        if value:
            conditions.append(condition)
            values.append(value)
    if not conditions:
        return "", []
    seen, mine = _seen(by, "a")
    return " AND ".join([seen, *conditions]), mine + values


def _with_key(column: str, key: str, roles: Iterable[Role]) -> tuple[str, list[Any]]:
    listed = ", ".join(str(int(role)) for role in roles)
    return _KEYS.format(a="a", column=column, roles=listed), [key, key]


def _seen(by: Client, alias: str) -> tuple[str, list[Any]]:
    """What a token may see. Raises ``NotPermitted`` if it may read nothing."""
    if by.may(READ):
        return "TRUE", []
    if by.agent and by.may(READ_MINE):  # a session reads what its learner did in the same registration before
        mine = f"({alias}.client_id = %s OR ({alias}.actor = %s AND {alias}.registration = %s))"
        return mine, [by.pk, by.agent, by.registration]
    if by.may(READ_MINE):
        return f"{alias}.client_id = %s", [by.pk]
    raise NotPermitted(READ_MINE)


def one(uid: str, *, voided: bool, by: Client) -> Found | None:
    """A statement by its id, if it is voided or is not, as asked."""
    where, values = _seen(by, "s")
    asked = f"(s.voids = '' AND {_VOIDED})" if voided else _VALID
    rows = _rows(
        "SELECT s.id, s.uid, s.stored, s.body, s.files FROM learn_statement s"  # noqa: S608  (all of it is ours)
        f" WHERE s.uid = %s AND {asked} AND {where}",
        [uid, *values],
    )
    return rows[0] if rows else None


def _rows(sql: str, values: list[Any]) -> list[Found]:
    connection = connections[DEFAULT_DB_ALIAS]
    convert = getattr(connection.ops, "convert_datetimefield_value", None)
    with prepared_cursor(connection) as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return [
        Found(pk, uid, stored if convert is None else convert(stored, None, connection), body, files)
        for pk, uid, stored, body, files in rows
    ]


def files_of(found: Iterable[Found]) -> list[StatementFile]:
    """The contents of their attachments, each hash once."""
    keys = [one.pk for one in found if one.files]
    rows = StatementFile.objects.filter(statement__in=keys).order_by("pk") if keys else []
    return list({row.sha2: row for row in rows}.values())
