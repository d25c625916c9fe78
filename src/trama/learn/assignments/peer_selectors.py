"""Questions about feedback among peers: what a person has to read, what their work got, what is owed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from ..cohorts.models import Enrolment
from ..courses.models import Assignment
from ..progress.facts import PeerFact
from .models import AssignmentWork, WorkRound
from .peer_models import PeerFeedback

COUNTS = Q(set_aside_at__isnull=True)


def feedback_asked_of(user: Any) -> QuerySet[PeerFeedback]:
    """What a person reads or read, of cohorts that they are still in; what was set aside before it was given is gone.

    Every page of a giver begins here: another's does not exist to them.
    """
    rows = PeerFeedback.objects.select_related(
        "work__assignment__module", "work__enrolment__person", "work__pair__school__place", "work__pair__network",
        "giver__cohort__version__course", "round",
    )  # fmt: skip
    asked = rows.filter(giver__person=user.pk, giver__state=Enrolment.State.ENROLLED)
    return asked.exclude(set_aside_at__isnull=False, given_at__isnull=True)


def feedback_on(work: AssignmentWork) -> list[PeerFeedback]:
    """What peers gave on a work and counts, as its authors read it. Two queries."""
    rows = PeerFeedback.objects.filter(COUNTS, work=work, given_at__isnull=False).select_related(
        "giver__person", "round"
    )
    return list(rows.prefetch_related("marks__criterion").order_by("given_at", "pk"))


def all_feedback_on(work: AssignmentWork) -> list[PeerFeedback]:
    """Everything that was given out on a work, for those who lead the cohort. Two queries."""
    rows = PeerFeedback.objects.filter(work=work).select_related("giver__person", "round", "set_aside_by")
    return list(rows.prefetch_related("marks__criterion"))


def asked_for(enrolment: Enrolment, assignment: Assignment) -> list[PeerFeedback]:
    """What a learner reads for one assignment, the oldest first."""
    rows = PeerFeedback.objects.filter(COUNTS, giver=enrolment, work__assignment=assignment)
    return list(rows.order_by("given_out_at", "pk"))


def newest_round(work: AssignmentWork) -> WorkRound | None:
    """What of a work a peer reads: the version handed in last."""
    return work.rounds.order_by("-number").first()


def peer_facts(enrolments: Sequence[Enrolment], tasks: Iterable[Assignment]) -> dict[tuple[int, int], PeerFact]:
    """What is owed to peers, by enrolment and assignment, where the assignment asks for it. At most one query."""
    asking = [task.pk for task in tasks if task.peers and task.peers_asked]
    if not asking:
        return {}
    rows = PeerFeedback.objects.filter(COUNTS, giver__in=[one.pk for one in enrolments], work__assignment__in=asking)
    counted = rows.values("giver_id", "work__assignment_id").annotate(n=Count("pk"), given=Count("given_at"))
    found = {(row["giver_id"], row["work__assignment_id"]): PeerFact(row["n"], row["given"]) for row in counted}
    return {(one.pk, pk): found.get((one.pk, pk), PeerFact()) for one in enrolments for pk in asking}


def held_counts(assignment: Assignment, cohort: Any) -> tuple[Counter[int], dict[int, set[int]], Counter[int]]:
    """How many each person was given that count; who was ever given each work; how many of those count. One query."""
    rows = PeerFeedback.objects.filter(work__assignment=assignment, work__cohort=cohort)
    per_person: Counter[int] = Counter()
    readers: dict[int, set[int]] = defaultdict(set)
    counted: Counter[int] = Counter()
    for giver, work, aside in rows.values_list("giver_id", "work_id", "set_aside_at"):
        readers[work].add(giver)
        if aside is None:
            per_person[giver] += 1
            counted[work] += 1
    return per_person, readers, counted


def overdue(cohort: Any, at: datetime) -> Counter[int]:
    """How many pieces of feedback each learner of a cohort owes past their day, by enrolment. One query."""
    rows = PeerFeedback.objects.filter(COUNTS, giver__cohort=cohort, given_at__isnull=True, due_at__lte=at)
    return Counter(rows.values_list("giver_id", flat=True))
