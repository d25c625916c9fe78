"""What courses say on pages of earlier phases: which of them teach a technology, or answer a criterion."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .known import INSTRUMENT
from .selectors import courses_of_criterion, courses_of_technology


def courses_of_a_technology(request: HttpRequest | None, technology: Any) -> SafeString | str:
    """A panel on the page of a technology. Nothing where no course names it."""
    return _panel(courses_of_technology(technology.slug), "h2")


def courses_of_a_criterion(request: HttpRequest | None, criterion: Any) -> SafeString | str:
    """A panel on the page of a criterion of the self-diagnosis of a network. Nothing where no course names it."""
    if criterion.version.instrument.slug != INSTRUMENT:
        return ""
    return _panel(courses_of_criterion(criterion.code), "h2")


def _panel(versions: list[Any], level: str) -> SafeString | str:
    if not versions:
        return ""
    return render_to_string("learn/courses/_panel.html", {"versions": versions, "level": level})
