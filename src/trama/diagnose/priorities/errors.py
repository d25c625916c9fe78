"""What can go wrong with priorities."""

from django.utils.translation import gettext as _


class PriorityError(Exception):
    """Something about priorities cannot be changed as asked. The message is for the person who asked."""


class NotSubmitted(PriorityError):
    def __str__(self) -> str:
        return _("Priorities are set once the round is submitted.")


class AlreadySigned(PriorityError):
    def __str__(self) -> str:
        return _("This list is signed and no longer changes. Who signs for the institution can reopen it.")


class NotSigned(PriorityError):
    def __str__(self) -> str:
        return _("This list is not signed.")


class StaleList(PriorityError):
    """Someone else changed it since this person opened it."""

    def __str__(self) -> str:
        return _(
            "Someone else changed this while you were editing. Nothing of yours was saved: compare it with what is "
            "there now, and save again."
        )


class ScoreChanged(PriorityError):
    """The same person gave another score elsewhere. ``there``: what stands now, None if nothing."""

    def __init__(self, there: int | None) -> None:
        self.there = there
        super().__init__(there)

    def __str__(self) -> str:
        return _("You gave this another score on another device. Choose again which one counts.")


class NotAScore(PriorityError):
    def __str__(self) -> str:
        return _("Scores go from 1 to 5, and only criteria with a gap are scored.")


class ChoseNotToScore(PriorityError):
    def __str__(self) -> str:
        return _("You chose to see the order without scoring, so your scores no longer count in this round.")


class StillToScore(PriorityError):
    def __str__(self) -> str:
        return _("Score the proposed criteria first, or choose to see the order without scoring.")


class WeightOutside(PriorityError):
    def __str__(self) -> str:
        return _("Weights go from 0 to 2 in steps of 0.1; the weight of the gap starts at 0.5.")


class ReasonMissing(PriorityError):
    def __str__(self) -> str:
        return _("Say why: the team and whoever comes later will read it.")


class NotACandidate(PriorityError):
    def __str__(self) -> str:
        return _("Only criteria with a level and with a gap can be priorities.")


class NothingChosen(PriorityError):
    def __str__(self) -> str:
        return _("Choose at least one criterion.")


class SamePlace(PriorityError):
    def __str__(self) -> str:
        return _("Two criteria have the same place. Give each its own.")


class ReasonsMissing(PriorityError):
    """Items that are decided otherwise than computed, without a reason. ``items``: their primary keys."""

    def __init__(self, items: set[int], *, number: bool) -> None:
        self.items = items
        self.number = number  # also why fewer than three or more than five
        super().__init__(items)

    def __str__(self) -> str:
        if self.items:
            return _("Say why for each criterion that is decided otherwise than computed.")
        return _("Say why fewer than three or more than five were chosen.")


class NothingDecided(PriorityError):
    def __str__(self) -> str:
        return _("The team has not decided yet: there is nothing to sign.")
