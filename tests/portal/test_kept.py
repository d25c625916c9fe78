"""Public pages are kept whole, change at once when an editor publishes, and are rendered once at a time."""

import threading
import time

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from trama.know.api import kept_page
from trama.portal.models import SiteRole

from .conftest import page

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("some_pages", "kept")
class TestFreshness:
    def test_a_kept_page_asks_six_questions_at_most(self, client: Client, django_assert_max_num_queries):
        client.get("/sobre/")
        with django_assert_max_num_queries(6):
            assert client.get("/sobre/").status_code == 200

    def test_what_is_published_is_seen_by_the_next_reader(self, client: Client):
        before = client.get("/parceiros/")
        assert client.get("/parceiros/").headers["ETag"] == before.headers["ETag"]
        partners = page("parceiros/")
        partners.title = "Quem faz conosco"
        partners.save_revision()
        assert "Quem faz conosco" not in client.get("/parceiros/").content.decode()  # a draft
        partners.get_latest_revision().publish()
        after = client.get("/parceiros/", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert "Quem faz conosco" in after.content.decode()

    def test_what_is_unpublished_moved_or_removed_is_gone_at_once(self, client: Client):
        for path in ("/numeros/", "/ajuda/", "/parceiros/"):
            assert client.get(path).status_code == 200
        page("numeros/").unpublish()
        page("ajuda/").delete()
        page("parceiros/").move(page("sobre/"), pos="last-child")
        assert client.get("/numeros/").status_code == 404
        assert client.get("/ajuda/").status_code == 404
        assert client.get("/parceiros/").headers["Location"] == "/sobre/parceiros/"  # moved: sent on by itself
        assert client.get("/sobre/parceiros/").status_code == 200

    def test_who_has_the_page_is_told_that_it_is_the_same(self, client: Client):
        mark = client.get("/sobre/").headers["ETag"]
        assert client.get("/sobre/", headers={"If-None-Match": mark}).status_code == 304

    def test_who_is_signed_in_reads_the_same_public_page_and_leaves_nothing_in_it(self, client: Client, editing):
        signed, user = editing(SiteRole.EDITOR)
        mine = signed.get("/sobre/")
        assert user.email not in mine.content.decode()
        assert user.name not in mine.content.decode()
        theirs = client.get("/sobre/")
        assert theirs.content == mine.content
        assert not mine.cookies
        assert "private" in signed.get("/equipe/site/").headers.get("Cache-Control", "private")


@pytest.mark.usefixtures("kept")
class TestRendering:
    @staticmethod
    def request(path: str = "/lenta/") -> HttpRequest:
        return RequestFactory().get(path)

    def test_a_crowd_after_a_change_costs_one_rendering(self, monkeypatch):
        monkeypatch.setattr("trama.know.pages.data_version", lambda: "one")  # the threads need no database
        monkeypatch.setattr("trama.know.pages.is_demonstration", lambda: False)
        rendered: list[int] = []

        @kept_page(also=lambda: "now")
        def slow(request: HttpRequest) -> HttpResponse:
            rendered.append(1)
            time.sleep(0.2)
            return HttpResponse("page")

        answers: list[int] = []
        crowd = [threading.Thread(target=lambda: answers.append(slow(self.request()).status_code)) for _n in range(20)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        assert answers == [200] * 20
        assert len(rendered) == 1

    def test_the_crowd_would_cost_twenty_without_a_cache(self, monkeypatch, settings):
        """The control: the same crowd where nothing is kept."""
        settings.CACHES = {"pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
        monkeypatch.setattr("trama.know.pages.data_version", lambda: "one")
        monkeypatch.setattr("trama.know.pages.is_demonstration", lambda: False)
        rendered: list[int] = []

        @kept_page(also=lambda: "now")
        def quick(request: HttpRequest) -> HttpResponse:
            rendered.append(1)
            return HttpResponse("page")

        crowd = [threading.Thread(target=lambda: quick(self.request())) for _n in range(20)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        assert len(rendered) == 20

    def test_an_answer_that_turned_out_personal_is_never_kept(self):
        calls: list[int] = []

        @kept_page()
        def personal(request: HttpRequest) -> HttpResponse:
            calls.append(1)
            answer = HttpResponse("yours")
            answer.set_cookie("who", "you")
            return answer

        for _time in range(2):
            answer = personal(self.request("/minha/"))
            assert "private" in answer.headers["Cache-Control"]
        assert len(calls) == 2

    def test_a_view_that_fails_leaves_the_way_free(self):
        tries: list[int] = []

        @kept_page()
        def failing(request: HttpRequest) -> HttpResponse:
            tries.append(1)
            if len(tries) == 1:
                raise ValueError
            return HttpResponse("well")

        with pytest.raises(ValueError):
            failing(self.request("/falha/"))
        assert failing(self.request("/falha/")).content == b"well"


def test_the_cache_of_these_tests_is_the_one_of_an_installation(kept: None):
    assert "LocMem" in type(caches["pages"]).__name__
    assert connection.vendor in {"sqlite", "postgresql"}
