"""What waits for people in requests for help (docs/decisions/0121).

The organisation that was asked reads its requests; the programme reads how many wait with the partners, never their
words; the owner reads that an answer came. A request and an answer that no letter told of yet are urgent in their first
days: a letter comes the next working day, once. After that they stand in the digest of everybody's own days.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trama.accounts.api import scopes_held
from trama.foundation.waiting import Provider, Waiting

from .help_selectors import answers_waiting, requests_asked_of, waiting_with_partners
from .models import HelpRequest

NEW = timedelta(days=4)  # asked on a Friday evening, told on Monday


def help_waiting(user: Any, at: datetime, told_at: datetime | None) -> list[Waiting]:
    """Requests to answer, requests that wait with partners (for the programme), answers that came."""

    def is_new(moment: datetime) -> bool:
        return at - moment < NEW and (told_at is None or told_at < moment)

    return [*_to_answer(user, is_new), *_with_partners(user), *_answered(user, is_new)]


def _to_answer(user: Any, is_new: Callable[[datetime], bool]) -> Iterable[Waiting]:
    if not scopes_held(user, "technologies", "edit").organisations:
        return
    for one in requests_asked_of(user, "edit").filter(closed_at__isnull=True, waits_since__isnull=False):
        assert one.waits_since is not None
        names = {
            "owner": one.adoption.scope,
            "subject": one.subject,
            "technology": one.adoption.version.title,
            "day": date_format(one.waits_since, "SHORT_DATE_FORMAT"),
        }
        yield Waiting(
            _("%(owner)s asks for help with “%(technology)s”: %(subject)s (waits since %(day)s).") % names,
            reverse("plan:help_asked_request", args=[one.uid]),
            urgent=is_new(one.waits_since),
        )


def _with_partners(user: Any) -> Iterable[Waiting]:
    for line in waiting_with_partners(user):
        names = {
            "organisation": line.organisation,
            "n": line.number,
            "day": date_format(line.since, "SHORT_DATE_FORMAT"),
        }
        yield Waiting(
            ngettext(
                "%(organisation)s: one request for help waits since %(day)s.",
                "%(organisation)s: %(n)s requests for help wait, the oldest since %(day)s.",
                line.number,
            )
            % names,
            reverse("plan:help_asked"),
        )


def _answered(user: Any, is_new: Callable[[datetime], bool]) -> Iterable[Waiting]:
    """Answers are the team's; urgent for who asked alone."""
    for one in answers_waiting(user):
        assert one.answered_at is not None
        names = {
            "organisation": one.organisation.name,
            "subject": one.subject,
            "day": date_format(one.answered_at, "SHORT_DATE_FORMAT"),
        }
        yield Waiting(
            _("%(organisation)s answered on %(day)s: %(subject)s. Close the request if it helped.") % names,
            reverse("plan:adoption_help_request", args=[one.adoption.uid, one.uid]),
            urgent=one.asked_by_id == user.pk and is_new(one.answered_at),
        )


def people_to_tell(at: datetime) -> Iterable[int]:
    """Accounts with a request or an answer of the last days: the people of the organisation, and who asked."""
    open_requests = HelpRequest.objects.filter(closed_at__isnull=True, adoption__removed_at__isnull=True)
    asked = open_requests.filter(waits_since__gt=at - NEW).values("organisation")
    people = get_user_model().objects.filter(profiles__organisation__in=asked, profiles__revoked_at__isnull=True)
    yield from people.values_list("pk", flat=True).distinct()
    yield from open_requests.filter(answered_at__gt=at - NEW).values_list("asked_by", flat=True).distinct()


PROVIDER = Provider(40, gettext_lazy("Requests for help"), help_waiting, people_to_tell)
