"""How a version moves on: sent to review, returned or approved for a pilot, published, retired; and what reviewers say.

A partner writes and sends; the programme returns or approves; its administrators publish. Who sent a version does not
decide on it.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import EDIT_TECHNOLOGY, PUBLISH_TECHNOLOGY, REVIEW_TECHNOLOGY
from .checks import Problem, problems
from .errors import IncompleteTechnology, OwnReview, StaleTechnology, WrongTechnologyState
from .models import SEALED, ReviewComment, TechnologyVersion
from .parts import as_mapping
from .services import draft_for_update, note_changes

State = TechnologyVersion.State


def missing(version: TechnologyVersion) -> list[Problem]:
    """What a version lacks before it can be reviewed."""
    return problems(as_mapping(version))


@transaction.atomic
def submit(version: TechnologyVersion, *, by: Any, at: datetime) -> TechnologyVersion:
    """Send a complete draft to review.

    Raises ``PermissionDenied``, ``WrongTechnologyState``, and ``IncompleteTechnology`` naming all that is missing.
    """
    draft = draft_for_update(version, by=by)
    found = missing(draft)
    if found:
        raise IncompleteTechnology([problem.sentence for problem in found])
    TechnologyVersion.objects.filter(pk=draft.pk).update(submitted_by=by)
    return _move(draft, (State.DRAFT,), State.IN_REVIEW, by=by, at=at)


@transaction.atomic
def ask_for_changes(version: TechnologyVersion, reason: str, *, by: Any, at: datetime) -> TechnologyVersion:
    """Return a version to its authors, saying why. Raises ``PermissionDenied`` and ``WrongTechnologyState``."""
    require(by, REVIEW_TECHNOLOGY, version.technology)
    return _move(version, (State.IN_REVIEW,), State.DRAFT, by=by, at=at, reason=reason)


@transaction.atomic
def approve(version: TechnologyVersion, *, by: Any, at: datetime) -> TechnologyVersion:
    """Let a version be tried by networks. From here on it never changes.

    Raises ``PermissionDenied``, ``WrongTechnologyState``, and ``OwnReview`` for who sent it.
    """
    require(by, REVIEW_TECHNOLOGY, version.technology)
    if version.submitted_by_id == by.pk:
        raise OwnReview()
    return _move(version, (State.IN_REVIEW,), State.PILOT, by=by, at=at)


@transaction.atomic
def publish(version: TechnologyVersion, *, by: Any, at: datetime) -> TechnologyVersion:
    """Put a version that was in pilot in the catalogue; the one published before retires, and stays readable.

    Raises ``PermissionDenied`` and ``WrongTechnologyState``.
    """
    require(by, PUBLISH_TECHNOLOGY, version.technology)
    before = TechnologyVersion.objects.filter(technology=version.technology_id, state=State.PUBLISHED).first()
    if version.state == State.PILOT and before is not None:
        _move(before, (State.PUBLISHED,), State.RETIRED, by=by, at=at, reason=version.version)
    return _move(version, (State.PILOT,), State.PUBLISHED, by=by, at=at)


@transaction.atomic
def retire(version: TechnologyVersion, reason: str, *, by: Any, at: datetime) -> TechnologyVersion:
    """Take a version out of the catalogue. Those who carry it out still read it.

    Raises ``PermissionDenied`` and ``WrongTechnologyState``.
    """
    require(by, PUBLISH_TECHNOLOGY, version.technology)
    return _move(version, (State.PILOT, State.PUBLISHED), State.RETIRED, by=by, at=at, reason=reason)


@transaction.atomic
def discard(version: TechnologyVersion, *, by: Any, at: datetime) -> None:
    """Throw a draft away; a technology without any version goes with it.

    Raises ``PermissionDenied`` and ``WrongTechnologyState``.
    """
    draft = draft_for_update(version, by=by)
    technology = draft.technology
    record_event("technology draft discarded", by=by, at=at, target=draft)
    draft.delete()
    if not technology.versions.exists():
        technology.delete()


def _move(
    version: TechnologyVersion, origins: tuple[str, ...], target: str, *, by: Any, at: datetime, reason: str = ""
) -> TechnologyVersion:
    before = version.state
    published = {"published_at": at} if target == State.PUBLISHED else {}
    moved = TechnologyVersion.objects.filter(pk=version.pk, state__in=origins).update(
        state=target, changed_at=at, revision=F("revision") + 1, **published
    )
    if not moved:
        raise WrongTechnologyState()
    version.refresh_from_db()
    note_changes(version, "", "", {"state": (before, target)}, by=by, at=at, reason=reason)
    record_event(f"technology {target.replace('_', ' ')}", by=by, at=at, target=version, detail={"reason": reason})
    return version


@transaction.atomic
def comment(version: TechnologyVersion, part: str, text: str, *, by: Any, at: datetime) -> ReviewComment:
    """Say something about a part ("" is the whole) while a version is written or reviewed.

    Raises ``PermissionDenied``, and ``WrongTechnologyState`` once it is sealed.
    """
    require(by, EDIT_TECHNOLOGY, version.technology)
    if version.state in SEALED:
        raise WrongTechnologyState()
    made = ReviewComment.objects.create(version=version, part=part, text=text, by=by, at=at)
    record_event("technology commented", by=by, at=at, target=version, detail={"part": part})
    return made


@transaction.atomic
def resolve_comment(made: ReviewComment, *, by: Any, at: datetime) -> ReviewComment:
    """Mark a comment as dealt with. Raises ``PermissionDenied``, and ``StaleTechnology`` if somebody did already."""
    require(by, EDIT_TECHNOLOGY, made.version.technology)
    changed = ReviewComment.objects.filter(pk=made.pk, resolved_at__isnull=True).update(resolved_at=at, resolved_by=by)
    if not changed:
        raise StaleTechnology()
    made.refresh_from_db()
    record_event("technology comment dealt with", by=by, at=at, target=made.version)
    return made
