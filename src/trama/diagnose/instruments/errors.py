"""What can go wrong with instruments and own questions."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _


class InstrumentError(Exception):
    """An instrument cannot be kept, published or discarded as asked. The message is for the person who asked."""


class LabelTaken(InstrumentError):
    """The instrument has a version with this label already, with other content."""

    def __init__(self, slug: str, label: str, *, draft: bool, changed: Iterable[str] = ()) -> None:
        self.slug, self.label, self.draft = slug, label, draft
        self.changed = list(changed)
        super().__init__(slug, label)

    def __str__(self) -> str:
        names = {"slug": self.slug, "label": self.label}
        if self.draft:
            return (
                _("%(slug)s has a draft called %(label)s already: publish it, discard it, or raise the version.")
                % names
            )
        said = (
            _("%(slug)s %(label)s was published and never changes. Raise the version to publish other content.") % names
        )
        if not self.changed:
            return said
        more = _("What differs: %(what)s.") % {"what": ", ".join(self.changed)}
        return f"{said} {more}"


class OtherScope(InstrumentError):
    """An instrument stays with who answers it: a network's does not become a school's."""

    def __init__(self, slug: str, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(slug, found, expected)

    def __str__(self) -> str:
        return _(
            "The instrument is answered by: %(expected)s. Found: %(found)s. Use another address for another one."
        ) % {
            "found": self.found,
            "expected": self.expected,
        }


class NotADraft(InstrumentError):
    """Somebody else published or discarded the draft first."""

    def __str__(self) -> str:
        return _("This version is no longer a draft. Reload the page to see how it stands.")


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One thing wrong in a spreadsheet. ``row`` counts as a spreadsheet does; 0 is the whole sheet."""

    sheet: str
    row: int
    column: str
    found: str
    expected: str


class FormRefused(InstrumentError):
    """A spreadsheet cannot become an instrument. ``problems`` stand in the order of the sheets."""

    def __init__(self, problems: Iterable[FormProblem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{p.sheet} {p.row} {p.column}: {p.found!r}, {p.expected}" for p in self.problems))


class OwnQuestionError(Exception):
    """A question of one's own cannot be written, changed or retired as asked. The message is for people."""


class StaleQuestion(OwnQuestionError):
    """Somebody else changed the question since this person opened it."""

    def __str__(self) -> str:
        return _("Someone else changed this question while you were editing. Nothing of yours was saved: compare it "
                 "with what is there now, and save again.")  # fmt: skip


class QuestionInUse(OwnQuestionError):
    """A round asked it: what people answered must stay what they were asked."""

    def __str__(self) -> str:
        return _("A round has asked this question, so its words stay as they are. Retire it and write a new one.")


class QuestionRetired(OwnQuestionError):
    """It was retired already."""

    def __str__(self) -> str:
        return _("This question was retired. Write a new one.")


class TooManyQuestions(OwnQuestionError):
    """The owner has as many as one round can carry."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(most)

    def __str__(self) -> str:
        return _("There are %(most)d own questions already. Retire one before writing another.") % {"most": self.most}
