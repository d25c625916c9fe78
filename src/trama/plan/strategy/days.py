"""Days of a plan: which day it is for its owner, when something is open and when late. One rule for plan and week."""

from datetime import date, datetime
from typing import Any

OPEN_STATES = frozenset({"todo", "doing", "blocked"})


def today_of(plan: Any, at: datetime) -> date:
    """The day it is where the owner of the plan is."""
    return at.astimezone(plan.zone).date()


def is_open(action: Any) -> bool:
    """Whether something is still to be done."""
    return action.state in OPEN_STATES


def is_late(action: Any, today: date) -> bool:
    """Whether it should have been done before today and was not."""
    return is_open(action) and action.due_on is not None and action.due_on < today


def days_late(action: Any, today: date) -> int:
    """How many days ago it should have been done; 0 where it is not late."""
    return (today - action.due_on).days if is_late(action, today) else 0
