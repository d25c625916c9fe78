"""What a device kept is taken once, by the service of its room, and each save is told what became of it."""

import contextlib
import json
import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.learn.progress.world import a_class, a_cohort, an_enrolment, later
from trama.learn.assignments.services import hand_in
from trama.learn.device.saving import Save
from trama.learn.models import Assignment, AssignmentWork, Cohort, Quiz, QuizAnswer, Reflection, ReflectionSave
from trama.learn.progress.services import start_attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return a_class()


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def a_save(about, item, text, *, base=0, key=None):
    return {"id": str(key or uuid.uuid4()), "about": about, "item": item, "base": base, "text": text}


def send(room, *saves, person=None, status=200):
    answer = of(person or room.learner).post(
        f"/aprender/aparelho/{room.enrolment.uid}/guardar/", json.dumps({"saves": saves}), "application/json"
    )
    assert answer.status_code == status, answer.content[:300]
    return answer.json().get("results") if status == 200 else None


def test_a_note_is_saved_once_and_the_next_begins_where_it_ended(room):
    first = a_save("reflection", "aula-1/first-look", "As rurais")
    (told,) = send(room, first)
    assert (told["outcome"], told["receipt"]["revision"]) == ("saved", 1)
    assert send(room, first) == [told]
    (next_one,) = send(room, a_save("reflection", "aula-1/first-look", "As rurais, e a ponte", base=1))
    assert next_one["receipt"]["revision"] == 2
    assert Reflection.objects.get().text == "As rurais, e a ponte"
    assert ReflectionSave.objects.count() == 2


def test_two_devices_that_wrote_the_same_note_both_keep_their_text(room):
    send(room, a_save("reflection", "aula-1/first-look", "Do celular"))
    (told,) = send(room, a_save("reflection", "aula-1/first-look", "Do computador"))
    assert told["outcome"] == "conflict"
    assert told["now"]["text"] == "Do celular"
    assert set(ReflectionSave.objects.values_list("text", flat=True)) == {"Do celular", "Do computador"}


def test_a_draft_is_kept_and_never_after_it_was_handed_in(room):
    (told,) = send(room, a_save("draft", "tarefa-1", "Lemos"))
    assert told["outcome"] == "saved"
    (stale,) = send(room, a_save("draft", "tarefa-1", "Outra", base=1))
    assert (stale["outcome"], stale["now"]["text"]) == ("conflict", "Lemos")
    task = Assignment.objects.get(module__version=room.version)
    hand_in(
        room.enrolment, task, "Lemos", submission=uuid.uuid4(), base=told["receipt"]["revision"], by=room.learner,
        at=later(5),
    )  # fmt: skip
    (late,) = send(room, a_save("draft", "tarefa-1", "Tarde", base=9))
    assert late["outcome"] == "refused"
    assert "foi entregue" in late["message"]
    assert AssignmentWork.objects.get().text == "Lemos"


def test_an_answer_to_a_quiz_counts_once_in_the_form_that_the_page_sends(room):
    attempt = start_attempt(
        room.enrolment, Quiz.objects.get(module__version=room.version), by=room.learner, at=later()
    )  # fmt: skip
    kinds = {one.kind: one for one in attempt.quiz.questions.prefetch_related("options")}
    single, order = kinds["single"], kinds["order"]
    right, other = [one.pk for one in single.options.all()][:2]
    once = a_save("answer", f"{attempt.uid}/{single.pk}", f"given={right}")
    places = urlencode({f"given-{one.pk}": n for n, one in enumerate(order.options.all(), 1)})
    told = send(room, once, a_save("answer", f"{attempt.uid}/{order.pk}", places))
    assert [one["outcome"] for one in told] == ["saved", "saved"]
    assert send(room, once)[0]["outcome"] == "saved"
    again, empty = send(
        room, a_save("answer", f"{attempt.uid}/{single.pk}", f"given={other}"),
        a_save("answer", f"{attempt.uid}/{kinds['short'].pk}", ""),
    )  # fmt: skip
    assert "A primeira resposta vale" in again["message"]
    assert empty["outcome"] == "refused"
    assert sorted(QuizAnswer.objects.values_list("points", "points_of")) == [(1, 1), (1, 1)]


def test_nothing_of_another_nor_of_a_cohort_that_is_over_is_taken(room):
    note = a_save("reflection", "aula-1/first-look", "De fora")
    send(room, note, person=room.stranger, status=404)
    send(room, note, person=room.trainer, status=404)
    foreign = an_enrolment(room.cohort)
    attempt = start_attempt(foreign, Quiz.objects.get(module__version=room.version), by=foreign.person, at=later())
    question = attempt.quiz.questions.first()
    told = send(
        room, a_save("answer", f"{attempt.uid}/{question.pk}", "given=1"), a_save("draft", "nada", "x"),
        a_save("reflection", "aula-1/outra", "x"), a_save("answer", "x/y", "given=1"),
    )  # fmt: skip
    assert {one["outcome"] for one in told} == {"refused"}
    elsewhere = an_enrolment(a_cohort(room.version), room.learner)  # one's own, of another cohort
    own = start_attempt(elsewhere, Quiz.objects.get(module__version=room.version), by=room.learner, at=later())
    (wrong,) = send(room, a_save("answer", f"{own.uid}/{question.pk}", "given=1"))
    assert wrong["message"] == "Isto não existe mais no seu curso."
    Cohort.objects.filter(pk=room.cohort.pk).update(state="ended")
    (over,) = send(room, note)
    assert over["outcome"] == "refused"
    assert not Reflection.objects.exists()


def test_the_worker_and_the_pages_say_whose_they_are(room):
    me = of(room.learner)
    mark = me.get("/aprender/aparelho/sessao/").json()["person"]
    lesson = me.get(f"/aprender/{room.slug}/aulas/aula-1/")
    assert lesson["X-Trama-Person"] == mark
    assert f'data-person="{mark}"' in lesson.content.decode()
    assert of(room.trainer).get("/aprender/aparelho/sessao/").json()["person"] != mark
    worker = me.get(f"/aprender/{room.slug}/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "fetch" in worker.content.decode()


NAMES = st.sampled_from(["saves", "id", "about", "item", "base", "text"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=12,
)


@given(JSON)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_no_save_is_refused_without_harm(room, raw):
    answer = of(room.learner).post(
        f"/aprender/aparelho/{room.enrolment.uid}/guardar/", json.dumps(raw), "application/json"
    )
    assert answer.status_code in (200, 400)
    assert not Reflection.objects.exists()


@given(JSON)
def test_reading_a_save_raises_nothing_but_value_errors(raw):
    with contextlib.suppress(ValueError):
        Save.read(raw)
