"""Writing the trail, and proving that nobody touched it."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction

from .models import Event

FIRST_HASH = "0" * 64
_LOCK_KEY = 7_283_651  # PostgreSQL advisory lock: one writer extends the chain at a time


def _row_hash(event: Event) -> str:
    parts = [
        event.previous_hash,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(event.actor_id or ""),
        event.verb,
        event.target_type,
        event.target_id,
        event.target_label,
        json.dumps(event.detail, sort_keys=True, ensure_ascii=False),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@transaction.atomic
def record_event(
    verb: str,
    *,
    by: Any,
    at: datetime,
    target: models.Model | None = None,
    detail: dict[str, Any] | None = None,
) -> Event:
    """Append one row, in the transaction of the act itself. ``by`` None: the system."""
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
        target_label=str(target)[:200] if target is not None else "",
        detail=detail or {},
        previous_hash=last or FIRST_HASH,
    )
    event.row_hash = _row_hash(event)
    event.save(force_insert=True)
    return event


def verify_chain() -> int | None:
    """The primary key of the first row that does not fit, or None if the whole trail holds."""
    previous = FIRST_HASH
    for event in Event.objects.order_by("pk").iterator(chunk_size=2000):
        if event.previous_hash != previous or event.row_hash != _row_hash(event):
            return event.pk
        previous = event.row_hash
    return None
