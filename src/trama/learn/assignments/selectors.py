"""Questions about work: whose it is, who may read it, what waits, and the facts for completion."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from trama.foundation.prepared import prepared

from ..cohorts.models import Enrolment, Pair, PairSeat
from ..cohorts.selectors import cohorts_led_by, members_of, pair_of
from ..courses.models import Assignment
from ..courses.selectors import assignments_of
from ..progress.facts import AssignmentFact, Work
from .models import AssignmentWork, WorkFile, WorkRound
from .peer_selectors import feedback_asked_of, peer_facts

STATE = {
    AssignmentWork.State.DRAFT: Work.DRAFT,
    AssignmentWork.State.HANDED_IN: Work.HANDED_IN,
    AssignmentWork.State.RETURNED: Work.RETURNED,
    AssignmentWork.State.ACCEPTED: Work.ACCEPTED,
}


def work_of(enrolment: Enrolment, assignment: Assignment, *, at: datetime) -> tuple[AssignmentWork | None, Pair | None]:
    """The work of a learner for an assignment, if there is one, and the pair whose it is (None: the learner's own)."""
    rows = AssignmentWork.objects.filter(assignment=assignment)
    if assignment.who != Assignment.Who.PAIR:
        return rows.filter(enrolment=enrolment).first(), None
    pair = pair_of(enrolment, at=at)
    return (rows.filter(pair=pair).first() if pair else None), pair


def authors_of(work: AssignmentWork, *, at: datetime) -> list[Enrolment]:
    """Whose work it is at an instant."""
    if work.enrolment is not None:
        return [work.enrolment]
    assert work.pair is not None
    return [one.enrolment for one in members_of(work.pair, at=at) if one.enrolment is not None]


def works_visible_to(user: Any) -> QuerySet[AssignmentWork]:
    """A person's own, those of pairs they sit or sat in, those of cohorts that they lead."""
    sat = PairSeat.objects.filter(pair=OuterRef("pair"), enrolment__person=user.pk)
    rows = AssignmentWork.objects.select_related(
        "assignment__module", "cohort__version__course", "enrolment__person", "pair__school__place", "pair__network"
    )
    return rows.filter(Q(enrolment__person=user.pk) | Exists(sat) | Q(cohort__in=cohorts_led_by(user)))


def queue_of(cohort: Any) -> list[AssignmentWork]:
    """What waits for an answer in a cohort, the oldest first."""
    rows = AssignmentWork.objects.filter(cohort=cohort, state=AssignmentWork.State.HANDED_IN)
    rows = rows.select_related("assignment", "enrolment__person", "pair__school__place", "pair__network")
    return list(rows.order_by("waits_since", "pk"))


def history_of(work: AssignmentWork) -> list[WorkRound]:
    """Every round with its marks, the newest first."""
    rows = work.rounds.select_related("handed_in_by", "decided_by").prefetch_related("marks__criterion")
    return list(rows.order_by("-number"))


def files_of(work: AssignmentWork) -> list[WorkFile]:
    return list(work.files.filter(removed_at__isnull=True))


def file_visible_to(user: Any, uid: Any) -> WorkFile | None:
    """A file of work that the person may read, removed or not: what was handed in once stays readable."""
    read = feedback_asked_of(user).values("work")
    mine = Q(work__in=works_visible_to(user)) | Q(work__in=read, first_round__isnull=False)
    rows = WorkFile.objects.select_related("work").filter(mine, uid=uid)
    return rows.filter(Q(removed_at__isnull=True) | Q(first_round__isnull=False)).first()


# --- facts for completion -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sat:
    pair: int
    since: datetime
    until: datetime | None

    def at(self, when: datetime) -> bool:
        return self.since <= when and (self.until is None or when < self.until)


@prepared
def _seats_beside(enrolments: Collection[int]) -> QuerySet[PairSeat]:
    pairs = PairSeat.objects.filter(enrolment__in=enrolments).order_by().values("pair")
    return PairSeat.objects.filter(pair__in=pairs).order_by("pair_id", "post", "number", "since", "pk")


@prepared
def _works_of_each(enrolments: Collection[int], cohort: int) -> QuerySet[AssignmentWork]:
    return AssignmentWork.objects.filter(enrolment__in=enrolments, cohort=cohort)


@prepared
def _works_of_pairs(pairs: Collection[int], cohort: int) -> QuerySet[AssignmentWork]:
    return AssignmentWork.objects.filter(pair__in=pairs, cohort=cohort)


def _seats(enrolments: Collection[int]) -> dict[int, list[_Sat]]:
    """Which pairs they sat in and when, by enrolment; of who sat there as well. One query."""
    rows = _seats_beside(enrolments)
    found: dict[int, list[_Sat]] = defaultdict(list)
    for row, after in pairwise([*rows, None]):
        if row is None:
            continue
        same = after is not None and (after.pair_id, after.post, after.number) == (row.pair_id, row.post, row.number)
        if row.enrolment_id is not None:
            found[row.enrolment_id].append(_Sat(row.pair_id, row.since, after.since if same and after else None))
    return found


def facts(enrolments: Sequence[Enrolment], at: datetime) -> dict[int, dict[int, AssignmentFact]]:
    """For ``progress.sources``. Joint work counts for who sits in the pair now, and for who sat there when it was
    accepted: a substitute takes over what the pair did, and who leaves keeps what they did together. Five queries.
    """
    cohort, keys = enrolments[0].cohort, [one.pk for one in enrolments]
    tasks = assignments_of(cohort.version)
    own = {(work.enrolment_id, work.assignment_id): work for work in _works_of_each(keys, cohort.pk)}
    owed = peer_facts(enrolments, tasks)
    any_joint = any(task.who == Assignment.Who.PAIR for task in tasks)
    seats = _seats(keys) if any_joint else {}
    pairs = sorted({sat.pair for key in keys for sat in seats.get(key, ())})
    joint = {(work.pair_id, work.assignment_id): work for work in _works_of_pairs(pairs, cohort.pk)}
    accepted = _accepted_at(joint.values()) if joint else {}

    def fact(enrolment: Enrolment, task: Assignment) -> AssignmentFact:
        if task.who != Assignment.Who.PAIR:
            mine = own.get((enrolment.pk, task.pk))
            return AssignmentFact(task.pk, STATE[AssignmentWork.State(mine.state)] if mine else Work.NOTHING)
        sat = seats.get(enrolment.pk, [])
        now = next((one for one in sat if one.at(at)), None)
        held = joint.get((now.pair, task.pk)) if now else None
        if held is not None:
            return AssignmentFact(task.pk, STATE[AssignmentWork.State(held.state)], joint=True)
        before = [(joint.get((one.pair, task.pk)), one) for one in sat]
        if any(work and (when := accepted.get(work.pk)) and one.at(when) for work, one in before):
            return AssignmentFact(task.pk, Work.ACCEPTED, joint=True)
        return AssignmentFact(task.pk, joint=True, without_pair=now is None)

    return {
        one.pk: {task.pk: replace(fact(one, task), peers=owed.get((one.pk, task.pk))) for task in tasks}
        for one in enrolments
    }


def _accepted_at(works: Iterable[AssignmentWork]) -> dict[int, datetime]:
    rows = WorkRound.objects.filter(work__in=[one.pk for one in works], outcome=WorkRound.Outcome.ACCEPTED)
    return dict(rows.values_list("work_id", "handed_in_at"))
