"""Requests: every route has a policy, every change is one transaction, only what is public is cached."""

import types
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from trama.foundation import policies
from trama.foundation.http import own_transactions, public_cache
from trama.foundation.jobs.models import Job
from trama.foundation.jobs.services import note_worker

OPEN = policies.Policy("test.open", "route", policies.PUBLIC)
CLOSED = policies.Policy("test.closed", "route", policies.NOBODY)


def write(then: Any) -> Any:
    @policies.route(OPEN)
    def view(request: HttpRequest) -> HttpResponse:
        Job.objects.create(name="written", title="written", created_at=timezone.now())
        request.session["inside"] = connection.in_atomic_block
        return then(request)

    return view


def fail(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def fail_while_drawing(request: HttpRequest) -> TemplateResponse:
    template = engines["django"].from_string("{{ broken }}")
    return TemplateResponse(request, template, {"broken": SimpleLazyObject(lambda: 1 / 0)})


def answer(status: int) -> Any:
    return lambda request: HttpResponse(status=status)


@policies.route(OPEN)
def whether_in_transaction(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(connection.savepoint_ids)))


@policies.route(OPEN)
@public_cache(60)
def cached(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the same for everyone")


@policies.route(OPEN)
@public_cache(60)
def with_session(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.session.get("name", "nobody"))


@policies.route(OPEN)
@public_cache(60)
def with_token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


@policies.route(CLOSED)
def closed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never seen")


urls = types.ModuleType("tests_http_urls")
urls.urlpatterns = [  # type: ignore[attr-defined]
    path("good/", write(answer(200))),
    path("conflict/", write(answer(409))),
    path("error/", write(answer(500))),
    path("exception/", write(fail)),
    path("drawing/", write(fail_while_drawing)),
    path("plain/", whether_in_transaction),
    path("own/", own_transactions(policies.route(OPEN)(lambda request: whether_in_transaction(request)))),
    path("undeclared/", answer(200)),
    path("closed/", closed),
    path("cached/", cached),
    path("with-session/", with_session),
    path("with-token/", with_token),
]


@pytest.fixture
def visitor(settings: Any, db: None) -> Client:
    settings.ROOT_URLCONF = urls
    settings.LOGIN_URL = "/login/"
    return Client(raise_request_exception=False)


def written() -> int:
    return Job.objects.filter(name="written").count()


@pytest.mark.parametrize(
    ("address", "kept"), [("good", 1), ("conflict", 1), ("error", 0), ("exception", 0), ("drawing", 0)]
)
def test_a_change_is_kept_or_undone_as_a_whole(visitor: Client, address: str, kept: int):
    response = visitor.post(f"/{address}/")
    assert written() == kept
    assert (response.status_code >= 500) == (kept == 0)


def test_a_safe_request_is_left_alone_and_a_view_may_open_its_own_transactions(visitor: Client):
    outside = visitor.get("/plain/").content
    assert visitor.post("/own/").content == outside
    assert visitor.post("/plain/").content != outside


def test_a_route_that_nobody_declared_answers_500_and_not_its_content(visitor: Client):
    response = visitor.get("/undeclared/")
    assert response.status_code == 500


def test_a_route_that_admits_nobody_sends_strangers_to_the_login_and_refuses_members(visitor: Client):
    assert visitor.get("/closed/").status_code == 302
    visitor.force_login(get_user_model().objects.create_user(email="eva@example.org", password="a long password 3"))
    assert visitor.get("/closed/").status_code == 403


def test_what_is_the_same_for_everyone_is_cached_and_revalidated(visitor: Client):
    response = visitor.get("/cached/")
    assert "public" in response["Cache-Control"]
    assert "max-age=60" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")
    assert visitor.get("/cached/", headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", ["with-session", "with-token"])
def test_what_may_be_personal_is_never_cached_for_others(visitor: Client, address: str):
    response = visitor.get(f"/{address}/")
    assert "private" in response["Cache-Control"]
    assert "public" not in response["Cache-Control"]


def test_a_signed_in_reader_gets_no_public_copy(visitor: Client):
    visitor.force_login(get_user_model().objects.create_user(email="eva@example.org", password="a long password 3"))
    assert "private" in visitor.get("/cached/")["Cache-Control"]


def test_who_waited_too_long_to_save_is_told_to_try_again(visitor: Client, monkeypatch: Any):
    def too_long(*_: Any, **__: Any) -> None:
        raise OperationalError("database is locked: waited 30 s to write")

    monkeypatch.setattr(Job.objects, "create", too_long)
    response = visitor.post("/good/")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "Nada foi alterado" in response.content.decode() or "Nothing was changed" in response.content.decode()


def test_health_tells_whether_the_database_and_a_worker_are_there(client: Client, db: None, monkeypatch: Any):
    assert client.get("/saude/").json() == {"database": "well", "worker": "missing"}
    note_worker("here:1", at=timezone.now())
    assert client.get("/saude/").json() == {"database": "well", "worker": "well"}

    def broken(**_: Any) -> None:
        raise DatabaseError("secret address of the database")

    monkeypatch.setattr("trama.foundation.plain_views.worker_health", broken)
    response = client.get("/saude/")
    assert response.status_code == 503
    assert b"secret" not in response.content


def test_robots_may_read_what_is_public_in_both_languages(client: Client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /conta/" in lines
    assert "Disallow: /en/conta/" in lines
    assert "Disallow: /" not in lines


def test_the_icon_that_browsers_ask_for_exists(client: Client):
    assert client.get("/favicon.ico")["Location"] == "/static/foundation/mark.svg"
