"""The platform's own events as statements, under pseudonyms; and taking a person out of the store."""

import json
import threading
import time
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from tests.accounts.factories import person_with
from tests.learn.assignments.test_pages import MINE, written
from tests.learn.progress.test_pages import of, text
from tests.learn.progress.world import a_class, an_enrolment
from trama.accounts.roles.vocabulary import Role
from trama.foundation.audit import record_event
from trama.foundation.audit.models import Event
from trama.learn.models import (
    Attendance,
    CohortMeeting,
    EnrolmentChange,
    LearnerAlias,
    LearnerObjection,
    LessonVisit,
    Question,
    QuizAnswer,
    QuizAttempt,
    Statement,
    StatementKey,
    StoreDocument,
    WorkRound,
)
from trama.learn.statements import own
from trama.learn.statements.erasing import erase_agent, forget_person
from trama.learn.statements.errors import Malformed
from trama.learn.statements.objections import agree_to_statements, object_to_statements
from trama.learn.statements.own import Marks, is_due, write_own

from .programs import ANA, LESSON, RUI, a_program, a_reference, a_substatement, an_activity

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return a_class("a-rede", lessons_rule="none", quizzes_rule="none")


def live(room) -> None:
    """A learner enrols, opens a lesson, hands work in, which is returned, then accepted; and attends a meeting."""
    now = timezone.now()
    EnrolmentChange.objects.create(enrolment=room.enrolment, state="enrolled", source="self", at=now)
    me, trainer = of(room.learner), of(room.trainer)
    me.post("/aprender/a-rede/aulas/aula-1/visita/")
    if not LessonVisit.objects.exists():
        from trama.learn.models import Lesson

        LessonVisit.objects.create(
            enrolment=room.enrolment, lesson=Lesson.objects.order_by("pk")[0], first_at=now, last_at=now
        )
    me.get(MINE)
    written(me, "Primeiro", 1, hand_in="1")
    desk = f"/turmas/{room.cohort.uid}/equipe/tarefas/{WorkRound.objects.get().work.uid}/"
    trainer.post(desk, {"round": 1, "outcome": "returned", "feedback": "Mais."})
    work = WorkRound.objects.get().work
    written(me, "Segundo", work.revision, hand_in="1")
    criteria = {f"level-{one.pk}": 4 for one in work.assignment.criteria.all()}
    trainer.post(desk, {"round": 2, "outcome": "accepted", **criteria})
    question = Question.objects.order_by("pk")[0]
    attempt = QuizAttempt.objects.create(
        enrolment=room.enrolment, quiz=question.quiz, number=1, seed=1, started_at=now, finished_at=now, percent=75
    )
    values = {"given": [], "content_hash": "x", "language": "pt-br", "counted": True, "points": 3, "points_of": 4}
    QuizAnswer.objects.create(attempt=attempt, question=question, submission=uuid.uuid4(), at=now, **values)
    meeting = CohortMeeting.objects.create(
        cohort=room.cohort, title="Encontro", starts_at=now, minutes=60, created_at=now, changed_at=now, secret="x"
    )
    Attendance.objects.create(
        meeting=meeting, enrolment=room.enrolment, present=True, source="list", said_at=now, said_by=room.trainer
    )


def verbs() -> list[str]:
    return [json.loads(one.body)["verb"]["id"].rpartition("/")[2] for one in Statement.objects.order_by("pk")]


def test_what_learners_do_becomes_statements_once(room):
    live(room)
    assert is_due(timezone.now())
    new = int(write_own(timezone.now()))
    found = verbs()
    assert new == len(found)
    wanted = {"registered": 1, "viewed": 1, "submit": 2, "failed": 1, "passed": 1, "attended": 1}
    wanted |= {"answered": 1, "scored": 1}
    assert {verb: found.count(verb) for verb in wanted} == wanted
    assert "completed" in found
    assert "earned" in found
    scored = next(json.loads(one.body) for one in Statement.objects.all() if "/verbs/scored" in one.body)
    assert scored["result"] == {"score": {"scaled": 0.75, "raw": 75.0, "min": 0, "max": 100}, "completion": True}
    assert not is_due(timezone.now())
    assert write_own(timezone.now()) == "0"
    EnrolmentChange.objects.create(enrolment=room.enrolment, state="enrolled", source="self", at=timezone.now())
    assert is_due(timezone.now())
    assert write_own(timezone.now()) == "1"


def test_one_question_says_whether_anything_happened(room, django_assert_num_queries):
    def marked() -> int:
        lasts = [model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in own.ADDED_TO]
        return sum(lasts)

    now = timezone.now()
    assert (own._marks().now, own._marks().written) == (marked(), None)
    assert is_due(now)
    write_own(now)
    before = marked()
    assert (own._marks().now, own._marks().written) == (before, before)
    record_event("something happened", by=None, at=now, target=room.enrolment)
    with django_assert_num_queries(1):
        assert is_due(now)
    assert (own._marks().now, own._marks().written) == (marked(), before)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="rows committed after those with higher keys: PostgreSQL")
def test_what_is_committed_late_is_written_without_waiting_for_anything_else():
    room = a_class("a-rede", lessons_rule="none", quizzes_rule="none")
    begun, go_on = threading.Event(), threading.Event()

    def late():
        try:
            with transaction.atomic():
                EnrolmentChange.objects.create(
                    enrolment=room.enrolment, state="enrolled", source="self", at=timezone.now()
                )
                begun.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert begun.wait(20)
    other = an_enrolment(room.cohort)
    EnrolmentChange.objects.create(enrolment=other, state="enrolled", source="self", at=timezone.now())
    assert write_own(timezone.now()) == "1"
    assert not is_due(timezone.now())  # who is still writing is not waited for
    go_on.set()
    thread.join()
    ends = time.monotonic() + 30  # who writes elsewhere on the same server is waited for too
    while not is_due(timezone.now()):
        assert time.monotonic() < ends, "what was committed late is never looked for"
        time.sleep(0.2)
    assert write_own(timezone.now()) == "1"
    assert not is_due(timezone.now())
    assert write_own(timezone.now()) == "0"


def test_two_kinds_of_moments_say_that_something_is_due():
    assert Marks(now=5, written=4, unsettled=0, oldest=9).is_due
    assert Marks(now=5, written=None, unsettled=0, oldest=9).is_due
    assert Marks(now=5, written=5, unsettled=9, oldest=10).is_due
    assert not Marks(now=5, written=5, unsettled=9, oldest=9).is_due  # somebody still writes
    assert not Marks(now=5, written=5, unsettled=0, oldest=9).is_due


def test_own_statements_name_a_pseudonym_the_course_in_both_languages_and_nobody(room):
    live(room)
    write_own(timezone.now())
    bodies = [one.body for one in Statement.objects.all()]
    for word in (room.learner.name, room.learner.email, room.trainer.email, "Primeiro", "Ana Souza"):
        assert [body for body in bodies if word in body] == []
    alias = LearnerAlias.objects.get(user=room.learner).uid.hex
    reader = a_program("statements/read", version="2.0.0")
    account = {"account": {"homePage": "http://localhost:8000", "name": alias}}
    assert len(reader.found(agent=account)) == len(bodies)
    course = "http://localhost:8000/cursos/a-rede/"
    related = reader.found(activity=course, related_activities="true")
    assert len(related) == len(bodies)
    viewed = next(json.loads(body) for body in bodies if "/verb/viewed" in body)
    assert viewed["object"]["id"] == "http://localhost:8000/cursos/a-rede/aulas/aula-1/"
    assert set(viewed["object"]["definition"]["name"]) == {"pt-BR", "en"}
    assert viewed["context"]["registration"] == str(room.enrolment.uid)
    assert viewed["version"] == "2.0.0"
    assert Client().get("/cursos/a-rede/aulas/aula-1/").status_code == 200  # the activity is the address of the page


def test_a_statement_never_changes_whoever_writes(program):
    uid = program.stored()
    for change in ({"body": "{}"}, {"verb": "x"}, {"erased_at": timezone.now(), "verb": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Statement.objects.filter(uid=uid).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Statement.objects.filter(uid=uid).delete()


def test_an_erased_person_is_nowhere_and_what_happened_stays(program):
    admin = person_with(Role.PROGRAMME_ADMIN)
    named = {**ANA, "name": "Ana Souza"}
    group = {"objectType": "Group", "member": [named, RUI]}
    uids = [
        program.stored(actor=named, result={"response": "Sou a Ana Souza"}),
        program.stored(actor=group),
        program.stored(actor=RUI, object=a_substatement(actor=named), context={"instructor": named, "team": group}),
        program.stored(actor=RUI, object=ANA),
    ]
    other = program.stored(actor=RUI, object=a_reference(uids[0]))
    place = {"activityId": LESSON, "agent": ANA, "stateId": "x"}
    program.ask("PUT", "activities/state", place, {"a": 1})
    with pytest.raises(PermissionDenied):
        erase_agent(ANA, by=person_with(Role.PROGRAMME_TEAM), at=timezone.now())
    with pytest.raises(Malformed):
        erase_agent({"objectType": "Group", "member": [ANA]}, by=admin, at=timezone.now())
    assert erase_agent(ANA, by=admin, at=timezone.now()) == len(uids)
    for word in (ANA["mbox"], "Ana Souza"):
        assert [one.uid for one in Statement.objects.all() if word in one.body] == []
    assert sorted(program.found()) == sorted([*uids, other])
    assert program.found(agent=ANA, related_agents="true") == []
    assert program.one(uids[1])["actor"]["member"][1] == RUI
    assert set(program.found(agent=RUI)) == {uids[1], uids[2], uids[3], other}
    assert not StoreDocument.objects.exists()
    assert program.ask("GET", "activities/state", place).status_code == 404
    assert program.get(format="canonical").status_code == 200
    assert not StatementKey.objects.filter(statement__uid=other).exclude(key="").exists()


def test_a_forgotten_person_of_this_site_has_no_pseudonym(room):
    live(room)
    write_own(timezone.now())
    alias = LearnerAlias.objects.get(user=room.learner).uid.hex
    forget_person(room.learner, by=person_with(Role.PROGRAMME_ADMIN), at=timezone.now())
    assert not LearnerAlias.objects.filter(user=room.learner).exists()
    assert [one.uid for one in Statement.objects.all() if alias in one.body] == []
    forget_person(room.learner, by=person_with(Role.PROGRAMME_ADMIN), at=timezone.now())
    with pytest.raises(PermissionDenied):
        forget_person(room.stranger, by=room.trainer, at=timezone.now())


def test_who_was_erased_and_studies_on_is_not_written_about_until_they_agree(room):
    live(room)
    write_own(timezone.now())
    count = Statement.objects.count()
    forget_person(room.learner, by=person_with(Role.PROGRAMME_ADMIN), at=timezone.now())
    EnrolmentChange.objects.create(enrolment=room.enrolment, state="enrolled", source="self", at=timezone.now())
    other = an_enrolment(room.cohort)
    EnrolmentChange.objects.create(enrolment=other, state="enrolled", source="self", at=timezone.now())
    assert write_own(timezone.now()) == "1"  # of the other one; and the erased statements stop nobody
    assert LearnerAlias.objects.get().user == other.person
    with pytest.raises(PermissionDenied):
        agree_to_statements(room.learner, by=person_with(Role.PROGRAMME_ADMIN), at=timezone.now())
    agree_to_statements(room.learner, by=room.learner, at=timezone.now())
    EnrolmentChange.objects.create(enrolment=room.enrolment, state="enrolled", source="self", at=timezone.now())
    assert write_own(timezone.now()) == "1"  # what happened in between is not told afterwards
    assert Statement.objects.count() == count + 2
    again = LearnerAlias.objects.get(user=room.learner).uid.hex
    assert len([one for one in Statement.objects.all() if again in one.body]) == 1


def test_what_changed_its_words_since_it_was_written_stops_nothing(room, settings):
    live(room)
    write_own(timezone.now())
    settings.SITE_NAME = "Outra Trama"
    EnrolmentChange.objects.create(enrolment=room.enrolment, state="enrolled", source="self", at=timezone.now())
    assert write_own(timezone.now()) == "1"


def test_everyone_sees_and_chooses_whether_statements_are_written_about_them(room):
    me, address = of(room.learner), "/aprender/meus/registros/"
    assert "pseudônimo" in text(me.get(address))
    me.post(address, {"choice": "object"})
    assert LearnerObjection.objects.get().agreed_at is None
    assert "Este site não registra" in text(me.get(address))
    live(room)
    assert write_own(timezone.now()) == "0"
    me.post(address, {"choice": "agree"})
    assert LearnerObjection.objects.get().agreed_at is not None
    me.post(address, {"choice": "object"})
    held = LearnerObjection.objects.get()
    assert held.agreed_at is None
    me.post(address, {"choice": "nothing of this"})
    assert LearnerObjection.objects.get() == held
    assert Event.objects.filter(verb__contains="statements", actor_id=room.learner.pk).count() == 3
    with pytest.raises(PermissionDenied):
        object_to_statements(room.learner, by=room.trainer, at=timezone.now())


def test_what_looks_like_an_agent_in_an_extension_does_not_break_an_erasure(program):
    odd = {LESSON: [{"account": "x"}, {"mbox": 7}, {"account": {"homePage": "x"}}, {"mbox": ANA["mbox"], "x": 1}]}
    program.stored(result={"extensions": odd}, object=an_activity())
    assert erase_agent(ANA, by=person_with(Role.PROGRAMME_ADMIN), at=timezone.now()) == 1
    assert [one.uid for one in Statement.objects.all() if ANA["mbox"] in one.body] == []
