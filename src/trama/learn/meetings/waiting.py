"""Meetings in the one daily letter: what comes in the next seven days; the day before and on the day, urgent once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trama.foundation.waiting import Provider, Waiting

from ..cohorts.models import CohortTrainer, Enrolment
from .models import CohortMeeting
from .selectors import coming_meetings

AHEAD = timedelta(days=7)
SOON = timedelta(hours=30)


def meetings_waiting(user: Any, at: datetime, told_at: datetime | None) -> list[Waiting]:
    """A person's meetings of the next days. Urgent: it begins soon and no letter told of it since it became so."""
    lines = []
    for one in coming_meetings(user, at, within=AHEAD):
        soon = one.starts_at - SOON
        names = {
            "title": one.title,
            "cohort": one.cohort,
            "when": date_format(timezone.localtime(one.starts_at), "SHORT_DATETIME_FORMAT"),
        }
        lines.append(
            Waiting(
                _("%(when)s: %(title)s (%(cohort)s).") % names,
                reverse("learn:cohort_meeting", args=[one.uid]),
                urgent=at >= soon and (told_at is None or told_at < soon),
            )
        )
    return lines


def people_to_tell(at: datetime) -> Iterable[int]:
    """Accounts with a meeting that begins soon."""
    soon = CohortMeeting.objects.filter(state="planned", starts_at__gt=at, starts_at__lte=at + SOON).values("cohort")
    yield from Enrolment.objects.filter(cohort__in=soon, state="enrolled").values_list("person", flat=True).distinct()
    trainers = CohortTrainer.objects.filter(cohort__in=soon, until__isnull=True)
    yield from trainers.values_list("user", flat=True).distinct()


PROVIDER = Provider(50, gettext_lazy("Meetings of my cohorts"), meetings_waiting, people_to_tell)
