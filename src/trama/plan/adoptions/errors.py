"""What can go wrong with adoptions. Messages are for the person who asked."""

from typing import Any

from django.utils.translation import gettext as _


class AdoptionError(Exception):
    """An adoption cannot be opened or changed as asked."""


class WrongState(AdoptionError):
    """The adoption is not in a state that allows this."""

    def __str__(self) -> str:
        return _("The adoption is no longer in a state that allows this. Reload the page to see how it stands.")


class StaleAdoption(AdoptionError):
    """Someone else changed the adoption since this person opened it."""

    def __str__(self) -> str:
        return _(
            "Someone else changed this adoption while you were editing. Nothing of yours was saved: compare it with "
            "what is there now, and save again."
        )


class StaleStep(AdoptionError):
    """Someone else changed these steps since this person opened them."""

    def __init__(self, steps: list[Any]) -> None:
        self.steps = steps
        super().__init__()

    def __str__(self) -> str:
        return _(
            "Someone else changed this step while you were editing. Nothing of yours was saved: look at how it stands "
            "now, and save again."
        )


class ReasonMissing(AdoptionError):
    def __str__(self) -> str:
        return _("Say why: the team and whoever comes later will read it.")


class ResultMissing(AdoptionError):
    def __str__(self) -> str:
        return _("Say what changed: it is what remains of the adoption.")


class VersionNotOffered(AdoptionError):
    def __str__(self) -> str:
        return _("This version of the technology cannot be adopted: choose one that is published or in pilot.")


class PriorityOfOthers(AdoptionError):
    def __str__(self) -> str:
        return _("This priority does not belong to the institution that adopts.")


class PersonOutside(AdoptionError):
    def __str__(self) -> str:
        return _("This person has no profile in this institution. Write the name instead.")


class RoleOfOthers(AdoptionError):
    def __str__(self) -> str:
        return _("This part does not belong to this version of the technology.")


class WrongDates(AdoptionError):
    def __str__(self) -> str:
        return _("Every step needs a first and a last day, in this order.")


class AlreadyOpened(AdoptionError):
    def __str__(self) -> str:
        return _("This form was used already. Open the list of adoptions to see what it opened.")


class EvidenceRefused(AdoptionError):
    """A file or link that is not accepted as evidence, with the reason as its message."""


class MeasureOfThatDay(AdoptionError):
    def __str__(self) -> str:
        return _("This indicator already has a value of that day. Take it away first, then record the new one.")


class NobodyToAsk(AdoptionError):
    def __str__(self) -> str:
        return _("This organisation cannot be asked about this technology.")


class RequestClosed(AdoptionError):
    def __str__(self) -> str:
        return _("This request is closed. Ask a new one if something is still open.")
