"""A package on the page of its part: how it stands, and the way into it."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ..courses.models import PackageFile
from ..courses.study import Study
from ..progress.presentation import overview
from .addresses import domain
from .selectors import attempts_of
from .unit_presentation import lines_of_units
from .units import course_of, way_through


def below_a_package(request: HttpRequest | None, study: Study) -> SafeString:
    """How the learner's attempts stand, and the way in."""
    package: Any = study.part
    attempts = attempts_of(study.enrolment, package)
    running = next((one for one in attempts if one.ended_at is None), None)
    lines = []
    if package.file is not None and package.file.kind == PackageFile.Kind.CMI5:
        lines = lines_of_units(
            package.file, way_through(course_of(package.file), running.registration if running else None)
        )
    context = {
        "study": study,
        "attempts": attempts,
        "running": running,
        "lines": lines,
        "row": overview(request, study.enrolment).of_part.get(package.pk),
        "can_run": bool(domain()) and package.file is not None,
    }
    return render_to_string("learn/packages/_panel.html", context, request)
