"""What can go wrong with certificates. Messages are for who asked."""

from django.utils.translation import gettext as _


class CertificateError(Exception):
    """It cannot be done as asked; nothing was changed."""


class NotValidAnyMore(CertificateError):
    """It was revoked or replaced meanwhile."""

    def __str__(self) -> str:
        return _("This certificate was revoked or replaced meanwhile.")


class Incomplete(CertificateError):
    """Something that has to be said is missing. The message says what."""
