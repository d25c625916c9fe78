"""What can go wrong with messages. They are for who writes."""

from django.utils.translation import gettext as _


class FollowingError(Exception):
    """It cannot be done as asked; nothing was sent."""


class NobodyChosen(FollowingError):
    """No person of the cohort is marked."""

    def __str__(self) -> str:
        return _("Mark at least one person.")


class NothingToSay(FollowingError):
    """The message is empty."""

    def __str__(self) -> str:
        return _("Write the message before you send it.")
