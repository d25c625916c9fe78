"""Invitations: a role offered by e-mail, taken up with a code that only its addressee can use."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..people.mail import absolute, send_letter
from . import errors, policies
from .models import Invitation, InvitationGrant, Profile
from .services import check_grants, check_scope, open_profile
from .vocabulary import SCHOOL_ROLES, TEAM_ROLES

VALID_FOR = timedelta(days=7)
CODE_BYTES = 24  # 192 random bits


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _require_may_offer(by: Any, role: str, scope: Any) -> None:
    """Raise ``PermissionDenied`` unless ``by`` may offer ``role`` in ``scope`` now.

    A principal user, and whoever edits the team, offers the roles of the team and of the network's own schools. The
    rest (principal users, coordinators, trainers, the programme itself) comes in through the programme.
    """
    offered_by_networks = role in TEAM_ROLES | SCHOOL_ROLES
    require(by, policies.INVITE if offered_by_networks else policies.INVITE_ANYWHERE, scope)


@transaction.atomic
def invite(
    email: str,
    role: str,
    scope: Any,
    *,
    by: Any,
    at: datetime,
    grants: Mapping[str, str] | None = None,
    origin: str = "",
    language: str = "",
) -> Invitation:
    """Offer ``role`` in ``scope`` to whoever owns ``email``. An earlier open offer of the same is withdrawn.

    Raises ``PermissionDenied``, ``ScopeDoesNotFit``, ``GrantBeyondOwn``. Says nothing about whether the e-mail has an
    account. ``origin`` is the scheme and host of the link in the letter.
    """
    address = email.strip().lower()
    _require_may_offer(by, role, scope)
    check_scope(role, scope)
    offered = dict(grants or {}) if role in TEAM_ROLES else {}
    check_grants(offered, by=by, scope=scope)
    where = Invitation.scope_fields(role, scope)
    for earlier in Invitation.objects.select_for_update().filter(
        email=address, role=role, accepted_at__isnull=True, withdrawn_at__isnull=True, **where
    ):
        earlier.withdrawn_at = at
        earlier.save(update_fields=["withdrawn_at"])
    code = secrets.token_urlsafe(CODE_BYTES)
    invitation = Invitation.objects.create(
        email=address,
        role=role,
        code_hash=_hash(code),
        invited_by=by,
        created_at=at,
        expires_at=at + VALID_FOR,
        **where,
    )
    InvitationGrant.objects.bulk_create(
        InvitationGrant(invitation=invitation, tool=tool, access=access) for tool, access in offered.items()
    )
    record_event("invitation sent", by=by, at=at, target=invitation, detail={"role": role, "grants": offered})
    _send(invitation, code, origin=origin, language=language)
    return invitation


def _send(invitation: Invitation, code: str, *, origin: str, language: str) -> None:
    link = absolute(reverse("accounts:invitation", args=[code]), origin)
    context = {"invitation": invitation, "link": link, "days": VALID_FOR.days}
    send_letter("invitation", to=invitation.email, context=context, language=language)


def _locked(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)


@transaction.atomic
def resend(invitation: Invitation, *, by: Any, at: datetime, origin: str = "", language: str = "") -> Invitation:
    """Send a new code, valid for seven more days; the earlier one stops working. Raises ``InvitationNotValid``."""
    invitation = _locked(invitation)
    _require_may_offer(by, invitation.role, invitation.scope)
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise errors.InvitationNotValid
    check_grants({grant.tool: grant.access for grant in invitation.grants.all()}, by=by, scope=invitation.scope)
    code = secrets.token_urlsafe(CODE_BYTES)
    invitation.code_hash = _hash(code)
    invitation.expires_at = at + VALID_FOR
    invitation.invited_by = by
    invitation.save(update_fields=["code_hash", "expires_at", "invited_by"])
    record_event("invitation sent again", by=by, at=at, target=invitation)
    _send(invitation, code, origin=origin, language=language)
    return invitation


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Any, at: datetime) -> Invitation:
    """Take an offer back. Raises ``InvitationNotValid`` if it was accepted or withdrawn before."""
    invitation = _locked(invitation)
    _require_may_offer(by, invitation.role, invitation.scope)
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise errors.InvitationNotValid
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    record_event("invitation withdrawn", by=by, at=at, target=invitation)
    return invitation


def invitation_of_code(code: str, *, at: datetime) -> Invitation | None:
    """The open invitation that a code opens, or None. Codes are compared by their hash."""
    found = (
        Invitation.objects.select_related("network__place", "school__place", "group", "organisation", "invited_by")
        .filter(code_hash=_hash(code))
        .first()
    )
    return found if found is not None and found.is_open_at(at) else None


def owns_email(user: Any, email: str) -> bool:
    """Whether the person proved that the e-mail is theirs."""
    return EmailAddress.objects.filter(user=user.pk, email__iexact=email, verified=True).exists()


@transaction.atomic
def accept(code: str, *, by: Any, at: datetime) -> Profile:
    """Take up an invitation: once, by the owner of its e-mail, while who sent it may still give the role.

    Raises ``InvitationNotValid``, ``InvitationForSomeoneElse``, ``InvitationNotAllowed``, and as ``open_profile`` does.
    """
    require(by, policies.ACCEPT)
    found = invitation_of_code(code, at=at)
    if found is None:
        raise errors.InvitationNotValid
    invitation = _locked(found)
    if not invitation.is_open_at(at) or invitation.code_hash != _hash(code):
        raise errors.InvitationNotValid
    if not owns_email(by, invitation.email):
        raise errors.InvitationForSomeoneElse
    grants = {grant.tool: grant.access for grant in invitation.grants.all()}
    sender = invitation.invited_by
    try:
        _require_may_offer(sender, invitation.role, invitation.scope)
        check_grants(grants, by=sender, scope=invitation.scope)
    except (PermissionDenied, errors.GrantBeyondOwn) as refusal:
        raise errors.InvitationNotAllowed from refusal
    profile = open_profile(by, invitation.role, invitation.scope, by=by, at=at, grants=grants)
    invitation.accepted_at = at
    invitation.profile = profile
    invitation.save(update_fields=["accepted_at", "profile"])
    record_event("invitation accepted", by=by, at=at, target=invitation, detail={"invited_by": sender.pk})
    return profile
