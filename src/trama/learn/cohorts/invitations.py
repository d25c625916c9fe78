"""Offers of a place by e-mail: a code that only its addressee can use, for fourteen days."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from trama.accounts.api import absolute, owns_email, send_letter
from trama.foundation.audit import record_event

from .enrolling import enrol, locked
from .errors import CohortClosed, InvitationForSomeoneElse, InvitationNotValid
from .models import Cohort, CohortInvitation, Enrolment
from .services import require_lead

VALID_FOR = timedelta(days=14)
KEPT_FOR = timedelta(days=90)  # after it expires
CODE_BYTES = 24  # 192 random bits


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


@transaction.atomic
def invite(
    cohort: Cohort, email: str, *, by: Any, at: datetime, origin: str = "", language: str = ""
) -> CohortInvitation:
    """Offer a place to whoever owns ``email``. Sent again, the earlier code stops working.

    Raises ``PermissionDenied`` and ``CohortClosed``.
    """
    current = locked(cohort)
    require_lead(by, current)
    if not current.takes_people:
        raise CohortClosed
    code = secrets.token_urlsafe(CODE_BYTES)
    fields = {"code_hash": _hash(code), "invited_by": by, "created_at": at, "expires_at": at + VALID_FOR}
    made, _new = CohortInvitation.objects.update_or_create(
        cohort=current, email=email.strip().lower(), accepted_at__isnull=True, defaults=fields
    )
    link = absolute(reverse("learn:cohort_invitation", args=[code]), origin)
    context = {"cohort": current, "by": by, "link": link, "days": VALID_FOR.days}
    send_letter("learn/mail/cohort_invitation", to=made.email, context=context, language=language)
    record_event("invited to cohort", by=by, at=at, target=made)
    return made


def invitation_of_code(code: str, *, at: datetime) -> CohortInvitation | None:
    """The open invitation that a code opens, or None. Codes are compared by their hash."""
    rows = CohortInvitation.objects.select_related("cohort__version__course", "invited_by")
    return rows.filter(code_hash=_hash(code), accepted_at__isnull=True, expires_at__gt=at).first()


@transaction.atomic
def accept(code: str, *, by: Any, at: datetime) -> Enrolment:
    """Take up an invitation: once, by the owner of its e-mail. It opens a cohort whatever the territory.

    Raises ``InvitationNotValid``, ``InvitationForSomeoneElse``, and as ``enrol``.
    """
    found = invitation_of_code(code, at=at)
    if found is None:
        raise InvitationNotValid
    if not owns_email(by, found.email):
        raise InvitationForSomeoneElse
    locked(found.cohort)
    row = enrol(found.cohort, by, by=by, at=at, source=Enrolment.Source.INVITATION)
    taken = CohortInvitation.objects.filter(pk=found.pk, accepted_at__isnull=True)
    if not taken.update(accepted_at=at, enrolment=row):
        raise InvitationNotValid
    record_event("invitation to cohort accepted", by=by, at=at, target=found)
    return row


def forget_old(at: datetime) -> str:
    """Delete invitations, with their e-mails, 90 days after they expired. Daily work; says what it did."""
    deleted, _by_model = CohortInvitation.objects.filter(expires_at__lt=at - KEPT_FOR).delete()
    return _("Invitations to cohorts deleted: %(n)d.") % {"n": deleted}
