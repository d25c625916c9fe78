"""The cohorts below a cohort: numbers only, level by level. Whoever leads one of them sees its people there."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from .models import Cohort

MOST_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Level:
    """A cohort below another, ``depth`` levels down, with its numbers; ``led``: the person may open its desk."""

    cohort: Cohort
    depth: int
    led: bool
    trainers: int
    enrolled: int
    completed: int
    networks: int


@dataclass(frozen=True, slots=True)
class Cascade:
    """Everything below a cohort, each cohort after the one above it, and the numbers of all together."""

    levels: list[Level]

    @property
    def enrolled(self) -> int:
        return sum(one.enrolled for one in self.levels)

    @property
    def completed(self) -> int:
        return sum(one.completed for one in self.levels)


def cascade_below(cohort: Cohort, led: set[int]) -> Cascade:
    """One query for each level below. ``led``: the cohorts that the person leads."""
    children: dict[int, list[Any]] = {}
    above = [cohort.pk]
    for _level in range(MOST_LEVELS):
        rows = list(_numbered(above))
        for row in rows:
            children.setdefault(row.parent_id, []).append(row)
        above = [row.pk for row in rows]
        if not above:
            break
    return Cascade(_walk(cohort.pk, children, led, 1))


def _numbered(above: list[int]) -> Any:
    people = "enrolments"
    enrolled = Q(enrolments__state="enrolled")
    rows = Cohort.objects.filter(parent__in=above).select_related("version").order_by("name", "pk")
    return rows.annotate(
        n_enrolled=Count(people, filter=enrolled, distinct=True),
        n_completed=Count(people, filter=Q(enrolments__completed_at__isnull=False), distinct=True),
        n_networks=Count("enrolments__network", filter=enrolled, distinct=True),
        n_trainers=Count("trainers", filter=Q(trainers__until__isnull=True), distinct=True),
    )


def _walk(key: int, children: dict[int, list[Any]], led: set[int], depth: int) -> list[Level]:
    found = []
    for row in children.get(key, ()):
        level = Level(row, depth, row.pk in led, row.n_trainers, row.n_enrolled, row.n_completed, row.n_networks)
        found += [level, *_walk(row.pk, children, led, depth + 1)]
    return found
