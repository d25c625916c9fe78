"""What can go wrong with a course of cmi5. Messages are for the person who brings it in or launches it."""

from django.utils.translation import gettext as _


class Cmi5Error(Exception):
    """It cannot be done as asked."""


class BadStructure(Cmi5Error):
    """The course structure is not as the specification says. ``where`` names the element, in its own words."""

    def __init__(self, where: str, problem: str) -> None:
        self.where = where
        super().__init__(f"cmi5.xml, {where}: {problem}" if where else f"cmi5.xml: {problem}")


class UnknownUnit(Cmi5Error):
    def __init__(self) -> None:
        super().__init__(_("This course has no such part."))


class AlreadyWaived(Cmi5Error):
    def __init__(self) -> None:
        super().__init__(_("This part was waived already."))
