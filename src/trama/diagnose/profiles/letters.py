"""Letters about shares, to who answers for the owner, each in their language."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from trama.accounts.api import absolute, principals_of, send_letter

from .models import Share


def send_shared(share: Share, *, at: datetime, origin: str) -> None:
    """Tell who answers for the owner what was shared, with whom, until when, and how to take it back."""
    _send("diagnose/mail/shared", share, share.granted_by, at, origin)


def send_taken_back(share: Share, *, at: datetime, origin: str) -> None:
    """Tell them that it was taken back."""
    _send("diagnose/mail/share_taken_back", share, share.revoked_by, at, origin)


def _send(name: str, share: Share, by: Any, at: datetime, origin: str) -> None:
    of = share.round
    link = absolute(reverse("diagnose:round_share", args=[of.uid]), origin)
    for person in principals_of(of.scope, at=at):
        context = {"round": of, "owner": of.scope, "share": share, "receiver": share.receiver, "by": by, "link": link}
        send_letter(name, to=person.email, context=context, language=person.language)
