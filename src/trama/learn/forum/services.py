"""Verbs of a forum: ask, answer, change one's text, read; and for who leads: pin, close, mark an answer, hide."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from trama.foundation.audit import record_event

from ..cohorts.models import Cohort
from ..cohorts.selectors import may_lead
from ..courses.models import Module
from .errors import ChangedMeanwhile, NothingWritten, ReasonNeeded, TopicClosed
from .models import ForumChoice, ForumPost, ForumPostText, ForumReading, ForumTopic
from .selectors import forums_visible_to, is_open
from .texts import LONGEST, folded


def _require_member(by: Any, cohort: Cohort) -> None:
    if not forums_visible_to(by).filter(pk=cohort.pk).exists():
        raise PermissionDenied("learn.forum")


def _require_leader(by: Any, cohort: Cohort) -> None:
    if not may_lead(by, cohort):
        raise PermissionDenied("learn.forum.moderate")


def _text(text: str) -> str:
    plain = text.replace("\r\n", "\n").strip()[:LONGEST]
    if not plain:
        raise NothingWritten
    return plain


@transaction.atomic
def ask(
    cohort: Cohort, title: str, text: str, *, submission: UUID, by: Any, at: datetime, module: Module | None = None
) -> ForumTopic:
    """Open a topic. The same submission again gives the same topic.

    Raises ``PermissionDenied`` for who is not of the cohort and for a module of another course, ``TopicClosed`` where
    the cohort is over, ``NothingWritten``.
    """
    _require_member(by, cohort)
    sent = ForumPost.objects.filter(submission=submission).select_related("topic").first()
    if sent is not None:
        if sent.topic.cohort_id != cohort.pk or sent.author_id != by.pk:
            raise PermissionDenied("learn.forum")
        return sent.topic
    if not is_open(cohort):
        raise TopicClosed
    subject = " ".join(title.split())[:160]
    if not subject:
        raise NothingWritten
    if module is not None and module.version_id != cohort.version_id:
        raise PermissionDenied("learn.forum")
    topic = ForumTopic.objects.create(cohort=cohort, module=module, title=subject, author=by, created_at=at, last_at=at)
    _post(topic, text, submission=submission, by=by, at=at, title=subject)
    record_event("forum topic opened", by=by, at=at, target=topic)
    return topic


def _post(topic: ForumTopic, text: str, *, submission: UUID, by: Any, at: datetime, title: str = "") -> ForumPost:
    """The next post of a topic that the caller holds."""
    plain = _text(text)
    number = topic.posts_written + 1
    made = ForumPost.objects.create(
        topic=topic, number=number, submission=submission, author=by, text=plain, folded=folded(f"{title} {plain}"),
        created_at=at,
    )  # fmt: skip
    topic.posts_written, topic.last_at = number, at
    topic.save(update_fields=["posts_written", "last_at"])
    return made


def _held(topic: ForumTopic) -> ForumTopic:
    return ForumTopic.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=topic.pk)


@transaction.atomic
def reply(topic: ForumTopic, text: str, *, submission: UUID, by: Any, at: datetime) -> ForumPost:
    """Write in a topic. The same submission again gives the same post. Raises as ``ask``."""
    held = _held(topic)
    _require_member(by, held.cohort)
    sent = ForumPost.objects.filter(submission=submission).first()
    if sent is not None:
        if sent.topic_id != held.pk or sent.author_id != by.pk:
            raise PermissionDenied("learn.forum")
        return sent
    if held.closed_at is not None or not is_open(held.cohort):
        raise TopicClosed
    made = _post(held, text, submission=submission, by=by, at=at)
    record_event("forum post written", by=by, at=at, target=held, detail={"number": made.number})
    return made


@transaction.atomic
def change_post(post: ForumPost, text: str, *, revision: int, by: Any, at: datetime) -> ForumPost:
    """Change one's own text; the earlier one is kept. Raises ``PermissionDenied`` for another's, and as ``reply``."""
    held = _held(post.topic)
    row = ForumPost.objects.select_for_update().get(pk=post.pk)
    if row.author_id != by.pk:
        raise PermissionDenied("learn.forum")
    _require_member(by, held.cohort)
    if held.closed_at is not None or not is_open(held.cohort):
        raise TopicClosed
    plain = _text(text)
    if row.text == plain:
        return row
    if row.revision != revision or row.hidden_at is not None:
        raise ChangedMeanwhile
    ForumPostText.objects.create(post=row, revision=row.revision, text=row.text, until=at)
    title = held.title if row.number == 1 else ""
    row.text, row.folded, row.edited_at = plain, folded(f"{title} {plain}"), at
    row.revision += 1
    row.save(update_fields=["text", "folded", "edited_at", "revision"])
    record_event("forum post changed", by=by, at=at, target=held, detail={"number": row.number})
    return row


@transaction.atomic
def hide(post: ForumPost, reason: str, *, by: Any, at: datetime) -> ForumPost:
    """Take a post out of sight of all but its author and who leads, with the reason. Raises ``ReasonNeeded``."""
    held = _held(post.topic)
    _require_leader(by, held.cohort)
    if not reason.strip():
        raise ReasonNeeded
    row = ForumPost.objects.select_for_update().get(pk=post.pk)
    if row.hidden_at is None:
        row.hidden_at, row.hidden_by, row.hidden_reason = at, by, reason.strip()[:300]
        row.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
        if held.answer_id == row.pk:
            held.answer = None
            held.save(update_fields=["answer"])
        detail = {"number": row.number, "reason": row.hidden_reason}
        record_event("forum post hidden", by=by, at=at, target=held, detail=detail)
    return row


@transaction.atomic
def show_again(post: ForumPost, *, by: Any, at: datetime) -> ForumPost:
    """Undo ``hide``."""
    held = _held(post.topic)
    _require_leader(by, held.cohort)
    hidden = ForumPost.objects.filter(pk=post.pk, hidden_at__isnull=False)
    if hidden.update(hidden_at=None, hidden_by=None, hidden_reason=""):
        record_event("forum post shown again", by=by, at=at, target=held, detail={"number": post.number})
    post.refresh_from_db()
    return post


@transaction.atomic
def set_topic(
    topic: ForumTopic, *, by: Any, at: datetime, pinned: bool | None = None, closed: bool | None = None
) -> None:
    """Pin a topic or close it, or undo that. Raises ``PermissionDenied`` for who does not lead."""
    held = _held(topic)
    _require_leader(by, held.cohort)
    for name, wanted in (("pinned_at", pinned), ("closed_at", closed)):
        if wanted is not None and wanted != (getattr(held, name) is not None):
            setattr(held, name, at if wanted else None)
            held.save(update_fields=[name])
            said = name.removesuffix("_at") if wanted else f"not {name.removesuffix('_at')}"
            record_event(f"forum topic {said}", by=by, at=at, target=held)


@transaction.atomic
def mark_answer(topic: ForumTopic, post: ForumPost | None, *, by: Any, at: datetime) -> None:
    """Say which post answers a topic; None: none does. Raises ``PermissionDenied`` for who does not lead."""
    held = _held(topic)
    _require_leader(by, held.cohort)
    if post is not None and (post.topic_id != held.pk or post.hidden_at is not None or post.number == 1):
        raise ChangedMeanwhile
    held.answer = post
    held.save(update_fields=["answer"])
    record_event("forum answer marked", by=by, at=at, target=held, detail={"number": post.number if post else None})


def note_read(topic: ForumTopic, number: int, *, by: Any) -> None:
    """The person saw a topic up to a post. Never goes back; keeps no trace in the audit."""
    made, new = ForumReading.objects.get_or_create(topic=topic, user=by, defaults={"number": number})
    if not new and made.number < number:
        ForumReading.objects.filter(pk=made.pk, number__lt=number).update(number=number)


@transaction.atomic
def choose(cohort: Cohort, follows: str, *, by: Any, at: datetime) -> None:
    """Of which topics letters tell a person. Raises ``PermissionDenied`` for who is not of the cohort."""
    _require_member(by, cohort)
    if follows not in ForumChoice.Follows.values:
        raise PermissionDenied("learn.forum")
    ForumChoice.objects.update_or_create(cohort=cohort, user=by, defaults={"follows": follows})
    record_event("forum letters chosen", by=by, at=at, target=cohort, detail={"follows": follows})
