"""What can go wrong with meetings. Messages are for the person who asked."""

from django.utils.translation import gettext as _


class MeetingError(Exception):
    """It cannot be done as asked."""


class CodeNotValid(MeetingError):
    """The code is wrong or too old."""

    def __str__(self) -> str:
        return _(
            "This code does not hold, or no longer. Look at the screen of the meeting and write the one there now."
        )


class NotNow(MeetingError):
    """The meeting is not at this hour, or was cancelled: no code holds."""

    def __str__(self) -> str:
        return _("Presence is written by code only while the meeting happens. Ask the trainer to mark you in the list.")


class StaleMeeting(MeetingError):
    """Somebody changed the meeting meanwhile."""

    def __str__(self) -> str:
        return _("Someone else changed this meeting while you were editing. Compare it with what is there now.")
