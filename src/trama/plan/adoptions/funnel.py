"""The funnel of a technology: how many adoptions reach each stage, where they stop, how long they take. Numbers only.

Counts go out in bands of ten (docs/decisions/0109): who reads the funnel knows the networks, and an exact count that
grew by one would say which of them stopped.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

BAND = 10
DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class Course:
    """How one adoption went. ``done_at``: when each stage (by slug) had its last step settled, for settled stages."""

    state: str
    started_at: datetime | None
    done_at: Mapping[str, datetime]
    stopped_in: str = ""  # the stage in which it is paused or was given up; "" where it goes on, or had no stage left
    cause: str = ""


@dataclass(slots=True)
class StageCount:
    """What happened at one stage."""

    slug: str
    title: str
    done: int = 0  # adoptions that settled the stage
    paused: int = 0  # paused in it now
    given_up: int = 0  # given up in it
    causes: Counter[str] = field(default_factory=Counter)
    weeks: list[float] = field(default_factory=list)  # from the end of the stage before to the end of this one

    @property
    def median_weeks(self) -> int | None:
        """Whole weeks; None where fewer than ten adoptions went through."""
        return round(median(self.weeks)) if len(self.weeks) >= BAND else None


@dataclass(slots=True)
class Funnel:
    """The adoptions of one technology, counted."""

    stages: list[StageCount]
    opened: int = 0
    started: int = 0
    finished: int = 0
    paused: int = 0
    given_up: int = 0
    causes: Counter[str] = field(default_factory=Counter)


def funnel_of(courses: Iterable[Course], stages: Sequence[tuple[str, str]]) -> Funnel:
    """Count courses over stages, given as (slug, title) in order. A stage counts where it was settled itself."""
    found = Funnel([StageCount(slug, title) for slug, title in stages])
    for course in courses:
        found.opened += 1
        found.started += course.started_at is not None
        found.finished += course.state == "finished"
        found.paused += course.state == "paused"
        found.given_up += course.state == "given_up"
        if course.cause:
            found.causes[course.cause] += 1
        before = course.started_at
        for stage in found.stages:
            ended = course.done_at.get(stage.slug)
            if ended is not None:
                stage.done += 1
                if before is not None and ended >= before:
                    stage.weeks.append((ended - before).total_seconds() / 86400 / DAYS_IN_WEEK)
            before = ended
            if course.stopped_in == stage.slug:
                stage.paused += course.state == "paused"
                stage.given_up += course.state == "given_up"
                if course.cause:
                    stage.causes[course.cause] += 1
    return found


def band_of(count: int) -> tuple[int, int]:
    """The first and last count of the band of ten that holds ``count``; zero stands alone."""
    if count == 0:
        return 0, 0
    first = count // BAND * BAND
    return max(first, 1), first + BAND - 1


def adoption_count_band(count: int) -> str:
    """A count of adoptions as others may read it: "none", "1 to 9", "10 to 19" …"""
    first, last = band_of(count)
    if last == 0:
        return _("none")
    return _("%(first)d to %(last)d") % {"first": first, "last": last}


def weeks_words(weeks: int | None) -> str:
    """A median time; "" where too few adoptions stand behind it."""
    if weeks is None:
        return ""
    if weeks == 0:
        return _("less than a week")
    return ngettext("%(n)d week", "%(n)d weeks", weeks) % {"n": weeks}
