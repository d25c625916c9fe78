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
    held = valid_certificate(study.enrolment)
    context = {"certificate": held}
    return render_to_string("learn/certificates/_course.html", context, request) if held else SafeString("")


def on_the_desk(request: HttpRequest | None, cohort: Any) -> SafeString:
    """The way to the certificates of a cohort."""
    return render_to_string("learn/certificates/_desk.html", {"cohort": cohort}, request)


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    register_completed(services.completed)
    register_panel("learn.study", on_the_course, nothing_changes)
    register_panel("learn.desk", on_the_desk, nothing_changes)
    navigation.register_entry(
        navigation.ACCOUNT,
        order=36,
        group=_("My learning"),
        label=_("My certificates"),
        view_name="learn:my_certificates",
    )
