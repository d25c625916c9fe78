"""What can go wrong with rules."""

from django.utils.translation import gettext as _


class EligibilityError(Exception):
    """A rule cannot be changed, evaluated or published as asked. The message is for the person who asked."""


class VersionIsPublished(EligibilityError):
    def __str__(self) -> str:
        return _("This version is published and never changes. Start a new version.")


class StaleRevision(EligibilityError):
    """Someone else changed the draft since this person opened it."""

    def __str__(self) -> str:
        return _(
            "Someone else changed this while you were editing. Nothing of yours was saved: compare it with what is "
            "there now, and save again."
        )


class InvalidRule(EligibilityError):
    """The rule cannot stand as it is. ``problems`` says where and why, in reading order."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))
