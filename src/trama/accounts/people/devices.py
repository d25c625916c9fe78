"""Known devices: a signed cookie set at a successful login gives the device its own counter of failed logins.

Without it, ten wrong passwords from anywhere would lock the owner of an account out on the last day of a deadline; with
it, strangers only lock out strangers. The cookie proves nothing else: it never replaces the password or second factor.
Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies.
"""

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

COOKIE = "trama_device"
_SALT = "trama.accounts.devices"


def _fingerprint(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]


def known_device(request: HttpRequest, email: str) -> str | None:
    """The name of the device, if it signed in to the account of ``email`` before."""
    try:
        value = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=settings.TRAMA_KNOWN_DEVICE_DAYS * 86400
        )
    except signing.BadSignature:
        return None
    return str(value["device"]) if value.get("account") == _fingerprint(email) else None


def remember_device(sender: Any, request: HttpRequest, user: Any, **rest: Any) -> None:
    """On login: have the middleware set the cookie on the answer."""
    request.known_device = signing.dumps(  # type: ignore[attr-defined]
        {"account": _fingerprint(user.email), "device": secrets.token_urlsafe(12)}, salt=_SALT
    )


def set_device_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    value = getattr(request, "known_device", None)
    if value is not None:
        response.set_cookie(
            COOKIE,
            value,
            max_age=settings.TRAMA_KNOWN_DEVICE_DAYS * 86400,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
