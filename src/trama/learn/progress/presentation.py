"""What pages show of progress; worked out once a request."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from ..courses.presentation import Place
from ..courses.selectors import parts_in_order
from ..courses.study_views import study_base
from .completion import Completion
from .selectors import completion_of
from .wording import Row, rows_of


class Overview:
    """Where one learner stands in a cohort: every line, and what comes next."""

    def __init__(self, enrolment: Any, *, at: Any, mine: bool = True) -> None:
        version = enrolment.cohort.version
        place = Place(study_base(version.course))
        self.enrolment, self.version, self.course = enrolment, version, version.course
        self.completion: Completion = completion_of(enrolment, at=at)
        parts = {part.pk: part for part in parts_in_order(version)}
        self.rows: list[Row] = rows_of(self.completion, parts, place.part if mine else None)
        self.of_part = {row.line.part: row for row in sorted(self.rows, key=lambda row: not row.met)}
        self.met, self.asked = self.completion.met_count, len(self.rows)

    @property
    def complete(self) -> bool:
        return self.completion.complete

    @property
    def next(self) -> Row | None:
        """The first thing missing that the learner can do now."""
        return next((row for row in self.rows if not row.met and not row.line.waits_for_others and row.address), None)

    @property
    def missing(self) -> list[Row]:
        return [row for row in self.rows if not row.met]


def overview(request: HttpRequest | None, enrolment: Any) -> Overview:
    """The overview of a learner's own course, once a request: many panels of a page ask for it."""
    if request is None:
        return Overview(enrolment, at=timezone.now())
    kept: dict[int, Overview] = getattr(request, "learn_overviews", {})
    if enrolment.pk not in kept:
        kept[enrolment.pk] = Overview(enrolment, at=timezone.now())
        request.learn_overviews = kept  # type: ignore[attr-defined]
    return kept[enrolment.pk]
