"""Carrying letters to the mail server: claimed, sent, marked, one by one over one connection.

A claim is a moment until which nobody else takes the letter: its ``next_at`` moves by ``CLAIM``, in one statement that
only one process can win. Whoever dies with a claimed letter leaves it due again after that.
"""

import logging
import smtplib
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import F, QuerySet
from django.utils import timezone

from .models import Letter

WIRE = "wire"
CLAIM = timedelta(minutes=2)
AT_ONCE = 50  # letters over one connection: many servers take no more than a hundred
PAUSES = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30)]
LAST_PAUSE = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)
SECONDS_BETWEEN_LOOKS = 1.0
PERMANENT = range(500, 600)
logger = logging.getLogger("trama.letters")


class Postman(threading.Thread):
    """Beside the worker, in a thread of its own, so that no long job holds a letter up."""

    def __init__(self, seconds: float = SECONDS_BETWEEN_LOOKS) -> None:
        super().__init__(name="postman", daemon=True)
        self._seconds = seconds
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            try:
                carry_all(until=self._over)
            except DatabaseError as error:  # a restart of the database, a long write: the next look tries again
                logger.debug("letters were not looked at: %s", type(error).__name__)
            close_old_connections()
            self._over.wait(self._seconds)
        connection.close()

    def stop(self) -> None:
        """The letter under way is finished first."""
        self._over.set()
        self.join(timeout=30)


def carry_all(*, until: threading.Event | None = None) -> int:
    """Carry what is due, the urgent first, until nothing is due or the server fails. Returns how many were sent."""
    sent = 0
    while until is None or not until.is_set():
        due = list(
            Letter.objects.filter(state=Letter.State.WAITING, next_at__lte=timezone.now())
            .order_by("-urgent", "next_at")
            .values_list("pk", flat=True)[:AT_ONCE]
        )
        if not due:
            break
        more, goes_on = _carry(due, until)
        sent += more
        if not goes_on:
            break
    return sent


def _carry(due: list[Any], until: threading.Event | None) -> tuple[int, bool]:
    """Some letters over one connection. Returns how many were sent, and whether the server still takes more."""
    sent = 0
    wire = mailers[WIRE]
    try:
        try:
            wire.open()
        except (OSError, smtplib.SMTPException) as error:
            _put_off(due, error)
            return sent, False
        for letter in _claimed(due, until):
            outcome = _send(wire, letter)
            sent += outcome == Letter.State.SENT
            if outcome is None:
                _still_due(due).update(next_at=timezone.now() + PAUSES[0])
                return sent, False
    finally:
        _hang_up(wire)
    return sent, True


def _still_due(letters: list[Any]) -> QuerySet[Letter]:
    return Letter.objects.filter(pk__in=letters, state=Letter.State.WAITING, next_at__lte=timezone.now())


def _claimed(due: list[Any], until: threading.Event | None) -> Iterator[Letter]:
    for pk in due:
        if until is not None and until.is_set():
            return
        if _still_due([pk]).update(next_at=timezone.now() + CLAIM, attempts=F("attempts") + 1):
            yield Letter.objects.get(pk=pk)


def _send(wire: Any, letter: Letter) -> str | None:
    """Send one and keep what came of it. None: the server takes nothing more for now."""
    try:
        wire.send_messages([message_of(letter)])
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()), (0, b""))
        return _answered(letter, code, answer)
    except smtplib.SMTPDataError as error:
        return _answered(letter, error.smtp_code, error.smtp_error)
    except ValueError as error:  # an address that is none
        return _end(letter, Letter.State.REFUSED, str(error))
    except (
        OSError,
        smtplib.SMTPException,
    ) as error:  # the connection, the sign-in, the sender: not the letter
        _wait(letter, _told(error))
        return None
    return _end(letter, Letter.State.SENT, "")


def _answered(letter: Letter, code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
    told = f"{code} {' '.join(text.split())}"
    return _end(letter, Letter.State.REFUSED, told) if code in PERMANENT else _wait(letter, told)


def _end(letter: Letter, state: str, answer: str) -> str:
    values: dict[str, Any] = {"state": state, "answer": answer[:300], "ended_at": timezone.now()}
    if state == Letter.State.SENT:
        values |= {"body": "", "subject": "", "headers": {}}
    Letter.objects.filter(pk=letter.pk).update(**values)
    if state != Letter.State.SENT:
        logger.warning("letter %s was not delivered: %s", letter.pk, state)
    return state


def _wait(letter: Letter, answer: str) -> str:
    """Try again after a pause that grows, or give up."""
    now = timezone.now()
    if now - letter.created_at >= GIVEN_UP_AFTER:
        return _end(letter, Letter.State.GIVEN_UP, answer)
    Letter.objects.filter(pk=letter.pk).update(next_at=now + pause_after(letter.attempts), answer=answer[:300])
    return Letter.State.WAITING


def _put_off(due: list[Any], error: Exception) -> None:
    """The server is not there: what is due now waits, each by the attempts that it has made."""
    logger.warning("the mail server does not answer: %s", type(error).__name__)
    for letter in _claimed(due, None):
        _wait(letter, _told(error))


def _hang_up(wire: Any) -> None:
    try:
        wire.close()
    except (OSError, smtplib.SMTPException) as error:
        logger.debug("the mail server did not say goodbye: %s", type(error).__name__)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def pause_after(attempts: int) -> timedelta:
    """How long a letter waits after so many attempts (1 and more)."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else LAST_PAUSE


def message_of(letter: Letter) -> EmailMessage:
    """The letter as it leaves: the same ``Message-ID`` and date at every attempt."""
    headers = {**letter.headers, "Message-ID": message_id(letter), "Date": format_datetime(letter.created_at)}
    return EmailMessage(letter.subject, letter.body, letter.sender, [letter.to], headers=headers)


def message_id(letter: Letter) -> str:
    host = settings.TRAMA_ORIGIN.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
    return f"<{letter.pk}@{host or 'localhost'}>"
