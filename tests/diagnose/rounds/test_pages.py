"""The pages of rounds, as people meet them."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from trama.diagnose.models import Agreement, Receipt, Round, RoundInvitation, RoundMember
from trama.diagnose.rounds import services
from trama.diagnose.rounds.pdf import page_count

pytestmark = pytest.mark.django_db


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def page(client, name, *args, status=200, **data):
    answer = client.get(reverse(f"diagnose:{name}", args=args), data)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode() if status == 200 else ""


def post(client, name, *args, data=None, status=302):
    answer = client.post(reverse(f"diagnose:{name}", args=args), data or {})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def running(**fields):
    return make.a_round(answers_until=timezone.now() + timedelta(days=5), **fields)


def test_a_round_from_opening_to_receipt():
    network = accounts.a_network(12)
    make.an_instrument()
    director = accounts.person_with("network_principal", network, name="Dirce")
    teacher = accounts.person_with("teacher", accounts.a_school(network), name="Tadeu")
    ours, theirs = client_of(director), client_of(teacher)
    assert "Open a round" in page(ours, "rounds") or "Abrir" in page(ours, "rounds")
    until = (timezone.now() + timedelta(days=5)).strftime("%Y-%m-%dT23:59")
    values = {"title": "Rodada de março", "short": "full", "answers_until": until, "grace_hours": 72}
    post(ours, "round_open", data=values)
    round_ = Round.objects.get()
    local = round_.answers_until_local
    assert (local.hour, local.minute, local.second, str(local.tzinfo)) == (23, 59, 59, "America/Rio_Branco")
    assert "Tadeu" in page(ours, "round_team", round_.uid)
    post(ours, "round_team", round_.uid, data={"user": teacher.pk, "part": "respondent"})
    assert "Rodada de março" in page(theirs, "rounds")
    post(theirs, "round_finish", round_.uid, data={"submission": uuid.uuid4()})
    assert "Receipt" in page(theirs, "receipt", Receipt.objects.get().number) or Receipt.objects.exists()
    post(ours, "round_start_agreement", round_.uid)
    make.agree_all(round_, (1, 2, 3, None))
    once = str(uuid.uuid4())
    post(ours, "round_submit", round_.uid, data={"submission": once}, status=409)
    first = post(ours, "round_submit", round_.uid, data={"submission": once, "acknowledged": 1})
    again = post(ours, "round_submit", round_.uid, data={"submission": once, "acknowledged": 1})
    assert first["Location"] == again["Location"]
    number = Receipt.objects.get(member=None).number
    assert number in page(theirs, "receipt", number)
    text = ours.get(reverse("diagnose:receipt_content", args=[number])).content
    assert json.loads(text)["round"] == str(round_.uid)
    pdf = ours.get(reverse("diagnose:receipt_pdf", args=[number]))
    for mark in (b"pdfuaid", number.encode(), b"/StructTreeRoot", b"/Lang"):
        assert mark in pdf.content
    assert page_count(pdf.content) == 1


def test_who_has_no_institution_is_told_why_no_round_can_be_opened():
    text = page(client_of(accounts.a_person()), "round_open")
    assert "<form" not in text.split("<main")[1].split("</main")[0]


def test_the_full_and_the_short_version_are_offered_and_the_short_one_opens():
    make.an_instrument((3, 3))
    network = accounts.a_network(11)
    client = client_of(accounts.person_with("network_principal", network))
    text = page(client, "round_open")
    assert 'value="full"' in text
    assert 'value="short"' in text
    values = {"title": "Uma hora", "short": "short", "answers_until": "2099-03-01T23:59", "grace_hours": 0}
    post(client, "round_open", data=values)
    round_ = Round.objects.get()
    assert round_.short is True
    assert round_.items.count() == 2


def test_a_foreign_round_does_not_exist():
    round_ = running()
    receipt = services.finish_part(
        round_.members.get(), submission=uuid.uuid4(), by=round_.opened_by, at=timezone.now()
    )
    stranger = client_of(accounts.person_with("network_principal"))
    for name in (
        "round", "round_progress", "round_change", "round_start_agreement", "round_answer_again", "round_submit",
        "round_reopen", "round_cancel", "round_finish", "round_mute", "round_team", "round_invite", "round_form",
        "round_form_pdf",
    ):  # fmt: skip
        page(stranger, name, round_.uid, status=404)
    for name in ("receipt", "receipt_pdf", "receipt_content"):
        page(stranger, name, receipt.number, status=404)


def test_another_member_s_part_is_theirs_alone():
    round_ = running()
    member = make.a_member(round_)
    make.answer_all(member, (1, 2, 3, 4))
    receipt = services.finish_part(member, submission=uuid.uuid4(), by=member.user, at=timezone.now())
    page(client_of(member.user), "receipt_content", receipt.number)
    page(client_of(round_.opened_by), "receipt_content", receipt.number, status=404)
    page(client_of(make.a_member(round_).user), "receipt", receipt.number, status=404)


def test_who_only_answers_sees_the_round_but_neither_people_nor_moves():
    round_ = running()
    member = make.a_member(round_, accounts.a_person(name="Quem Responde"))
    make.a_member(round_, accounts.a_person(name="Outra Pessoa"))
    client = client_of(member.user)
    page(client, "round", round_.uid)
    assert "Outra Pessoa" not in page(client, "round_progress", round_.uid)
    for name in ("round_team", "round_change", "round_submit", "round_cancel", "round_start_agreement"):
        page(client, name, round_.uid, status=403)
    assert "Outra Pessoa" in page(client_of(round_.opened_by), "round_progress", round_.uid)


def test_progress_tells_how_many_never_what():
    round_ = running()
    member = make.a_member(round_)
    make.answer_all(member, (1, None, 4, None))
    text = page(client_of(round_.opened_by), "round_progress", round_.uid)
    assert re.search(r"2 (of|de) 4", text)
    body = text.split("<main")[1]
    assert not any(word in body for word in ("Frágil", "Exemplar", "Fragile", "Exemplary"))


def test_a_conflict_shows_both_versions_and_saving_again_is_a_choice():
    round_ = running()
    client = client_of(round_.opened_by)
    values = {
        "title": "Meu nome", "answers_until": "2099-03-01T23:59", "grace_hours": 72, "revision": 1,
    }  # fmt: skip
    Round.objects.filter(pk=round_.pk).update(title="Nome de outra pessoa", revision=2)
    answer = post(client, "round_change", round_.uid, data=values, status=409)
    text = answer.content.decode()
    assert "Nome de outra pessoa" in text
    assert "Meu nome" in text
    assert re.search(r'name="revision"[^>]*value="2"|value="2"[^>]*name="revision"', text)
    post(client, "round_change", round_.uid, data={**values, "revision": 2})
    assert Round.objects.get().title == "Meu nome"


def test_a_member_is_asked_what_the_boxes_say_and_two_coordinators_do_not_overwrite():
    round_ = running()
    member = make.a_member(round_)
    client = client_of(round_.opened_by)
    items = [item.pk for item in round_.items.all()]
    values = {"part": "respondent", "respondent": member.respondent_id, "revision": 1, "asked": items[:2]}
    post(client, "round_member", round_.uid, member.pk, data=values)
    assert member.assignments.filter(asked=False).count() == 2
    post(client, "round_member", round_.uid, member.pk, data={**values, "asked": items}, status=409)
    assert member.assignments.filter(asked=False).count() == 2
    post(client, "round_member", round_.uid, member.pk, data={**values, "revision": 2, "by_kind": "1"})
    assert not member.assignments.exists()


def test_gaps_are_shown_and_closed_on_the_team_page():
    version = make.an_instrument((2,), asked=[["dme"], ["teachers"]])
    round_ = running(version=version)
    client = client_of(round_.opened_by)
    assert 'id="gaps"' in page(client, "round_team", round_.uid)
    assert "Critério 2" in page(client, "round_start_agreement", round_.uid)
    post(client, "round_ask", round_.uid, data={"member": round_.members.get().pk})
    assert 'id="gaps"' not in page(client, "round_team", round_.uid)


def test_a_council_is_invited_and_comes_in(mailoutbox, django_capture_on_commit_callbacks):
    round_ = running(title="Nome da rodada")
    client = client_of(round_.opened_by)
    values = {"email": "conselho@exemplo.org", "part": "respondent", "language": "pt-br", "respondent": ""}
    with django_capture_on_commit_callbacks(execute=True):
        post(client, "round_invite", round_.uid, data=values)
    assert "conselho@exemplo.org" in page(client, "round_team", round_.uid)
    code = re.search(r"/convite/([^/]+)/", mailoutbox[0].body)[1]
    anonymous = page(Client(), "round_invitation", code)
    assert str(round_.scope) in anonymous
    assert "Nome da rodada" not in anonymous
    assert "conselho@exemplo.org" not in anonymous
    stranger = client_of(accounts.a_person())
    assert str(round_.scope) not in page(stranger, "round_accept", code).split("<main")[1]
    post(stranger, "round_accept", code, status=200)
    council = client_of(accounts.a_person(email="conselho@exemplo.org"))
    post(council, "round_accept", code)
    assert "Nome da rodada" in page(council, "rounds")
    page(Client(), "round_invitation", code, status=404)
    pk = RoundInvitation.objects.get().pk
    post(client, "round_withdraw", round_.uid, pk)  # told that it was used
    assert RoundMember.objects.filter(round=round_, removed_at=None).count() == 2


def test_the_deadline_that_passed_is_said_and_closes_nothing_by_itself():
    round_ = make.a_round(answers_until=timezone.now() - timedelta(hours=1))
    text = page(client_of(round_.opened_by), "round", round_.uid)
    assert reverse("diagnose:round_start_agreement", args=[round_.uid]) in text
    round_.refresh_from_db()
    assert round_.state == "answering"


def test_reasons_are_asked_for():
    round_ = running()
    client = client_of(round_.opened_by)
    post(client, "round_cancel", round_.uid, data={"reason": ""}, status=200)
    post(client, "round_cancel", round_.uid, data={"reason": "Sem equipe agora"})
    assert "Sem equipe agora" in page(client, "round", round_.uid)
    for name in ("round_finish", "round_start_agreement", "round_submit", "round_reopen", "round_team"):
        page(client, name, round_.uid)  # every page still opens


# --- paper --------------------------------------------------------------------------------------------------------


def test_the_blank_form_of_a_version_is_public_and_states_its_pages():
    version = make.an_instrument((3, 3))
    client = Client()
    pdf = client.get(reverse("diagnose:blank_form_pdf", args=[version.instrument.slug]))
    pages = page_count(pdf.content)
    assert b"/Count %d" % pages in pdf.content  # what the root of the page tree says
    for mark in (b"pdfuaid", b"/StructTreeRoot", b"/Lang"):
        assert mark in pdf.content
    short = client.get(reverse("diagnose:blank_form_pdf", args=[version.instrument.slug]), {"curta": "1"})
    assert page_count(short.content) < pages
    shown = page(client, "blank_form", version.instrument.slug)
    assert f"{pages} " in shown
    assert all(f"Pergunta {n}?" in shown and f"Exemplar {n}." in shown for n in range(1, 7))
    assert shown.count("rounds-question") == 6
    shorter = page(client, "blank_form", version.instrument.slug, curta="1")
    assert shorter.count("rounds-question") == 2
    page(client, "blank_form", "nao-existe", status=404)


def test_the_form_of_a_round_has_its_own_questions():
    from trama.diagnose.models import OwnQuestion, RoundItem

    round_ = running()
    own = OwnQuestion.objects.create(
        **round_.scope_filter, title="Transporte", question="Chega a todos?", created_by=round_.opened_by,
        created_at=make.NOON,
    )  # fmt: skip
    RoundItem.objects.create(round=round_, own_question=own, position=5)
    client = client_of(round_.opened_by)
    assert "Chega a todos?" in page(client, "round_form", round_.uid)
    pdf = client.get(reverse("diagnose:round_form_pdf", args=[round_.uid]))
    assert pdf.content.startswith(b"%PDF")
    other = client_of(make.a_round().opened_by)
    page(other, "round_form", round_.uid, status=404)


# --- cost ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rounds", "round", "round_team", "round_progress", "round_submit"])
def test_more_people_and_more_rounds_cost_no_more_queries(
    name, django_assert_num_queries, django_assert_max_num_queries
):
    network = accounts.a_network()
    director = accounts.person_with("network_principal", network)
    round_ = running(scope=network, by=director)
    client = client_of(director)
    arguments = [] if name == "rounds" else [round_.uid]
    address = reverse(f"diagnose:{name}", args=arguments)
    client.get(address)
    with django_assert_max_num_queries(18) as small:
        client.get(address)
    for _ in range(4):
        member = make.a_member(round_)
        make.answer_all(member, (1, 2, 3, 4))
        running(scope=network, by=director, version=make.an_instrument((3, 3)))
        accounts.person_with("teacher", accounts.a_school(network))
    with django_assert_num_queries(len(small.captured_queries)):
        client.get(address)
    assert Agreement.objects.count() == 0
