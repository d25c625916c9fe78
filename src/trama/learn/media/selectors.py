"""Questions about videos and files: which a reader may load, and which belong to a version."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from ..courses.models import CourseVersion, LessonFile, SentFile, Video
from ..courses.selectors import public_versions
from .accepting import PLACES_OF


def _within(versions: Any) -> Q:
    """Files that a video or file of these versions shows."""
    named: list[Any] = [
        model._default_manager.filter(version__in=versions, **{f"{place}__isnull": False}).values(place)
        for model, kind in ((Video, "video"), (LessonFile, "file"))
        for place in PLACES_OF[kind]
    ]
    found = Q()
    for rows in named:
        found |= Q(pk__in=rows)
    return found


def public_file(slug: str, uid: UUID) -> SentFile | None:
    """A file of a version of a course that anyone may read. One query."""
    versions = public_versions().filter(course__slug=slug).values("pk")
    return SentFile.objects.filter(_within(versions), uid=uid).first()


def file_of(version: CourseVersion, uid: UUID) -> SentFile | None:
    """A file of one version, of whatever state: who asks was admitted to the version before. One query."""
    rows: QuerySet[SentFile] = SentFile.objects.filter(_within([version.pk]), uid=uid)
    return rows.first()
