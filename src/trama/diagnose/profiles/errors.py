"""What can go wrong with shares."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


class ShareError(Exception):
    """A share cannot be made as asked. The message is for the person who asked."""


class NotSubmitted(ShareError):
    def __str__(self) -> str:
        return _("Only a submitted round can be shared: its levels are then agreed and no longer change.")


class ReceiverDoesNotFit(ShareError):
    def __str__(self) -> str:
        return _("This receiver is not one that this institution can share with.")


class EndOutOfRange(ShareError):
    """The last day lies before today, or later than a share may last. ``last``: the latest day allowed."""

    def __init__(self, last: date) -> None:
        self.last = last
        super().__init__(last)

    def __str__(self) -> str:
        return _("The last day must be today or later, and at most %(day)s.") % {"day": date_format(self.last)}


class AlreadyTakenBack(ShareError):
    def __str__(self) -> str:
        return _("This share was already taken back.")
