"""Issues certificates when courses are completed, and shows the way to them."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from trama.foundation import navigation
from trama.foundation.panels import register_panel

from ..courses.study import Study
from ..progress.panels import nothing_changes
from ..progress.sources import register_completed
from . import services
from .selectors import valid_certificate


def on_the_course(request: HttpRequest | None, study: Study) -> SafeString:
    """The certificate of who completed the course."""
    return _held(request, study.enrolment)


def on_the_enrolment(request: HttpRequest | None, enrolment: Any) -> SafeString:
    """The same on the page of one's own cohort."""
    own = request is not None and enrolment.person_id == request.user.pk
    return _held(request, enrolment) if own else SafeString("")


def _held(request: HttpRequest | None, enrolment: Any) -> SafeString:
    held = valid_certificate(enrolment)
    context = {"certificate": held}
    return render_to_string("learn/certificates/_course.html", context, request) if held else SafeString("")


def on_the_desk(request: HttpRequest | None, cohort: Any) -> SafeString:
    """The way to the certificates of a cohort."""
    return render_to_string("learn/certificates/_desk.html", {"cohort": cohort}, request)


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    register_completed(services.completed)
    register_panel("learn.study", on_the_course, nothing_changes)
    register_panel("learn.enrolment", on_the_enrolment, nothing_changes)
    register_panel("learn.desk", on_the_desk, nothing_changes)
    navigation.register_entry(
        navigation.ACCOUNT,
        order=36,
        group=_("My learning"),
        label=_("My certificates"),
        view_name="learn:my_certificates",
    )
