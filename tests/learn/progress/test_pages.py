"""Pages of progress, for the learner and for the trainers of a cohort; nobody else finds them."""

import uuid
from datetime import date

import pytest
from django.test import Client

from tests.learn.progress.test_services import right
from tests.learn.progress.world import a_class, a_cohort, an_enrolment, later
from trama.learn.models import CohortTrainer, Enrolment, LessonVisit, QuizAttempt, Reflection

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return a_class("a-rede", assignments_rule="none")


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:400]
    return answer.content.decode()


def test_a_learner_goes_through_the_course(room):
    me = of(room.learner)
    page = text(me.get("/aprender/a-rede/"))
    assert "0 de 2 concluídos" in page
    assert "Começar: Ler o mapa" in page
    lesson = text(me.get("/aprender/a-rede/aulas/aula-1/"))
    assert 'action="/aprender/a-rede/aulas/aula-1/visita/" data-visit' in lesson
    assert "learn/visit" in lesson  # the script that says by itself that the lesson was opened
    assert "Só você lê isto." in lesson
    assert not LessonVisit.objects.exists()  # reading a page writes nothing; the page tells by itself
    text(me.post("/aprender/a-rede/aulas/aula-1/visita/", headers={"HX-Request": "true"}))
    assert LessonVisit.objects.get().enrolment == room.enrolment
    assert "1 de 2 concluídos" in text(me.get("/aprender/a-rede/meu-progresso/"))
    quiz = text(me.get("/aprender/a-rede/testes/teste-1/"))
    assert "Iniciar o teste" in quiz
    address = me.post("/aprender/a-rede/testes/teste-1/tentativa/")["Location"]
    attempt = QuizAttempt.objects.get()
    page = text(me.get(address))
    assert "Porque sim." not in page
    for question in attempt.quiz.questions.all():
        given = right(question)
        form = {"submission": uuid.uuid4()}
        if question.kind == "order":
            form |= {f"given-{key}": place for place, key in enumerate(given, 1)}
        elif question.kind == "match":
            form |= {f"given-{left}": pair for left, pair in given.items()}
        else:
            form["given"] = given
        sent = me.post(f"{address}perguntas/{question.pk}/", form)
        assert sent["Location"] == f"{address}#q{question.pk}", question.kind
        assert "Porque sim." in text(me.get(address))
    page = text(me.get(address))
    assert "Resultado: 100%" in page
    assert "30,5" in page
    assert Enrolment.objects.get(pk=room.enrolment.pk).completed_at is not None
    assert "Nada: você concluiu este curso." in text(me.get("/aprender/a-rede/meu-progresso/"))
    assert "Nothing: you completed this course." in text(me.get("/en/aprender/a-rede/meu-progresso/"))


def test_the_page_of_ones_cohort_says_how_far_one_is_and_where_to_go_on(room):
    address = f"/matriculas/{room.enrolment.uid}/"
    page = text(of(room.learner).get(address))
    assert "0 de 2 concluídos" in page
    assert "Começar: Ler o mapa" in page
    assert "/aprender/a-rede/meu-progresso/" in page
    page = text(of(room.trainer).get(address))
    assert f"/turmas/{room.cohort.uid}/equipe/progresso/{room.enrolment.uid}/" in page
    assert "concluídos" not in page
    an_enrolment(a_cohort(room.version, starts_on=date(2026, 6, 1)), room.learner)
    page = text(of(room.learner).get(address))  # the study pages show the newest cohort: no way on from the older one
    assert "meu-progresso" not in page
    assert "0 de 2 concluídos" in page


def test_what_cannot_be_kept_is_told_beside_its_question(room):
    me = of(room.learner)
    address = me.post("/aprender/a-rede/testes/teste-1/tentativa/")["Location"]
    quiz = QuizAttempt.objects.get().quiz
    number, single = quiz.questions.get(kind="number"), quiz.questions.get(kind="single")
    sent = {"submission": uuid.uuid4(), "given": "trinta"}
    assert "Isto não é um número." in text(me.post(f"{address}perguntas/{number.pk}/", sent), 409)
    first, second = single.options.all()[:2]
    assert (
        me.post(f"{address}perguntas/{single.pk}/", {"submission": uuid.uuid4(), "given": first.pk}).status_code == 302
    )
    again = me.post(f"{address}perguntas/{single.pk}/", {"submission": uuid.uuid4(), "given": second.pk})
    assert "A primeira resposta vale" in text(again, 409)
    assert me.post(f"{address}perguntas/{single.pk}/", {"submission": "x", "given": 1}).status_code == 400
    order = quiz.questions.get(kind="order")
    form = {"submission": uuid.uuid4()} | {f"given-{one.pk}": 1 for one in order.options.all()}
    assert "cada número uma vez" in text(me.post(f"{address}perguntas/{order.pk}/", form), 409)
    match = quiz.questions.get(kind="match")
    form = {"submission": uuid.uuid4(), f"given-{match.options.first().pk}": match.options.first().pk}
    assert "Escolha um par para cada opção." in text(me.post(f"{address}perguntas/{match.pk}/", form), 409)


def test_notes_are_saved_and_two_texts_are_shown_both(room):
    me = of(room.learner)
    address = "/aprender/a-rede/aulas/aula-1/reflexoes/first-look/"
    assert me.post(address, {"submission": uuid.uuid4(), "base": 0, "text": "Poucas escolas."}).status_code == 302
    assert "Poucas escolas." in text(me.get("/aprender/a-rede/aulas/aula-1/"))
    both = text(me.post(address, {"submission": uuid.uuid4(), "base": 0, "text": "De outro aparelho."}), 409)
    assert "Poucas escolas." in both
    assert "De outro aparelho." in both
    assert Reflection.objects.get().text == "Poucas escolas."
    assert me.post(address, {"submission": "x", "base": 0, "text": "?"}).status_code == 400
    elsewhere = "/aprender/a-rede/aulas/aula-1/reflexoes/nada/"
    assert me.post(elsewhere, {"submission": uuid.uuid4(), "base": 0, "text": "?"}).status_code == 404


def test_the_trainer_sees_what_the_learner_sees_and_no_notes(room):
    me, trainer = of(room.learner), of(room.trainer)
    me.post("/aprender/a-rede/aulas/aula-1/visita/")
    me.post(
        "/aprender/a-rede/aulas/aula-1/reflexoes/first-look/",
        {"submission": uuid.uuid4(), "base": 0, "text": "SEGREDO"},
    )
    desk = f"/turmas/{room.cohort.uid}/equipe/progresso/"
    page = text(trainer.get(desk))
    assert "Ana Souza" in page
    assert "1/2" in page
    one = text(trainer.get(f"{desk}{room.enrolment.uid}/"))
    own = text(me.get("/aprender/a-rede/meu-progresso/"))
    for words in ("Ainda não iniciado.", "Aberta.", "1 de 2 concluídos"):
        assert words in one
        assert words in own
    assert "SEGREDO" not in page + one


def test_nobody_else_finds_any_of_it(room):
    me = of(room.learner)
    address = me.post("/aprender/a-rede/testes/teste-1/tentativa/")["Location"]
    desk = f"/turmas/{room.cohort.uid}/equipe/progresso/"
    other_trainer = a_class().trainer
    for person in (room.stranger, other_trainer, room.trainer):
        assert of(person).get(address).status_code == 404
        assert of(person).post(f"{address}concluir/").status_code == 404
    for person in (room.stranger, other_trainer, room.learner):
        assert of(person).get(desk).status_code == 404
        assert of(person).get(f"{desk}{room.enrolment.uid}/").status_code == 404
    CohortTrainer.objects.filter(cohort=room.cohort).update(until=later())
    assert of(room.trainer).get(desk).status_code == 404
    assert of(other_trainer).get("/aprender/a-rede/meu-progresso/").status_code == 404
    elsewhere = a_cohort(room.version)
    CohortTrainer.objects.create(cohort=elsewhere, user=other_trainer, since=later())
    answer = of(other_trainer).get(f"/turmas/{elsewhere.uid}/equipe/progresso/{room.enrolment.uid}/")
    assert answer.status_code == 404
