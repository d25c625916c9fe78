"""Forgetting on time: old invitations and appointment documents (docs/security/personal-data.md)."""

from datetime import datetime, timedelta

from django.db import transaction

from trama.foundation.audit import record_event

from .models import Invitation, RenewalRequest

KEEP_INVITATIONS = timedelta(days=90)  # after they expire
KEEP_DOCUMENTS = timedelta(days=90)  # after the decision


@transaction.atomic
def forget_old(*, at: datetime, apply: bool) -> dict[str, int]:
    """Delete what is past its time, or only count it. ``{"invitations": n, "documents": n}``."""
    invitations = Invitation.objects.filter(expires_at__lt=at - KEEP_INVITATIONS)
    requests = RenewalRequest.objects.filter(decided_at__lt=at - KEEP_DOCUMENTS).exclude(document="")
    counted = {"invitations": invitations.count(), "documents": requests.count()}
    if apply and any(counted.values()):
        for request in requests:
            storage, name = request.document.storage, request.document.name
            request.document = ""
            request.save(update_fields=["document"])
            transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))  # type: ignore[misc]
        invitations.delete()
        record_event("old personal data forgotten", by=None, at=at, detail=counted)
    return counted
