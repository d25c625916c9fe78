"""The calendar of an adoption: stages and steps laid out over days, weekends and the recess kept free. Dates only.

*Running days* are all days but those of the recess: a stage of four weeks takes 28 of them. Stages follow one another.
Inside a stage steps follow one another too; where their days add up to more than the stage has, they overlap, begun in
order and evenly. A step that would begin on a weekend begins on the next working day, one that would end there ends on
the last working day before, but never before it begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
LONGEST_RECESS = 120  # days
LATEST_YEAR = 2200


class ImpossibleCalendar(ValueError):
    """The calendar would leave the years that dates can have."""


@dataclass(frozen=True, slots=True)
class FreeDays:
    """Which days are kept free. ``recess``: (month, day) of its first and last day, every year; None: no recess."""

    recess: tuple[tuple[int, int], tuple[int, int]] | None = ((12, 20), (1, 31))
    weekends: bool = True

    def in_recess(self, day: date) -> bool:
        if self.recess is None:
            return False
        first, last = self.recess
        now = (day.month, day.day)
        return first <= now <= last if first <= last else now >= first or now <= last

    def is_working(self, day: date) -> bool:
        return not self.in_recess(day) and not (self.weekends and day.weekday() >= 5)

    @property
    def recess_length(self) -> int:
        """Days of one recess, counted in a leap year."""
        return sum(self.in_recess(date(2024, 1, 1) + n * DAY) for n in range(366))


@dataclass(frozen=True, slots=True)
class Span:
    """From a day until another, both included."""

    start: date
    end: date


def next_working(day: date, free: FreeDays) -> date:
    """``day``, or the first working day after it. Raises ``ImpossibleCalendar`` beyond ``LATEST_YEAR``."""
    while not free.is_working(day):
        day += DAY
    if day.year > LATEST_YEAR:
        raise ImpossibleCalendar(day)
    return day


def last_working(day: date, free: FreeDays) -> date:
    """``day``, or the last working day before it."""
    while not free.is_working(day):
        day -= DAY
    return day


def running_day(start: date, offset: int, free: FreeDays) -> date:
    """The day ``offset`` running days after ``start``, before it where negative; never in the recess."""
    if abs(offset) > 366 * 50:
        raise ImpossibleCalendar(offset)
    day = start
    while free.in_recess(day):
        day += DAY
    pace = DAY if offset >= 0 else -DAY
    for _ in range(abs(offset)):
        day += pace
        while free.in_recess(day):
            day += pace
    return day


def running_days_between(start: date, end: date, free: FreeDays) -> int:
    """How many running days ``end`` lies after ``start``; negative where it lies before."""
    if end < start:
        return -running_days_between(end, start, free)
    return sum(not free.in_recess(start + n * DAY) for n in range(1, (end - start).days + 1))


def offsets(days: int, step_days: Sequence[int]) -> list[tuple[int, int]]:
    """(first, last) day of each step inside a stage of ``days`` days, counted from 0."""
    lengths = [max(1, min(length, days)) for length in step_days]
    total = max(sum(lengths), days, 1)
    found, passed = [], 0
    for length in lengths:
        first = passed * days // total if total > days else passed
        found.append((first, min(first + length, max(days, 1)) - 1))
        passed += length
    return found


def propose(start: date, stages: Sequence[tuple[int, Sequence[int]]], free: FreeDays) -> list[list[Span]]:
    """The spans of every step, by stage. ``stages``: (weeks, days of each step). Raises ``ImpossibleCalendar``."""
    origin, passed, plan = next_working(start, free), 0, []
    for weeks, step_days in stages:
        spans = []
        for first, last in offsets(weeks * 7, step_days):
            begin = next_working(running_day(origin, passed + first, free), free)
            end = last_working(running_day(origin, passed + last, free), free)
            spans.append(Span(begin, max(begin, end)))
        plan.append(spans)
        passed += weeks * 7
    return plan


def shifted(spans: Sequence[Span], begin: date, free: FreeDays) -> list[Span]:
    """The spans moved together so that the first begins on ``begin`` (or the next working day after it).

    They move by running days, so a recess in between is stepped over; their order stays. Raises ``ImpossibleCalendar``.
    """
    if not spans:
        return []
    target = next_working(begin, free)
    by = running_days_between(spans[0].start, target, free)
    moved = []
    for span in spans:
        start = next_working(running_day(span.start, by, free), free)
        end = last_working(running_day(span.end, by, free), free)
        moved.append(Span(max(start, target), max(start, target, end)))
    return moved
