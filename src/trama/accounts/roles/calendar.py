"""When municipal mandates end: 31 December of the year of municipal elections, every four years (2024, 2028, …)."""

from datetime import date
from typing import Any

from .vocabulary import MUNICIPAL_ROLES, SCHOOL_ROLES


def mandate_end(day: date) -> date:
    """The first day after the mandate that ``day`` belongs to: a 1 January, exclusive end of its profiles."""
    election_year = day.year + (-day.year % 4)
    return date(election_year + 1, 1, 1)


def ends_with_the_mandate(role: str, scope: Any) -> bool:
    """Whether a role held in ``scope`` (network, school…) ends when the municipal government changes."""
    return role in MUNICIPAL_ROLES or (role in SCHOOL_ROLES and scope.dependency == "municipal")


def end_of_profile(role: str, scope: Any, start: date, wished: date | None = None) -> date | None:
    """The end to write on a profile: the wished one, but never beyond the mandate. None: open."""
    if not ends_with_the_mandate(role, scope):
        return wished
    limit = mandate_end(start)
    return min(wished, limit) if wished is not None else limit
