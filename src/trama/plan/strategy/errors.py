"""What can go wrong with strategic plans. Messages are for the person who asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _


class PlanError(Exception):
    """A plan cannot be changed as asked."""


class PlanClosed(PlanError):
    """A closed plan is kept as it was."""

    def __str__(self) -> str:
        return _("This plan is closed. Reopen it to change something.")


class PartRemoved(PlanError):
    """Somebody removed the part meanwhile."""

    def __init__(self, part: Any) -> None:
        self.part = part
        super().__init__()

    def __str__(self) -> str:
        return _("Somebody removed this meanwhile. Nothing of yours was saved: put it back first, then save again.")


class PartChanged(PlanError):
    """Somebody changed the part since this person looked: to remove or undo it, look again."""

    def __str__(self) -> str:
        return _("Somebody changed this since you opened the page. Look at it once more.")


class WrongState(PlanError):
    """The plan is not in a state that allows this."""

    def __str__(self) -> str:
        return _("The plan is no longer in a state that allows this. Reload the page to see how it stands.")


class InvalidPart(PlanError):
    """Values that do not fit each other, or that this plan cannot have. ``problems``: field name to sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


class AlreadyAdded(PlanError):
    """The form was already used to add something else: both are kept until the person decides."""

    def __init__(self, existing: Any) -> None:
        self.existing = existing
        super().__init__()

    def __str__(self) -> str:
        return _("This form had already added something else. What you wrote now is below: save to add it too.")


class CannotBeReverted(PlanError):
    """The earlier value no longer exists, or was never a value."""

    def __str__(self) -> str:
        return _("This change cannot be undone: the earlier value no longer exists.")


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field that two people changed. Texts are canonical (``parts.as_text``)."""

    name: str
    mine: str
    theirs: str
    base: str
    by: Any
    at: datetime


class EditConflict(PlanError):
    """Somebody else changed the same fields. Nothing was saved; ``conflicts`` shows both versions."""

    def __init__(self, part: Any, conflicts: list[FieldConflict]) -> None:
        self.part, self.conflicts = part, conflicts
        super().__init__()

    def __str__(self) -> str:
        return _("Somebody else changed the same thing while you were editing. Nothing of yours is lost: choose below.")


class IncompletePlan(PlanError):
    """What is missing before a plan can be put in force. ``problems`` are sentences."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))
