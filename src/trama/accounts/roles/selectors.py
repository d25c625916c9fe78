"""Which roles a person holds now, and how a target relates to each."""

from collections.abc import Iterable
from typing import Any


def standings_of(user: Any) -> Iterable[Any]:
    """The standings of a user for the policy register."""
    return []
