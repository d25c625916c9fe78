"""What can go wrong with work. Messages are for who writes or decides it."""

from typing import Any

from django.utils.translation import gettext as _


class WorkError(Exception):
    """It cannot be done as asked; nothing was changed."""


class NoPair(WorkError):
    """A joint assignment, and the person sits in no pair."""

    def __str__(self) -> str:
        return _("This assignment is done in a pair, and you are in none yet. Ask the trainer of your cohort.")


class NotWritable(WorkError):
    """The work waits for an answer or was accepted."""

    def __str__(self) -> str:
        return _("This work was handed in or accepted meanwhile, so it is not changed now.")


class StaleWork(WorkError):
    """Somebody of the pair, or another device, saved meanwhile. ``work`` is what stands now."""

    def __init__(self, work: Any) -> None:
        self.work = work
        super().__init__()

    def __str__(self) -> str:
        return _("The text was changed meanwhile. Yours is below; put together what should stay and save again.")


class NothingToHandIn(WorkError):
    """Neither text nor file."""

    def __str__(self) -> str:
        return _("Write something or add a file before you hand it in.")


class FileNotTaken(WorkError):
    """The file is not of an accepted kind, or there are too many. The message says why."""


class AlreadyDecided(WorkError):
    """Somebody answered meanwhile, or the work was handed in again."""

    def __str__(self) -> str:
        return _("This was answered meanwhile. Look at what stands there now.")


class NotDecidable(WorkError):
    """A decision lacks what it needs. The message says what."""
