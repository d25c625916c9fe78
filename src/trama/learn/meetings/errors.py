"""What can go wrong with meetings. Messages are for the person who asked."""

from django.utils.translation import gettext as _


class MeetingError(Exception):
    """It cannot be done as asked."""


class CodeNotValid(MeetingError):
    """The code is wrong, too old, or not of this hour."""

    def __str__(self) -> str:
        return _("This code is no longer valid. Look at the screen of the meeting: it changes every minute.")


class StaleMeeting(MeetingError):
    """Somebody changed the meeting meanwhile."""

    def __str__(self) -> str:
        return _("Someone else changed this meeting while you were editing. Compare it with what is there now.")
