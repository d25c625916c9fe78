"""Letters to people, in their language."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from trama.foundation.letters import post


def send_letter(name: str, *, to: str, context: dict[str, Any], language: str = "") -> None:
    """Let ``accounts/mail/<name>_subject.txt`` and ``_message.txt`` leave once the present transaction commits.

    A later phase gives the folder of its own templates with the name: ``"diagnose/mail/receipt"``.
    """
    path = name if "/" in name else f"accounts/mail/{name}"
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        values = {"site_name": settings.SITE_NAME, "email": to, **context}
        subject = " ".join(render_to_string(f"{path}_subject.txt", values).split())
        body = render_to_string(f"{path}_message.txt", values).strip() + "\n"
    letter = EmailMessage(f"[{settings.SITE_NAME}] {subject}", body, to=[to])
    post(letter)


def absolute(path: str, origin: str) -> str:
    """A full address for a letter: ``origin`` (scheme and host) or, without one, that of the installation."""
    return (origin or settings.TRAMA_ORIGIN).rstrip("/") + path
