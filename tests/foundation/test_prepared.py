"""Statements that are run often: PostgreSQL keeps their plan, and Django's checks stay."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, OperationalError, connection, connections
from django.db.models import Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.settings.databases import database_settings
from tests.accounts.factories import person_with
from trama.accounts.models import Profile, ToolGrant
from trama.foundation.prepared import hang, prepared, prepared_cursor

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite keeps statements by itself")


def test_what_it_reads_and_that_tests_can_count_it():
    with CaptureQueriesContext(connection) as captured, prepared_cursor(connection) as cursor:
        cursor.execute("SELECT %s", [7])
        assert cursor.fetchone()[0] == 7
    assert len(captured) == 1


def test_errors_are_django_s(django_user_model):
    with pytest.raises(IntegrityError), prepared_cursor(connection) as cursor:
        cursor.execute("INSERT INTO accounts_user (id) VALUES (%s)", [1])


@on_postgresql
def test_a_repeated_statement_is_planned_once():
    for number in range(8):
        with prepared_cursor(connection) as cursor:
            cursor.execute("SELECT 'kept' || %s::text", [str(number)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%kept%%'", [])
        assert cursor.fetchone()[0] == 1


@on_postgresql
def test_without_the_option_it_is_the_ordinary_cursor(monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", None)
    with prepared_cursor(connection) as ours, connection.cursor() as ordinary:
        assert type(ours.cursor) is type(ordinary.cursor)


@pytest.mark.parametrize(
    ("query", "expected"), [("", 5), ("?prepare_threshold=none", None), ("?prepare_threshold=0", 0)]
)
def test_a_pooler_that_mixes_connections_can_be_told_of(query, expected):
    options = database_settings(f"postgresql://trama@localhost/trama{query}")["OPTIONS"]
    assert options["prepare_threshold"] == expected


def test_a_threshold_that_makes_no_sense_is_named():
    with pytest.raises(ValueError, match="found 'often', expected a whole number or none"):
        database_settings("postgresql://trama@localhost/trama?prepare_threshold=often&sslmode=require")


# --- queries of Django's ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """What a page might give to a query: some collections, some of them empty."""

    keys: frozenset[int]
    others: frozenset[int] = frozenset()


def people_named(name: str | None) -> QuerySet[Any]:
    rows = get_user_model().objects.order_by("email")
    return rows if name is None else rows.filter(name=name)


@pytest.fixture
def people(django_user_model):
    now = timezone.now()
    return [
        django_user_model.objects.create_user(
            f"{name}@example.org", None, name=name, language="pt-br", date_joined=now + timedelta(days=n)
        )
        for n, name in enumerate(("ana", "bia", "caio"))
    ]


def asked(call):
    """What ``call()`` gives, and the statements it made."""
    with CaptureQueriesContext(connection) as captured:
        found = list(call())
    return found, [query["sql"] for query in captured]


def test_a_prepared_query_finds_what_the_query_finds(people):
    def within(held: Held, joined: datetime) -> QuerySet[Any]:
        rows = get_user_model().objects.filter(Q(pk__in=held.keys) | Q(pk__in=held.others))
        return rows.filter(date_joined__lte=joined).order_by("-email")

    kept = prepared(within)
    keys = [one.pk for one in people]
    for held in (
        Held(frozenset(keys)),
        Held(frozenset(keys[:2])),
        Held(frozenset(), frozenset(keys)),
        Held(frozenset()),
    ):
        for joined in (one.date_joined for one in people):
            ours, our_sql = asked(lambda held=held, joined=joined: kept(held, joined))
            theirs, their_sql = asked(lambda held=held, joined=joined: within(held, joined))
            assert ours == theirs
            assert [len(ours), len(our_sql)] == [len(theirs), len(their_sql)]
            assert [one.__dict__.keys() for one in ours] == [one.__dict__.keys() for one in theirs]
    assert len(kept(Held(frozenset(keys)), people[1].date_joined)) == 2


def test_rows_of_columns_as_well(people):
    @prepared
    def columns(email: str) -> QuerySet[Any, tuple[str, datetime]]:
        return get_user_model().objects.filter(email=email).values_list("name", "date_joined")

    assert columns("bia@example.org") == [("bia", people[1].date_joined)]
    assert columns(email="caio@example.org") == [("caio", people[2].date_joined)]


def test_what_is_left_out_is_another_query(people):
    kept = prepared(people_named)
    assert [one.name for one in kept("bia")] == ["bia"]
    assert [one.name for one in kept(None)] == ["ana", "bia", "caio"]
    assert [one.name for one in kept("caio")] == ["caio"]


def test_its_sql_is_built_once(people, monkeypatch):
    kept = prepared(people_named)
    kept("ana")
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda *_: pytest.fail("built again"))
    assert [one.name for one in kept("bia")] == ["bia"]


def test_it_cannot_decide_by_a_value():
    with pytest.raises(TypeError, match="cannot decide"):
        prepared(lambda name: get_user_model().objects.filter(name=name or "ana"))("bia")


def test_it_takes_no_objects_and_reads_one_thing(people):
    with pytest.raises(TypeError, match="not User"):
        prepared(people_named)(people[0])
    with pytest.raises(ValueError, match="one thing"):
        prepared(lambda pk: get_user_model().objects.filter(pk=pk).prefetch_related("profiles"))(1)


def test_each_thread_reads_through_its_own_connection(people):
    kept = prepared(people_named)
    kept("ana")
    seen = []

    def elsewhere() -> None:
        def note(execute: Any, *arguments: Any) -> Any:
            seen.append(arguments[0])
            raise OperationalError("not here")

        with connections["default"].execute_wrapper(note), suppress(OperationalError):
            kept("bia")

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(seen) == 1


def test_rows_read_apart_hang_on_their_owners_as_if_prefetched():
    for tools in ({"plan": "view", "calls": "view"}, {"team": "view"}):
        person_with("network_team", tools=tools)
    profiles = list(Profile.objects.order_by("pk"))
    hang(profiles, "grants", ToolGrant.objects.order_by("-pk"))
    shown, statements = asked(
        lambda: [[(one.tool, one.profile) for one in profile.grants.all()] for profile in profiles]
    )
    assert shown == [[("calls", profiles[0]), ("plan", profiles[0])], [("team", profiles[1])]]
    assert statements == []
    assert [one.tool for one in profiles[0].grants.filter(tool="plan")] == ["plan"]
    assert profiles[1].grants.filter(tool="plan").count() == 0
    hang([], "grants", [])


def test_a_number_that_no_column_holds_finds_nothing():
    people_at = prepared(lambda pk: get_user_model().objects.filter(pk=pk))
    assert people_at(10**40) == []
