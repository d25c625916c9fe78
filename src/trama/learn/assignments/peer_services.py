"""Verbs of feedback among peers: give work out, give feedback, set an unfair one aside."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event

from ..cohorts.models import Cohort, Enrolment, PairSeat
from ..cohorts.selectors import may_lead
from ..courses.models import Assignment
from ..progress.services import held, recompute
from .errors import AlreadyDecided, NotDecidable
from .models import AssignmentWork
from .peer_models import PeerFeedback, PeerMark, PeerPool
from .peer_selectors import held_counts, newest_round
from .sharing import Handed, serve_left_over, share_out

LONGEST = 10_000
PATIENCE = timedelta(days=2)


@transaction.atomic
def give_out(
    assignment: Assignment, cohort: Any, *, by: Any, at: datetime, left_over: bool = False
) -> list[PeerFeedback]:
    """Give the work that was handed in to peers who handed theirs in. Called in the act of handing in.

    Who completed the course, or left, is asked for nothing more. ``left_over``: serve who waited in vain.
    """
    if not assignment.peers:
        return []
    PeerPool.objects.get_or_create(cohort=cohort, assignment=assignment)
    PeerPool.objects.select_for_update().get(cohort=cohort, assignment=assignment)
    pairs = _pairs(cohort)
    works = list(
        AssignmentWork.objects.filter(assignment=assignment, cohort=cohort).exclude(state=AssignmentWork.State.DRAFT)
    )
    per_person, readers, counted = held_counts(assignment, cohort)
    handed, authors = [], set()
    for work in works:
        own = {work.enrolment_id} if work.enrolment_id is not None else pairs[work.pair_id or 0]
        authors |= own
        near = set().union(*(people for people in pairs.values() if people & own)) if work.enrolment_id else set()
        handed.append(Handed(work.pk, frozenset(own | near), frozenset(readers[work.pk]), counted[work.pk]))
    asked = Enrolment.objects.filter(
        pk__in=authors, state=Enrolment.State.ENROLLED, completed_at__isnull=True
    ).values_list("pk", flat=True)
    share = serve_left_over if left_over else share_out
    new = share(handed, set(asked), per_person, assignment.peers, seed=f"{cohort.uid}:{assignment.pk}")
    due = at + timedelta(days=assignment.peers_days)
    made = PeerFeedback.objects.bulk_create(
        PeerFeedback(work_id=work, giver_id=person, given_out_at=at, due_at=due) for person, work in new
    )
    if made:
        detail = {"assignment": assignment.pk, "readings": len(made)}
        record_event("work given to peers", by=by, at=at, target=cohort, detail=detail)
    return made


def serve_who_waited(at: datetime) -> str:
    """Give out what nobody reads two days after it was handed in. Daily work; says what it did."""
    n = 0
    pools = PeerPool.objects.filter(cohort__state__in=(Cohort.State.OPEN, Cohort.State.RUNNING))
    for pool in pools.select_related("cohort", "assignment"):
        works = AssignmentWork.objects.filter(assignment=pool.assignment, cohort=pool.cohort)
        if works.filter(rounds__handed_in_at__lte=at - PATIENCE).exists():
            n += len(give_out(pool.assignment, pool.cohort, by=None, at=at, left_over=True))
    return _("Work given to colleagues: %(n)d.") % {"n": n}


def _pairs(cohort: Any) -> dict[int, set[int]]:
    """Everybody who ever sat in each pair of a cohort. One query."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = PairSeat.objects.filter(pair__cohort=cohort, enrolment__isnull=False)
    for pair, enrolment in rows.values_list("pair_id", "enrolment_id"):
        found[pair].add(enrolment)
    return found


@transaction.atomic
def give_feedback(
    feedback: PeerFeedback, text: str, levels: Mapping[int, int], *, by: Any, at: datetime
) -> PeerFeedback:
    """A peer says what they think of a work, with a level for each criterion. Late is better than never: it is taken.

    Raises as ``progress.services.held``; ``AlreadyDecided`` where it was given or set aside; ``NotDecidable`` where
    words or levels are missing.
    """
    giver = held(feedback.giver, by)
    row = PeerFeedback.objects.select_for_update(of=("self",)).select_related("work__assignment").get(pk=feedback.pk)
    if row.given_at is not None or row.set_aside_at is not None:
        raise AlreadyDecided
    asked = set(row.work.assignment.criteria.values_list("pk", flat=True))
    if not text.strip():
        raise NotDecidable(_("Say what is good, and what would make it better."))
    if set(levels) != asked or not all(1 <= level <= 4 for level in levels.values()):
        raise NotDecidable(_("Choose a level for every criterion."))
    row.text, row.given_at, row.round = text.strip()[:LONGEST], at, newest_round(row.work)
    row.save(update_fields=["text", "given_at", "round"])
    PeerMark.objects.bulk_create(
        PeerMark(feedback=row, criterion_id=criterion, level=level) for criterion, level in levels.items()
    )
    record_event("peer feedback given", by=by, at=at, target=row)
    recompute(giver, by=by, at=at)
    return row


@transaction.atomic
def set_aside(feedback: PeerFeedback, reason: str, *, by: Any, at: datetime) -> PeerFeedback:
    """Take feedback, or a reading that never comes, out of sight of the authors; another peer gets the work if one can.

    The giver reads the reason, and what they gave counts for them no more. Raises ``PermissionDenied`` for who does not
    lead the cohort, ``NotDecidable`` without a reason. Said twice, the first time stands.
    """
    rows = PeerFeedback.objects.select_for_update(of=("self",))
    row = rows.select_related("work__cohort", "work__assignment", "giver__person").get(pk=feedback.pk)
    if not may_lead(by, row.work.cohort):
        raise PermissionDenied
    if not reason.strip():
        raise NotDecidable(_("Say why: who wrote it reads your reason."))
    if row.set_aside_at is not None:
        return row
    row.set_aside_at, row.set_aside_by, row.set_aside_reason = at, by, reason.strip()[:300]
    row.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_reason"])
    record_event("peer feedback set aside", by=by, at=at, target=row, detail={"reason": row.set_aside_reason})
    recompute(row.giver, by=by, at=at)
    give_out(row.work.assignment, row.work.cohort, by=by, at=at)
    return row
