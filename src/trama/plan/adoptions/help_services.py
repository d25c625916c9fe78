"""Verbs on requests for help: ask, see, answer, close. Who was asked sees the request, not the adoption."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import ANSWER_HELP, EDIT_ADOPTION
from .errors import NobodyToAsk, ReasonMissing, RequestClosed, WrongState
from .models import Adoption, AdoptionChange, HelpMessage, HelpRequest
from .selectors import organisations_to_ask
from .services import held, note_change


def _words(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise ReasonMissing()
    return words


@transaction.atomic
def ask_help(
    adoption: Adoption, organisation: Any, *, uid: UUID, subject: str, text: str, by: Any, at: datetime
) -> HelpRequest:
    """Ask the organisation that writes the technology, or the programme. Sent twice, it is kept once.

    Raises ``PermissionDenied``, ``WrongState``, ``NobodyToAsk``, ``ReasonMissing``.
    """
    now = held(adoption, by=by)
    there = HelpRequest.objects.filter(uid=uid, adoption=now).first()
    if there is not None:
        return there
    if organisation.pk not in {one.pk for one in organisations_to_ask(adoption)}:
        raise NobodyToAsk()
    made = HelpRequest.objects.create(
        uid=uid,
        adoption=now,
        organisation=organisation,
        subject=_words(subject),
        text=_words(text),
        asked_by=by,
        asked_at=at,
        waits_since=at,
    )
    note_change(now, AdoptionChange.Kind.HELP_ASKED, after=made.subject, by=by, at=at)
    record_event("help asked", by=by, at=at, target=made, detail={"organisation": organisation.pk})
    return made


@transaction.atomic
def answer_help(request: HelpRequest, text: str, *, uid: UUID, from_owner: bool, by: Any, at: datetime) -> HelpMessage:
    """Write in a request, for its owner or for the organisation that was asked. Sent twice, it is kept once.

    Raises ``PermissionDenied``, ``ReasonMissing``, ``RequestClosed``, ``WrongState``.
    """
    _require(request, from_owner, by)
    now = HelpRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    there = HelpMessage.objects.filter(uid=uid, request=now, by=by).first()
    if there is not None:
        return there
    if now.closed_at is not None:
        raise RequestClosed()
    made = HelpMessage.objects.create(
        uid=uid, request=now, from_owner=from_owner, text=_words(text), by=by, at=at
    )  # fmt: skip
    _follow(now, from_owner, at)
    record_event("help answered" if not from_owner else "help asked on", by=by, at=at, target=now)
    return made


def _follow(request: HelpRequest, from_owner: bool, at: datetime) -> None:
    """Who waits for whom after a message. An answer shows that the question was seen."""
    if not from_owner:
        request.waits_since, request.answered_at, request.seen_at = None, at, request.seen_at or at
    elif request.answered_at is not None:
        request.waits_since, request.answered_at, request.seen_at = at, None, None
    request.save(update_fields=["waits_since", "answered_at", "seen_at"])


@transaction.atomic
def note_seen(request: HelpRequest, *, by: Any, at: datetime) -> None:
    """Somebody who may answer opened what waits: the owner sees when, not who. Later looks change nothing.

    Raises ``PermissionDenied``.
    """
    require(by, ANSWER_HELP, request.organisation)
    unseen = HelpRequest.objects.filter(pk=request.pk, seen_at__isnull=True, waits_since__isnull=False)
    if unseen.filter(closed_at__isnull=True).update(seen_at=at):
        record_event("request for help seen", by=by, at=at, target=request)


@transaction.atomic
def close_help(request: HelpRequest, *, from_owner: bool, by: Any, at: datetime) -> None:
    """End a request; either side may. Twice changes nothing. Raises ``PermissionDenied``, ``WrongState``."""
    _require(request, from_owner, by)
    if HelpRequest.objects.filter(pk=request.pk, closed_at__isnull=True).update(closed_at=at):
        if from_owner:
            note_change(request.adoption, AdoptionChange.Kind.HELP_CLOSED, before=request.subject, by=by, at=at)
        record_event("request for help closed", by=by, at=at, target=request)


def _require(request: HelpRequest, from_owner: bool, by: Any) -> None:
    if from_owner:
        require(by, EDIT_ADOPTION, request.adoption)
    else:
        require(by, ANSWER_HELP, request.organisation)
    if request.adoption.removed_at is not None:
        raise WrongState()
