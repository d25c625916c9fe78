"""Where allauth asks us: letters, rate limits, names, secrets, and who gov.br may sign in."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from trama.foundation.letters import post

from .devices import known_device


class AccountAdapter(DefaultAccountAdapter):
    """Letters in the reader's language, and failed logins counted by known device."""

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """Our own letters (``accounts/mail``), plain text, in the language of the account if it has one."""
        name = template_prefix.rsplit("/", 1)[-1]
        user = context.get("user")
        with translation.override(getattr(user, "language", "") or translation.get_language()):
            values = {**context, "site_name": settings.SITE_NAME}
            subject = " ".join(render_to_string(f"accounts/mail/{name}_subject.txt", values).split())
            body = render_to_string(f"accounts/mail/{name}_message.txt", values).strip() + "\n"
        to = [email] if isinstance(email, str) else email
        return EmailMessage(self.format_email_subject(subject), body, self.get_from_email(), to, headers=headers)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Let it leave once the present transaction commits, before letters that nobody waits for at the screen."""
        letter = self.render_mail(template_prefix, email, {"email": email, **context})
        post(letter, urgent=True)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        login = str(credentials.get("email", "")).strip().lower()
        device = known_device(request, login)
        return f"{login}:{device}" if device is not None else login


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of code generators are kept encrypted with a key made from SECRET_KEY."""

    def _cipher(self, key: str | bytes) -> Fernet:
        secret = key if isinstance(key, bytes) else key.encode()
        digest = hashlib.sha256(b"trama.accounts.mfa:" + secret).digest()
        return Fernet(base64.urlsafe_b64encode(digest))

    def encrypt(self, text: str) -> str:
        return self._cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Tries the present key, then ``SECRET_KEY_FALLBACKS``. Raises ``InvalidToken`` if none fits."""
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return self._cipher(key).decrypt(encrypted_text.encode()).decode()
            except InvalidToken:
                continue
        raise InvalidToken

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)


class SocialAdapter(DefaultSocialAccountAdapter):
    """gov.br signs in who connected it, or signs up who has no account. It never takes an account by its e-mail."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse an identity without a verified e-mail, or whose e-mail already has an account here.

        The owner of that account signs in with their password (and second factor) and connects gov.br from the page
        of connected accounts: that proves both ends.
        """
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        verified = [address.email for address in sociallogin.email_addresses if address.verified]
        if not verified:
            self._refuse(
                request,
                _("gov.br did not confirm an e-mail address of yours. Confirm it there, or sign up with your e-mail."),
            )
        if EmailAddress.objects.filter(email__in=[email.lower() for email in verified]).exists():
            self._refuse(
                request,
                _(
                    "There is already an account with this e-mail. Sign in with your password and connect gov.br under "
                    "“Connected accounts”."
                ),
            )

    def _refuse(self, request: HttpRequest, why: str) -> None:
        messages.warning(request, why)
        raise ImmediateHttpResponse(redirect("account_login"))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = super().populate_user(request, sociallogin, data)
        user.name = str(data.get("name") or "")[:160]
        user.email = user.email.lower()
        user.language = getattr(request, "LANGUAGE_CODE", "")
        return user

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        return super().save_user(request, sociallogin, form)
