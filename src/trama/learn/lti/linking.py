"""A person links the account they have here to the name they have on a platform; nothing is linked by itself."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from trama.foundation.audit import record_event

from .errors import AlreadyLinked
from .grade_back import owe
from .models import PlatformLaunch, PlatformLink


def linked_person(launch: PlatformLaunch) -> int | None:
    """The key of the account that a launch belongs to, or None."""
    rows = PlatformLink.objects.filter(platform=launch.platform_id, subject=launch.subject) if launch.subject else None
    return rows.values_list("person_id", flat=True).first() if rows is not None else None


@transaction.atomic
def link(launch: PlatformLaunch, *, by: Any, at: datetime) -> PlatformLink:
    """Link who is signed in to who was sent. Doing it twice changes nothing. Raises ``AlreadyLinked``."""
    if not launch.subject:
        raise AlreadyLinked
    held = PlatformLink.objects.filter(platform=launch.platform_id, subject=launch.subject, person=by.pk).first()
    if held is not None:
        return held
    try:
        with transaction.atomic():
            made = PlatformLink.objects.create(
                platform=launch.platform, subject=launch.subject, person=by, linked_at=at
            )
    except IntegrityError as problem:
        raise AlreadyLinked from problem
    owe(by, at=at)
    record_event("platform account linked", by=by, at=at, target=launch.platform)
    return made
