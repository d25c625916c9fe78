"""What can go wrong with the text of a document."""

from django.utils.translation import gettext as _


class DocumentError(Exception):
    """A document or spreadsheet is not written as it should be.

    ``where`` is a line or a place in it; ``found`` and ``expected`` say what is wrong.
    """

    def __init__(self, where: str, found: str, expected: str) -> None:
        self.where, self.found, self.expected = where, found, expected
        super().__init__(f"{where}: {self.sentence}")

    @property
    def sentence(self) -> str:
        return _("found %(found)s, expected %(expected)s") % {"found": self.found, "expected": self.expected}
