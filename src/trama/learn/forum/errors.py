"""What can go wrong in a forum. Messages are for who writes."""

from django.utils.translation import gettext as _


class ForumError(Exception):
    """It cannot be done as asked; nothing was changed."""


class TopicClosed(ForumError):
    """The topic, or the forum of a cohort that is over, takes nothing more."""

    def __str__(self) -> str:
        return _("This topic is closed: it can be read, and nothing is added.")


class NothingWritten(ForumError):
    """There is no text, or no subject."""

    def __str__(self) -> str:
        return _("Write a text before you send it.")


class ReasonNeeded(ForumError):
    """A post is hidden with a reason."""

    def __str__(self) -> str:
        return _("Say why: who wrote it reads your reason.")


class ChangedMeanwhile(ForumError):
    """The post was changed or hidden since the page was opened."""

    def __str__(self) -> str:
        return _("This text was changed meanwhile. Look at what stands there now.")
