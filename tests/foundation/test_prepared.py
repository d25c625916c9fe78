"""Statements that are run often: PostgreSQL keeps their plan, and Django's checks stay."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from config.settings.databases import database_settings
from trama.foundation.prepared import prepared_cursor

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
