"""Daily work: started once a day by whichever worker comes first, again after a failure, and told by the doctor."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections

from trama.foundation.checks import daily_work
from trama.foundation.doctor import GOOD, WARNING
from trama.foundation.jobs import JobProblem, daily, register_daily
from trama.foundation.jobs.models import DailyWork, Job

EARLY = datetime(2026, 3, 2, 8, 59, tzinfo=UTC)  # a minute to six in Brasília
SIX = EARLY + timedelta(minutes=1)


@pytest.fixture
def work(monkeypatch):
    """One kind of daily work and no other; what it did is counted, and ``fails`` makes it fail."""
    monkeypatch.setattr(daily, "_daily", {})
    monkeypatch.delenv("TRAMA_DAILY_HOUR", raising=False)

    class Work:
        done: list[datetime] = []
        fails = False

    made = Work()
    made.done = []

    def do(at: datetime) -> str:
        if made.fails:
            raise JobProblem("the mail server is away")
        made.done.append(at)
        return "three things done"

    register_daily("sample.daily", title="Sample work", work=do)
    return made


@pytest.fixture
def start(django_capture_on_commit_callbacks):
    """``start(at)``: what a worker's round starts at an instant; the jobs run at once."""

    def run(at: datetime) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return daily.start_daily(at=at)

    return run


@pytest.mark.django_db
def test_it_is_done_once_a_day_from_the_hour_on_and_says_what_it_did(work, start):
    assert [start(at) for at in (EARLY, SIX, SIX + timedelta(minutes=1), SIX + timedelta(hours=12))] == [0, 1, 0, 0]
    assert start(SIX + timedelta(days=1, hours=5)) == 1  # a machine that woke late
    assert len(work.done) == 2
    last = DailyWork.objects.get(name="sample.daily")
    assert last.day == (SIX + timedelta(days=1)).date()
    assert last.job is not None
    assert (last.job.state, last.job.message, last.job.by, last.job.title) == (
        "succeeded", "three things done", None, "Sample work"
    )  # fmt: skip


@pytest.mark.django_db
def test_what_failed_is_tried_again_an_hour_later_on_the_same_day(work, start):
    work.fails = True
    assert start(SIX) == 1
    Job.objects.update(finished_at=SIX)
    assert start(SIX + timedelta(minutes=59)) == 0
    assert [found.level for found in daily_work()] == [WARNING, WARNING]  # it failed, and in March
    assert "the mail server is away" in next(iter(daily_work())).what
    work.fails = False
    assert start(SIX + timedelta(minutes=61)) == 1
    assert start(SIX + timedelta(hours=5)) == 0
    assert len(work.done) == 1


@pytest.mark.django_db
def test_the_hour_can_be_moved_or_left_to_another_clock(work, start, monkeypatch):
    monkeypatch.setenv("TRAMA_DAILY_HOUR", "5")
    assert start(EARLY) == 1
    monkeypatch.setenv("TRAMA_DAILY_HOUR", "off")
    assert start(SIX + timedelta(days=1)) == 0
    assert [found.level for found in daily_work()] == [GOOD]


@pytest.mark.parametrize("said", ["24", "-1", "six", "6.5", "٦"])
def test_an_hour_that_is_none_is_told_before_the_worker_starts(said, monkeypatch):
    monkeypatch.setenv("TRAMA_DAILY_HOUR", said)
    with pytest.raises(ImproperlyConfigured, match="TRAMA_DAILY_HOUR"):
        call_command("worker", "--batch")


@pytest.mark.django_db
def test_nothing_due_costs_one_question(work, start, django_assert_num_queries):
    start(SIX)
    with django_assert_num_queries(1):
        daily.start_daily(at=SIX + timedelta(minutes=5))
    with django_assert_num_queries(0):
        daily.start_daily(at=EARLY + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_workers_that_come_at_the_same_moment_start_it_once(work):
    together = threading.Barrier(4)
    started: list[int] = []

    def worker() -> None:
        together.wait(20)
        try:
            started.append(daily.start_daily(at=SIX))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(started) == [0, 0, 0, 1]
    assert Job.objects.filter(name="sample.daily").count() == 1


@pytest.mark.django_db
def test_the_doctor_says_when_nobody_did_it_for_days(work, start):
    assert [found.level for found in daily_work()] == [GOOD]  # a new installation
    start(SIX)
    (late,) = daily_work()
    assert late.level == WARNING
    assert "trama worker" in late.mend


def test_what_the_phases_have_to_do_daily_is_registered():
    assert {"diagnose.rounds.tidy", "plan.followup.digests"} <= {one.name for one in daily.all_daily()}
