"""The verb of the store: store statements. All of a request are stored, or none; what is answered is committed.

No event of the audit trail stands beside it: a statement is its own trail, with the program and the moment, and the
database lets nobody change it (docs/decisions/0185).
"""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from .checking import Facts, check_statement
from .definitions import remember, unknown
from .errors import Conflict, Malformed, NotPermitted, TooLarge
from .insertion import Row, insert
from .models import Statement, StatementFile
from .parts import File
from .sameness import same
from .scopes import ALL, WRITE
from .selectors import Client
from .signatures import check_signature
from .wire import MAX_STATEMENT, VERSION_2, written

MAX_STATEMENTS = 1000  # in one request
FIRST_VERSION = "1.0.0"  # of a statement that says none (Data 2.4.10)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a request. ``new``: how many were not here before."""

    ids: list[str]
    new: int


type Rule = Callable[[Client, dict[str, Any], Facts], None]
type Listener = Callable[[Client, dict[str, Any], datetime], None]
_rules: list[Rule] = []
_listeners: list[Listener] = []


def register_session_rules(rule: Rule, listener: Listener) -> None:
    """What holds for statements of a session of a package, beside what holds for all.

    ``rule(client, statement, facts)`` raises a ``StoreError`` for one that it does not take; ``listener(client,
    statement, at)`` hears of each new one, in the transaction that stores it.
    """
    if rule not in _rules:
        _rules.append(rule)
        _listeners.append(listener)


def authority_of(client: Client) -> dict[str, Any]:
    """Who vouches for a statement: the program, as an account on this site."""
    return {"objectType": "Agent", "account": {"homePage": settings.TRAMA_ORIGIN, "name": f"program-{client.uid}"}}


def store_statements(
    sent: Sequence[Any], files: dict[str, File], *, second: bool, by: Client, at: Callable[[], datetime]
) -> Stored:
    """Store statements of one request. ``second``: they follow 2.0, else 1.0.3. ``at`` is asked once it may write.

    Raises ``NotPermitted``, ``Malformed``, ``TooLarge``, and ``Conflict`` where another statement has the same id.
    """
    if not by.may(WRITE):
        raise NotPermitted(WRITE)
    if len(sent) > MAX_STATEMENTS:
        raise Malformed("", f"at most {MAX_STATEMENTS} statements are taken at once")
    checked = [(statement, check_statement(statement, second=second)) for statement in sent]
    _check_ids(checked)
    _check_files(checked, files, second=second)
    if by.kind == "session":
        for statement, facts in checked:
            for rule in _rules:
                rule(by, statement, facts)
    news = unknown({iri: one for _, facts in checked for iri, one in facts.definitions.items()})
    alone = len(checked) == 1 and not (news or files or checked[0][1].keys or checked[0][1].voids)
    with turn_to_write() if alone and by.kind != "session" else transaction.atomic():
        now = at()
        new = sum(_store(statement, facts, files, second=second, by=by, at=now) for statement, facts in checked)
        if news:
            remember(news, now)
    return Stored([statement["id"] for statement, _ in checked], new)


@contextmanager
def turn_to_write() -> Iterator[None]:
    """What is one statement of SQL needs no transaction around it: it is one.

    On SQLite we wait here for our turn to write, so that ``stored`` grows in the order in which statements are stored.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    queue: Any = connection  # ours, whose writers wait for their turn (``foundation.sqlite``)
    queue.take_write_lock()
    try:
        yield
    finally:
        queue.give_write_lock_back()


def _check_ids(checked: Sequence[tuple[dict[str, Any], Facts]]) -> None:
    given = [statement["id"] for statement, _ in checked if "id" in statement]
    if len(set(given)) != len(given):
        raise Malformed("id", "two statements of one request have the same")


def _check_files(checked: Sequence[tuple[dict[str, Any], Facts]], files: dict[str, File], *, second: bool) -> None:
    """Each content is named by an attachment, and each attachment has its content or says where it is."""
    if files and not files.keys() <= {found for _, facts in checked for found in facts.files}:
        raise Malformed("", "a part belongs to no attachment")
    for statement, facts in checked:
        for found in facts.hashes:
            if found not in files:
                raise Malformed("attachments", "the content is missing, and fileUrl too")
        for found in facts.signatures:
            if found in files:
                check_signature(statement, files[found], second=second)


def _store(
    statement: dict[str, Any], facts: Facts, files: dict[str, File], *, second: bool, by: Client, at: datetime
) -> bool:
    """True if it was stored, False if the same was here. Raises ``Conflict``."""
    if facts.voids and not by.may(ALL):
        others = Statement.objects.filter(uid=facts.voids).exclude(client=by.pk)
        if others.exists():
            raise NotPermitted(ALL)
    sent = dict(statement)
    statement.setdefault("id", str(uuid.uuid4()))
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    statement["stored"] = moment
    statement.setdefault("timestamp", moment)
    statement["authority"] = authority_of(by)
    statement.setdefault("version", VERSION_2 if second else FIRST_VERSION)
    body = written(statement)
    if len(body.encode()) > MAX_STATEMENT:
        raise TooLarge(MAX_STATEMENT)
    row = Row(
        uid=statement["id"],
        actor=facts.actor,
        verb=facts.verb,
        activity=facts.activity,
        registration=facts.registration,
        refers_to=facts.refers_to,
        voids=facts.voids,
        keys=facts.keys,
    )
    mine = facts.files & files.keys()
    made = insert(row, client=by.pk, stored=at, body=body, files=len(mine))
    if made is None:
        kept = Statement.objects.values_list("body", flat=True).get(uid=row.uid)
        if not same(json.loads(kept), sent):
            raise Conflict(f"Another statement has the id {row.uid}. It was not changed.")
        return False
    for found in mine:
        file = files[found]
        StatementFile.objects.create(
            statement_id=made, sha2=found, content_type=file.content_type, content=file.content
        )
    if by.kind == "session":
        for listener in _listeners:
            listener(by, statement, at)
    return True
