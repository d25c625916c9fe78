"""Questions about calls: which are public, which a team may work on, what a call still lacks."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from trama.foundation.policies import may

from ..policies import TEAM_CALLS
from .models import Call, CallCategory


def public_calls() -> QuerySet[Call]:
    """Calls that anyone may read: all but drafts. The last to close first, those without a date last."""
    return Call.objects.exclude(state=Call.State.DRAFT).order_by("-closes_at", "-published_at")


def calls_visible_to(user: Any) -> list[Call]:
    """Calls that a programme's team may work on: those of its programme, and those of none. Newest first."""
    calls = Call.objects.select_related("organisation").order_by("-changed_at", "-pk")
    return [call for call in calls if may(user, TEAM_CALLS, call.organisation)]


def call_visible_to(user: Any, slug: str) -> Call | None:
    """One call of a team, or None where there is none or it is another programme's."""
    call = Call.objects.select_related("organisation").filter(slug=slug).first()
    return call if call is not None and may(user, TEAM_CALLS, call.organisation) else None


def open_calls(at: datetime) -> list[Call]:
    """Calls to which a network can apply at this moment, those that close first first. One query."""
    published = Call.objects.filter(state=Call.State.PUBLISHED, closes_at__gte=at).order_by("closes_at")
    return [call for call in published if call.is_open(at)]


def categories_of(call: Call) -> list[CallCategory]:
    return list(call.categories.prefetch_related("admitted_groups__group"))


def missing_texts(call: Call, categories: list[CallCategory]) -> list[str]:
    """The texts that exist in one language only, or in none, as sentences. A public call speaks both."""
    asked = [
        (_("title"), call.title_pt, call.title_en, True),
        (_("summary"), call.summary_pt, call.summary_en, True),
        (_("text"), call.text_pt, call.text_en, True),
    ]
    for category in categories:
        asked.append((_("name of the category “%s”") % category.name, category.name_pt, category.name_en, True))
        asked.append((_("text of the category “%s”") % category.name, category.text_pt, category.text_en, False))
    problems = []
    for what, portuguese, english, required in asked:
        if not portuguese and (required or english):
            problems.append(_("The %(what)s is missing in Portuguese.") % {"what": what})
        if not english and (required or portuguese):
            problems.append(_("The %(what)s is missing in English.") % {"what": what})
    return problems


def calls_state(at: datetime) -> str:
    """Changes whenever a public page of calls may show something else. One query.

    While a call is open or about to open, that is every minute: the page says how long is left.
    """
    found = Call.objects.aggregate(
        at=Max("changed_at"),
        n=Count("pk"),
        rule=Max("categories__rule__versions__published_at"),
        last=Max("closes_at", filter=Q(state=Call.State.PUBLISHED)),
    )
    running = found["last"] is not None and at <= found["last"] + timedelta(minutes=1)
    parts = [found["n"], *(value.timestamp() if value else 0 for value in (found["at"], found["rule"]))]
    return " ".join(map(str, [*parts, int(at.timestamp() // 60) if running else ""]))
