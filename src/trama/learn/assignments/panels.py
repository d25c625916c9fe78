"""Work on the page of an assignment, and what waits on the desk of a cohort."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from ..courses.study import Study
from .peer_selectors import asked_for
from .selectors import queue_of, work_of


def below_an_assignment(request: HttpRequest | None, study: Study) -> SafeString:
    """How the work stands, and the way to it."""
    assignment: Any = study.part
    work, pair = work_of(study.enrolment, assignment, at=timezone.now())
    context = {"study": study, "work": work, "pair": pair, "needs_pair": assignment.who == "pair" and pair is None}
    panel = render_to_string("learn/assignments/_panel.html", context, request)
    asked = asked_for(study.enrolment, assignment) if assignment.peers else []
    return panel + render_to_string("learn/assignments/_asked.html", {"asked": asked}, request) if asked else panel


def on_the_desk(request: HttpRequest | None, cohort: Any) -> SafeString:
    """How much waits, and since when."""
    waiting = queue_of(cohort)
    context = {"cohort": cohort, "count": len(waiting), "oldest": waiting[0] if waiting else None}
    return render_to_string("learn/assignments/_desk.html", context, request)
