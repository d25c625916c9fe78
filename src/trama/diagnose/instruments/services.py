"""Verbs on instruments and own questions. Each asks who may, writes, and leaves its trace."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F

from trama.foundation.audit import record_event
from trama.foundation.policies import require
from trama.know.api import scope_fields

from ..policies import EDIT_INSTRUMENT, PUBLISH_INSTRUMENT, WRITE_OWN_QUESTION
from .errors import NotADraft, QuestionInUse, QuestionRetired, StaleQuestion, TooManyQuestions
from .models import InstrumentVersion, OwnQuestion
from .selectors import is_asked, own_questions_of
from .storage import make_current, store_version
from .structure import VersionData

MOST_OWN_QUESTIONS = 20  # of one owner, not counting retired ones: what one meeting can bear beside the instrument
QUESTION_FIELDS = ("title", "question", "fragile", "basic", "adequate", "exemplary")


@transaction.atomic
def keep_draft(data: VersionData, *, by: Any, at: datetime) -> InstrumentVersion:
    """Keep a checked version as a draft of its instrument, which is made where there is none.

    Raises ``PermissionDenied``, ``LabelTaken`` and ``OtherScope``. Sent again, the same draft is given back.
    """
    require(by, EDIT_INSTRUMENT)
    version, _new = store_version(data, by=by, at=at)
    return version


@transaction.atomic
def publish_draft(version: InstrumentVersion, *, by: Any, at: datetime) -> InstrumentVersion:
    """Make a draft the version that new rounds use; the one before is retired, and stays readable for ever.

    Raises ``PermissionDenied``, and ``NotADraft`` if somebody was faster.
    """
    require(by, PUBLISH_INSTRUMENT)
    if not make_current(version, by=by, at=at):
        raise NotADraft()
    return version


@transaction.atomic
def discard_draft(version: InstrumentVersion, *, by: Any, at: datetime) -> None:
    """Throw a draft away, and its instrument with it where nothing else is left of that.

    Raises ``PermissionDenied``, and ``NotADraft`` if it was published or discarded already.
    """
    require(by, EDIT_INSTRUMENT)
    draft = InstrumentVersion.objects.select_for_update().filter(pk=version.pk, state=InstrumentVersion.State.DRAFT)
    found = draft.first()
    if found is None:
        raise NotADraft()
    instrument = found.instrument
    record_event("instrument draft discarded", by=by, at=at, target=found, detail={"hash": found.content_hash})
    found.delete()
    if not instrument.versions.exists():
        instrument.delete()


@transaction.atomic
def write_own_question(scope: models.Model, fields: Mapping[str, str], *, by: Any, at: datetime) -> OwnQuestion:
    """Add a question to the later rounds of a network, school or group.

    Raises ``PermissionDenied``, and ``TooManyQuestions`` beyond ``MOST_OWN_QUESTIONS``.
    """
    require(by, WRITE_OWN_QUESTION, scope)
    if own_questions_of(scope).count() >= MOST_OWN_QUESTIONS:
        raise TooManyQuestions(MOST_OWN_QUESTIONS)
    question = OwnQuestion.objects.create(
        **scope_fields(scope), **{name: fields[name] for name in QUESTION_FIELDS}, created_by=by, created_at=at
    )
    record_event("own question written", by=by, at=at, target=question)
    return question


@transaction.atomic
def change_own_question(
    question: OwnQuestion, fields: Mapping[str, str], *, revision: int, by: Any, at: datetime
) -> OwnQuestion:
    """Reword a question that no round has asked yet, if nobody changed it since ``revision``.

    Raises ``PermissionDenied``, ``QuestionRetired``, ``QuestionInUse`` and ``StaleQuestion``.
    """
    require(by, WRITE_OWN_QUESTION, question)
    # The row lock waits for a round that is being opened with the question: it then counts as asked.
    now = OwnQuestion.objects.select_for_update().get(pk=question.pk)
    if now.retired_at is not None:
        raise QuestionRetired()
    if is_asked(now):
        raise QuestionInUse()
    changed = OwnQuestion.objects.filter(pk=question.pk, revision=revision).update(
        **{name: fields[name] for name in QUESTION_FIELDS}, changed_at=at, revision=F("revision") + 1
    )
    if not changed:
        raise StaleQuestion()
    now.refresh_from_db()
    record_event("own question changed", by=by, at=at, target=now, detail={"revision": now.revision})
    return now


@transaction.atomic
def retire_own_question(question: OwnQuestion, *, by: Any, at: datetime) -> OwnQuestion:
    """Leave a question out of later rounds. Rounds that asked it keep it.

    Raises ``PermissionDenied``, and ``QuestionRetired`` if it was retired already.
    """
    require(by, WRITE_OWN_QUESTION, question)
    retired = OwnQuestion.objects.filter(pk=question.pk, retired_at__isnull=True).update(
        retired_at=at, revision=F("revision") + 1
    )
    if not retired:
        raise QuestionRetired()
    question.refresh_from_db()
    record_event("own question retired", by=by, at=at, target=question)
    return question
