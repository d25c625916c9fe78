"""Verbs of those who write paths: create, change as a whole, publish, retire. Each checks, writes, leaves its trace."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import EDIT_COURSE, PUBLISH_COURSE
from .errors import IncompleteCourse, StaleCourse, WrongCourseState
from .models import CourseVersion, Path, PathCourse, PathMaterial
from .parts import in_both
from .selectors import belongs_to_programme

State = Path.State
TEXTS = in_both(("title", "summary"))
FIELDS = (*TEXTS, "at_least", "position")
MATERIAL = ("address", *in_both(("title", "note")))


@transaction.atomic
def create_path(slug: str, organisation: Any, fields: Mapping[str, Any], *, by: Any, at: datetime) -> Path:
    """A new path, a draft. Only the programme writes for no organisation. Raises ``PermissionDenied``."""
    require(by, EDIT_COURSE, organisation)
    if organisation is None and not belongs_to_programme(by):
        raise PermissionDenied(EDIT_COURSE.name)
    values = {name: fields[name] for name in FIELDS if name in fields}
    path = Path.objects.create(
        slug=slug, organisation=organisation, created_by=by, created_at=at, changed_at=at, **values
    )
    record_event("path created", by=by, at=at, target=path)
    return path


@transaction.atomic
def change_path(
    path: Path,
    fields: Mapping[str, Any],
    courses: Sequence[Mapping[str, Any]],
    materials: Sequence[Mapping[str, Any]],
    *,
    revision: int,
    by: Any,
    at: datetime,
) -> Path:
    """Change a path as a whole, if nobody did since ``revision``. What people completed stays theirs.

    ``courses``: {"course", "required"} in order; ``materials``: address, titles and notes in order. A published path
    stays complete. Raises ``PermissionDenied``, ``StaleCourse``, ``IncompleteCourse``.
    """
    require(by, EDIT_COURSE, path)
    if path.state == State.PUBLISHED:
        require(by, PUBLISH_COURSE, path)
    values = {name: fields[name] for name in FIELDS if name in fields}
    changed = Path.objects.filter(pk=path.pk, revision=revision).update(
        **values, content_hash="", changed_at=at, revision=F("revision") + 1
    )
    if not changed:
        raise StaleCourse()
    write_stops(path, courses, materials)
    path.refresh_from_db()
    if path.state == State.PUBLISHED and (missing := missing_of(path)):
        raise IncompleteCourse(missing)
    detail = {"fields": sorted(values), "courses": [row["course"].slug for row in courses]}
    record_event("path changed", by=by, at=at, target=path, detail=detail)
    return path


def write_stops(path: Path, courses: Sequence[Mapping[str, Any]], materials: Sequence[Mapping[str, Any]]) -> None:
    """The courses and materials of a path, in place of those it had."""
    path.courses.all().delete()
    path.materials.all().delete()
    PathCourse.objects.bulk_create(
        PathCourse(path=path, position=position, course=row["course"], required=row.get("required", False))
        for position, row in enumerate(courses, start=1)
    )
    PathMaterial.objects.bulk_create(
        PathMaterial(path=path, position=position, **{name: row.get(name, "") for name in MATERIAL})
        for position, row in enumerate(materials, start=1)
    )


def missing_of(path: Path) -> list[str]:
    """What keeps a path from being published, in sentences."""
    found = [
        _("%(field)s: found %(found)s, expected %(expected)s.")
        % {"field": name, "found": _("nothing"), "expected": _("a text")}
        for name in TEXTS
        if not str(getattr(path, name)).strip()
    ]
    courses = [row.course_id for row in path.courses.all()]
    if len(courses) < 2:
        found.append(_("A path joins at least two courses."))
    if path.at_least is not None and not 1 <= path.at_least <= max(len(courses), 1):
        found.append(_("A path cannot ask for more courses than it has."))
    published = CourseVersion.objects.filter(course__in=courses, state=CourseVersion.State.PUBLISHED).count()
    if published < len(courses):
        found.append(_("Every course of a path is published."))
    return found


@transaction.atomic
def publish_path(path: Path, *, by: Any, at: datetime) -> Path:
    """Show a complete path to everybody. Raises ``PermissionDenied``, ``WrongCourseState``, ``IncompleteCourse``."""
    require(by, PUBLISH_COURSE, path)
    if missing := missing_of(path):
        raise IncompleteCourse(missing)
    return _move(path, (State.DRAFT, State.RETIRED), State.PUBLISHED, by=by, at=at)


@transaction.atomic
def retire_path(path: Path, *, by: Any, at: datetime) -> Path:
    """Take a path out of the catalogue. Raises ``PermissionDenied`` and ``WrongCourseState``."""
    require(by, PUBLISH_COURSE, path)
    return _move(path, (State.PUBLISHED,), State.RETIRED, by=by, at=at)


def _move(path: Path, origins: tuple[str, ...], target: str, *, by: Any, at: datetime) -> Path:
    moved = Path.objects.filter(pk=path.pk, state__in=origins).update(
        state=target, changed_at=at, revision=F("revision") + 1
    )
    if not moved:
        raise WrongCourseState()
    path.refresh_from_db()
    record_event(f"path {target}", by=by, at=at, target=path)
    return path
