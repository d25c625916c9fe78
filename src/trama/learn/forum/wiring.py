"""Shows the forum on the pages of cohorts, and tells of what is new in the one letter."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from trama.foundation.panels import register_panel
from trama.foundation.waiting import register_waiting

from ..cohorts.models import Cohort, Enrolment
from ..progress.panels import nothing_changes
from .selectors import topics_of
from .waiting import PROVIDER


def on_the_enrolment(request: HttpRequest | None, enrolment: Any) -> SafeString | str:
    """The way to the forum, on the page of who is enrolled."""
    if request is None or enrolment.state != Enrolment.State.ENROLLED or enrolment.person_id != request.user.pk:
        return ""
    return _panel(request, enrolment.cohort, leads=False)


def on_the_desk(request: HttpRequest | None, cohort: Any) -> SafeString | str:
    """The same on the desk."""
    return _panel(request, cohort, leads=True) if request is not None else ""


def _panel(request: HttpRequest, cohort: Any, *, leads: bool) -> SafeString | str:
    if cohort.state == Cohort.State.DRAFT:
        return ""
    new = [row.n_new for row in topics_of(cohort, request.user, leads=leads)]  # type: ignore[attr-defined]
    context = {"cohort": cohort, "topics": len(new), "new": sum(new)}
    return render_to_string("learn/forum/_panel.html", context, request)


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    register_panel("learn.enrolment", on_the_enrolment, nothing_changes)
    register_panel("learn.desk", on_the_desk, nothing_changes)
    register_waiting(PROVIDER)
