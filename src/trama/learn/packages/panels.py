"""A package on the page of its part: how it stands, and the way into it."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ..courses.study import Study
from ..progress.presentation import overview
from .addresses import domain
from .selectors import attempts_of


def below_a_package(request: HttpRequest | None, study: Study) -> SafeString:
    """How the learner's attempts stand, and the way in."""
    package: Any = study.part
    attempts = attempts_of(study.enrolment, package)
    context = {
        "study": study,
        "attempts": attempts,
        "running": next((one for one in attempts if one.ended_at is None), None),
        "row": overview(request, study.enrolment).of_part.get(package.pk),
        "can_run": bool(domain()) and package.file is not None,
    }
    return render_to_string("learn/packages/_panel.html", context, request)
