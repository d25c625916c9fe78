"""Loading the courses that ship as content (``content/courses/<slug>/``).

A file's label decides: a new one becomes a new version, published; a published version never changes, so files that say
something else under a published label are refused. A course that people took up on the site is left to them.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from trama.foundation.audit import record_event
from trama.foundation.content import ContentError, Outcome, fingerprint

from .checks import blocking, check
from .files import FILE, place_of, read_course
from .known import known_of
from .models import Course, CourseVersion
from .parts import VERSION_FIELDS, in_both, write_parts


def load_courses(directory: Path, at: datetime) -> Outcome:
    """Load every folder of ``directory/courses``. Raises ``ContentError`` naming file, place, found and expected."""
    outcome = Outcome()
    for folder in sorted(path.parent for path in (directory / "courses").glob(f"*/{FILE}")):
        outcome += _load(checked_course(folder), at)
    return outcome


def checked_course(folder: Path) -> dict[str, Any]:
    """One folder in the shape of ``parts.as_mapping``, with slug, position, label and what changed.

    Raises ``ContentError`` with all that keeps it from being published.
    """
    data = read_course(folder)
    found = blocking(check(data, known_of(data)))
    if found:
        raise ContentError("\n".join(f"{folder.name}/{place_of(problem, data)}" for problem in found))
    return data


def _load(data: dict[str, Any], at: datetime) -> Outcome:
    wanted = fingerprint({name: value for name, value in data.items() if _counts(name, value)})
    course, new = Course.objects.get_or_create(slug=data["slug"], defaults={"position": data["position"]})
    if not new and course.versions.filter(content_hash="").exists():
        return Outcome(kept=1)
    same = course.versions.filter(version=data["version"]).first()
    if same is not None and same.content_hash != wanted:
        raise ContentError(
            f"{data['slug']}/{FILE}: version: found {data['version']}, which is published with other words, expected a "
            "new label: a published version never changes"
        )
    moved = Course.objects.filter(pk=course.pk).exclude(position=data["position"])
    if moved.update(position=data["position"]) and same is not None:
        return Outcome(updated=1)
    if same is not None:
        return Outcome(unchanged=1)
    _publish(course, data, wanted, at)
    return Outcome(created=1) if new else Outcome(updated=1)


def _counts(name: str, value: Any) -> bool:
    """Whether a value is part of the fingerprint. What came later leaves none while it is empty: older ones hold."""
    return name != "position" and (bool(value) or name not in ("videos", "files"))


def _publish(course: Course, data: Mapping[str, Any], wanted: str, at: datetime) -> None:
    fields = {name: data[name] for name in (*VERSION_FIELDS, *in_both(("what_changed",)))}
    version = CourseVersion.objects.create(
        course=course, version=data["version"], content_hash=wanted, created_at=at, changed_at=at, **fields
    )
    write_parts(version, data)
    state = CourseVersion.State
    course.versions.filter(state=state.PUBLISHED).update(state=state.RETIRED, changed_at=at)
    CourseVersion.objects.filter(pk=version.pk).update(state=state.PUBLISHED, published_at=at)
    record_event("course published from content", by=None, at=at, target=version)
