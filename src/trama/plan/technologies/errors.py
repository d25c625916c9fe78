"""What can go wrong with technologies."""

from django.utils.translation import gettext as _


class TechnologyError(Exception):
    """A technology cannot be changed as asked. The message is for the person who asked."""


class StaleTechnology(TechnologyError):
    """Someone else changed this part since this person opened it."""

    def __str__(self) -> str:
        return _(
            "Someone else changed this part while you were editing. Nothing of yours was saved: compare it with what "
            "is there now, and save again."
        )


class WrongTechnologyState(TechnologyError):
    """The version is not in a state that allows this."""

    def __str__(self) -> str:
        return _("This version is no longer in a state that allows this. Reload the page to see how it stands.")


class IncompleteTechnology(TechnologyError):
    """What is missing before a version can be reviewed. ``problems`` are sentences, in reading order."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class OwnReview(TechnologyError):
    """Who sent a version to review does not decide on it."""

    def __str__(self) -> str:
        return _("Who sent a version to review does not decide on it: another person of the programme does.")
