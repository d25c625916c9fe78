"""What can go wrong with a course of cmi5. Messages are for the person who launches it."""

from django.utils.translation import gettext as _


class Cmi5Error(Exception):
    """It cannot be done as asked."""


class UnknownUnit(Cmi5Error):
    def __init__(self) -> None:
        super().__init__(_("This course has no such part."))


class AlreadyWaived(Cmi5Error):
    def __init__(self) -> None:
        super().__init__(_("This part was waived already."))
