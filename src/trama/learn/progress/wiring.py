"""Shows progress on the pages of courses and cohorts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trama.foundation.panels import register_panel

from ..cohorts.desk import register_column, some_of
from ..cohorts.models import Cohort, Enrolment
from ..meetings.services import register_attendance_listener
from . import panels
from .selectors import completions_of
from .services import recompute


def after_a_presence(enrolment: Enrolment, at: datetime) -> None:
    """A presence, or what counts of it, changed: completion follows in the same transaction."""
    recompute(enrolment, by=None, at=at)


def done_column(cohort: Cohort, enrolments: Sequence[Enrolment]) -> Mapping[int, str]:
    """ "3 / 7": what each one met of what is asked, on the desk and in its spreadsheet."""
    found = completions_of(enrolments, at=timezone.now())
    return {key: some_of(one.met_count, len(one.lines)) for key, one in found.items()}


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    for place, panel in {
        "learn.study": panels.on_the_course,
        "learn.enrolment": panels.on_the_enrolment,
        "learn.parts": panels.beside_a_part,
        "learn.lesson": panels.below_a_lesson,
        "learn.quiz": panels.below_a_quiz,
        "learn.reflection": panels.below_a_reflection,
        "learn.desk": panels.on_the_desk,
    }.items():
        register_panel(place, panel, panels.nothing_changes)
    register_attendance_listener(after_a_presence)
    register_column("done", _("Done"), done_column)
