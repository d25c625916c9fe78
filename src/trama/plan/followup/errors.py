"""What can go wrong with the follow-up of plans. Messages are for the person who asked."""

from typing import Any

from django.utils.translation import gettext as _


class FollowUpError(Exception):
    """The follow-up cannot be changed as asked."""


class InvalidFollowUp(FollowUpError):
    """Values that are missing or do not fit. ``problems``: field name to sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


class ChangedMeanwhile(FollowUpError):
    """Somebody else changed the same row. Nothing was saved; ``current`` is how it stands now."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__()

    def __str__(self) -> str:
        return _(
            "Somebody else changed this while you were writing. Your text is below, not saved yet: compare and save."
        )


class AlreadyUsed(FollowUpError):
    """The same form was already sent with something else."""

    def __str__(self) -> str:
        return _("This form had already been sent with something else. Reload the page and write it again.")


class ReviewFinished(FollowUpError):
    """A finished review is kept as it was."""

    def __str__(self) -> str:
        return _("This review is finished and stays as it was.")


class ReviewOpen(FollowUpError):
    """Only one review is open at a time."""

    def __str__(self) -> str:
        return _("A review of this plan is already open. Finish it first.")
