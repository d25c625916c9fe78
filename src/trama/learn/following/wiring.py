"""Shows who is late on the desk, what trainers wrote on the page of a learner, and reminds in the one letter."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from trama.foundation.panels import register_panel
from trama.foundation.waiting import register_waiting

from ..cohorts.models import Enrolment
from ..progress.panels import nothing_changes
from .selectors import is_muted, late_by_network, messages_to, standings
from .services import mute_token
from .waiting import PROVIDER
from .wording import progress

REMINDED = ("open", "running")  # states of a cohort


def on_the_desk(request: HttpRequest | None, cohort: Any) -> SafeString | str:
    """How many are late, and the way to who and why."""
    if cohort.state not in REMINDED:
        return ""
    groups = late_by_network(cohort, at=timezone.now())
    context = {
        "cohort": cohort,
        "late": sum(len(group.people) for group in groups),
        "learners": sum(group.learners for group in groups),
    }
    return render_to_string("learn/following/_desk.html", context, request)


def on_the_enrolment(request: HttpRequest | None, enrolment: Any) -> SafeString | str:
    """What trainers wrote to a learner, and whether letters remind them."""
    if request is None or enrolment.state != Enrolment.State.ENROLLED or enrolment.person_id != request.user.pk:
        return ""
    context = {
        "messages_to": messages_to(enrolment),
        "reminds": enrolment.cohort.state in REMINDED,
        "muted": is_muted(request.user, enrolment.cohort),
        "token": mute_token(request.user, enrolment.cohort),
        "cohort": enrolment.cohort,
    }
    return render_to_string("learn/following/_enrolment.html", context, request)


def progress_notes(enrolments: Sequence[Enrolment]) -> dict[int, str]:
    """How far a learner is and what comes next, in the list of their cohorts: of those that go on alone."""
    now = timezone.now()
    found = {}
    for row in enrolments:
        if row.cohort.state in REMINDED:
            (standing,) = standings(row.cohort, [row], at=now)
            found[row.pk] = progress(standing)
    return {key: line for key, line in found.items() if line}


def register_desk() -> None:
    """Called once, by ``AppConfig.ready``, before others: who is late stands first on the desk."""
    register_panel("learn.desk", on_the_desk, nothing_changes)


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    register_panel("learn.enrolment", on_the_enrolment, nothing_changes)
    register_waiting(PROVIDER)
