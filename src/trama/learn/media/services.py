"""Verbs of who writes a course with videos and files: send what belongs to one, or take it away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction

from trama.foundation.audit import record_event
from trama.foundation.files import safe_name, sha256_of

from ..courses.models import CourseVersion, SentFile
from ..courses.parts import PartKind
from ..courses.services import change_part, draft_for_update
from .accepting import PLACES, Looked, Place, Refusal
from .errors import MediaRefused

type Sent = tuple[Place, Any, Looked]


def send_files(
    version: CourseVersion,
    kind: PartKind,
    row: Any,
    changes: Mapping[str, Any],
    *,
    revision: int,
    by: Any,
    at: datetime,
) -> Any:
    """Put what was sent in its places, all of it or nothing. ``changes``: {place: upload}, None takes a file away.

    Files are looked at outside the transaction: that takes time. Raises ``MediaRefused``, ``PermissionDenied``,
    ``WrongCourseState``, and ``StaleCourse`` where someone changed the part meanwhile.
    """
    with transaction.atomic():
        draft_for_update(version, by=by)
    looked, refused = [], {}
    for name, upload in changes.items():
        if upload is None:
            continue
        place = PLACES[name]
        try:
            looked.append((place, upload, place.looked_at(upload, upload.name)))
        except Refusal as mistakes:
            refused[name] = mistakes.mistakes
    if refused:
        raise MediaRefused(refused)
    with transaction.atomic():
        fields: dict[str, Any] = dict.fromkeys(changes)
        fields |= {place.name: _keep(place, upload, found, by=by, at=at) for place, upload, found in looked}
        return change_part(version, kind, row, fields, revision=revision, by=by, at=at)


def _keep(place: Place, upload: Any, found: Looked, *, by: Any, at: datetime) -> SentFile:
    """A row for what was sent. The same bytes are kept once on disk, whoever sent them."""
    digest = sha256_of(upload)
    name = safe_name(upload.name)
    row = SentFile(
        kind=place.kind, file_name=name, media_type=found.media_type, sha256=digest, size=upload.size,
        seconds=found.seconds, uploaded_by=by, uploaded_at=at,
    )  # fmt: skip
    same = SentFile.objects.filter(sha256=digest, media_type=found.media_type).first()
    if same is not None and same.file.storage.exists(same.file.name or ""):
        row.file.name = same.file.name
    else:
        row.file.save(f"file.{name.rpartition('.')[2].lower()}", File(upload), save=False)
    row.save()
    detail = {"kind": place.kind, "place": place.name, "sha256": digest}
    record_event("file of a lesson sent", by=by, at=at, target=row, detail=detail)
    return row
