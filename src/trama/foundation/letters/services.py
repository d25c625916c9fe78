"""Keeping letters, sending them again, and forgetting them."""

from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..jobs.selectors import is_worker_heard
from . import carrying
from .models import Letter

TEXT_OF_REFUSED = timedelta(days=7)
"""How long a letter that was refused can be sent again; then its text goes."""

KEPT = timedelta(days=90)
"""How long it is known that a letter was sent, refused or given up."""


class NoTextLeft(Exception):
    """The text of the letter is gone: it cannot be sent again. Its words may be shown as they are."""


def post(message: EmailMessage, *, urgent: bool = False) -> list[Letter]:
    """Keep a letter for each of its recipients; they leave when the present transaction commits.

    ``urgent``: somebody waits for it at the screen, so it goes before the others. Raises ``ValueError`` for what a
    letter of ours never has: attachments, a second form of the text, or no text at all.
    """
    if message.attachments or getattr(message, "alternatives", None):
        raise ValueError("A letter is plain text: found attachments or another form of it, expected none.")
    if not message.body:
        raise ValueError("A letter has a text: found none.")
    now = timezone.now()
    headers = {name: str(value) for name, value in message.extra_headers.items() if name.lower() != "message-id"}
    if message.reply_to:
        headers["Reply-To"] = ", ".join(map(str, message.reply_to))
    rows = [
        Letter(
            to=to, subject=" ".join(str(message.subject).split())[:400], body=str(message.body),
            sender=message.from_email, headers=headers, urgent=urgent, created_at=now, next_at=now,
        )
        for to in message.recipients()
    ]  # fmt: skip
    Letter.objects.bulk_create(rows)
    transaction.on_commit(_carry_unless_a_worker_does, robust=True)
    return rows


def _carry_unless_a_worker_does() -> None:
    """Without a worker, letters leave here and now, as well as they can: what fails waits, and nothing is raised."""
    if not is_worker_heard(at=timezone.now()):
        carrying.carry_all()


@transaction.atomic
def send_again(letter: Letter, *, at: datetime) -> Letter:
    """Let a refused or given up letter try once more. Raises ``NoTextLeft``; one that waits or was sent stays."""
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    if row.state not in {Letter.State.REFUSED, Letter.State.GIVEN_UP}:
        return row
    if not row.has_text:
        raise NoTextLeft(_("The text of this e-mail is no longer kept: whatever it told has to be sent anew."))
    row.state, row.attempts, row.answer = Letter.State.WAITING, 0, ""
    row.created_at = row.next_at = at
    row.ended_at = None
    row.save()
    transaction.on_commit(_carry_unless_a_worker_does, robust=True)
    return row


def forget_old(*, at: datetime) -> tuple[int, int]:
    """Remove the text of what was refused a while ago, and old rows altogether. Returns how many of each."""
    over = Letter.objects.exclude(state=Letter.State.WAITING)
    texts = over.filter(ended_at__lt=at - TEXT_OF_REFUSED).exclude(body="").update(body="", subject="", headers={})
    rows, _each = over.filter(ended_at__lt=at - KEPT).delete()
    return texts, rows
