"""Verbs on the people of a round: add, invite, change, remove, remind. Same rules as ``services``."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q

from trama.accounts.api import owns_email, people_in
from trama.foundation.audit import record_event

from .errors import (
    InvitationForSomeoneElse,
    InvitationNotValid,
    KindOfOthers,
    LastCoordinator,
    PersonOutside,
    StaleRound,
    WrongState,
)
from .letters import send_invitation, send_reminder, send_welcome
from .models import Round, RoundAssignment, RoundInvitation, RoundItem, RoundMember
from .selectors import asked_by_kind, code_hash, invitation_of_code, standing_of
from .services import locked, require_coordinator

VALID_FOR = timedelta(days=14)
KEEP_INVITATIONS = timedelta(days=90)  # after they expire
CODE_BYTES = 24  # 192 random bits
Part, State = RoundMember.Part, Round.State


def _check_kind(of: Round, respondent: Any) -> None:
    if respondent is not None and respondent.version_id != of.version_id:
        raise KindOfOthers()


def _open_for_people(of: Round) -> Round:
    """The round, locked; nobody enters one that is over."""
    now = locked(of)
    if now.state == State.CANCELLED:
        raise WrongState()
    return now


@transaction.atomic
def add_member(
    of: Round, user: Any, *, part: str, respondent: Any = None, by: Any, at: datetime, origin: str = ""
) -> RoundMember:
    """Take a person of the owner into the round, and tell them by mail. Who is in already stays as they are.

    Raises ``PermissionDenied``, ``PersonOutside`` for who has no profile there, ``KindOfOthers``, ``WrongState``.
    """
    require_coordinator(by, of)
    _open_for_people(of)
    _check_kind(of, respondent)
    if user.pk not in {profile.user_id for profile in people_in(of.scope, at=at)}:
        raise PersonOutside()
    member, entered = _enter(of, user, part=part, respondent=respondent, added_by=by, at=at)
    if entered:
        if user.pk != by.pk:
            send_welcome(member, origin=origin)
        record_event("member added to a round", by=by, at=at, target=member, detail={"part": part})
    return member


def _enter(
    of: Round, user: Any, *, part: str, respondent: Any, added_by: Any, at: datetime
) -> tuple[RoundMember, bool]:
    """The membership, and whether it is new or taken up again."""
    values = {"part": part, "respondent": respondent, "added_by": added_by, "added_at": at}
    member, new = RoundMember.objects.get_or_create(round=of, user=user, defaults=values)
    if new or member.removed_at is None:
        return member, new
    for name, value in {**values, "removed_at": None, "finished_at": None, "revision": member.revision + 1}.items():
        setattr(member, name, value)
    member.save()
    return member, True


@transaction.atomic
def change_member(
    member: RoundMember,
    *,
    part: str,
    respondent: Any,
    asked: Iterable[int] | None,
    revision: int,
    by: Any,
    at: datetime,
) -> RoundMember:
    """Change a member's part, kind and the items they are asked, if nobody changed them since ``revision``.

    ``asked``: primary keys of items; None: what their kind is asked. Only what differs from the kind is kept.
    Raises ``PermissionDenied``, ``StaleRound``, ``LastCoordinator``, ``KindOfOthers``, ``WrongState``.
    """
    of = member.round
    require_coordinator(by, of)
    now = locked(of)
    if now.is_frozen:
        raise WrongState()
    _check_kind(of, respondent)
    if part != Part.COORDINATOR:
        _keep_one_coordinator(member)
    changed = RoundMember.objects.filter(pk=member.pk, revision=revision, removed_at__isnull=True).update(
        part=part, respondent=respondent, revision=F("revision") + 1
    )
    if not changed:
        raise StaleRound()
    member.refresh_from_db()
    _assign(member, asked)
    record_event("member of a round changed", by=by, at=at, target=member, detail={"part": part})
    return member


def _assign(member: RoundMember, asked: Iterable[int] | None) -> None:
    member.assignments.all().delete()
    if asked is None or member.part == Part.READER:
        return
    items = set(RoundItem.objects.filter(round=member.round_id).values_list("pk", flat=True))
    wanted, usual = set(asked) & items, asked_by_kind(member)
    RoundAssignment.objects.bulk_create(
        RoundAssignment(member=member, item_id=item, asked=item in wanted) for item in sorted(wanted ^ usual)
    )


@transaction.atomic
def ask_for(member: RoundMember, items: Iterable[int], *, by: Any, at: datetime) -> int:
    """Ask a member some more items, whatever their kind: how gaps are closed. Returns how many were new to them.

    Raises ``PermissionDenied``, ``WrongState``.
    """
    require_coordinator(by, member.round)
    if locked(member.round).is_frozen or member.removed_at is not None or member.part == Part.READER:
        raise WrongState()
    wanted = set(RoundItem.objects.filter(round=member.round_id, pk__in=list(items)).values_list("pk", flat=True))
    new = sorted(wanted - asked_by_kind(member))
    member.assignments.filter(item__in=wanted).delete()
    RoundAssignment.objects.bulk_create(RoundAssignment(member=member, item_id=item, asked=True) for item in new)
    RoundMember.objects.filter(pk=member.pk).update(revision=F("revision") + 1)
    record_event("more asked of a member", by=by, at=at, target=member, detail={"items": len(new)})
    return len(new)


def _keep_one_coordinator(leaving: RoundMember) -> None:
    others = RoundMember.objects.filter(
        round=leaving.round_id, part=Part.COORDINATOR, removed_at__isnull=True
    ).exclude(pk=leaving.pk)  # fmt: skip
    if leaving.part == Part.COORDINATOR and not others.exists():
        raise LastCoordinator()


@transaction.atomic
def remove_member(member: RoundMember, *, by: Any, at: datetime) -> None:
    """End a person's access to the round, at once and in any state. What they answered stays.

    Raises ``PermissionDenied``, ``LastCoordinator``.
    """
    require_coordinator(by, member.round)
    locked(member.round)
    _keep_one_coordinator(member)
    if RoundMember.objects.filter(pk=member.pk, removed_at__isnull=True).update(removed_at=at):
        record_event("member removed from a round", by=by, at=at, target=member)


# --- invitations --------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    of: Round,
    email: str,
    *,
    part: str,
    respondent: Any,
    language: str,
    by: Any,
    at: datetime,
    origin: str = "",
) -> RoundInvitation:
    """Offer a place in this round, and nothing else, to whoever owns ``email``. An earlier open offer is withdrawn.

    Says nothing about whether the e-mail has an account. Raises ``PermissionDenied``, ``KindOfOthers``, ``WrongState``.
    """
    require_coordinator(by, of)
    if _open_for_people(of).is_frozen:
        raise WrongState()
    _check_kind(of, respondent)
    address = email.strip().lower()
    of.invitations.filter(email=address, accepted_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=at)
    code = secrets.token_urlsafe(CODE_BYTES)
    made = RoundInvitation.objects.create(
        round=of,
        email=address,
        part=part,
        respondent=respondent,
        code_hash=code_hash(code),
        language=language,
        invited_by=by,
        created_at=at,
        expires_at=at + VALID_FOR,
    )
    send_invitation(made, code, days=VALID_FOR.days, origin=origin)
    record_event("invited to a round", by=by, at=at, target=made, detail={"part": part})
    return made


@transaction.atomic
def resend_invitation(invitation: RoundInvitation, *, by: Any, at: datetime, origin: str = "") -> RoundInvitation:
    """Send a new code; the earlier one stops working. Raises ``PermissionDenied``, ``InvitationNotValid``."""
    require_coordinator(by, invitation.round)
    if locked(invitation.round).is_frozen:
        raise WrongState()
    code = secrets.token_urlsafe(CODE_BYTES)
    renewed = RoundInvitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(code_hash=code_hash(code), expires_at=at + VALID_FOR, invited_by=by)  # fmt: skip
    if not renewed:
        raise InvitationNotValid()
    invitation.refresh_from_db()
    send_invitation(invitation, code, days=VALID_FOR.days, origin=origin)
    record_event("invitation to a round sent again", by=by, at=at, target=invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: RoundInvitation, *, by: Any, at: datetime) -> None:
    """Take an offer back. Raises ``PermissionDenied``, ``InvitationNotValid`` if it was used or withdrawn before."""
    require_coordinator(by, invitation.round)
    still = RoundInvitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    if not still.update(withdrawn_at=at):
        raise InvitationNotValid()
    record_event("invitation to a round withdrawn", by=by, at=at, target=invitation)


@transaction.atomic
def accept_invitation(code: str, *, by: Any, at: datetime) -> RoundMember:
    """Take up a place: once, by the owner of the e-mail, while who sent it still coordinates. No profile is made.

    Raises ``InvitationNotValid``, ``InvitationForSomeoneElse``.
    """
    found = invitation_of_code(code, at=at)
    if found is None:
        raise InvitationNotValid()
    if not owns_email(by, found.email):
        raise InvitationForSomeoneElse()
    of = locked(found.round)
    try:
        require_coordinator(found.invited_by, of)
    except PermissionDenied as refusal:
        raise InvitationNotValid() from refusal
    member, _ = _enter(
        of, by, part=found.part, respondent=found.respondent, added_by=found.invited_by, at=at
    )  # fmt: skip
    taken = RoundInvitation.objects.filter(
        pk=found.pk, code_hash=code_hash(code), accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    ).update(accepted_at=at, member=member)  # fmt: skip
    if not taken or of.is_frozen:
        raise InvitationNotValid()
    record_event("invitation to a round accepted", by=by, at=at, target=member)
    return member


@transaction.atomic
def forget_invitations(*, at: datetime, apply: bool) -> int:
    """Delete invitations that expired long ago, or only count them. Memberships that came from them stay."""
    old = RoundInvitation.objects.filter(expires_at__lt=at - KEEP_INVITATIONS)
    number = old.count()
    if apply and number:
        old.delete()
        record_event("old invitations to rounds forgotten", by=None, at=at, detail={"invitations": number})
    return number


# --- reminders ----------------------------------------------------------------------------------------------------


@transaction.atomic
def remind(of: Round, *, by: Any, at: datetime, origin: str = "") -> int:
    """One mail to each who has not finished and wants reminders, at most one a day. Returns how many were sent.

    A day is one of the owner's calendar. Raises ``PermissionDenied``, ``WrongState`` after the answering.
    """
    require_coordinator(by, of)
    if locked(of).state != State.ANSWERING:
        raise WrongState()
    today = at.astimezone(of.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    sent = 0
    for line in standing_of(of).waiting:
        member = line.member
        if member.user_id == by.pk or not member.user.is_active:
            continue
        due = RoundMember.objects.filter(
            Q(reminded_at__isnull=True) | Q(reminded_at__lt=today), pk=member.pk, muted_at__isnull=True
        )
        if due.update(reminded_at=at):
            send_reminder(member, missing=line.missing, origin=origin)
            sent += 1
    record_event("members of a round reminded", by=by, at=at, target=of, detail={"letters": sent})
    return sent


@transaction.atomic
def mute(member: RoundMember, *, muted: bool, by: Any, at: datetime) -> None:
    """A member asks for no reminders of this round, or for them again. Raises ``PermissionDenied`` for another's."""
    if member.user_id != by.pk or member.removed_at is not None:
        raise PermissionDenied("diagnose.rounds.mute")
    RoundMember.objects.filter(pk=member.pk).update(muted_at=at if muted else None)
    record_event("reminders of a round muted" if muted else "reminders of a round asked", by=by, at=at, target=member)
