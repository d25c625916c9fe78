"""Work that is due at a minute: begun once, not again while it runs, and not at once after a failure."""

from datetime import UTC, datetime, timedelta

import pytest

from trama.foundation.jobs import JobProblem, minute, register_minute
from trama.foundation.jobs.models import Job

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def work(monkeypatch):
    """One kind of work and no other; it is due while ``due`` says so, and fails while ``fails`` says so."""
    monkeypatch.setattr(minute, "_due", {})

    class Work:
        due, fails, done = True, False, 0

    made = Work()

    def do(at: datetime) -> str:
        if made.fails:
            raise JobProblem("not now")
        made.done += 1
        return "done"

    register_minute("sample.minute", title="Sample", is_due=lambda at: made.due, work=do)
    return made


@pytest.fixture
def start(django_capture_on_commit_callbacks):
    def run(at: datetime) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return minute.start_due(at=at)

    return run


def test_it_is_begun_when_it_is_due_and_not_otherwise(work, start):
    assert start(NOON) == 1
    work.due = False
    assert start(NOON + timedelta(minutes=1)) == 0
    assert work.done == 1


def test_two_workers_begin_it_once(work):
    assert minute.start_due(at=NOON) == 1  # it waits in the queue
    assert minute.start_due(at=NOON) == 0
    Job.objects.update(state=Job.State.RUNNING)
    assert minute.start_due(at=NOON) == 0


def test_what_failed_is_tried_again_after_ten_minutes(work, start, time_machine):
    time_machine.move_to(NOON, tick=False)
    work.fails = True
    assert start(NOON) == 1
    assert Job.objects.get().error == "not now"
    work.fails = False
    assert start(NOON + timedelta(minutes=9)) == 0
    assert start(NOON + timedelta(minutes=11)) == 1
    assert work.done == 1
