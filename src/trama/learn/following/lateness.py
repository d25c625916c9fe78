"""Who is late and why, and when a reminder is due: pure functions over facts. Nothing here asks the clock.

The figures that decide are below; docs/decisions/0196 says why they are these.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

STEPS = (1, 3, 7, 14)  # days after which a reminder is due
IDLE_DAYS = 7  # without activity: late, for the trainers
RETURNED_DAYS = 3  # since work came back and was not handed in again
MISSED_MEETINGS = 2
_SATURDAY = 5


class Why(StrEnum):
    """Why a person is late; the pages put each into words."""

    NEVER_CAME = "never came"
    STOPPED = "stopped"
    BEHIND = "behind"
    RETURNED = "returned"
    MISSED = "missed"
    PEERS = "peers"


@dataclass(frozen=True, slots=True)
class Facts:
    """One learner on one day. ``began_on``: since when anything could be done: the first day, or the enrolment."""

    began_on: date
    complete: bool = False
    last_on: date | None = None  # of the last activity; None: there was none
    overdue_on: date | None = None  # the earliest planned day that passed with something missing
    returned_on: date | None = None  # since when the oldest returned work waits to be handed in again
    missed: int = 0  # meetings held since they began where they were not present
    held: int = 0
    peers_owed: int = 0  # feedback to peers past its day

    @property
    def idle_since(self) -> date:
        return max(self.last_on, self.began_on) if self.last_on is not None else self.began_on


@dataclass(frozen=True, slots=True)
class Late:
    """One reason, with the day and the figures that its words need."""

    why: Why
    on: date | None = None
    n: int = 0
    of: int = 0


def late(facts: Facts, today: date) -> tuple[Late, ...]:
    """Every reason why a learner is late on a day, the gravest first; nothing for who completed the course."""
    if facts.complete:
        return ()
    found = []
    idle = (today - facts.idle_since).days >= IDLE_DAYS
    if facts.last_on is None and idle:
        found.append(Late(Why.NEVER_CAME, facts.began_on))
    elif idle:
        found.append(Late(Why.STOPPED, facts.last_on))
    if facts.overdue_on is not None and facts.overdue_on < today:
        found.append(Late(Why.BEHIND, facts.overdue_on))
    if facts.returned_on is not None and (today - facts.returned_on).days >= RETURNED_DAYS:
        found.append(Late(Why.RETURNED, facts.returned_on))
    if facts.peers_owed:
        found.append(Late(Why.PEERS, n=facts.peers_owed))
    if facts.missed >= MISSED_MEETINGS:
        found.append(Late(Why.MISSED, n=facts.missed, of=facts.held))
    return tuple(found)


def planned_days(starts_on: date, ends_on: date | None, minutes: Sequence[int]) -> list[date | None]:
    """The day until which each module is planned: the term shared out by the minutes of the modules.

    A cohort without an end plans nothing. The last module ends with the cohort.

    >>> [str(day) for day in planned_days(date(2026, 3, 1), date(2026, 3, 31), [60, 120])]
    ['2026-03-11', '2026-03-31']
    """
    whole = sum(minutes)
    if ends_on is None or not whole:
        return [None] * len(minutes)
    days, done, found = (ends_on - starts_on).days, 0, []
    for length in minutes:
        done += length
        found.append(starts_on + timedelta(days=days * done // whole))
    return list(found)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is due: which days it counts ("idle" or "due"), since when, and which step was reached."""

    kind: str
    since: date
    step: int


def reminder(
    facts: Facts, today: date, told: Collection[Reminder], *, first: date, last: date | None
) -> Reminder | None:
    """The reminder that is due on a day, if one is; ``told``: those that went out. ``first``, ``last``: the term.

    Never on a weekend, outside the term, or after completion. A step that fell on a weekend is made up for once; an
    earlier one that was missed is not.
    """
    if facts.complete or today.weekday() >= _SATURDAY or today < first or (last is not None and today > last):
        return None
    due = [Reminder("idle", facts.idle_since, step) for step in _reached(facts.idle_since, today)]
    if facts.overdue_on is not None:
        due += [Reminder("due", facts.overdue_on, step) for step in _reached(facts.overdue_on, today)]
    new = [one for one in due if not any(_covers(other, one) for other in told)]
    return max(new, key=lambda one: (one.step, one.kind == "idle")) if new else None


def _reached(since: date, today: date) -> list[int]:
    days = (today - since).days
    return [max(step for step in STEPS if step <= days)] if days >= STEPS[0] else []


def _covers(sent: Reminder, due: Reminder) -> bool:
    return (sent.kind, sent.since) == (due.kind, due.since) and sent.step >= due.step
