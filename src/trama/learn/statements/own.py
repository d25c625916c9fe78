"""The platform's own events as statements: written by the worker within a minute, from the rows of the other rooms.

Who learns never waits for it, and what happened before the store was here is written too (docs/decisions/0187). Each
row makes the same id whenever it is read, so reading one twice adds nothing. The actor is an account of this site under
a random pseudonym, never a name or an address; of who objected nothing is written (docs/decisions/0216).
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from trama.foundation.audit.models import Event as AuditEvent

from ..certificates.models import Certificate
from ..cohorts.models import EnrolmentChange
from ..progress.models import CompletionChange, LessonVisit, QuizAnswer
from .aliases import aliases_of, hold
from .events import SOURCES, Event, Source
from .models import Statement, StatementClient, StatementSource
from .objections import objections_of
from .scopes import ALL
from .selectors import Client
from .services import store_statements
from .tokens import make_client
from .wire import VERSION_2

NAMESPACE = uuid.UUID("9b0f5f4e-6c1d-5f4b-9f0f-6a2f2d5c7e10")  # of the ids that we make
OVERLAP = timedelta(minutes=10)  # a row may be committed later than its moment says
AT_ONCE = 200
ALL_OF_THEM, UNSETTLED = "all", "unsettled"
ADDED_TO: tuple[Any, ...] = (
    AuditEvent,
    EnrolmentChange,
    LessonVisit,
    QuizAnswer,
    CompletionChange,
    Certificate,
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Marks:
    """What says whether anything happened.

    ``now``: the sum of the last keys of tables that are only added to; ``written``: what it was the last time.
    ``unsettled``: the number of a transaction that began when the last time ended, 0 once everybody who was writing
    then was read after; ``oldest``: the lowest number of a transaction that writes now, or of the next one. Both
    are PostgreSQL's: there a row may be committed after one with a higher key; other databases of the server count
    too, which only delays. On SQLite, one writes at a time: 0.
    """

    now: int
    written: int | None
    unsettled: int
    oldest: int

    @property
    def is_settling(self) -> bool:
        """Whether all who were writing when the last time ended are done, and nobody looked since."""
        return 0 < self.unsettled < self.oldest

    @property
    def is_due(self) -> bool:
        return self.now != self.written or self.is_settling


def is_due(at: datetime) -> bool:
    """Whether anything happened since the last time. Every act leaves a row in one of these tables. One query."""
    return _marks().is_due


def write_own(at: datetime) -> str:
    """Write what happened since the last time. Returns how many statements were new."""
    marks, client = _marks(), platform_client(at)
    new = sum(_write(source, client, at) for source in SOURCES)
    settled = marks.is_settling and marks.now == marks.written
    for name, last in ((ALL_OF_THEM, marks.now), (UNSETTLED, 0 if settled else _new_transaction())):
        StatementSource.objects.update_or_create(name=name, defaults={"last": last})
    return str(new)


def _marks() -> Marks:
    """One query; each last key is found at the end of its index."""
    with connection.cursor() as cursor:
        cursor.execute(_statement_of_marks(connection.vendor), [ALL_OF_THEM, UNSETTLED])
        now, written, unsettled, oldest = cursor.fetchone()
    return Marks(int(now), written, int(unsettled), int(oldest))


@cache
def _statement_of_marks(vendor: str) -> str:
    lasts = (f"COALESCE((SELECT MAX(id) FROM {model._meta.db_table}), 0)" for model in ADDED_TO)  # noqa: S608 (our names)
    last = f"(SELECT last FROM {StatementSource._meta.db_table} WHERE name = %s)"  # noqa: S608 (our name)
    oldest = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint" if vendor == "postgresql" else "0"
    return f"SELECT {' + '.join(lasts)}, {last}, COALESCE({last}, 0), {oldest}"


def _new_transaction() -> int:
    """The number of a transaction of our own: whoever writes now has a lower one. Never used again. 0 on SQLite.

    ``pg_snapshot_xmax`` would not do: it is one more than the highest that *ended*.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


@transaction.atomic
def platform_client(at: datetime) -> Client:
    """This site as a program of the store. Nobody holds its secret."""
    kind = StatementClient.Kind.PLATFORM
    row = StatementClient.objects.filter(kind=kind).order_by("pk").first()
    if row is None:
        row = make_client("Trama", [ALL], kind=kind, created_by=None, created_at=at).client
    return Client(row.pk, row.uid.hex, row.kind, row.scopes)


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _write(source: Source, client: Client, at: datetime) -> int:
    place, _ = StatementSource.objects.get_or_create(name=source.name)
    since = EPOCH + timedelta(microseconds=place.last) - OVERLAP if place.last else EPOCH
    rows = source.rows().filter(**{f"{source.moment}__gte": since}).order_by(source.moment, "pk")
    new, last = 0, place.last
    for batch in _batches(rows):
        events = [one for one in map(source.event, batch) if one is not None]
        if not events:
            continue
        with transaction.atomic():
            new += _store(source, events, client, at)
            last = max(last, max(_micros(one.at) for one in events))
            StatementSource.objects.filter(pk=place.pk).update(last=last)
    return new


def _store(source: Source, events: Sequence[Event], client: Client, at: datetime) -> int:
    """Write those that are not here yet and that nobody objects to. Returns how many.

    What is here is left alone: an erasure or another name of the site may have made it differ since.
    """
    ids = {_id(source, one): one for one in events}
    here = set(Statement.objects.filter(uid__in=ids).values_list("uid", flat=True))
    wanted = {uid: one for uid, one in ids.items() if uid not in here}
    people = {one.person for one in wanted.values()}
    hold(people)
    objected = objections_of(people)
    wanted = {uid: one for uid, one in wanted.items() if _is_told(one, objected)}
    if not wanted:
        return 0
    names = aliases_of({one.person for one in wanted.values()})
    sent = [_statement(uid, source, one, names[one.person]) for uid, one in wanted.items()]
    return store_statements(sent, {}, second=True, by=client, at=lambda: at).new


def _is_told(event: Event, objected: Mapping[int, datetime | None]) -> bool:
    """Whether an event may be written: of who objected, only what happened since they agreed again."""
    if event.person not in objected:
        return True
    agreed = objected[event.person]
    return agreed is not None and event.at >= agreed


def _batches(rows: Any) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _id(source: Source, event: Event) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{source.name}:{event.key}"))


def _statement(uid: str, source: Source, event: Event, alias: str) -> dict[str, Any]:
    """By 2.0. The names of activities are in both languages."""
    statement: dict[str, Any] = {
        "id": uid,
        "actor": {"objectType": "Agent", "account": {"homePage": settings.TRAMA_ORIGIN, "name": alias}},
        "verb": {"id": source.verb.iri, "display": dict(source.verb.display)},
        "object": event.activity.as_object(),
        "context": {"registration": str(event.registration), "platform": settings.SITE_NAME},
        "timestamp": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "version": VERSION_2,
    }
    if event.course is not None:
        statement["context"]["contextActivities"] = {"parent": [event.course.as_object()]}
    if event.result:
        statement["result"] = event.result
    return statement
