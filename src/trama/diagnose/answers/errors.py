"""What can go wrong with answers, and why a save is refused."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Refusal(models.TextChoices):
    """Why a save was kept but does not count. The codes are stored and travel to the client."""

    SUBMITTED = "round submitted", gettext_lazy("The round was submitted already, so nothing in it changes any more.")
    CANCELLED = "round cancelled", gettext_lazy("The round was cancelled.")
    AGREEING = (
        "team is agreeing",
        gettext_lazy("The team is already agreeing, and this answer was not given before that began."),
    )
    LATE = "after the deadline", gettext_lazy("This answer was given, or arrived, after the deadline.")
    NOT_ASKED = "not asked of you", gettext_lazy("This criterion is not asked of you any more.")
    REMOVED = "removed from the round", gettext_lazy("You no longer take part in this round.")
    READER = "only reads", gettext_lazy("In this round you follow without answering.")
    NOT_YET = "still answering", gettext_lazy("The team is still answering: agreeing comes after that.")
    NOT_YOURS = "coordinators agree", gettext_lazy("Only who coordinates the round records what the team agrees.")
    REASON = (
        "reason missing",
        gettext_lazy("Write why: people are two levels or more apart, or the level is not their median."),
    )


class AnswerError(Exception):
    """An answer cannot be taken as it was sent. The message is for the person who sent it."""


class MalformedSave(AnswerError):
    """A save that nobody could store: it does not say what it changes. ``field`` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(message)


class TooManySaves(AnswerError):
    """More saves in one request than are taken at once."""

    def __init__(self, limit: int) -> None:
        super().__init__(_("At most %(limit)d answers can be sent at once.") % {"limit": limit})


class EvidenceRefused(AnswerError):
    """A file or link that is not accepted as evidence, with the reason as its message."""
