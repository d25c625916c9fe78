"""What can go wrong with rounds."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class RoundError(Exception):
    """A round cannot be opened, changed or submitted as asked. The message is for the person who asked."""


class InstrumentDoesNotFit(RoundError):
    def __str__(self) -> str:
        return _("This questionnaire is not for this kind of institution, or a newer version of it was published.")


class QuestionOfOthers(RoundError):
    def __str__(self) -> str:
        return _("One of the own questions does not belong to this institution, or is no longer in use.")


class DeadlineInThePast(RoundError):
    def __str__(self) -> str:
        return _("The deadline has to be in the future.")


class ReasonMissing(RoundError):
    def __str__(self) -> str:
        return _("Say why: the team and whoever comes later will read it.")


class WrongState(RoundError):
    """The round is not in a state that allows this."""

    def __str__(self) -> str:
        return _("The round is no longer in a state that allows this. Reload the page to see how it stands.")


class StaleRound(RoundError):
    """Someone else changed the round since this person opened it."""

    def __str__(self) -> str:
        return _(
            "Someone else changed this round while you were editing. Nothing of yours was saved: compare it with what "
            "is there now, and save again."
        )


class PersonOutside(RoundError):
    def __str__(self) -> str:
        return _("This person has no profile in this institution. Invite them by e-mail.")


class LastCoordinator(RoundError):
    def __str__(self) -> str:
        return _("A round needs somebody who coordinates it. Give this part to another person first.")


class KindOfOthers(RoundError):
    def __str__(self) -> str:
        return _("This kind of respondent is not of this questionnaire.")


class InvitationNotValid(RoundError):
    def __str__(self) -> str:
        return _("This invitation is no longer valid. Ask who invited you to send it again.")


class InvitationForSomeoneElse(RoundError):
    def __str__(self) -> str:
        return _("This invitation was sent to another e-mail address.")


class NotYourPart(RoundError):
    def __str__(self) -> str:
        return _("You have nothing to answer in this round.")


class NotAllAgreed(RoundError):
    """Criteria without agreement that the person did not acknowledge. ``n``: how many."""

    def __init__(self, n: int) -> None:
        self.n = n
        super().__init__(n)

    def __str__(self) -> str:
        return ngettext(
            "One criterion has no agreement. Tick the box if you want to submit all the same.",
            "%(n)s criteria have no agreement. Tick the box if you want to submit all the same.",
            self.n,
        ) % {"n": self.n}


class SubmissionOfAnother(RoundError):
    """The client's id already belongs to another submission."""

    def __str__(self) -> str:
        return _("This submission was already used for something else. Reload the page and submit again.")
