"""A person objects to statements about them, and agrees to them again (LGPD, art. 18; docs/decisions/0216)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from trama.foundation.audit import record_event

from .models import LearnerObjection


def objection_of(user: Any) -> LearnerObjection | None:
    """The objection of a person that stands now."""
    return LearnerObjection.objects.filter(user=user, agreed_at__isnull=True).first()


def objections_of(people: Collection[int]) -> dict[int, datetime | None]:
    """When each one agreed again, None for who did not, by primary key of who ever objected. One query."""
    return dict(LearnerObjection.objects.filter(user__in=people).values_list("user", "agreed_at"))


def note_objection(user: Any, at: datetime) -> None:
    """From now on no statement is written about a person. Said twice, the first time stands."""
    held, made = LearnerObjection.objects.get_or_create(user=user, defaults={"since": at})
    if not made and held.agreed_at is not None:
        held.since, held.agreed_at = at, None
        held.save(update_fields=["since", "agreed_at"])


@transaction.atomic
def object_to_statements(user: Any, *, by: Any, at: datetime) -> None:
    """The person wants no more statements about them. Those that there are stay. Raises ``PermissionDenied``."""
    _require_own(user, by)
    if objection_of(user) is None:
        note_objection(user, at)
        record_event("learner objected to statements", by=by, at=at)


@transaction.atomic
def agree_to_statements(user: Any, *, by: Any, at: datetime) -> None:
    """The person agrees to statements about what they do from now on. Raises ``PermissionDenied``."""
    _require_own(user, by)
    if LearnerObjection.objects.filter(user=user, agreed_at__isnull=True).update(agreed_at=at):
        record_event("learner agreed to statements", by=by, at=at)


def _require_own(user: Any, by: Any) -> None:
    """Nobody speaks for another person here, whatever their role."""
    if by.pk != user.pk:
        raise PermissionDenied("learn.statements.own_choice")
