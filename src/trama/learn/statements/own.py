"""The platform's own events as statements: written by the worker within a minute, from the rows of the other rooms.

Who learns never waits for it, and what happened before the store was here is written too (docs/decisions/0187). Each
row makes the same id whenever it is read, so reading one twice adds nothing. The actor is an account of this site under
a random pseudonym, never a name or an address.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from trama.foundation.audit.models import Event as AuditEvent

from ..certificates.models import Certificate
from ..cohorts.models import EnrolmentChange
from ..progress.models import CompletionChange, LessonVisit, QuizAnswer
from .aliases import aliases_of
from .events import SOURCES, Event, Source
from .models import StatementClient, StatementSource
from .scopes import ALL
from .selectors import Client
from .services import store_statements
from .tokens import make_client
from .wire import VERSION_2

NAMESPACE = uuid.UUID("9b0f5f4e-6c1d-5f4b-9f0f-6a2f2d5c7e10")  # of the ids that we make
OVERLAP = timedelta(minutes=10)  # a row may be committed later than its moment says
AT_ONCE = 200
ALL_OF_THEM = "all"
ADDED_TO: tuple[Any, ...] = (
    AuditEvent,
    EnrolmentChange,
    LessonVisit,
    QuizAnswer,
    CompletionChange,
    Certificate,
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_due(at: datetime) -> bool:
    """Whether anything happened since the last time. Every act leaves a row in one of these tables. One query."""
    mark, written = _marks()
    return mark != written


def write_own(at: datetime) -> str:
    """Write what happened since the last time. Returns how many statements were new."""
    (mark, _written), client = _marks(), platform_client(at)
    new = sum(_write(source, client, at) for source in SOURCES)
    StatementSource.objects.update_or_create(name=ALL_OF_THEM, defaults={"last": mark})
    return str(new)


def _marks() -> tuple[int, int | None]:
    """(what grows with everything that happens, what it was when the statements were written last). One query.

    It grows because these tables are only added to: the sum of their last keys, each found at the end of its index.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement_of_marks(), [ALL_OF_THEM])
        mark, written = cursor.fetchone()
    return int(mark), written


@cache
def _statement_of_marks() -> str:
    lasts = (f"COALESCE((SELECT MAX(id) FROM {model._meta.db_table}), 0)" for model in ADDED_TO)  # noqa: S608 (our names)
    written = f"(SELECT last FROM {StatementSource._meta.db_table} WHERE name = %s)"  # noqa: S608 (our name)
    return f"SELECT {' + '.join(lasts)}, {written}"


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
        names = aliases_of({one.person for one in events})
        sent = [_statement(source, one, names[one.person]) for one in events]
        if not events:
            continue
        with transaction.atomic():
            new += store_statements(sent, {}, second=True, by=client, at=lambda: at).new
            last = max(last, max(_micros(one.at) for one in events))
            StatementSource.objects.filter(pk=place.pk).update(last=last)
    return new


def _batches(rows: Any) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _statement(source: Source, event: Event, alias: str) -> dict[str, Any]:
    """By 2.0. The names of activities are in both languages."""
    statement: dict[str, Any] = {
        "id": str(uuid.uuid5(NAMESPACE, f"{source.name}:{event.key}")),
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
