"""Questions about following: where each learner of a cohort stands, and which reminders are wanted and went out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ..assignments.peer_selectors import overdue
from ..cohorts.models import Cohort, Enrolment
from ..courses.models import Part
from ..courses.selectors import parts_in_order
from ..progress.completion import Completion, Line
from ..progress.selectors import completions_of, learners_of
from .activity import last_days, missed_meetings, returned_days
from .lateness import Facts, Late, Reminder, late, planned_days
from .models import CohortMessageTo, Nudge, NudgeMute


@dataclass(frozen=True, slots=True)
class Standing:
    """A learner on a day: the facts, every reason to call them late, and the part that comes next (None: none).

    ``next_on`` is the day until which it is planned (None: no day); ``met`` counts what is met of the ``asked``.
    """

    enrolment: Enrolment
    facts: Facts
    late: tuple[Late, ...]
    next: Part | None
    next_on: date | None
    met: int
    asked: int


@dataclass(frozen=True, slots=True)
class NetworkStanding:
    """The late people of one network ("" for none), and how many learn there."""

    name: str
    people: list[Standing]
    learners: int


def standings(cohort: Cohort, enrolments: Sequence[Enrolment], *, at: datetime) -> list[Standing]:
    """Where learners of one cohort stand, in their order. The queries do not grow with the people."""
    if not enrolments:
        return []
    today = timezone.localdate(at)
    parts = parts_in_order(cohort.version)
    done = completions_of(enrolments, at=at)
    days, meetings = last_days(cohort, enrolments), missed_meetings(cohort, enrolments)
    returned, owed = returned_days(cohort), overdue(cohort, at)
    planned = _planned(cohort, parts)
    found = []
    for one in enrolments:
        began = timezone.localdate(one.enrolled_at) if one.enrolled_at is not None else cohort.starts_on
        missed, held = meetings[one.pk]
        facts = Facts(
            began_on=max(began, cohort.starts_on),
            complete=done[one.pk].complete or one.completed_at is not None,
            last_on=days.get(one.pk),
            overdue_on=_overdue(done[one.pk], planned, today),
            returned_on=returned.get(one.pk),
            missed=missed,
            held=held,
            peers_owed=owed[one.pk],
        )
        met, asked = done[one.pk].met_count, len(done[one.pk].lines)
        after = _next(done[one.pk], parts)
        next_on = planned.get(after.pk) if after is not None else None
        found.append(Standing(one, facts, late(facts, today), after, next_on, met, asked))
    return found


def _planned(cohort: Cohort, parts: Sequence[Part]) -> dict[int, date]:
    """The planned day of each part: that of its module."""
    modules = list({part.module_id: part.module for part in parts}.values())
    days = planned_days(cohort.starts_on, cohort.ends_on, [module.minutes for module in modules])
    by_module = {module.pk: day for module, day in zip(modules, days, strict=True) if day is not None}
    return {part.pk: by_module[part.module_id] for part in parts if part.module_id in by_module}


def _open(line: Line) -> bool:
    return not line.met and not line.waits_for_others


def _overdue(found: Completion, planned: dict[int, date], today: date) -> date | None:
    days = [planned[line.part] for line in found.lines if _open(line) and line.part in planned]
    return min((day for day in days if day < today), default=None)


def _next(found: Completion, parts: Sequence[Part]) -> Part | None:
    by_key = {part.pk: part for part in parts}
    return next((by_key[line.part] for line in found.lines if _open(line) and line.part in by_key), None)


def late_by_network(cohort: Cohort, *, at: datetime) -> list[NetworkStanding]:
    """The late people of a cohort, by network, in the order of the desk; networks where nobody is late too."""
    everyone = standings(cohort, learners_of(cohort), at=at)
    groups = groupby(everyone, key=lambda one: str(one.enrolment.network or ""))
    found = []
    for name, rows in groups:
        people = list(rows)
        found.append(NetworkStanding(name, [one for one in people if one.late], len(people)))
    return found


# --- reminders ----------------------------------------------------------------------------------------------------


def reminded_enrolments(user: Any) -> list[Enrolment]:
    """A person's enrolments of which reminders may speak: running, and not completed. One query."""
    rows = Enrolment.objects.filter(
        person=user.pk, state=Enrolment.State.ENROLLED, completed_at__isnull=True, cohort__state=Cohort.State.RUNNING
    )
    return list(rows.select_related("cohort__version__course", "person", "network__place", "school__place"))


def told_of(enrolments: Sequence[Enrolment]) -> dict[int, set[Reminder]]:
    """The reminders that letters brought, by enrolment. One query."""
    found: dict[int, set[Reminder]] = defaultdict(set)
    rows = Nudge.objects.filter(enrolment__in=[one.pk for one in enrolments])
    for key, kind, since, step in rows.values_list("enrolment_id", "kind", "since", "step"):
        found[key].add(Reminder(kind, since, step))
    return found


def muted_cohorts(user: Any) -> set[int | None]:
    """Cohorts whose reminders a person silenced; None stands for all of them. One query."""
    return set(NudgeMute.objects.filter(user=user.pk).values_list("cohort_id", flat=True))


def is_muted(user: Any, cohort: Cohort) -> bool:
    return bool(muted_cohorts(user) & {None, cohort.pk})


def muted_people(cohort: Cohort) -> set[int]:
    """Accounts that want no reminders of a cohort. One query."""
    rows = NudgeMute.objects.filter(Q(cohort=cohort) | Q(cohort__isnull=True))
    return set(rows.values_list("user_id", flat=True))


def messages_to(enrolment: Enrolment) -> list[CohortMessageTo]:
    """What trainers wrote to a learner, the newest first. One query."""
    rows = CohortMessageTo.objects.filter(enrolment=enrolment).select_related("message__by")
    return list(rows.order_by("-message__at", "-pk")[:5])
