"""How a version moves on: published when nothing is missing, retired, or thrown away while it is a draft.

Partners write; the programme publishes, because what the catalogue shows and what certificates state is its word.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import PUBLISH_COURSE
from .checks import Problem, blocking, check
from .errors import IncompleteCourse, WrongCourseState
from .known import known_of
from .models import Course, CourseVersion, PathCourse
from .parts import as_mapping
from .services import draft_for_update, note_changes
from .wording import told

State = CourseVersion.State


def list_before_publishing(version: CourseVersion) -> list[Problem]:
    """Problems and hints of a version."""
    data = as_mapping(version)
    return check(data, known_of(data))


@transaction.atomic
def publish(version: CourseVersion, *, by: Any, at: datetime) -> CourseVersion:
    """Put a complete draft in the catalogue; the version published before retires. From here on it never changes.

    Cohorts that run stay with the version they began with. Raises ``PermissionDenied``, ``WrongCourseState``, and
    ``IncompleteCourse`` naming all that is missing.
    """
    require(by, PUBLISH_COURSE, version.course)
    Course.objects.select_for_update().get(pk=version.course_id)
    draft = draft_for_update(version, by=by)
    missing = blocking(list_before_publishing(draft))
    if missing:
        raise IncompleteCourse([told(problem) for problem in missing])
    before = CourseVersion.objects.filter(course=draft.course_id, state=State.PUBLISHED).first()
    if before is not None:
        _move(before, State.PUBLISHED, State.RETIRED, by=by, at=at, reason=draft.version)
    CourseVersion.objects.filter(pk=draft.pk).update(published_at=at)
    return _move(version, State.DRAFT, State.PUBLISHED, by=by, at=at)


@transaction.atomic
def retire(version: CourseVersion, reason: str, *, by: Any, at: datetime) -> CourseVersion:
    """Take a version out of the catalogue. Cohorts that run still read it.

    Raises ``PermissionDenied`` and ``WrongCourseState``.
    """
    require(by, PUBLISH_COURSE, version.course)
    return _move(version, State.PUBLISHED, State.RETIRED, by=by, at=at, reason=reason)


@transaction.atomic
def discard(version: CourseVersion, *, by: Any, at: datetime) -> None:
    """Throw a draft away; a course without any version goes with it.

    Raises ``PermissionDenied`` and ``WrongCourseState``.
    """
    draft = draft_for_update(version, by=by)
    course = draft.course
    record_event("course draft discarded", by=by, at=at, target=draft)
    draft.delete()
    if not course.versions.exists() and not PathCourse.objects.filter(course=course).exists():
        course.delete()


def _move(
    version: CourseVersion, origin: str, target: str, *, by: Any, at: datetime, reason: str = ""
) -> CourseVersion:
    moved = CourseVersion.objects.filter(pk=version.pk, state=origin).update(
        state=target, changed_at=at, revision=F("revision") + 1
    )
    if not moved:
        raise WrongCourseState()
    version.refresh_from_db()
    note_changes(version, "", "", {"state": (origin, target)}, by=by, at=at, reason=reason)
    record_event(f"course {target}", by=by, at=at, target=version, detail={"reason": reason})
    return version
