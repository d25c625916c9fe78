"""What meetings say on the pages of a cohort: what comes next, and who never came."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..cohorts.models import Enrolment
from .selectors import held_meetings, never_came, next_meetings


def meetings_of_enrolment(request: HttpRequest | None, enrolment: Any) -> SafeString | str:
    """The next meetings, on the page of who is enrolled."""
    if enrolment.state != Enrolment.State.ENROLLED:
        return ""
    return _next(enrolment.cohort, leads=False)


def meetings_of_cohort(request: HttpRequest | None, cohort: Any) -> SafeString | str:
    """The next meetings and who never came, on the desk."""
    return _next(cohort, leads=True)


def next_notes(enrolments: Sequence[Enrolment]) -> dict[int, str]:
    """The next meeting of each enrolment in a sentence, in the list of a person's cohorts."""
    return {
        key: _("Next meeting: %(when)s, %(title)s")
        % {"when": date_format(timezone.localtime(one.starts_at), "SHORT_DATETIME_FORMAT"), "title": one.title}
        for key, one in next_meetings(enrolments, timezone.now()).items()
    }


def _next(cohort: Any, *, leads: bool) -> SafeString | str:
    since = timezone.now() - timedelta(hours=12)
    rows = list(cohort.meetings.filter(state="planned", starts_at__gt=since)[:3])
    context = {
        "cohort": cohort,
        "meetings": rows,
        "leads": leads,
        "held": held_meetings(cohort).count(),
        "absent": never_came(cohort) if leads else [],
    }
    return render_to_string("learn/meetings/_panel.html", context)


def no_state() -> str:
    """These pages are made anew each time."""
    return ""
