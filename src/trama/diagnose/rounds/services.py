"""Verbs on rounds: open, change, move from state to state, submit. Each checks, writes and leaves its trace.

The trail never holds the words of a team: no title, no reason, no comment.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F

from trama.accounts.api import principals_of
from trama.foundation.audit import record_event
from trama.foundation.policies import require
from trama.know.api import ScopeKind, scope_fields

from ..policies import OPEN_ROUND
from .content import hash_of, part_content, round_content
from .errors import (
    DeadlineInThePast,
    InstrumentDoesNotFit,
    NotAllAgreed,
    NotYourPart,
    QuestionOfOthers,
    ReasonMissing,
    StaleRound,
    SubmissionOfAnother,
    WrongState,
)
from .letters import send_receipt
from .models import Receipt, Round, RoundItem, RoundMember, RoundStep
from .numbers import new_number
from .selectors import (
    answered_by,
    items_asked_of,
    latest_versions,
    may_coordinate,
    not_agreed,
    own_questions_of,
    zone_of,
)

Part, State = RoundMember.Part, Round.State


def require_coordinator(by: Any, of: Round) -> None:
    """Raise ``PermissionDenied`` unless ``by`` may move the round now."""
    if not may_coordinate(by, of):
        raise PermissionDenied("diagnose.rounds.coordinate")


def locked(of: Round) -> Round:
    """The round as it is now, held until the transaction ends: moves happen one after the other."""
    return Round.objects.select_for_update(of=("self",)).get(pk=of.pk)


@transaction.atomic
def open_round(
    scope: Any,
    *,
    version: Any,
    title: str,
    answers_until: datetime,
    by: Any,
    at: datetime,
    short: bool = False,
    grace_hours: int = 72,
    own_questions: Iterable[Any] = (),
    respondent: Any = None,
) -> Round:
    """A round in ``scope`` over the latest version of an instrument. Who opens it coordinates it, as ``respondent``.

    Raises ``PermissionDenied``, ``InstrumentDoesNotFit``, ``QuestionOfOthers``, ``DeadlineInThePast``.
    """
    require(by, OPEN_ROUND, scope)
    asked = list(own_questions)
    _require_what_fits(scope, version, respondent, asked)
    if answers_until <= at:
        raise DeadlineInThePast()
    made = Round.objects.create(
        **scope_fields(scope),
        version=version,
        title=title,
        short=short,
        answers_until=answers_until,
        time_zone=zone_of(scope),
        grace_hours=grace_hours,
        opened_by=by,
        opened_at=at,
    )
    criteria = version.criteria.filter(starred=True) if short else version.criteria.all()
    questions = [{"criterion": one} for one in criteria.order_by("position")] + [{"own_question": one} for one in asked]
    RoundItem.objects.bulk_create(
        RoundItem(round=made, position=n, **question) for n, question in enumerate(questions, start=1)
    )
    RoundMember.objects.create(
        round=made, user=by, part=Part.COORDINATOR, respondent=respondent, added_by=by, added_at=at
    )
    RoundStep.objects.create(round=made, to_state=State.ANSWERING, by=by, at=at)
    record_event("round opened", by=by, at=at, target=made, detail={"version": version.pk, "short": short})
    return made


def _require_what_fits(scope: Any, version: Any, respondent: Any, asked: list[Any]) -> None:
    """Refuse an instrument that is not for this kind of scope, a respondent of another, questions of others."""
    kind = next(name for name, value in scope_fields(scope).items() if value is not None)
    if version.pk not in {one.pk for one in latest_versions(ScopeKind(kind))}:
        raise InstrumentDoesNotFit()
    if respondent is not None and respondent.version_id != version.pk:
        raise InstrumentDoesNotFit()
    if not {one.pk for one in asked} <= {one.pk for one in own_questions_of({f"{kind}_id": scope.pk})}:
        raise QuestionOfOthers()


@transaction.atomic
def change_round(
    of: Round, *, title: str, answers_until: datetime, grace_hours: int, revision: int, by: Any, at: datetime
) -> Round:
    """Change title and deadline while the round is being answered, if nobody changed it since ``revision``.

    Raises ``PermissionDenied``, ``StaleRound``, ``WrongState``, and ``DeadlineInThePast`` if the deadline is moved to
    the past.
    """
    require_coordinator(by, of)
    now = locked(of)
    if now.state != State.ANSWERING:
        raise WrongState()
    if answers_until != now.answers_until and answers_until <= at:
        raise DeadlineInThePast()
    changed = Round.objects.filter(pk=of.pk, revision=revision).update(
        title=title, answers_until=answers_until, grace_hours=grace_hours, revision=F("revision") + 1
    )
    if not changed:
        raise StaleRound()
    of.refresh_from_db()
    detail = {"answers_until": answers_until, "grace_hours": grace_hours}
    record_event("round changed", by=by, at=at, target=of, detail=detail)
    return of


@transaction.atomic
def start_agreement(of: Round, *, by: Any, at: datetime) -> Round:
    """End the answering: the team now agrees item by item. Raises ``PermissionDenied``, ``WrongState``."""
    require_coordinator(by, of)
    return _move(of, State.ANSWERING, State.AGREEING, "agreement started", by=by, at=at)


@transaction.atomic
def answer_again(of: Round, *, answers_until: datetime, reason: str, by: Any, at: datetime) -> Round:
    """Go back from agreeing to answering, with a new deadline. What was agreed stays.

    Raises ``PermissionDenied``, ``ReasonMissing``, ``DeadlineInThePast``, ``WrongState``.
    """
    require_coordinator(by, of)
    if answers_until <= at:
        raise DeadlineInThePast()
    return _move(
        of,
        State.AGREEING,
        State.ANSWERING,
        "answering resumed",
        reason=_given(reason),
        by=by,
        at=at,
        answers_until=answers_until,
    )


@transaction.atomic
def reopen_round(of: Round, *, reason: str, by: Any, at: datetime) -> Round:
    """Take a submitted round back to agreeing, to mend it. Its receipt stays; the next submission gives another.

    Raises ``PermissionDenied``, ``ReasonMissing``, ``WrongState``.
    """
    require_coordinator(by, of)
    return _move(of, State.SUBMITTED, State.AGREEING, "round reopened", reason=_given(reason), by=by, at=at)


@transaction.atomic
def cancel_round(of: Round, *, reason: str, by: Any, at: datetime) -> Round:
    """Give a round up before it is submitted. Nothing is deleted; nobody answers any more.

    Raises ``PermissionDenied``, ``ReasonMissing``, ``WrongState``.
    """
    require_coordinator(by, of)
    given = _given(reason)
    state = locked(of).state
    if state not in {State.ANSWERING, State.AGREEING}:
        raise WrongState()
    return _move(
        of, state, State.CANCELLED, "round cancelled", reason=given, by=by, at=at, cancelled_at=at, cancel_reason=given
    )


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing()
    return reason.strip()


def _move(
    of: Round, origin: str, target: str, verb: str, *, by: Any, at: datetime, reason: str = "", **fields: Any
) -> Round:
    moved = Round.objects.filter(pk=of.pk, state=origin).update(state=target, revision=F("revision") + 1, **fields)
    if not moved:
        raise WrongState()
    RoundStep.objects.create(round=of, from_state=origin, to_state=target, reason=reason, by=by, at=at)
    of.refresh_from_db()
    record_event(verb, by=by, at=at, target=of)
    return of


# --- submissions --------------------------------------------------------------------------------------------------


@transaction.atomic
def finish_part(member: RoundMember, *, submission: uuid.UUID, by: Any, at: datetime) -> Receipt:
    """A member says to have finished, and gets a receipt of what they answered. Sent again, it gives the same.

    What is missing may stay missing: the receipt says how much. Raises ``PermissionDenied`` for another's part,
    ``NotYourPart`` where nothing is asked, ``WrongState`` once the answering has ended, ``SubmissionOfAnother``.
    """
    if member.user_id != by.pk or member.removed_at is not None:
        raise PermissionDenied("diagnose.rounds.finish")
    of = locked(member.round)
    earlier = Receipt.objects.filter(submission=submission).first()
    if earlier is not None:
        if earlier.member_id != member.pk:
            raise SubmissionOfAnother()
        return earlier
    asked = set(items_asked_of(member).values_list("pk", flat=True))
    if not asked:
        raise NotYourPart()
    if of.state != State.ANSWERING:
        raise WrongState()
    missing = len(asked - answered_by([member])[member.pk])
    receipt = _receipt(of, part_content(member), submission, member=member, n_open=missing, by=by, at=at)
    RoundMember.objects.filter(pk=member.pk).update(finished_at=at)
    member.finished_at = at
    record_event("part of a round finished", by=by, at=at, target=member, detail={"missing": missing})
    return receipt


@transaction.atomic
def continue_part(member: RoundMember, *, by: Any, at: datetime) -> RoundMember:
    """Take back having finished, while the round is being answered. Raises ``PermissionDenied``, ``WrongState``."""
    if member.user_id != by.pk or member.removed_at is not None:
        raise PermissionDenied("diagnose.rounds.finish")
    if locked(member.round).state != State.ANSWERING:
        raise WrongState()
    if RoundMember.objects.filter(pk=member.pk, finished_at__isnull=False).update(finished_at=None):
        member.finished_at = None
        record_event("part of a round continued", by=by, at=at, target=member)
    return member


@transaction.atomic
def submit_round(
    of: Round, *, submission: uuid.UUID, acknowledged: int = 0, by: Any, at: datetime, origin: str = ""
) -> Receipt:
    """Close the agreed round for good, with a receipt by screen and mail. Sent again, it gives the same receipt.

    ``acknowledged``: how many criteria without agreement the person saw and accepted. Raises ``PermissionDenied``,
    ``NotAllAgreed`` if there are others now, ``WrongState`` unless the team is agreeing, ``SubmissionOfAnother``.
    """
    require_coordinator(by, of)
    now = locked(of)
    earlier = Receipt.objects.filter(submission=submission).first()
    if earlier is not None:
        if earlier.round_id != of.pk or earlier.member_id is not None:
            raise SubmissionOfAnother()
        return earlier
    if now.state != State.AGREEING:
        raise WrongState()
    missing = not_agreed(now)
    if missing and acknowledged != missing:
        raise NotAllAgreed(missing)
    receipt = _receipt(now, round_content(now), submission, member=None, n_open=missing, by=by, at=at)
    Round.objects.filter(pk=of.pk).update(state=State.SUBMITTED, submitted_at=at, revision=F("revision") + 1)
    RoundStep.objects.create(round=of, from_state=State.AGREEING, to_state=State.SUBMITTED, by=by, at=at)
    of.refresh_from_db()
    people = {person.pk: person for person in (*principals_of(of.scope, at=at), by)}
    for person in people.values():
        send_receipt(receipt, to=person, origin=origin)
    detail = {"receipt": receipt.number, "hash": receipt.content_hash, "without_agreement": missing}
    record_event("round submitted", by=by, at=at, target=of, detail=detail)
    return receipt


def _receipt(
    of: Round, content: str, submission: uuid.UUID, *, member: RoundMember | None, n_open: int, by: Any, at: datetime
) -> Receipt:
    year = at.astimezone(of.zone).year
    for _ in range(5):  # a number that is taken already: once in a million receipts a year at most
        try:
            with transaction.atomic():
                return Receipt.objects.create(
                    number=new_number(year),
                    round=of,
                    member=member,
                    submission=submission,
                    content=content,
                    content_hash=hash_of(content),
                    n_open=n_open,
                    submitted_by=by,
                    submitted_at=at,
                )
        except IntegrityError:
            if Receipt.objects.filter(submission=submission).exists():
                raise SubmissionOfAnother() from None
    raise RuntimeError("no free receipt number")
