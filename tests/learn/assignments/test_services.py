"""Work goes back and forth between its authors and the trainer, and nothing of it is lost."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.accounts import factories as accounts
from tests.learn.progress.world import a_class, a_pair, an_enrolment, later
from trama.learn.assignments.errors import (
    AlreadyDecided,
    FileNotTaken,
    NoPair,
    NotDecidable,
    NothingToHandIn,
    NotWritable,
    StaleWork,
)
from trama.learn.assignments.selectors import files_of, queue_of
from trama.learn.assignments.services import add_file, decide, hand_in, remove_file, save_draft
from trama.learn.models import Assignment, CohortTrainer, Enrolment, PairSeat, WorkRound
from trama.learn.progress.completion import Reason
from trama.learn.progress.selectors import completion_of

pytestmark = pytest.mark.django_db
RULES = {"lessons_rule": "none", "quizzes_rule": "none", "assignments_rule": "accepted"}


def task_of(room) -> Assignment:
    return Assignment.objects.get(module__version=room.version)


def sent(room, text="Lemos o mapa.", *, enrolment=None, by=None, base=0, at=None, submission=None) -> WorkRound:
    return hand_in(
        enrolment or room.enrolment, task_of(room), text, submission=submission or uuid.uuid4(), base=base,
        by=by or room.learner, at=at or later(1),
    )  # fmt: skip


def all_levels(room, level=3) -> dict[int, int]:
    return dict.fromkeys(task_of(room).criteria.values_list("pk", flat=True), level)


def answered(made, outcome, room, *, by=None, feedback="Mostre as escolas rurais.", levels=None, at=None):
    return decide(
        made, outcome, feedback=feedback, levels=all_levels(room) if levels is None else levels,
        by=by or room.trainer, at=at or later(2),
    )  # fmt: skip


def reason_of(enrolment) -> Reason:
    return completion_of(enrolment, at=later(100)).lines[0].reason


def test_work_is_returned_revised_and_accepted_with_its_history():
    room = a_class(**RULES)
    save_draft(room.enrolment, task_of(room), "Lemos", base=0, by=room.learner, at=later())
    assert reason_of(room.enrolment) == Reason.NOT_HANDED_IN
    once = uuid.uuid4()
    first = sent(room, base=2, submission=once)
    assert sent(room, base=2, submission=once) == first
    assert reason_of(room.enrolment) == Reason.WAITS_FOR_TRAINER
    with pytest.raises(NotWritable):
        save_draft(room.enrolment, task_of(room), "Mais", base=3, by=room.learner, at=later(1))
    answered(first, "returned", room, levels={})
    assert reason_of(room.enrolment) == Reason.RETURNED
    with pytest.raises(AlreadyDecided):
        answered(first, "accepted", room)
    first.work.refresh_from_db()
    second = sent(room, "Com as rurais.", base=first.work.revision, at=later(3))
    assert second.number == 2
    assert Enrolment.objects.get(pk=room.enrolment.pk).completed_at is None
    answered(second, "accepted", room, feedback="", at=later(4))
    assert reason_of(room.enrolment) == Reason.ACCEPTED
    assert Enrolment.objects.get(pk=room.enrolment.pk).completed_at == later(4)
    assert [(one.text, one.outcome) for one in first.work.rounds.all()] == [
        ("Lemos o mapa.", "returned"), ("Com as rurais.", "accepted"),
    ]  # fmt: skip
    assert [mark.level for mark in second.marks.all()] == [3]


def test_who_may_write_and_who_may_answer():
    room = a_class(**RULES)
    with pytest.raises(PermissionDenied):
        sent(room, by=room.stranger)
    made = sent(room)
    for person in (room.learner, room.stranger, a_class().trainer):
        with pytest.raises(PermissionDenied):
            answered(made, "accepted", room, by=person)
    CohortTrainer.objects.create(cohort=room.cohort, user=room.learner, since=later())
    with pytest.raises(PermissionDenied):  # nobody accepts work of their own
        answered(made, "accepted", room, by=room.learner)
    CohortTrainer.objects.filter(user=room.trainer).update(until=later())
    with pytest.raises(PermissionDenied):
        answered(made, "accepted", room)


@pytest.mark.parametrize(
    ("outcome", "feedback", "levels"),
    [("accepted", "", {}), ("returned", "  ", None), ("waiting", "x", None), ("accepted", "", {0: 9})],
)
def test_a_decision_says_what_it_lacks(outcome, feedback, levels):
    room = a_class(**RULES)
    made = sent(room)
    with pytest.raises(NotDecidable):
        answered(made, outcome, room, feedback=feedback, levels=levels)
    with pytest.raises(NotDecidable):
        answered(made, "accepted", room, levels=all_levels(room, 5))
    made.refresh_from_db()
    assert made.outcome == "waiting"


def test_a_pair_writes_one_work_and_nobody_overwrites_the_other_unseen():
    room = a_class(**RULES, joint=True)
    with pytest.raises(NoPair):
        sent(room)
    assert reason_of(room.enrolment) == Reason.NO_PAIR
    _pair, colleague = a_pair(room)
    mine = save_draft(room.enrolment, task_of(room), "Ana", base=0, by=room.learner, at=later())
    with pytest.raises(StaleWork) as stale:
        save_draft(colleague, task_of(room), "Bia", base=0, by=colleague.person, at=later())
    assert stale.value.work == mine
    made = sent(room, "Ana e Bia", enrolment=colleague, by=colleague.person, base=mine.revision)
    answered(made, "accepted", room)
    for one in (room.enrolment, colleague):
        assert Enrolment.objects.get(pk=one.pk).completed_at == later(2)


def test_a_substitute_takes_over_what_the_pair_did_and_who_left_keeps_it():
    room = a_class(**RULES, joint=True)
    pair, _colleague = a_pair(room)
    answered(sent(room), "accepted", room)
    newcomer, observer = an_enrolment(room.cohort), an_enrolment(room.cohort)
    PairSeat.objects.create(pair=pair, post="principal", since=later(10), enrolment=newcomer, reason="Nomeação")
    assert [reason_of(one) for one in (newcomer, room.enrolment, observer)] == [
        Reason.ACCEPTED, Reason.ACCEPTED, Reason.NO_PAIR,
    ]  # fmt: skip


def test_files_are_taken_by_what_they_hold_and_stay_in_their_round():
    room = a_class(**RULES)
    with pytest.raises(NothingToHandIn):
        sent(room, "  ")
    with pytest.raises(FileNotTaken):
        add_file(room.enrolment, task_of(room), SimpleUploadedFile("a.pdf", b"<html>"), by=room.learner, at=later())
    pdf = SimpleUploadedFile("../ata.pdf", b"%PDF-1.4 ata")
    file = add_file(room.enrolment, task_of(room), pdf, by=room.learner, at=later())
    assert file.file_name == "ata.pdf"
    made = sent(room, "")
    file.refresh_from_db()
    assert file.first_round == made
    with pytest.raises(NotWritable):
        remove_file(file, room.enrolment, by=room.learner, at=later(1))
    answered(made, "returned", room, levels={})
    remove_file(file, room.enrolment, by=room.learner, at=later(3))
    assert files_of(file.work) == []
    with pytest.raises(PermissionDenied):
        remove_file(file, room.enrolment, by=accounts.a_person(), at=later(3))


def test_the_oldest_waits_first():
    room = a_class(**RULES)
    other = an_enrolment(room.cohort)
    late = sent(room, at=later(9))
    early = sent(room, enrolment=other, by=other.person, at=later(3))
    assert queue_of(room.cohort) == [early.work, late.work]
    answered(early, "returned", room, levels={})
    assert queue_of(room.cohort) == [late.work]
