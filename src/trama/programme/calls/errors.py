"""What can go wrong with calls."""

from django.utils.translation import gettext as _


class CallError(Exception):
    """A call cannot be changed or published as asked. The message is for the person who asked."""


class StaleCall(CallError):
    """Someone else changed the call since this person opened it."""

    def __str__(self) -> str:
        return _(
            "Someone else changed this call while you were editing. Nothing of yours was saved: compare it with what "
            "is there now, and save again."
        )


class IncompleteCall(CallError):
    """What is missing before a call can be published. ``problems`` are sentences, in reading order."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class WrongState(CallError):
    """The call is not in a state that allows this."""

    def __str__(self) -> str:
        return _("The call is no longer in a state that allows this. Reload the page to see how it stands.")
