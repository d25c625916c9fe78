"""Whatever is looked for, a read never goes through the whole store: its indexes are taken, on both databases."""

import pytest
from django.db import connection
from django.utils import timezone

from trama.learn.statements import reading
from trama.learn.statements.reading import Filters, find, one
from trama.learn.statements.selectors import Client

READER = Client(pk=1, uid="", kind="program", scopes="all")
LOOKED_FOR = {
    "an agent": Filters(agent="a" * 24),
    "a related agent": Filters(agent="a" * 24, related_agents=True),
    "a verb": Filters(verb="v" * 24),
    "an activity": Filters(activity="c" * 24),
    "a registration": Filters(registration="r" * 36),
    "all of them": Filters(agent="a" * 24, verb="v" * 24, activity="c" * 24, registration="r" * 36),
    "the latest": Filters(),
    "a day": Filters(since=timezone.now(), until=timezone.now()),
}


def plan_of(sql: str, values: list[object]) -> list[str]:
    """The steps of the database's plan that touch the store, one a line."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            return [row[3] for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = off")  # an empty table is read whole, whatever it could do
        cursor.execute(f"EXPLAIN {sql}", values)
        return [row[0] for row in cursor.fetchall()]


def whole(step: str) -> bool:
    """Whether a step reads every statement, or every key."""
    if connection.vendor == "postgresql":
        return "Seq Scan on learn_" in step
    return step.startswith("SCAN") and "INDEX" not in step and step != "SCAN chain"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[object]]]:
    """The statements of SQL that a read made."""
    kept: list[tuple[str, list[object]]] = []
    real = reading._rows

    def spied(sql: str, values: list[object]) -> list[reading.Found]:
        kept.append((sql, values))
        return real(sql, values)

    monkeypatch.setattr(reading, "_rows", spied)
    return kept


@pytest.mark.django_db
@pytest.mark.parametrize("name", LOOKED_FOR)
def test_a_search_takes_the_indexes(name: str, asked: list[tuple[str, list[object]]]):
    assert find(LOOKED_FOR[name], by=READER) == ([], False)
    ((sql, values),) = asked
    steps = plan_of(sql, values)
    assert steps
    assert [step for step in steps if whole(step)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("voided", [False, True])
def test_one_statement_takes_the_indexes(voided: bool, asked: list[tuple[str, list[object]]]):
    assert one("0" * 36, voided=voided, by=READER) is None
    ((sql, values),) = asked
    assert [step for step in plan_of(sql, values) if whole(step)] == []
