"""Public pages of calls: what everyone sees, in both languages, with dates in the call's own time zone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from tests.know import factories as know
from tests.programme import factories as make
from tests.programme.factories import BELOW_COUNTRY, BELOW_STATE, ENROLMENT, NOON, POPULATION, all_of, any_of
from trama.programme.api import open_calls, verdict_of
from trama.programme.calls.panels import calls_of_network
from trama.programme.calls.presentation import dates_of, span_words, standing
from trama.programme.eligibility.assessment import forget_answers
from trama_measure.indicators.conditions import Truth

pytestmark = pytest.mark.django_db
RULE = all_of(POPULATION, ENROLMENT, any_of(BELOW_STATE, BELOW_COUNTRY))


@pytest.fixture(autouse=True)
def fresh():
    forget_answers()


@pytest.fixture
def world():
    networks = make.four_networks()
    call = make.call(state="published")
    make.version(make.category(call), RULE)
    return call, networks


def page(client, name, *args, language="en", **query):
    with translation.override(language):
        address = reverse(f"programme:{name}", args=args)
    answer = client.get(address, query)
    return answer, answer.content.decode()


def test_a_draft_is_seen_by_nobody(client):
    make.call("rascunho")
    assert "rascunho" not in page(client, "calls")[1]
    assert page(client, "call", "rascunho")[0].status_code == 404
    assert page(client, "call_network", "rascunho", 27002013)[0].status_code == 404


@time_machine.travel(NOON, tick=False)
def test_open_calls_come_before_past_ones(client):
    make.call("aberta", state="published")
    make.call("passada", state="published", closes_at=NOON - timedelta(hours=1))
    make.call("fechada", state="closed", closed_at=NOON)
    answer, _text = page(client, "calls")
    assert [line[0].slug for line in answer.context["current"]] == ["aberta"]
    assert {line[0].slug for line in answer.context["past"]} == {"passada", "fechada"}


DEADLINE = datetime(2021, 3, 11, 2, 59, 59, tzinfo=UTC)  # 10 March, 23:59:59 in São Paulo


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2021, 3, 11, 2, 59, 59, tzinfo=UTC), True),  # 23:59:59 in São Paulo, 21:59:59 in Acre
        (datetime(2021, 3, 11, 3, 0, 0, tzinfo=UTC), False),  # midnight in São Paulo, still 22:00 of the 10th in Acre
        (datetime(2021, 3, 11, 4, 30, 0, tzinfo=UTC), False),  # 23:30 of the 10th in Acre: too late all the same
    ],
)
def test_a_deadline_is_that_of_the_stated_time_zone_wherever_one_is(moment, is_open):
    call = make.call(state="published", opens_at=datetime(2021, 1, 1, tzinfo=UTC), closes_at=DEADLINE)
    assert call.is_open(moment) is is_open
    assert (call in open_calls(moment)) is is_open


def test_the_date_is_written_in_the_calls_time_zone_and_says_which(client):
    call = make.call(state="closed", time_zone="America/Rio_Branco", opens_at=None, closes_at=DEADLINE)
    with translation.override("en"):
        assert dates_of(call, DEADLINE - timedelta(minutes=1)) == [("Closes", "10 March 2021 at 21:59 (Acre time)")]
    call.time_zone = "America/Sao_Paulo"
    with translation.override("en"):
        assert dates_of(call, DEADLINE) == [("Closed on", "10 March 2021 at 23:59 (Brasília time)")]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3, hours=5), "3 days"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=20), "1 minute"),
    ],
)
def test_how_long_is_left_is_told_in_the_unit_that_matters(left, words):
    with translation.override("en"):
        assert span_words(NOON + left, NOON) == words


def test_a_call_that_opens_later_says_so():
    call = make.call(state="published", opens_at=NOON + timedelta(days=5))
    with translation.override("en"):
        assert standing(call, NOON).sentence == "Opens in 5 days."


def test_the_call_says_its_rule_in_words_in_both_languages(client, world):
    english = page(client, "call", "chamada")[1]
    assert "Test call" in english
    assert "at most 550,000" in english
    portuguese = page(client, "call", "chamada", language="pt-br")[1]
    assert "Chamada de teste" in portuguese
    assert "550.000" in portuguese


def test_a_network_is_found_by_the_name_of_its_municipality(client, world):
    know.municipality(2700201)
    _answer, text = page(client, "call", "chamada", q="Municipio 2700201")
    assert "/editais/chamada/redes/27002013/" in text


def test_a_name_that_nothing_has_is_told(client, world):
    assert "No municipality has a name like “zzzzzz”" in page(client, "call", "chamada", q="zzzzzz")[1]


def test_a_picked_network_leads_to_its_answer(client, world):
    answer, _text = page(client, "call", "chamada", rede="27002013")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/editais/chamada/redes/27002013/")


@pytest.mark.parametrize(("position", "word"), [(0, "Eligible"), (1, "Not eligible"), (2, "Cannot be told yet")])
def test_each_network_reads_its_answer_and_why(client, world, position, word):
    _call, networks = world
    answer, text = page(client, "call_network", "chamada", networks[position].pk)
    assert answer.status_code == 200
    assert word in text
    assert "Population, 2020: at most 550,000" in text
    if position == 2:
        assert "Eligible if: Enrolments, elementary school, municipal network, urban, 2020 is above 10,000." in text


@pytest.mark.parametrize("network", [1, 99999993, 272, 27])
def test_a_network_that_is_not_municipal_or_does_not_exist_is_not_found(client, world, network):
    know.network(27, "estadual")
    assert page(client, "call_network", "chamada", network)[0].status_code == 404


def test_public_pages_read_no_session_and_ask_few_questions(client, world, django_assert_max_num_queries):
    _call, networks = world
    with translation.override("pt-br"):
        there = reverse("programme:call_network", args=["chamada", networks[0].pk])
    with django_assert_max_num_queries(20):
        answer = client.get(there)
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.cookies


def test_the_verdict_of_a_call_is_its_best_category(world):
    call, networks = world
    assert [verdict_of(call, network) for network in networks] == [
        Truth.MET, Truth.NOT_MET, Truth.UNKNOWN, Truth.NOT_MET,
    ]  # fmt: skip
    group = know.group("conisul", members=(networks[1],))
    regional = make.category(call, "regional", admission="groups")
    regional.admitted_groups.create(group=group)
    assert verdict_of(call, networks[1]) == Truth.MET
    assert verdict_of(make.call("vazia"), networks[0]) is None


def test_the_panel_of_a_network_shows_its_answer_in_open_calls_only(world):
    call, networks = world
    with time_machine.travel(NOON, tick=False), translation.override("en"):
        shown = calls_of_network(None, networks[0])
        assert "eligible" in shown
        assert "/editais/chamada/redes/27002013/" in shown
        assert calls_of_network(None, know.network(27, "estadual")) == ""
    with time_machine.travel(NOON + timedelta(days=60), tick=False), translation.override("en"):
        later = calls_of_network(None, networks[0])
        assert "See why" not in later
        assert "Is this network within the rule?" in later
    with translation.override("en"):
        make.Call.objects.filter(pk=call.pk).update(state="draft")
        assert calls_of_network(None, networks[0]) == ""
