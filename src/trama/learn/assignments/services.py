"""Verbs on work: write it, add files, hand it in, return it for revision, accept it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.files import FileRefused, media_type_of, safe_name, sha256_of

from ..cohorts.models import Enrolment
from ..cohorts.selectors import may_lead
from ..courses.models import Assignment
from ..progress.services import content_hash, held, recompute
from .errors import AlreadyDecided, FileNotTaken, NoPair, NotDecidable, NothingToHandIn, NotWritable, StaleWork
from .models import AssignmentWork, RubricMark, WorkFile, WorkRound
from .peer_services import give_out
from .selectors import authors_of, files_of, work_of

MOST_FILES = 10
LONGEST = 50_000


def _open(enrolment: Enrolment, assignment: Assignment, by: Any, at: datetime) -> AssignmentWork:
    """The work, locked, made where there is none. Raises as ``progress.services.held``, and ``NoPair``."""
    locked = held(enrolment, by)
    if assignment.module.version_id != locked.cohort.version_id:
        raise PermissionDenied
    found, pair = work_of(locked, assignment, at=at)
    if found is None:
        if assignment.who == Assignment.Who.PAIR and pair is None:
            raise NoPair
        whose: dict[str, Any] = {"pair": pair} if pair else {"enrolment": locked}
        # The unique key decides where both of a pair begin at once.
        found, _new = AssignmentWork.objects.get_or_create(
            assignment=assignment, **whose, defaults={"cohort": locked.cohort, "created_at": at, "changed_at": at}
        )
    return AssignmentWork.objects.select_for_update(no_key=True).get(pk=found.pk)


def _writable(work: AssignmentWork, base: int | None = None) -> None:
    if not work.can_be_written:
        raise NotWritable
    if base is not None and base != work.revision:
        raise StaleWork(work)


@transaction.atomic
def save_draft(
    enrolment: Enrolment, assignment: Assignment, text: str, *, base: int, by: Any, at: datetime
) -> AssignmentWork:
    """Keep the text so far. ``base`` is the revision that the writer saw (0: there was none).

    Raises ``NoPair``, ``NotWritable``, ``StaleWork`` where somebody else saved meanwhile, and as ``held``.
    """
    work = _open(enrolment, assignment, by, at)
    if work.text == text and work.can_be_written:
        return work
    _writable(work, base or 1)
    return _written(work, text, at)


def _written(work: AssignmentWork, text: str, at: datetime) -> AssignmentWork:
    work.text, work.changed_at = text[:LONGEST], at
    work.revision += 1
    work.save(update_fields=["text", "changed_at", "revision"])
    return work


@transaction.atomic
def hand_in(
    enrolment: Enrolment, assignment: Assignment, text: str, *, submission: UUID, base: int, by: Any, at: datetime
) -> WorkRound:
    """Hand in the text and the files. The same submission again gives the same round.

    Raises as ``save_draft``, and ``NothingToHandIn``.
    """
    work = _open(enrolment, assignment, by, at)
    sent = WorkRound.objects.filter(submission=submission).first()
    if sent is not None:
        if sent.work_id != work.pk:
            raise PermissionDenied
        return sent
    _writable(work, None if work.text == text else base or 1)
    if not text.strip() and not files_of(work):
        raise NothingToHandIn
    if work.text != text:
        _written(work, text, at)
    files = list(work.files.filter(removed_at__isnull=True).values_list("sha256", flat=True))
    made = WorkRound.objects.create(
        work=work,
        number=work.rounds.count() + 1,
        submission=submission,
        text=work.text,
        content_hash=content_hash([work.text, files]),
        handed_in_by=by,
        handed_in_at=at,
    )
    work.files.filter(first_round__isnull=True, removed_at__isnull=True).update(first_round=made)
    _move(work, AssignmentWork.State.HANDED_IN, at)
    record_event("assignment handed in", by=by, at=at, target=work, detail={"round": made.number})
    give_out(assignment, work.cohort, by=by, at=at)
    _recompute(work, by=by, at=at)
    return made


def _move(work: AssignmentWork, state: str, at: datetime) -> None:
    work.state, work.changed_at = state, at
    work.waits_since = at if state == AssignmentWork.State.HANDED_IN else None
    work.revision += 1
    work.save(update_fields=["state", "changed_at", "waits_since", "revision"])


def _recompute(work: AssignmentWork, *, by: Any, at: datetime) -> None:
    for author in authors_of(work, at=at):
        recompute(author, by=by, at=at)


@transaction.atomic
def decide(
    made: WorkRound, outcome: str, *, feedback: str, levels: Mapping[int, int], by: Any, at: datetime
) -> WorkRound:
    """Return a round for revision, or accept it, with feedback and a level for each criterion of the rubric.

    Accepting needs every level, returning needs words. Raises ``PermissionDenied`` for who does not lead the cohort
    and for its own authors; ``AlreadyDecided`` where somebody was first; ``NotDecidable`` where something is missing.
    """
    work = AssignmentWork.objects.select_for_update(of=("self",), no_key=True).select_related("cohort", "assignment")
    held_work = work.get(pk=made.work_id)
    if not may_lead(by, held_work.cohort) or by.pk in {one.person_id for one in authors_of(held_work, at=at)}:
        raise PermissionDenied
    row = WorkRound.objects.select_for_update().get(pk=made.pk)
    if row.outcome != WorkRound.Outcome.WAITING:
        raise AlreadyDecided
    asked = set(held_work.assignment.criteria.values_list("pk", flat=True))
    if outcome not in (WorkRound.Outcome.RETURNED, WorkRound.Outcome.ACCEPTED):
        raise NotDecidable(_("Choose whether the work is accepted or returned."))
    if not set(levels) <= asked or not all(1 <= level <= 4 for level in levels.values()):
        raise NotDecidable(_("A level of the rubric is not one of its four."))
    if outcome == WorkRound.Outcome.ACCEPTED and set(levels) != asked:
        raise NotDecidable(_("Choose a level for every criterion before you accept the work."))
    if outcome == WorkRound.Outcome.RETURNED and not feedback.strip():
        raise NotDecidable(_("Say what should change before you return the work."))
    row.outcome, row.feedback, row.decided_by, row.decided_at = outcome, feedback.strip(), by, at
    row.save(update_fields=["outcome", "feedback", "decided_by", "decided_at"])
    RubricMark.objects.bulk_create(
        RubricMark(round=row, criterion_id=criterion, level=level) for criterion, level in levels.items()
    )
    _move(held_work, AssignmentWork.State(outcome), at)
    record_event(f"assignment {outcome}", by=by, at=at, target=held_work, detail={"round": row.number})
    _recompute(held_work, by=by, at=at)
    return row


@transaction.atomic
def add_file(enrolment: Enrolment, assignment: Assignment, file: Any, *, by: Any, at: datetime) -> WorkFile:
    """Add a file to the work. Raises as ``save_draft``, and ``FileNotTaken`` with the reason."""
    work = _open(enrolment, assignment, by, at)
    _writable(work)
    if len(files_of(work)) >= MOST_FILES:
        raise FileNotTaken(_("There are %(n)d files here already.") % {"n": MOST_FILES})
    try:
        media_type = media_type_of(file, file.name or "")
    except FileRefused as refused:
        raise FileNotTaken(str(refused)) from refused
    made = WorkFile.objects.create(
        work=work, file=file, file_name=safe_name(file.name or ""), media_type=media_type, size=file.size,
        sha256=sha256_of(file), added_by=by, added_at=at,
    )  # fmt: skip
    record_event("file added to assignment", by=by, at=at, target=work, detail={"sha256": made.sha256})
    return made


@transaction.atomic
def remove_file(file: WorkFile, enrolment: Enrolment, *, by: Any, at: datetime) -> None:
    """Take a file out of the work. What was handed in with it stays in its round. Raises as ``save_draft``."""
    work = _open(enrolment, file.work.assignment, by, at)
    if work.pk != file.work_id:
        raise PermissionDenied
    _writable(work)
    if WorkFile.objects.filter(pk=file.pk, removed_at__isnull=True).update(removed_at=at):
        record_event("file removed from assignment", by=by, at=at, target=work, detail={"sha256": file.sha256})
