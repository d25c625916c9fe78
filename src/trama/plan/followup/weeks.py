"""Weeks: they begin on Monday."""

from collections.abc import Iterable
from datetime import date, timedelta


def monday_of(day: date) -> date:
    """The Monday of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def half_year_ends(starts_on: date, ends_on: date) -> list[date]:
    """The last days of the half years that a plan touches: 30 June, 31 December, and its own last day.

    >>> half_year_ends(date(2026, 3, 1), date(2027, 2, 28))
    [datetime.date(2026, 6, 30), datetime.date(2026, 12, 31), datetime.date(2027, 2, 28)]
    """
    ends = [
        day
        for year in range(starts_on.year, ends_on.year + 1)
        for day in (date(year, 6, 30), date(year, 12, 31))
        if starts_on < day < ends_on
    ]
    return [*ends, ends_on]


def next_review(starts_on: date, ends_on: date, held: Iterable[date], today: date) -> date | None:
    """The half year that waits for its review: the last one that ended by today without one; else the next to come.

    Earlier half years that were left out are not asked for again: a review looks at everything up to its day.
    """
    reviewed = max(held, default=date.min)
    waiting = [day for day in half_year_ends(starts_on, ends_on) if day > reviewed]
    past = [day for day in waiting if day <= today]
    if past:
        return past[-1]
    return waiting[0] if waiting else None
