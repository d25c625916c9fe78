"""What can go wrong with cohorts and enrolments. Messages are for the person who asked."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class CohortError(Exception):
    """It cannot be done as asked."""


class NotForThisPerson(CohortError):
    """The person does not meet what the cohort asks. ``missing`` are sentences."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = list(missing)
        super().__init__(" ".join(missing))


class CohortClosed(CohortError):
    """The cohort takes nobody now."""

    def __str__(self) -> str:
        return _("This cohort is not open for enrolment now.")


class CohortEnded(CohortError):
    """Nobody leaves a cohort that ended."""

    def __str__(self) -> str:
        return _("This cohort has ended. Who took part in it stays as it is, and nobody leaves it any more.")


class WrongCohortState(CohortError):
    """The cohort is not in a state that allows this."""

    def __str__(self) -> str:
        return _("This cohort is no longer in a state that allows this. Reload the page to see how it stands.")


class StaleCohort(CohortError):
    """Somebody changed the cohort meanwhile."""

    def __str__(self) -> str:
        return _("Someone else changed this cohort while you were editing. Compare it with what is there now.")


class InvitationNotValid(CohortError):
    """The code opens nothing: it was used, it expired, or there never was one."""

    def __str__(self) -> str:
        return _("This invitation is no longer valid. Ask who sent it for a new one.")


class InvitationForSomeoneElse(CohortError):
    """The invitation went to an address that the person did not prove to be theirs."""

    def __str__(self) -> str:
        return _("This invitation was sent to another e-mail. Sign in with the account of that e-mail.")


class NotOfThisPair(CohortError):
    """The person cannot take this seat."""

    def __str__(self) -> str:
        return _("This person does not hold that post in this school or secretariat.")


class SeatTaken(CohortError):
    """Somebody sits there."""

    def __str__(self) -> str:
        return _("This seat of the pair is taken. Say who leaves, and the substitute takes it.")
