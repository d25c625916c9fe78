"""Own questions: written by who runs the rounds, reworded until a round asks them, then only retired."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from tests.accounts.factories import a_group, a_network, a_school, person_with
from tests.diagnose import factories as make
from tests.diagnose.factories import NOON
from trama.diagnose.api import own_questions_of
from trama.diagnose.instruments import services
from trama.diagnose.instruments.errors import QuestionInUse, QuestionRetired, StaleQuestion, TooManyQuestions
from trama.diagnose.models import OwnQuestion, RoundItem

pytestmark = pytest.mark.django_db
TEXTS = {"title": "Merenda", "question": "Como?", "fragile": "", "basic": "", "adequate": "", "exemplary": ""}
LEVELS = {"fragile": "Nada", "basic": "Pouco", "adequate": "Bastante", "exemplary": "Tudo"}


def address(name, *args):
    with translation.override("en"):
        return reverse(f"diagnose:{name}", args=args)


def written(scope, by, **texts):
    return services.write_own_question(scope, {**TEXTS, **texts}, by=by, at=NOON)


def asked(question, state="answering"):
    """The question, asked in a round of its network."""
    round_ = make.a_round(question.network, by=question.created_by)
    RoundItem.objects.create(round=round_, own_question=question, position=99)
    return round_


@pytest.mark.parametrize("kind", ["network", "school", "group"])
def test_each_kind_of_owner_writes_its_own_and_nobody_else_s(kind):
    network = a_network()
    scope, role = {
        "network": (network, "network_principal"),
        "school": (a_school(network), "school_principal"),
        "group": (a_group(network), "group_coordinator"),
    }[kind]
    person = person_with(role, scope)
    question = written(scope, person)
    assert list(own_questions_of(scope)) == [question]
    assert question.scope == scope
    other = a_network()
    with pytest.raises(PermissionDenied):
        written(other, person)
    assert list(own_questions_of(other)) == []


def test_a_member_of_the_team_needs_the_tool_to_edit():
    network = a_network()
    reader = person_with("network_team", network, tools={"diagnosis": "view"})
    writer = person_with("network_team", network, tools={"diagnosis": "edit"})
    question = written(network, writer)
    for act in (
        lambda: written(network, reader),
        lambda: services.change_own_question(question, TEXTS, revision=1, by=reader, at=NOON),
        lambda: services.retire_own_question(question, by=reader, at=NOON),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_question_is_reworded_until_a_round_asks_it():
    network = a_network()
    director = person_with("network_principal", network)
    question = written(network, director)
    changed = services.change_own_question(question, {**TEXTS, **LEVELS}, revision=1, by=director, at=NOON)
    assert (changed.fragile, changed.revision) == ("Nada", 2)
    asked(changed)
    with pytest.raises(QuestionInUse):
        services.change_own_question(changed, TEXTS, revision=2, by=director, at=NOON)
    assert OwnQuestion.objects.get().fragile == "Nada"


def test_two_editors_meet_in_a_conflict():
    network = a_network()
    director = person_with("network_principal", network)
    question = written(network, director)
    services.change_own_question(question, {**TEXTS, "title": "Primeira"}, revision=1, by=director, at=NOON)
    with pytest.raises(StaleQuestion):
        services.change_own_question(question, {**TEXTS, "title": "Segunda"}, revision=1, by=director, at=NOON)
    assert OwnQuestion.objects.get().title == "Primeira"


def test_a_retired_question_is_left_out_of_later_rounds_and_stays_in_earlier_ones():
    network = a_network()
    director = person_with("network_principal", network)
    question = written(network, director)
    round_ = asked(question)
    services.retire_own_question(question, by=director, at=NOON)
    assert list(own_questions_of(network)) == []
    assert round_.items.filter(own_question=question).exists()
    with pytest.raises(QuestionRetired):
        services.retire_own_question(question, by=director, at=NOON)
    with pytest.raises(QuestionRetired):
        services.change_own_question(question, TEXTS, revision=2, by=director, at=NOON)


def test_there_is_an_end_to_own_questions():
    network = a_network()
    director = person_with("network_principal", network)
    for _ in range(services.MOST_OWN_QUESTIONS):
        last = written(network, director)
    with pytest.raises(TooManyQuestions, match=str(services.MOST_OWN_QUESTIONS)):
        written(network, director)
    services.retire_own_question(last, by=director, at=NOON)
    assert written(network, director).pk


def test_the_database_wants_all_four_descriptions_or_none():
    network = a_network()
    director = person_with("network_principal", network)
    with pytest.raises(IntegrityError), transaction.atomic():
        written(network, director, fragile="Só esta")


# --- pages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def director(client):
    person = person_with("network_principal", a_network())
    client.force_login(person)
    return person


def network_of(person):
    return person.profiles.get().network


def test_a_question_is_written_changed_and_retired_by_pages_alone(client, director):
    assert "No own question yet" in client.get(address("own_questions")).content.decode()
    assert client.post(address("new_own_question"), TEXTS).status_code == 302
    question = OwnQuestion.objects.get()
    assert question.network == network_of(director)
    form = client.get(address("edit_own_question", question.pk))
    assert form.context["form"]["revision"].value() == 1
    client.post(address("edit_own_question", question.pk), {**TEXTS, **LEVELS, "revision": "1"})
    assert "Bastante" in client.get(address("own_questions")).content.decode()
    assert client.get(address("retire_own_question", question.pk)).status_code == 200
    client.post(address("retire_own_question", question.pk))
    assert client.get(address("own_questions")).context["active"] == []


def test_half_described_levels_are_named_one_by_one(client, director):
    answer = client.post(address("new_own_question"), {**TEXTS, "fragile": "Nada"})
    assert {name for name in answer.context["form"].errors if name != "__all__"} == {"basic", "adequate", "exemplary"}
    answer = client.post(address("new_own_question"), {**TEXTS, "question": "x" * 601})
    assert "at most 600" in str(answer.context["form"].errors["question"])
    assert not OwnQuestion.objects.exists()


def test_the_page_of_a_conflict_shows_both_texts_and_lets_the_person_decide(client, director):
    question = written(network_of(director), director)
    there = address("edit_own_question", question.pk)
    client.post(there, {**TEXTS, "title": "Primeira", "revision": "1"})
    second = client.post(there, {**TEXTS, "title": "Segunda", "revision": "1"})
    text = second.content.decode()
    assert second.status_code == 409
    assert "Primeira" in text
    assert "Segunda" in text
    assert OwnQuestion.objects.get().title == "Primeira"
    assert client.post(there, {**TEXTS, "title": "Segunda", "revision": "2"}).status_code == 302
    assert OwnQuestion.objects.get().title == "Segunda"
    assert second.context["form"]["revision"].value() == "2"


def test_a_question_that_a_round_asks_says_that_its_words_stay(client, director):
    question = written(network_of(director), director)
    asked(question)
    page = client.get(address("edit_own_question", question.pk)).content.decode()
    assert "its words stay as they are" in page
    answer = client.post(address("edit_own_question", question.pk), {**TEXTS, "title": "Outra", "revision": "1"})
    assert "its words stay as they are" in answer.content.decode()
    assert OwnQuestion.objects.get().title == "Merenda"


def test_another_owner_s_question_does_not_exist(client, director):
    other = a_network()
    theirs = written(other, person_with("network_principal", other), title="Segredo alheio")
    assert "Segredo alheio" not in client.get(address("own_questions")).content.decode()
    for name in ("edit_own_question", "retire_own_question"):
        assert client.get(address(name, theirs.pk)).status_code == 404
        assert client.post(address(name, theirs.pk), {**TEXTS, "revision": "1"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.retired_at is None


def test_a_network_does_not_see_its_school_s_questions(client, director):
    school = a_school(network_of(director))
    written(school, person_with("school_principal", school), title="Da escola")
    assert "Da escola" not in client.get(address("own_questions")).content.decode()


def test_who_only_views_sees_the_questions_and_no_way_to_write(client):
    network = a_network()
    written(network, person_with("network_principal", network))
    client.force_login(person_with("network_team", network, tools={"diagnosis": "view"}))
    page = client.get(address("own_questions")).content.decode()
    assert "Merenda" in page
    assert address("new_own_question") not in page
    assert client.get(address("new_own_question")).status_code == 403
