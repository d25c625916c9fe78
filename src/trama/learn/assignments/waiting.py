"""Work in the one letter: what a learner reads for colleagues, urgent once when it comes and once before its day."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trama.foundation.waiting import Provider, Waiting

from ..cohorts.models import CohortTrainer
from .models import AssignmentWork
from .peer_models import PeerFeedback
from .peer_selectors import feedback_asked_of

SOON = timedelta(days=2)


def work_waiting(user: Any, at: datetime, told_at: datetime | None) -> list[Waiting]:
    """A line for each work of a colleague to read, and one for each cohort where a trainer's answer is awaited."""
    lines = []
    for one in feedback_asked_of(user).filter(given_at__isnull=True):
        names = {
            "title": one.work.assignment.title,
            "day": date_format(timezone.localtime(one.due_at), "SHORT_DATE_FORMAT"),
        }
        moments = [moment for moment in (one.given_out_at, one.due_at - SOON) if moment <= at]
        fresh = told_at is None or any(told_at < moment for moment in moments)
        what = _("Work of a colleague waits for your feedback until %(day)s: %(title)s.") % names
        lines.append(Waiting(what, reverse("learn:peer_work", args=[one.uid]), urgent=fresh))
    cohorts = CohortTrainer.objects.filter(user=user.pk, until__isnull=True).values("cohort")
    queue = AssignmentWork.objects.filter(cohort__in=cohorts, state=AssignmentWork.State.HANDED_IN)
    for uid, name, n in queue.values_list("cohort__uid", "cohort__name").annotate(n=Count("pk")).order_by("cohort"):
        what = ngettext(
            "%(n)d piece of work waits for your answer in %(cohort)s.",
            "%(n)d pieces of work wait for your answer in %(cohort)s.",
            n,
        ) % {"n": n, "cohort": name}
        lines.append(Waiting(what, reverse("learn:work_queue", args=[uid])))
    return lines


def people_to_tell(at: datetime) -> Iterable[int]:
    """Accounts that read work which came in the last days or is due soon. One query."""
    lately = Q(given_out_at__gt=at - timedelta(days=4)) | Q(due_at__lte=at + SOON, due_at__gt=at - SOON)
    rows = PeerFeedback.objects.filter(lately, given_at__isnull=True, set_aside_at__isnull=True)
    return rows.values_list("giver__person_id", flat=True).distinct()


PROVIDER = Provider(48, gettext_lazy("Work in my cohorts"), work_waiting, people_to_tell)
