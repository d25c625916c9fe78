"""Renewal after a change of government: the new director asks, the programme checks the act and decides."""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..people.mail import send_letter
from . import errors, policies
from .models import Profile, RenewalRequest
from .services import check_scope, open_profile, revoke
from .vocabulary import Role

MAX_DOCUMENT_BYTES = 5 * 1024 * 1024


def check_document(document: UploadedFile | None) -> None:
    """Raise ``DocumentNotAccepted`` unless the file begins as a PDF and is small enough. None is accepted."""
    if document is None:
        return
    head = document.read(5)
    document.seek(0)
    if document.size is None or document.size > MAX_DOCUMENT_BYTES or head != b"%PDF-":
        raise errors.DocumentNotAccepted


def principal_role_for(network: Any) -> str:
    return Role.STATE_PRINCIPAL if network.dependency == "estadual" else Role.NETWORK_PRINCIPAL


@transaction.atomic
def ask_renewal(
    network: Any, *, act_number: str, act_date: date, document: UploadedFile | None, by: Any, at: datetime
) -> RenewalRequest:
    """Ask to be the principal user of a network. Raises ``RequestAlreadyWaiting``, ``DocumentNotAccepted``."""
    require(by, policies.ASK_RENEWAL)
    check_scope(principal_role_for(network), network)
    check_document(document)
    draft = RenewalRequest(network=network, asked_by=by, asked_at=at, act_number=act_number, act_date=act_date)
    if document is not None:
        draft.document.save("appointment.pdf", document, save=False)
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as clash:
        draft.document.delete(save=False)
        raise errors.RequestAlreadyWaiting from clash
    record_event("renewal asked", by=by, at=at, target=draft, detail={"network": network.pk})
    return draft


@transaction.atomic
def decide_renewal(
    request: RenewalRequest, *, approve: bool, reason: str = "", by: Any, at: datetime
) -> RenewalRequest:
    """Approve (the person becomes principal user; who was it stops) or refuse with a reason.

    Raises ``PermissionDenied``, ``RequestAlreadyDecided``, ``AlreadyHasProfile``.
    """
    request = RenewalRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    require(by, policies.DECIDE_RENEWAL, request)
    if request.state != RenewalRequest.State.WAITING:
        raise errors.RequestAlreadyDecided
    if approve:
        role = principal_role_for(request.network)
        for former in Profile.objects.select_for_update(of=("self",)).filter(
            role=role, network=request.network, revoked_at__isnull=True
        ):
            if former.user_id == request.asked_by_id and former.is_active_at(at):
                raise errors.AlreadyHasProfile
            if former.is_active_at(at):
                revoke(former, by=by, at=at, why="renewed by a new director")
        open_profile(request.asked_by, role, request.network, by=by, at=at)
    request.state = RenewalRequest.State.APPROVED if approve else RenewalRequest.State.REFUSED
    request.decided_by, request.decided_at, request.reason = by, at, reason
    request.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    record_event("renewal decided", by=by, at=at, target=request, detail={"approved": approve, "reason": reason})
    person = request.asked_by
    send_letter("renewal_decided", to=person.email, context={"request": request}, language=person.language)
    return request
