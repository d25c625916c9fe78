"""What can go wrong with packages. Messages are for the person who sent one, or works in one."""

from django.utils.translation import gettext as _

from .archive import Finding
from .wording import refusal


class PackageError(Exception):
    """It cannot be done as asked; nothing was changed."""


class PackageRefused(PackageError):
    """The file is no package that can be taken. ``finding`` says where and why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.code)

    def __str__(self) -> str:
        return refusal(self.finding)


class DoesNotRun(PackageError):
    """A cartridge is material to write with, not a package that runs."""

    def __str__(self) -> str:
        return _(
            "This is a Common Cartridge. Bring it into a module: its pages, links and quizzes become parts of the "
            "course."
        )


class RunsOnly(PackageError):
    """A package that runs was sent where material is brought in."""

    def __str__(self) -> str:
        return _("This package runs by itself. Add it to the module as interactive content.")


class NoFileYet(PackageError):
    """The part has no file, or there is no address to run it on."""

    def __str__(self) -> str:
        return _("There is no package to open here yet.")


class BegunAgain(PackageError):
    """The attempt that this page shows has ended: the learner began again elsewhere."""

    def __str__(self) -> str:
        return _("You began again on another page. Go back and open it from there.")


class CommitRefused(PackageError):
    """What the package said is not in the form or size that its standard allows. ``where`` names the element."""

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(where)

    def __str__(self) -> str:
        return _("The package sent something that cannot be kept (%s). What was saved before stays.") % self.where


class OtherCommit(PackageError):
    """The same number of the same launch was heard before with other content."""

    def __str__(self) -> str:
        return _("This state was saved before with other content. Reload the page.")
