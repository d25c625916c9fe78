"""Questions about requests for help: the owner's, and those of the organisation that was asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Min, QuerySet

from trama.accounts.api import ScopesHeld, scopes_held
from trama.foundation.prepared import prepared

from .models import Adoption, HelpRequest

_SHOWN = ("adoption__network__place", "adoption__school__place", "adoption__group", "adoption__version__technology")


def requests_of(adoption: Adoption) -> QuerySet[HelpRequest]:
    """Requests of one adoption, newest first."""
    return HelpRequest.objects.filter(adoption=adoption).select_related("organisation", "asked_by")


def requests_asked_of(user: Any, access: Any = "view") -> QuerySet[HelpRequest]:
    """Requests that the user's organisation was asked: what waits first, the longest first; then by day.

    ``access`` "edit": those that the user may answer. Nothing else of the adoption is read.
    """
    held = scopes_held(user, "technologies", access)
    return (
        HelpRequest.objects.filter(organisation__in=held.organisations, adoption__removed_at__isnull=True)
        .select_related("organisation", *_SHOWN)
        .order_by(F("closed_at").asc(nulls_first=True), F("waits_since").asc(nulls_last=True), "-asked_at")
    )


def answers_waiting(user: Any) -> list[HelpRequest]:
    """Requests of the user's own institutions that were answered and are still open, newest answer first. One query."""
    return _answers_within(scopes_held(user, "plan"))


@prepared
def _answers_within(held: ScopesHeld) -> QuerySet[HelpRequest]:
    owned = Adoption.objects.filter(held.owning(), removed_at__isnull=True)
    rows = HelpRequest.objects.filter(adoption__in=owned, answered_at__isnull=False, closed_at__isnull=True)
    return rows.select_related("organisation", "adoption__version").order_by("-answered_at")


@dataclass(frozen=True, slots=True)
class WaitingElsewhere:
    """How many requests wait with one partner, and since when the oldest does. Never what was asked, nor by whom."""

    organisation: str
    number: int
    since: datetime


def waiting_with_partners(user: Any) -> list[WaitingElsewhere]:
    """For the programme: what waits with each partner, the longest first; nothing for anybody else. Two queries."""
    organisations: Any = apps.get_model("accounts", "Organisation").objects
    held = scopes_held(user, "technologies").organisations
    if not held or not organisations.filter(pk__in=held, kind="programme").exists():
        return []
    rows = (
        HelpRequest.objects.filter(
            organisation__kind="partner",
            closed_at__isnull=True,
            waits_since__isnull=False,
            adoption__removed_at__isnull=True,
        )
        .values("organisation__name")
        .annotate(number=Count("pk"), since=Min("waits_since"))
        .order_by("since")
    )
    return [WaitingElsewhere(row["organisation__name"], row["number"], row["since"]) for row in rows]
