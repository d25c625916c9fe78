"""The public site: home, about, privacy, accessibility."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from tests.know import factories as know
from tests.programme import factories as calls
from trama.foundation import navigation
from trama.portal.home.selectors import national_figures, states_by_region
from trama.programme.models import Call

pytestmark = pytest.mark.django_db
PAGES = ["/", "/sobre/", "/privacidade/", "/acessibilidade/"]


@pytest.mark.parametrize("path", PAGES)
def test_public_pages_answer_in_both_languages_without_reading_the_session(client: Client, some_pages: None, path: str):
    for prefix, language in (("", "pt-br"), ("/en", "en")):
        answer = client.get(prefix + path)
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.content.decode()
        assert not answer.wsgi_request.session.accessed
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "public" in answer.headers["Cache-Control"]


def test_the_home_page_shows_the_figures_of_the_country_with_their_source(client: Client):
    know.country()
    know.observe(0, "ideb", 5.8, year=2021, dependency="publica", stage="AI")
    know.observe(0, "ideb", 6.0, year=2023, dependency="publica", stage="AI")
    html = client.get("/").content.decode()
    assert "6,0" in html
    assert "5,8" not in html
    assert "2023." in html
    assert "6.0" in client.get("/en/").content.decode()


def test_a_figure_that_no_release_has_is_left_out_and_never_zero():
    know.country()
    know.observe(0, "ideb", None, year=2023, dependency="publica", stage="AI", status="d")
    assert national_figures() == []


def test_states_stand_by_region_and_by_name():
    for code in (27, 26, 35):
        know.state(code)
    regions = states_by_region()
    assert [[state.code for state in states] for _region, states in regions] == [[27, 26], [35]]


def test_the_home_page_links_each_state_to_its_panorama(client: Client):
    know.state(27)
    assert 'href="/panorama/27/"' in client.get("/").content.decode()
    assert 'href="/en/panorama/27/"' in client.get("/en/").content.decode()


def test_the_home_page_draws_the_states_as_links_where_there_are_outlines(client: Client):
    alagoas = know.state(27)
    assert "<svg viewBox=" in client.get("/").content.decode()  # the mark
    assert 'aria-label="Alagoas"' not in client.get("/").content.decode()
    know.boundary(alagoas)
    assert '<a href="/panorama/27/" aria-label="Alagoas">' in client.get("/").content.decode()


def test_open_calls_appear_at_once_and_drafts_never(client: Client, kept: None):
    now = timezone.now()
    dates = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=9), "published_at": now}
    assert "/editais/aberta/" not in client.get("/").content.decode()
    calls.call("rascunho", title_pt="Chamada em rascunho", **dates | {"published_at": None})
    opened = calls.call("aberta", title_pt="Chamada aberta", state="published", **dates)
    html = client.get("/").content.decode()
    assert 'href="/editais/aberta/">Chamada aberta</a>' in html
    assert "rascunho" not in html
    assert 'href="/en/editais/aberta/">Test call</a>' in client.get("/en/").content.decode()
    Call.objects.filter(pk=opened.pk).update(state="closed", closed_at=now)
    assert "Chamada aberta" not in client.get("/").content.decode()


def test_the_home_page_asks_the_same_number_of_questions_however_many_states(
    client: Client, django_assert_num_queries, django_assert_max_num_queries
):
    know.boundary(know.state(27))
    client.get("/")
    with django_assert_max_num_queries(20) as first:
        client.get("/")
    asked = len(first)
    for code in (26, 35, 11):
        know.boundary(know.state(code))
    with django_assert_num_queries(asked):
        client.get("/")


def test_a_kept_home_page_asks_five_questions_at_most(client: Client, kept: None, django_assert_max_num_queries):
    know.state(27)
    client.get("/")
    with django_assert_max_num_queries(5):
        client.get("/")


def test_every_entry_of_the_menus_leads_somewhere():
    missing = []
    for entries in navigation._entries.values():
        for entry in entries:
            try:
                reverse(entry.view_name)
            except NoReverseMatch:
                missing.append(entry.view_name)
    assert not missing
