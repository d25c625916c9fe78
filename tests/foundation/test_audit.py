"""The audit trail: appended, chained, and never changed."""

import multiprocessing
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from trama.foundation.audit import record_event
from trama.foundation.audit.models import Event
from trama.foundation.audit.services import verify, verify_chain
from trama.foundation.audit.triggers import install_triggers, remove_triggers

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def events(count: int) -> list[Event]:
    return [record_event(f"act {number}", by=None, at=NOON, detail={"number": number}) for number in range(count)]


@pytest.mark.django_db
def test_an_act_is_recorded_with_who_what_when_and_to_what():
    person = get_user_model().objects.create_user(email="ana@example.org", password="a long password 1")
    event = record_event("call published", by=person, at=NOON, target=person, detail={"from": date(2026, 1, 31)})
    event.refresh_from_db()
    assert (event.actor, event.verb, event.at) == (person, "call published", NOON)
    assert (event.target_type, event.target_id) == (person._meta.label_lower, str(person.pk))
    assert event.detail == {"from": "2026-01-31"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE foundation_event SET verb = 'something else'",
        "UPDATE foundation_event SET detail = '{}' WHERE verb = 'act 1'",
        "DELETE FROM foundation_event",
        "DELETE FROM foundation_event WHERE verb = 'act 2'",
    ],
)
def test_the_database_refuses_to_change_or_delete_even_by_raw_sql(statement: str):
    events(3)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == 3
    assert verify_chain() is None


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
def test_the_database_refuses_to_empty_the_table_at_once():
    events(1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else PostgreSQL refuses for another reason
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE foundation_event")
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_the_models_cannot_change_a_row_either():
    (event,) = events(1)
    event.verb = "nothing happened"
    with pytest.raises(DatabaseError), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["verb", "target_label", "target_id", "row_hash", "previous_hash"])
def test_one_changed_letter_anywhere_is_found(column: str):
    first, second, _third = events(3)
    assert verify_chain() is None
    remove_triggers(connection)  # as somebody with full power over the database would
    value = getattr(second, column)
    Event.objects.filter(pk=second.pk).update(**{column: ("x" if not value.startswith("x") else "y") + value[1:]})
    found = verify()
    assert (found.first_wrong, found.rows, found.head) == (second.pk, 1, first.row_hash)


@pytest.mark.django_db
def test_a_changed_time_or_detail_or_person_is_found():
    person = get_user_model().objects.create_user(email="ana@example.org", password="a long password 1")
    changes = [{"detail": {"number": 7}}, {"at": NOON.replace(microsecond=1)}, {"actor": person}]
    for change in changes:
        event = record_event("act", by=None, at=NOON, detail={"number": 1})
        assert verify_chain() is None
        before = {name: getattr(event, name) for name in change}
        remove_triggers(connection)
        Event.objects.filter(pk=event.pk).update(**change)
        assert verify_chain() == event.pk, change
        Event.objects.filter(pk=event.pk).update(**before)
        install_triggers(connection)


@pytest.mark.django_db
def test_a_row_taken_out_of_the_middle_is_found():
    _first, second, third = events(3)
    remove_triggers(connection)
    Event.objects.filter(pk=second.pk).delete()
    assert verify_chain() == third.pk


@pytest.mark.django_db
def test_rows_cut_off_the_end_are_found_by_a_head_noted_before():
    *_, last = events(3)
    noted = StringIO()
    call_command("audit", "verify", stdout=noted)
    assert last.row_hash in noted.getvalue()
    record_event("one more", by=None, at=NOON)
    call_command("audit", "verify", head=last.row_hash, stdout=StringIO())
    remove_triggers(connection)
    Event.objects.filter(pk__gte=last.pk).delete()
    assert verify_chain() is None  # the chain alone cannot know
    with pytest.raises(CommandError):
        call_command("audit", "verify", head=last.row_hash, stdout=StringIO())


@pytest.mark.django_db
def test_every_detail_reads_back_as_it_was_hashed():
    detail: dict[str, Any] = {
        "decimal": Decimal("1.50"), "whole": 2.0, "huge": 1e22, "tiny": 1.5e-7, "third": 1 / 3, "negative": -0.0,
        "keys": {10: "ten", 9: "nine"}, "list": (1, 2.5, None, True), "text": "ação \x00 \x1f 日本", "empty": {},
    }  # fmt: skip
    record_event("odd values", by=None, at=NOON.replace(microsecond=123456), detail=detail)
    record_event("after", by=None, at=NOON)
    assert verify_chain() is None


@pytest.mark.django_db(transaction=True)
def test_threads_that_record_at_once_keep_one_chain():
    errors: list[BaseException] = []

    def record(name: int) -> None:
        try:
            for number in range(10):
                with transaction.atomic():
                    record_event(f"thread {name}", by=None, at=NOON, detail={"number": number})
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=record, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = verify()
    assert (found.rows, found.first_wrong) == (60, None)
    assert Event.objects.values("previous_hash").distinct().count() == 60  # one chain, no fork


RECORD_MANY = """
import django; django.setup()
from django.utils import timezone
from trama.foundation.audit import record_event
for number in range(15):
    record_event("process", by=None, at=timezone.now(), detail={"number": number})
"""


def test_processes_that_record_at_once_keep_one_chain(installation):
    command = [sys.executable, "-c", RECORD_MANY]
    running = [subprocess.Popen(command, env=installation, cwd=ROOT) for _ in range(multiprocessing.cpu_count() + 2)]
    assert [process.wait(timeout=120) for process in running] == [0] * len(running)
    verified = [sys.executable, "-m", "config.cli", "audit", "verify"]
    done = subprocess.run(verified, env=installation, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
