"""Suspending an account, and letting it back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from . import policies
from .models import User
from .sessions import end_sessions_of


@transaction.atomic
def suspend(user: Any, *, by: Any, at: datetime) -> User:
    """Close an account: it cannot sign in, its sessions end, its profiles stop counting. Nothing is deleted."""
    return _set_active(user, False, "account suspended", by=by, at=at)


@transaction.atomic
def reinstate(user: Any, *, by: Any, at: datetime) -> User:
    """Open a suspended account again."""
    return _set_active(user, True, "account reinstated", by=by, at=at)


def _set_active(user: Any, active: bool, verb: str, *, by: Any, at: datetime) -> User:
    require(by, policies.SUSPEND, user)
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.is_active != active:
        person.is_active = active
        person.save(update_fields=["is_active"])
        if not active:
            end_sessions_of(person)
        record_event(verb, by=by, at=at, target=person)
    return person
