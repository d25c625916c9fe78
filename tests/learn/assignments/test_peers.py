"""Feedback among peers: given out by handing in, names hidden, set aside by the trainer, asked for completion."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.learn import factories
from tests.learn.progress.world import Class, a_class, a_cohort, a_pair, an_enrolment, later
from trama.accounts.models import User
from trama.learn.assignments.errors import AlreadyDecided, NotDecidable
from trama.learn.assignments.peer_services import give_feedback, set_aside
from trama.learn.assignments.services import add_file, hand_in
from trama.learn.models import Assignment, CohortTrainer, PeerFeedback
from trama.learn.progress.completion import Reason
from trama.learn.progress.selectors import completion_of

pytestmark = pytest.mark.django_db
RULES = {"lessons_rule": "none", "quizzes_rule": "none", "assignments_rule": "submitted"}


def a_room(*, joint=False, **fields) -> Class:
    """A running cohort whose assignment peers read."""
    version = factories.a_version(state="draft", **RULES)
    values = {"peers": 1, "peers_asked": True, "who": "pair" if joint else "each"} | fields
    Assignment.objects.filter(module__version=version).update(**values)
    factories.seal(version)
    cohort = a_cohort(version)
    learner, trainer = (
        User.objects.create_user(f"{uuid.uuid4().hex}@exemplo.org", "x", name=n) for n in ("Ana", "Rui")
    )
    CohortTrainer.objects.create(cohort=cohort, user=trainer, since=later())
    return Class(version, cohort, an_enrolment(cohort, learner), learner, trainer, learner)


def task_of(room) -> Assignment:
    return Assignment.objects.get(module__version=room.version)


def sent(room, enrolment, text="O mapa lido."):
    return hand_in(
        enrolment, task_of(room), text, submission=uuid.uuid4(), base=0, by=enrolment.person, at=later(1)
    )  # fmt: skip


def levels_of(room, level=3):
    return dict.fromkeys(task_of(room).criteria.values_list("pk", flat=True), level)


def gave(room, one, words="Mostre as escolas rurais.", *, by=None, at=None):
    return give_feedback(one, words, levels_of(room), by=by or one.giver.person, at=at or later(5))


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:400]
    return answer.content.decode()


def reason_of(enrolment) -> Reason:
    return next(one for one in completion_of(enrolment, at=later(100)).lines if one.kind == "peers").reason


def test_two_who_handed_in_read_each_other_and_complete_by_it():
    room = a_room()
    other = an_enrolment(room.cohort)
    assert reason_of(room.enrolment) == Reason.PEERS_AFTER_WORK
    sent(room, room.enrolment)
    assert reason_of(room.enrolment) == Reason.NO_PEERS_YET
    sent(room, other)
    mine, theirs = PeerFeedback.objects.get(giver=room.enrolment), PeerFeedback.objects.get(giver=other)
    assert (mine.work.enrolment, theirs.work.enrolment) == (other, room.enrolment)
    assert reason_of(room.enrolment) == Reason.PEERS_WAIT
    gave(room, mine)
    assert reason_of(room.enrolment) == Reason.PEERS_READ
    room.enrolment.refresh_from_db()
    assert room.enrolment.completed_at == later(5)  # in the same act
    sent(room, an_enrolment(room.cohort))
    assert PeerFeedback.objects.filter(giver=room.enrolment).count() == 1  # who completed is asked nothing more


def test_nobody_reads_for_the_other_of_their_pair():
    room = a_room()
    _pair, colleague = a_pair(room)
    sent(room, room.enrolment)
    sent(room, colleague)
    assert not PeerFeedback.objects.exists()
    third = an_enrolment(room.cohort)
    sent(room, third)
    assert {(one.giver_id, one.work.enrolment_id) for one in PeerFeedback.objects.all()} <= {
        (third.pk, room.enrolment.pk), (third.pk, colleague.pk), (room.enrolment.pk, third.pk), (colleague.pk, third.pk)
    }  # fmt: skip
    assert PeerFeedback.objects.count() == 2


def test_joint_work_is_read_by_people_of_other_pairs():
    room = a_room(joint=True)
    a_pair(room)
    other = Class(room.version, room.cohort, an_enrolment(room.cohort), room.learner, room.trainer, room.stranger)
    pair, colleague = a_pair(other)
    sent(room, room.enrolment)
    sent(room, other.enrolment)
    for one in PeerFeedback.objects.all():
        assert not one.work.pair.seats.filter(enrolment=one.giver).exists()
    assert PeerFeedback.objects.filter(work__pair=pair).count() == 1
    assert not PeerFeedback.objects.filter(giver=colleague, work__pair=pair).exists()


def test_the_author_reads_what_a_peer_says_and_not_who():
    room = a_room()
    other = an_enrolment(room.cohort)
    sent(room, room.enrolment)
    sent(room, other)
    one = PeerFeedback.objects.get(giver=other)
    gave(room, one)
    page = text(of(room.learner).get(f"/aprender/{room.slug}/tarefas/tarefa-1/trabalho/"))
    assert "Mostre as escolas rurais." in page
    assert str(other.person) not in page
    queue = f"/turmas/{room.cohort.uid}/equipe/tarefas/{one.work.uid}/"
    assert str(other.person) in text(of(room.trainer).get(queue))
    open_room = a_room(peers_anonymous=False)
    colleague = an_enrolment(open_room.cohort)
    sent(open_room, open_room.enrolment)
    sent(open_room, colleague)
    gave(open_room, PeerFeedback.objects.get(giver=colleague))
    page = text(of(open_room.learner).get(f"/aprender/{open_room.slug}/tarefas/tarefa-1/trabalho/"))
    assert str(colleague.person) in page


def test_only_the_peer_opens_the_work_they_read(client):
    room = a_room()
    other = an_enrolment(room.cohort)
    file = SimpleUploadedFile("folha.pdf", b"%PDF-1.4 folha")
    kept = add_file(room.enrolment, task_of(room), file, by=room.learner, at=later())
    sent(room, room.enrolment)
    address = f"/aprender/arquivos/{kept.uid}/"
    assert of(other.person).get(address).status_code == 404
    sent(room, other)
    one = PeerFeedback.objects.get(giver=other)
    assert of(other.person).get(address).status_code == 200
    page = f"/aprender/colegas/{one.uid}/"
    assert "O mapa lido." in text(of(other.person).get(page))
    assert str(room.learner) not in text(of(other.person).get(page))
    for person in (room.learner, room.trainer, an_enrolment(room.cohort).person):
        assert of(person).get(page).status_code == 404
        with pytest.raises(PermissionDenied):
            gave(room, one, by=person)
    criterion = task_of(room).criteria.get().pk
    answer = of(other.person).post(page, {"feedback": "Claro.", f"level-{criterion}": "4"})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.text, one.round.number, [mark.level for mark in one.marks.all()]) == ("Claro.", 1, [4])
    other.state, other.withdrawn_at = "withdrawn", later(9)
    other.save()
    assert of(other.person).get(page).status_code == 404


def test_feedback_has_words_and_every_level_and_stays_as_it_was_given():
    room = a_room()
    other = an_enrolment(room.cohort)
    sent(room, room.enrolment)
    sent(room, other)
    one = PeerFeedback.objects.get(giver=other)
    for words, levels in ((" ", levels_of(room)), ("Bom.", {}), ("Bom.", levels_of(room, 5)), ("Bom.", {-1: 3})):
        with pytest.raises(NotDecidable):
            give_feedback(one, words, levels, by=other.person, at=later(5))
    gave(room, one)
    with pytest.raises(AlreadyDecided):
        gave(room, one, "De novo.")
    for change in ({"text": "outra"}, {"giver": room.enrolment}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PeerFeedback.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        one.marks.update(level=1)


def test_a_trainer_sets_unfair_feedback_aside_and_the_work_goes_to_another():
    room = a_room()
    other, third = an_enrolment(room.cohort), an_enrolment(room.cohort)
    for enrolment in (room.enrolment, other, third):
        sent(room, enrolment)
    one = PeerFeedback.objects.get(work__enrolment=room.enrolment)
    gave(room, one, "Ruim.")
    for person in (room.learner, one.giver.person):
        with pytest.raises(PermissionDenied):
            set_aside(one, "Injusta.", by=person, at=later(6))
    with pytest.raises(NotDecidable):
        set_aside(one, " ", by=room.trainer, at=later(6))
    trainer = of(room.trainer)
    address = f"/turmas/{room.cohort.uid}/equipe/tarefas/{one.work.uid}/colegas/{one.uid}/retirar/"
    assert of(room.learner).post(address, {"reason": "x"}).status_code == 404
    assert trainer.post(address, {"reason": "Não diz por quê."}).status_code == 302
    assert "Ruim." not in text(of(room.learner).get(f"/aprender/{room.slug}/tarefas/tarefa-1/trabalho/"))
    assert "Não diz por quê." in text(of(one.giver.person).get(f"/aprender/colegas/{one.uid}/"))
    now = PeerFeedback.objects.filter(work__enrolment=room.enrolment, set_aside_at=None)
    assert [row.giver != one.giver for row in now] in ([True], [])
    assert set_aside(one, "outra", by=room.trainer, at=later(9)).set_aside_reason == "Não diz por quê."


def test_an_assignment_without_peers_gives_nothing_out():
    room = a_class(**RULES)
    sent(room, room.enrolment)
    sent(room, an_enrolment(room.cohort))
    assert not PeerFeedback.objects.exists()
    assert "peers" not in {one.kind for one in completion_of(room.enrolment, at=later(9)).lines}


def test_the_pages_ask_the_same_number_of_queries_however_many_peers():
    room = a_room(peers=3)
    people = [room.enrolment, an_enrolment(room.cohort)]
    for one in people:
        sent(room, one)

    def queries() -> int:
        client = of(room.learner)
        path = f"/aprender/{room.slug}/tarefas/tarefa-1/trabalho/"
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    for one in PeerFeedback.objects.all():
        gave(room, one)
    before = queries()
    for _n in range(3):
        sent(room, an_enrolment(room.cohort))
    for one in PeerFeedback.objects.filter(given_at=None):
        gave(room, one)
    assert queries() == before
