"""One more attempt at a quiz: given by a trainer to who has none, with a reason that the learner reads."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client

from tests.learn.progress.world import a_class, later
from trama.foundation.models import Event
from trama.learn.models import Enrolment, ExtraAttempt, Quiz
from trama.learn.progress.completion import Reason
from trama.learn.progress.errors import AttemptsLeft, NoAttemptsLeft, NotLearning
from trama.learn.progress.extra import give_attempt
from trama.learn.progress.selectors import completion_of
from trama.learn.progress.services import finish_attempt, start_attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return a_class(lessons_rule="none", assignments_rule="none")


def quiz_of(room) -> Quiz:
    return Quiz.objects.select_related("module").get(module__version=room.version)


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def use_all(room, n: int = 3) -> None:
    for number in range(n):
        made = start_attempt(room.enrolment, quiz_of(room), by=room.learner, at=later(number))
        finish_attempt(made, by=room.learner, at=later(number))


def given(room, reason="A linha caiu no meio.", *, by=None):
    return give_attempt(room.enrolment, quiz_of(room), reason, by=by or room.trainer, at=later(20))


def test_who_used_all_attempts_tries_once_more_and_reads_why(room):
    use_all(room)
    with pytest.raises(NoAttemptsLeft):
        start_attempt(room.enrolment, quiz_of(room), by=room.learner, at=later(10))
    assert completion_of(room.enrolment, at=later(10)).lines[0].reason == Reason.NO_ATTEMPTS_LEFT
    given(room)
    line = completion_of(room.enrolment, at=later(20)).lines[0]
    assert (line.reason, line.of) == (Reason.BELOW, 1)
    page = of(room.learner).get(f"/aprender/{room.slug}/testes/teste-1/").content.decode()
    assert "A linha caiu no meio." in page
    assert "Tentar de novo" in page
    assert Event.objects.get(verb="extra attempt given").detail["reason"] == "A linha caiu no meio."
    start_attempt(room.enrolment, quiz_of(room), by=room.learner, at=later(30))
    with pytest.raises(DatabaseError), transaction.atomic():
        ExtraAttempt.objects.update(reason="outra")


def test_a_click_said_twice_gives_one(room):
    use_all(room)
    given(room)
    with pytest.raises(AttemptsLeft):
        given(room)
    assert ExtraAttempt.objects.count() == 1


def test_only_who_leads_gives_one_with_a_reason_to_who_learns_there(room):
    for person in (room.learner, room.stranger):
        with pytest.raises(PermissionDenied):
            given(room, by=person)
    with pytest.raises(PermissionDenied):
        given(room, "  ")
    foreign = a_class()
    with pytest.raises(PermissionDenied):
        give_attempt(room.enrolment, quiz_of(foreign), "x", by=room.trainer, at=later(20))
    Enrolment.objects.filter(pk=room.enrolment.pk).update(state="withdrawn", withdrawn_at=later(5))
    with pytest.raises(NotLearning):
        given(room)
    assert not ExtraAttempt.objects.exists()


def test_the_trainer_gives_it_on_the_page_of_the_person(room):
    use_all(room, 2)
    page = f"/turmas/{room.cohort.uid}/equipe/progresso/{room.enrolment.uid}/"
    address = f"{page}testes/{quiz_of(room).pk}/"
    trainer = of(room.trainer)
    assert "Dar mais uma tentativa" not in trainer.get(page).content.decode()
    assert "ainda tem uma tentativa" in trainer.post(address, {"reason": "Cedo"}, follow=True).content.decode()
    use_all(room, 1)
    assert "Dar mais uma tentativa" in trainer.get(page).content.decode()
    assert "por quê" in trainer.post(address, {"reason": " "}, follow=True).content.decode()
    assert of(room.learner).post(address, {"reason": "Eu mesma"}).status_code == 404
    trainer.post(address, {"reason": "A energia faltou."})
    assert ExtraAttempt.objects.get().by == room.trainer
    assert "A energia faltou." in trainer.get(page).content.decode()
    assert trainer.post(f"{page}testes/999999/", {"reason": "x"}).status_code == 404
    assert of(room.stranger).get(f"/turmas/{uuid.uuid4()}/equipe/").status_code == 404
