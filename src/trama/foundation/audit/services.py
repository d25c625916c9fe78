"""Writing the trail, and proving that nobody touched it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from .models import Event

FIRST_HASH = "0" * 64
_LOCK_KEY = 7_283_651  # PostgreSQL advisory lock: one writer extends the chain at a time


@dataclass(frozen=True, slots=True)
class Verification:
    """What going through the whole trail found."""

    rows: int
    head: str  # hash of the last row: noted elsewhere, it shows later whether rows were cut off the end
    first_wrong: int | None  # primary key of the first row that does not fit; None: the trail holds


def _row_hash(event: Event) -> str:
    parts = [
        event.previous_hash,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.verb,
        event.target_type,
        event.target_id,
        event.target_label,
        event.detail,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """The value as every database gives it back: text keys, no NUL, and whole numbers as integers."""
    if isinstance(value, dict):
        return {_plain(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@transaction.atomic
def record_event(
    verb: str,
    *,
    by: Any,
    at: datetime,
    target: models.Model | None = None,
    detail: dict[str, Any] | None = None,
) -> Event:
    """Append one row, in the transaction of the act itself. ``by`` None: the system.

    Call it last: on PostgreSQL the end of the chain stays locked until the transaction ends. ``detail`` may hold what
    JSON can, and dates, decimals and UUIDs, which become text.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_KEY])
    last = Event.objects.order_by("-pk").values_list("row_hash", flat=True).first()
    event = Event(
        at=at,
        actor=by if by is not None and by.is_authenticated else None,
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_label=_plain(str(target)[:200]) if target is not None else "",
        detail=_plain(json.loads(json.dumps(detail or {}, cls=DjangoJSONEncoder))),
        previous_hash=last or FIRST_HASH,
    )
    event.row_hash = _row_hash(event)
    event.save(force_insert=True)
    return event


def verify_chain() -> int | None:
    """The primary key of the first row that does not fit, or None if the whole trail holds."""
    return verify().first_wrong


def verify() -> Verification:
    """Go through the whole trail, in order."""
    previous, rows = FIRST_HASH, 0
    for event in Event.objects.order_by("pk").iterator(chunk_size=2000):
        if event.previous_hash != previous or event.row_hash != _row_hash(event):
            return Verification(rows, previous, event.pk)
        previous, rows = event.row_hash, rows + 1
    return Verification(rows, previous, None)
