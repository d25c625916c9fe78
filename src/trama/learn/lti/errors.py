"""What can go wrong between this site and external tools and platforms."""

from django.utils.translation import gettext as _


class LtiError(Exception):
    """It cannot be done as asked; nothing was changed. ``code``: for the other server."""

    code = "invalid_request"
    status = 400

    def __init__(self, told: str = "") -> None:
        super().__init__(told)
        self.told = told

    def __str__(self) -> str:
        return self.told or _("The message of the other server is not in order.")


class NotTrusted(LtiError):
    """Who says it is not who it says, or may not say it."""

    code = "access_denied"
    status = 403

    def __str__(self) -> str:
        return self.told or _("The message of the other server could not be verified.")


class TooOld(LtiError):
    """It waited too long."""

    def __str__(self) -> str:
        return self.told or _("This took too long. Go back and open it again.")


class NotThere(LtiError):
    """What is asked for does not exist for who asks."""

    code = "not_found"
    status = 404


class Conflict(LtiError):
    """Something else was told before."""

    code = "conflict"
    status = 409


class AlreadyLinked(LtiError):
    """The name on the platform, or the account, is linked otherwise."""

    def __str__(self) -> str:
        return _("This account, or the one on the other platform, is linked to another one already.")
