"""Questions about letters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from .. import policies
from .models import Letter

FOLLOW = policies.declare(
    "foundation.letters.follow",
    kind="route",
    allow={"programme_admin": policies.ANY},
    reason="Whoever runs the programme sees which addresses get no e-mail, and why; never the text of one.",
)
SEND_AGAIN = policies.declare(
    "foundation.letters.send_again",
    kind="operation",
    allow={"programme_admin": policies.ANY},
    access="edit",
)
A_DAY = timedelta(days=1)
NOT_DELIVERED = (Letter.State.REFUSED, Letter.State.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Outbox:
    """How it stands: how many wait, since when the oldest, and what became of the others."""

    waiting: int
    oldest_wait: timedelta
    sent_today: int
    not_delivered: int  # as far back as it is kept
    last_answer: str  # of the mail server, to one that waits


def outbox(*, at: datetime) -> Outbox:
    """One look at the whole."""
    told = Letter.objects.aggregate(
        waiting=Count("pk", filter=Q(state=Letter.State.WAITING)),
        oldest=Min("created_at", filter=Q(state=Letter.State.WAITING)),
        sent=Count("pk", filter=Q(state=Letter.State.SENT, ended_at__gt=at - A_DAY)),
        failed=Count("pk", filter=Q(state__in=NOT_DELIVERED)),
    )
    answers = Letter.objects.filter(state=Letter.State.WAITING).exclude(answer="").order_by("-next_at")
    return Outbox(
        waiting=told["waiting"],
        oldest_wait=at - told["oldest"] if told["oldest"] else timedelta(0),
        sent_today=told["sent"],
        not_delivered=told["failed"],
        last_answer=answers.values_list("answer", flat=True).first() or "",
    )


def not_delivered_visible_to(user: Any) -> QuerySet[Letter]:
    """Letters that reached nobody, the newest first."""
    if not policies.may_enter(user, FOLLOW):
        return Letter.objects.none()
    return Letter.objects.filter(state__in=NOT_DELIVERED).order_by("-ended_at")


def undelivered(addresses: Iterable[str]) -> set[str]:
    """Which of these addresses did not get the last letter that was written to them, in lower case. One query.

    For pages that invite or enrol people: whoever wrote to somebody has to know that it did not arrive.
    """
    last: dict[str, str] = {}
    given = set(addresses)
    wanted = given | {address.lower() for address in given}
    rows = Letter.objects.filter(to__in=wanted).order_by("created_at").values_list("to", "state")
    for to, state in rows:
        last[to.lower()] = state
    return {to for to, state in last.items() if state in NOT_DELIVERED}


def with_delivery(invitations: Iterable[Any]) -> list[Any]:
    """Things with an ``email``, each with ``undelivered``: whether the last letter to it reached nobody. One query."""
    found = list(invitations)
    lost = undelivered(one.email for one in found) if found else set()
    for one in found:
        one.undelivered = one.email.lower() in lost
    return found
