"""Long work: declared, queued, watched, revived, and done exactly once."""

import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from trama.foundation import policies
from trama.foundation.audit.models import Event
from trama.foundation.jobs import JobTakenOver, Progress, enqueue, job, liveness
from trama.foundation.jobs.console import ConsoleBar, console_progress, time_left
from trama.foundation.jobs.models import Job, Worker
from trama.foundation.jobs.selectors import jobs_visible_to, standing_of, worker_health
from trama.foundation.jobs.services import forget_worker, note_worker, revive_dead_jobs, run_job

from .sample import jobs as sample_jobs  # noqa: F401  (declares them)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def person(db: None) -> Any:
    return get_user_model().objects.create_user(email="ana@example.org", password="a long password 1")


@pytest.fixture
def neighbour(db: None) -> Any:
    return get_user_model().objects.create_user(email="bia@example.org", password="a long password 2")


def start(name: str, by: Any, callbacks: Any = None, **arguments: Any) -> Job:
    """Enqueue, and let the immediate backend of the tests run it, as after a commit."""
    with callbacks(execute=True):
        row = enqueue(name, title="A job", by=by, at=timezone.now(), **arguments)
    row.refresh_from_db()
    return row


def test_a_job_runs_and_leaves_its_result(person, django_capture_on_commit_callbacks):
    row = start("sample.careful", person, django_capture_on_commit_callbacks, key="one")
    assert (row.state, row.result_address, row.error) == ("succeeded", "/result/", "")
    assert (row.done, row.total, row.attempts) == (40, 40, 1)
    assert row.started_at <= row.finished_at
    assert Event.objects.filter(verb="sample effect").count() == 1


def test_who_may_not_do_it_may_not_start_it(person, neighbour):
    @job("sample.hers_only", allow={"programme_admin": policies.ANY})
    def hers_only(progress: Progress, *, by: Any) -> None: ...

    with pytest.raises(PermissionDenied):
        enqueue("sample.hers_only", title="Not hers", by=person, at=timezone.now())
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", ["sample.careful", "sample.careless"])
def test_the_permission_is_asked_again_when_the_job_runs(name, person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as queued:
        row = enqueue(name, title="Too late", by=person, at=timezone.now(), key="late")
    person.is_active = False
    person.save()
    for run in queued:
        run()
    row.refresh_from_db()
    assert row.state == Job.State.FAILED
    assert row.error == gettext("Who started this job may no longer do this.")
    assert not Event.objects.filter(verb="sample effect").exists()


def test_a_failure_is_told_in_the_words_meant_for_people_and_never_in_others(
    person, django_capture_on_commit_callbacks
):
    told = start("sample.failing", person, django_capture_on_commit_callbacks, kind="told")
    assert (told.state, told.error, told.done) == ("failed", "Row 7 has no code.", 3)
    unforeseen = start("sample.failing", person, django_capture_on_commit_callbacks, kind="unforeseen")
    assert "ZeroDivisionError" in unforeseen.error
    assert "secret detail" not in unforeseen.error


def test_a_job_runs_once_however_often_the_queue_hands_it_over(person, django_capture_on_commit_callbacks):
    row = start("sample.careful", person, django_capture_on_commit_callbacks, key="twice")
    run_job.enqueue(str(row.pk))
    run_job.enqueue(str(row.pk))
    assert Event.objects.filter(verb="sample effect").count() == 1


def abandoned(person: Any, *, silent_for: timedelta, attempts: int = 1) -> Job:
    then = timezone.now() - silent_for
    return Job.objects.create(
        name="sample.careful", title="Abandoned", arguments={"key": "again"}, by=person, created_at=then,
        state=Job.State.RUNNING, started_at=then, heartbeat_at=then, attempts=attempts,
    )  # fmt: skip


def test_a_job_whose_worker_died_is_taken_up_again(person, django_capture_on_commit_callbacks):
    row = abandoned(person, silent_for=timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert revive_dead_jobs(at=timezone.now()) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("succeeded", 2)
    assert revive_dead_jobs(at=timezone.now()) == 0


def test_a_job_that_kills_its_worker_is_given_up_after_three_attempts(person, django_capture_on_commit_callbacks):
    row = abandoned(person, silent_for=timedelta(hours=1), attempts=3)
    with django_capture_on_commit_callbacks(execute=True):
        assert revive_dead_jobs(at=timezone.now()) == 1
    row.refresh_from_db()
    assert row.state == Job.State.FAILED
    assert row.error


def test_a_job_that_still_lives_is_left_alone_even_if_it_is_silent(person):
    row = abandoned(person, silent_for=timedelta(hours=1))
    with liveness.alive(row.pk):
        assert liveness.is_alive(row.pk)
        assert revive_dead_jobs(at=timezone.now()) == 0
    assert not liveness.is_alive(row.pk)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="on SQLite the lock on the file answers at once")
def test_between_machines_a_recent_heartbeat_is_a_sign_of_life(person):
    abandoned(person, silent_for=timedelta(seconds=5))
    assert revive_dead_jobs(at=timezone.now()) == 0


def test_an_attempt_given_up_for_dead_changes_nothing_any_more(person):
    row = abandoned(person, silent_for=timedelta(0), attempts=2)
    zombie = Progress(row.pk, attempt=1)

    def take_effect() -> None:
        with zombie.final_step():
            Event.objects.create(at=timezone.now(), verb="zombie", previous_hash="", row_hash="z")

    with pytest.raises(JobTakenOver):
        take_effect()
    assert not zombie.write()
    assert not Event.objects.filter(verb="zombie").exists()
    living = Progress(row.pk, attempt=2)
    with living.final_step("/there/"):
        pass
    row.refresh_from_db()
    assert (row.state, row.result_address) == ("succeeded", "/there/")


def test_a_permission_lost_while_the_job_ran_stops_its_effect(person, django_capture_on_commit_callbacks):
    @job("sample.long", allow=policies.MEMBERS)
    def long(progress: Progress, *, by: Any) -> None:
        get_user_model().objects.filter(pk=by.pk).update(is_active=False)  # meanwhile
        with progress.final_step():
            Event.objects.create(at=timezone.now(), verb="too late", previous_hash="", row_hash="t")

    row = start("sample.long", person, django_capture_on_commit_callbacks)
    assert row.state == Job.State.FAILED
    assert not Event.objects.filter(verb="too late").exists()


def test_the_effect_and_the_word_that_it_is_done_come_together_or_not_at_all(person):
    row = abandoned(person, silent_for=timedelta(0))

    def fail_at_the_end() -> None:
        with Progress(row.pk, attempt=1).final_step():
            Event.objects.create(at=timezone.now(), verb="half", previous_hash="", row_hash="h")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_at_the_end()
    row.refresh_from_db()
    assert row.state == Job.State.RUNNING
    assert not Event.objects.filter(verb="half").exists()


def test_progress_inside_a_long_transaction_is_seen_from_outside(person):
    row = abandoned(person, silent_for=timedelta(seconds=30))
    progress = Progress(row.pk, attempt=1)
    with transaction.atomic():
        progress(30, 90, "reading")
    seen = standing_of(row, at=row.started_at + timedelta(seconds=30))
    assert (seen.done, seen.total, seen.share, seen.message) == (30, 90, 33, "reading")
    assert seen.left == timedelta(seconds=60)  # 30 took 30 s, 60 are left


def test_without_a_total_there_is_no_share_and_no_time_left(person):
    row = abandoned(person, silent_for=timedelta(seconds=30))
    seen = standing_of(row, at=timezone.now())
    assert (seen.share, seen.left) == (None, None)


def test_whether_a_worker_is_heard_and_how_long_jobs_wait(person):
    now = timezone.now()
    assert not worker_health(at=now).is_heard
    note_worker("here:1", at=now)
    Job.objects.create(name="sample.careful", title="Waiting", by=person, created_at=now - timedelta(minutes=9))
    health = worker_health(at=now + timedelta(seconds=20))
    assert health.is_heard
    assert health.waiting == 1
    assert health.oldest_wait == timedelta(minutes=9, seconds=20)
    assert not worker_health(at=now + timedelta(minutes=5)).is_heard
    forget_worker("here:1")
    assert not Worker.objects.exists()


# The page


def page(client: Any, row: Job, **options: Any) -> Any:
    return client.get(f"/en/sistema/tarefas/{row.pk}/", **options)


def test_only_who_started_a_job_follows_it(client, person, neighbour):
    row = abandoned(person, silent_for=timedelta(seconds=10))
    assert page(client, row).status_code == 302  # to the login
    client.force_login(neighbour)
    assert page(client, row).status_code == 404
    client.force_login(person)
    assert page(client, row).status_code == 200
    assert list(jobs_visible_to(neighbour)) == []


def test_an_administrator_of_the_programme_follows_every_job(person, neighbour, monkeypatch):
    class Administrator:
        role = "programme_admin"

        def relation(self, target: object) -> policies.Relation:
            return policies.Relation.NONE if target is None else policies.Relation.OTHER

        def may_use(self, tool: str, access: str) -> bool:
            return True

    row = abandoned(person, silent_for=timedelta(seconds=10))
    monkeypatch.setattr(policies._register, "resolver", lambda user: [Administrator()] if user == neighbour else [])
    assert list(jobs_visible_to(neighbour)) == [row]


def test_the_page_asks_again_while_the_job_runs_and_stops_when_it_is_over(client, person):
    row = abandoned(person, silent_for=timedelta(seconds=30))
    Job.objects.filter(pk=row.pk).update(done=25, total=100, message="reading schools")
    client.force_login(person)
    whole = page(client, row).content.decode()
    assert 'data-hx-trigger="load delay:1s"' in whole
    assert "See how far it is now" in whole  # for who reads without scripts
    assert 'max="100" value="25"' in whole
    assert "25 of 100" in whole
    assert "about 2 minutes left" in whole
    assert "reading schools" in whole
    Job.objects.filter(pk=row.pk).update(state=Job.State.SUCCEEDED, result_address="/there/")
    part = page(client, row, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert 'href="/there/"' in part


def test_a_screen_reader_hears_a_quarter_at_a_time(client, person):
    row = abandoned(person, silent_for=timedelta(seconds=30))
    client.force_login(person)

    def heard(done: int, already: str) -> bool:
        Job.objects.filter(pk=row.pk).update(done=done, total=100)
        address = f"/en/sistema/tarefas/{row.pk}/?dito={already}"
        return "hx-swap-oob" in client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert not heard(30, "25")
    assert heard(51, "25")
    assert not heard(60, "50")


# The command line


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_and_a_log_gets_plain_lines():
    terminal, log = Terminal(), StringIO()
    for stream in (terminal, log):
        with console_progress("Reading", stream) as progress:
            progress(0, 2000)
            progress(2000, 2000)
    assert terminal.getvalue().count("\r") >= 2
    assert terminal.getvalue().count("\n") == 1
    assert "\r" not in log.getvalue()
    assert "100%" in log.getvalue().splitlines()[-1]


def test_the_bar_says_how_much_and_how_long():
    bar = ConsoleBar(StringIO(), "Reading")
    assert "[███████·····················]  25%" in bar.line(500, 2000, "", seconds=30)
    assert "1:30" in bar.line(500, 2000, "", seconds=30)
    assert bar.line(7, None, "sheet 2", seconds=1) == "Reading  7  sheet 2"
    assert [time_left(seconds) for seconds in (7, 83, 760, 3720)] == ["0:07", "1:23", "12:40", "1:02:00"]


# Workers die


def kill_workers(environment: dict[str, str], name: str, kills: int) -> tuple[str, int, int]:
    command = [sys.executable, "-m", "tests.foundation.sample.kill_workers", name, str(kills)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    state, attempts, effects = done.stdout.split()
    return state, int(attempts), int(effects)


def test_killed_twice_in_the_middle_a_job_takes_effect_exactly_once(installation):
    assert kill_workers(installation, "sample.careful", kills=2) == ("succeeded", 3, 1)


def test_the_test_above_would_see_a_double_effect(installation):
    """The control: an effect outside the final step comes again with every attempt."""
    state, attempts, effects = kill_workers(installation, "sample.careless", kills=1)
    assert (state, attempts) == ("succeeded", 2)
    assert effects == 2
