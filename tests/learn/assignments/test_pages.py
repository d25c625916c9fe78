"""Pages of work, in the browser of its authors and of the trainers."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.learn.progress.test_pages import of, text
from tests.learn.progress.world import a_class, a_pair
from trama.learn.models import AssignmentWork, Enrolment, RubricCriterion, WorkFile

pytestmark = pytest.mark.django_db
MINE = "/aprender/a-rede/tarefas/tarefa-1/trabalho/"


@pytest.fixture
def room():
    return a_class("a-rede", lessons_rule="none", quizzes_rule="none")


def written(me: Client, words: str, base: int, **more: str):
    return me.post(MINE, {"text": words, "base": base, "submission": uuid.uuid4(), **more})


def test_work_goes_to_the_trainer_and_back(room):
    me, trainer = of(room.learner), of(room.trainer)
    assert "Iniciar o trabalho" in text(me.get("/aprender/a-rede/tarefas/tarefa-1/"))
    text(me.get(MINE))
    me.post(f"{MINE}arquivos/", {"file": SimpleUploadedFile("ata.pdf", b"%PDF-1.4 ata")})
    refused = me.post(f"{MINE}arquivos/", {"file": SimpleUploadedFile("a.html", b"<html>")})
    assert "não são aceitos" in text(refused, 409)
    assert written(me, "Lemos o mapa.", 1, hand_in="1").status_code == 302
    assert "entregue" in text(me.get(MINE))
    desk = f"/turmas/{room.cohort.uid}/equipe/"
    assert "1 aguarda resposta" in text(trainer.get(desk))
    assert "Ana Souza" in text(trainer.get(f"{desk}tarefas/"))
    work = AssignmentWork.objects.get()
    page = text(trainer.get(f"{desk}tarefas/{work.uid}/"))
    assert "Lemos o mapa." in page
    assert "ata.pdf" in page
    file = trainer.get(f"/aprender/arquivos/{WorkFile.objects.get().uid}/")
    assert (file["Content-Type"], b"".join(file.streaming_content)) == ("application/octet-stream", b"%PDF-1.4 ata")
    answer = {"round": 1, "outcome": "returned", "feedback": ""}
    assert "Diga o que deve mudar" in text(trainer.post(f"{desk}tarefas/{work.uid}/", answer))
    answer["feedback"] = "Mostre as rurais."
    assert trainer.post(f"{desk}tarefas/{work.uid}/", answer).status_code == 302
    assert "Mostre as rurais." in text(me.get(MINE))
    work.refresh_from_db()
    assert written(me, "Com as rurais.", work.revision, hand_in="1").status_code == 302
    level = f"level-{RubricCriterion.objects.get(assignment=work.assignment).pk}"
    late = trainer.post(f"{desk}tarefas/{work.uid}/", {"round": 1, "outcome": "accepted", level: 4})
    assert "Já houve uma resposta" in text(late)
    trainer.post(f"{desk}tarefas/{work.uid}/", {"round": 2, "outcome": "accepted", level: 4})
    assert Enrolment.objects.get(pk=room.enrolment.pk).completed_at is not None
    assert "Nada aguarda resposta." in text(trainer.get(f"{desk}tarefas/"))


def test_two_of_a_pair_see_both_texts():
    room = a_class("a-rede", joint=True)
    assert "você ainda não está em nenhuma" in text(of(room.learner).get(MINE))
    _pair, colleague = a_pair(room)
    written(of(room.learner), "Texto da Ana", 0)
    page = text(written(of(colleague.person), "Texto da Bia", 0), 409)
    assert "Texto da Ana" in page
    assert "Texto da Bia" in page
    assert AssignmentWork.objects.get().text == "Texto da Ana"


def test_nobody_else_finds_work_or_files(room):
    me = of(room.learner)
    me.post(f"{MINE}arquivos/", {"file": SimpleUploadedFile("ata.pdf", b"%PDF-1.4 ata")})
    written(me, "Lemos o mapa.", 1, hand_in="1")
    work, file = AssignmentWork.objects.get(), WorkFile.objects.get()
    desk = f"/turmas/{room.cohort.uid}/equipe/tarefas/"
    for person in (room.stranger, a_class().trainer):
        client = of(person)
        for address in (desk, f"{desk}{work.uid}/", f"/aprender/arquivos/{file.uid}/"):
            assert client.get(address).status_code == 404, address
        assert client.post(f"{MINE}arquivos/{file.uid}/retirar/").status_code == 404
    for address in (desk, f"{desk}{work.uid}/"):
        assert me.get(address).status_code == 404
    assert Client().get(f"/aprender/arquivos/{file.uid}/").status_code == 302
