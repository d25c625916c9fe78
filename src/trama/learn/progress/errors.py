"""What can go wrong with what a learner gives. Messages are for the learner."""

from typing import Any

from django.utils.translation import gettext as _

UNREADABLE = {
    "nothing": lambda: _("There is no answer yet. Choose or write one, then send it again."),
    "foreign": lambda: _("This choice does not belong to the question. Reload the page and answer again."),
    "not every place once": lambda: _("Give each option its own place: every number once."),
    "not every pair": lambda: _("Choose a pair for every option."),
    "too long": lambda: _("The answer is too long: at most 200 characters."),
    "no number": lambda: _("This is no number. Write it in digits, for example 12 or 3,5."),
}


class ProgressError(Exception):
    """It cannot be done as asked; nothing was changed."""


class NotLearning(ProgressError):
    """The person no longer learns in this cohort, or the cohort is over."""

    def __str__(self) -> str:
        return _("This cohort is over, or you are no longer in it. What you did stays; nothing new is added.")


class AnswerNotRead(ProgressError):
    """What was given is no answer to this kind of question."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)

    def __str__(self) -> str:
        return UNREADABLE[self.problem]()


class AlreadyAnswered(ProgressError):
    """The question was answered before, with something else. ``kept`` is the answer that counts."""

    def __init__(self, kept: Any) -> None:
        self.kept = kept
        super().__init__()

    def __str__(self) -> str:
        return _("You answered this question already. The first answer counts; this one was not taken.")


class TooLate(ProgressError):
    """The attempt was over when the answer came. It was kept and does not count."""

    def __str__(self) -> str:
        return _("The time of this attempt was over when your answer arrived. It was kept and does not count.")


class NoAttemptsLeft(ProgressError):
    """All attempts were used."""

    def __str__(self) -> str:
        return _("All attempts at this quiz were used. Your trainer can tell you how to go on.")


class AttemptsLeft(ProgressError):
    """The person has an attempt, so none is given."""

    def __str__(self) -> str:
        return _("This person still has an attempt at this quiz.")


class OtherContent(ProgressError):
    """The same submission was heard before with other content. ``kept`` is what stands."""

    def __init__(self, kept: Any) -> None:
        self.kept = kept
        super().__init__()

    def __str__(self) -> str:
        return _("The text was changed somewhere else meanwhile. Both texts are kept: compare them and save again.")
