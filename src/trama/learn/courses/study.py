"""What the room shows to who learns in a cohort, and where the rooms that keep their work come in.

This room knows texts, not learners. ``learn.cohorts`` and ``learn.progress`` register here, in ``AppConfig.ready``:

- ``register_enrolment(provider)``: ``provider(user, course)`` gives the version that the person's cohort stands on, and
  the enrolment; None where they are in no cohort of the course;
- panels (``foundation.panels``) at the places below, each asked with the request and a ``Study``.

| place | where | subject |
| --- | --- | --- |
| ``learn.study`` | first on the page of a course as its learner sees it | ``Study``, its part is None |
| ``learn.parts`` | beside one part in a list of parts | ``Study`` of that part |
| ``learn.lesson``, ``learn.quiz`` and so on | at the end of the part | ``Study`` |
| ``learn.reflection`` | below a question for reflection | ``Study``, with ``reflection`` |
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from trama.foundation.panels import panels_of

from .models import Course, CourseVersion, Part

PLACES = (
    "learn.study", "learn.parts", "learn.lesson", "learn.quiz", "learn.assignment", "learn.package", "learn.tool",
    "learn.reflection",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A person in a cohort of a course: the version it stands on, and the enrolment as its room keeps it."""

    version: CourseVersion
    enrolment: Any


@dataclass(frozen=True, slots=True)
class Study:
    """One page of a course as one learner reads it."""

    user: Any
    version: CourseVersion
    enrolment: Any
    base: str  # where the learner's addresses of the course begin
    part: Part | None = None  # a Lesson, Quiz, Assignment or Package
    reflection: str = ""  # the name of the question in its lesson

    def of(self, part: Part) -> "Study":
        return replace(self, part=part)


type Provider = Callable[[Any, Course], Enrolled | None]
_providers: list[Provider] = []


def register_enrolment(provider: Provider) -> None:
    """The first provider that knows an enrolment says it. Registering twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def enrolment_of(user: Any, course: Course) -> Enrolled | None:
    """Where a person learns a course now."""
    return next((found for provider in _providers if (found := provider(user, course)) is not None), None)


def panels_at(place: str, request: HttpRequest, study: Study) -> SafeString:
    """What the rooms show at a place of a learner's page."""
    pieces = [panel(request, study) for panel in panels_of(place)]
    return format_html_join("\n", "{}", ((piece,) for piece in pieces if piece))


def reflection_panels(request: HttpRequest, study: Study, slug: str) -> SafeString:
    """What the rooms show below one question for reflection."""
    return panels_at("learn.reflection", request, replace(study, reflection=slug))
