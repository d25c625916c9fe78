"""A forum is its cohort's: who writes, who moderates, what is new to whom, and that nothing said is lost."""

import csv
import io
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.learn.progress.world import a_class, an_enrolment, later
from trama.learn.forum import services
from trama.learn.forum.errors import ChangedMeanwhile, NothingWritten, ReasonNeeded, TopicClosed
from trama.learn.forum.selectors import news_for, topics_of
from trama.learn.forum.texts import as_html
from trama.learn.forum.waiting import news_waiting
from trama.learn.models import Cohort, ForumPost, ForumTopic

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return a_class()


@pytest.fixture
def peer(room):
    return an_enrolment(room.cohort).person


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:400]
    return answer.content.decode()


def asked(room, title="Qual planilha?", words="Onde fica a planilha?", *, by=None, submission=None, at=None):
    return services.ask(
        room.cohort, title, words, submission=submission or uuid.uuid4(), by=by or room.learner, at=at or later(1)
    )


def said(topic, by, words="Fica na biblioteca.", *, submission=None, at=None):
    return services.reply(topic, words, submission=submission or uuid.uuid4(), by=by, at=at or later(2))


def test_a_question_is_answered_and_the_answer_is_marked(room, peer):
    topic = asked(room)
    made = said(topic, peer)
    services.mark_answer(topic, made, by=room.trainer, at=later(3))
    services.set_topic(topic, pinned=True, closed=True, by=room.trainer, at=later(4))
    page = text(of(room.learner).get(f"/turmas/{room.cohort.uid}/forum/"))
    for word in ("Qual planilha?", "respondido", "fixado", "encerrado"):
        assert word in page
    page = text(of(room.learner).get(f"/forum/{topic.uid}/"))
    assert "Fica na biblioteca." in page
    assert "Ir para a resposta" in page
    with pytest.raises(TopicClosed):
        said(topic, peer)


def test_only_people_of_the_cohort_come_in(room, peer):
    topic = asked(room)
    made = said(topic, peer)
    paths = (f"/turmas/{room.cohort.uid}/forum/", f"/forum/{topic.uid}/", f"/turmas/{room.cohort.uid}/forum/novo/")
    for path in (*paths, f"/forum/textos/{made.uid}/alterar/", f"/turmas/{room.cohort.uid}/forum/planilha.csv"):
        assert of(room.stranger).get(path).status_code == 404, path
    for path in paths:
        assert of(room.trainer).get(path).status_code == 200
    for verb in (lambda: asked(room, by=room.stranger), lambda: said(topic, room.stranger)):
        with pytest.raises(PermissionDenied):
            verb()
    assert of(room.learner).get(f"/turmas/{room.cohort.uid}/forum/planilha.csv").status_code == 404
    assert of(room.learner).post(f"/forum/textos/{made.uid}/ocultar/", {"reason": "x"}).status_code == 404
    for verb in (
        lambda: services.hide(made, "x", by=room.learner, at=later(3)),
        lambda: services.set_topic(topic, pinned=True, by=room.learner, at=later(3)),
        lambda: services.mark_answer(topic, made, by=peer, at=later(3)),
        lambda: services.change_post(made, "outro", revision=1, by=room.trainer, at=later(3)),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_who_left_the_cohort_comes_in_no_more(room, peer):
    topic = asked(room)
    room.cohort.enrolments.filter(person=peer).update(state="withdrawn", withdrawn_at=later(2))
    assert of(peer).get(f"/forum/{topic.uid}/").status_code == 404


def test_sent_twice_is_written_once(room, peer):
    once, again = uuid.uuid4(), uuid.uuid4()
    topic = asked(room, submission=once)
    assert asked(room, submission=once) == topic
    assert said(topic, peer, submission=again) == said(topic, peer, "outra coisa", submission=again)
    assert ForumPost.objects.count() == 2
    with pytest.raises(PermissionDenied):  # another's name of a sending opens nothing
        said(topic, room.learner, submission=again)


def test_a_changed_text_keeps_the_one_before(room, peer):
    topic = asked(room)
    made = said(topic, peer)
    changed = services.change_post(made, "Fica na aba Biblioteca.", revision=1, by=peer, at=later(3))
    assert changed.revision == 2
    assert [one.text for one in made.earlier.all()] == ["Fica na biblioteca."]
    with pytest.raises(ChangedMeanwhile):
        services.change_post(made, "De outra aba", revision=1, by=peer, at=later(4))
    assert "Textos anteriores" in text(of(peer).get(f"/forum/{topic.uid}/"))
    assert "Textos anteriores" not in text(of(room.learner).get(f"/forum/{topic.uid}/"))
    with pytest.raises(DatabaseError), transaction.atomic():
        made.earlier.update(text="nunca foi dito")
    with pytest.raises(NothingWritten):
        said(topic, peer, "  \n ")


def test_what_is_hidden_is_seen_by_its_author_with_the_reason(room, peer):
    topic = asked(room)
    made = said(topic, peer, "Traz o nome de uma criança.")
    services.mark_answer(topic, made, by=room.trainer, at=later(3))
    with pytest.raises(ReasonNeeded):
        services.hide(made, " ", by=room.trainer, at=later(3))
    services.hide(made, "Há o nome de um estudante.", by=room.trainer, at=later(3))
    topic.refresh_from_db()
    assert topic.answer is None
    assert "Traz o nome" not in text(of(room.learner).get(f"/forum/{topic.uid}/"))
    for who in (peer, room.trainer):
        page = text(of(who).get(f"/forum/{topic.uid}/"))
        assert "Traz o nome" in page
        assert "Há o nome de um estudante." in page
    assert "Qual planilha?" not in text(of(room.learner).get(f"/turmas/{room.cohort.uid}/forum/?q=crianca"))
    services.show_again(made, by=room.trainer, at=later(4))
    assert "Traz o nome" in text(of(room.learner).get(f"/forum/{topic.uid}/"))
    first = topic.posts.get(number=1)
    services.hide(first, "Fora do assunto.", by=room.trainer, at=later(5))
    assert of(peer).get(f"/forum/{topic.uid}/").status_code == 404
    assert of(room.learner).get(f"/forum/{topic.uid}/").status_code == 200


def test_new_is_what_others_wrote_since_one_looked(room, peer):
    def new(person) -> int:
        return topics_of(room.cohort, person, leads=False).get().n_new

    topic = asked(room)
    assert (new(peer), new(room.learner)) == (1, 0)
    text(of(peer).get(f"/forum/{topic.uid}/"))
    assert new(peer) == 0
    said(topic, room.trainer)
    assert (new(peer), new(room.learner)) == (1, 1)
    assert "1 texto novo" in text(of(peer).get(f"/turmas/{room.cohort.uid}/forum/"))


def test_the_letter_tells_of_what_one_follows(room, peer):
    topic = asked(room)
    said(topic, room.trainer)
    found = {who: [n for _cohort, n in news_for(who, None)] for who in (room.learner, room.trainer, peer)}
    assert found == {room.learner: [1], room.trainer: [1], peer: []}  # a learner: topics they wrote in; a trainer: all
    services.choose(room.cohort, "all", by=peer, at=later(3))
    assert [n for _cohort, n in news_for(peer, None)] == [2]
    line = news_waiting(room.learner, later(3), None)[0]
    assert line.address == f"/turmas/{room.cohort.uid}/forum/"
    assert not line.urgent  # only on the days that the person chose
    services.choose(room.cohort, "none", by=room.learner, at=later(3))
    assert news_waiting(room.learner, later(3), None) == []
    Cohort.objects.filter(pk=room.cohort.pk).update(state="ended")
    assert news_for(peer, None) == []


def test_the_search_knows_no_accents_and_asks_for_every_word(room):
    asked(room, "Transporte", "A **ponte** caiu: não há ônibus.")
    asked(room, "Merenda", "Kits prontos.")
    me = of(room.learner)
    for words, found in (("onibus PONTE", True), ("onibus kits", False), ("transporte", True), ("100%", False)):
        page = text(me.get(f"/turmas/{room.cohort.uid}/forum/", {"q": words}))
        assert ("Transporte</a>" in page) is found, words


def test_the_export_holds_every_post_and_no_formula(room, peer):
    topic = asked(room)
    services.hide(said(topic, peer, "=1+1"), "Teste.", by=room.trainer, at=later(3))
    body = of(room.trainer).get(f"/turmas/{room.cohort.uid}/forum/planilha.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body), delimiter=";"))
    assert [row[5] for row in rows[1:]] == ["Onde fica a planilha?", "'=1+1"]
    assert rows[2][7] == "Teste."


def test_a_cohort_that_is_over_keeps_its_forum(room):
    topic = asked(room)
    Cohort.objects.filter(pk=room.cohort.pk).update(state="ended")
    assert "Qual planilha?" in text(of(room.learner).get(f"/forum/{topic.uid}/"))
    topic.refresh_from_db()
    with pytest.raises(TopicClosed):
        said(ForumTopic.objects.get(pk=topic.pk), room.learner)


def test_the_queries_do_not_grow_with_what_is_written(room, peer):
    def queries(path: str) -> int:
        client = of(room.learner)
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    topic = asked(room)
    paths = (f"/turmas/{room.cohort.uid}/forum/", f"/forum/{topic.uid}/", f"/matriculas/{room.enrolment.uid}/")
    said(topic, peer)
    before = [queries(path) for path in paths]
    for n in range(12):
        said(asked(room, f"Tema {n}"), peer)
        said(topic, peer, f"Resposta {n}")
    assert [queries(path) for path in paths] == before
    assert before[0] <= 22


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Um **forte**", "<p>Um <strong>forte</strong></p>"),
        ("<script>x</script>", "&lt;script&gt;"),
        ("veja https://exemplo.org/a.", 'href="https://exemplo.org/a"'),
        ("[mal](javascript:alert(1))", "[mal]"),
        ("# Título", "# Título"),
        ("> citação", "&gt; citação"),
    ],
)
def test_a_text_is_shown_as_it_was_meant_and_never_as_html(words, shown):
    page = as_html(words)
    assert shown in page
    assert "<script" not in page
    assert 'href="javascript' not in page


@given(st.text(max_size=400))
@settings(deadline=None)
def test_no_text_breaks_a_page_or_brings_a_tag_of_its_own(words):
    page = as_html(words)
    assert "<script" not in page.lower()
    assert "<img" not in page.lower()
