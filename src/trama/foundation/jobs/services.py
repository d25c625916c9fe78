"""Declaring, starting, running and reviving jobs."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from .. import policies
from . import liveness
from .errors import JobProblem, JobTakenOver
from .models import Job, Worker
from .progress import Progress, heartbeat

MAX_ATTEMPTS = 3
logger = logging.getLogger("trama.jobs")


@dataclass(frozen=True, slots=True)
class _Declared:
    run: Callable[..., str | None]
    policy: policies.Policy


_declared: dict[str, _Declared] = {}


def job(
    name: str,
    *,
    allow: Mapping[str, Iterable[policies.Relation]],
    tool: str = "",
    access: policies.Access = "edit",
) -> Callable[[Callable[..., str | None]], Callable[..., str | None]]:
    """Declare ``function(progress, *, by, **arguments)`` as a job. It returns the address of its result, or None."""
    policy = policies.declare(name, kind="job", allow=allow, tool=tool, access=access)

    def mark(function: Callable[..., str | None]) -> Callable[..., str | None]:
        _declared[name] = _Declared(function, policy)
        return function

    return mark


@transaction.atomic
def enqueue(name: str, *, title: str, by: Any, at: datetime, **arguments: Any) -> Job:
    """Start a job when the present transaction commits. Raises ``PermissionDenied`` if ``by`` may not start it.

    ``by`` None: the system started it. ``arguments`` are kept as JSON: ids and paths, never personal data.
    """
    if by is not None:
        policies.require(by, _declared[name].policy)
    row = Job.objects.create(name=name, title=title[:200], arguments=arguments, by=by, created_at=at)
    _hand_over(row)
    return row


def _hand_over(row: Job) -> None:
    """Put the job in the queue: in the present transaction where the queue is the database, after it otherwise."""
    if _queue_is_database():
        run_job.enqueue(str(row.pk))
    else:
        transaction.on_commit(lambda: run_job.enqueue(str(row.pk)))


def _queue_is_database() -> bool:
    return isinstance(run_job.get_backend(), DatabaseBackend)


@task
def run_job(job_id: str) -> None:
    """What the worker runs: claim the row, check its user again, work, record the outcome."""
    try:
        with liveness.alive(job_id):
            _run_claimed(job_id)
    except BlockingIOError:
        logger.warning("job %s is already running", job_id)


def _run_claimed(job_id: str) -> None:
    now = timezone.now()
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, started_at=now, heartbeat_at=now, done=0, message="", attempts=F("attempts") + 1
    )
    if not claimed:
        return
    row = Job.objects.select_related("by").get(pk=job_id)
    declared = _declared.get(row.name)
    if declared is None:
        _finish(row, state=Job.State.FAILED, error=_("This kind of job no longer exists."))
        return

    def check() -> None:
        if row.by is not None:
            policies.require(type(row.by)._default_manager.get(pk=row.by.pk), declared.policy)

    progress = Progress(row.pk, attempt=row.attempts, check=check)
    try:
        check()
        with heartbeat(progress):
            address = declared.run(progress, by=row.by, **row.arguments)
    except JobTakenOver:
        logger.warning("job %s: attempt %d was given up for dead, and stopped", row.pk, row.attempts)
    except Exception as error:
        _finish(row, progress, state=Job.State.FAILED, error=_told(error))
        raise
    else:
        _finish(row, progress, state=Job.State.SUCCEEDED, result_address=(address or "")[:400])


def _told(error: Exception) -> str:
    """What the page says of an error. The technical detail goes to the log."""
    if isinstance(error, JobProblem):
        return str(error)[:4000]
    if isinstance(error, PermissionDenied):
        return _("Who started this job may no longer do this.")
    return _("The job stopped with an unexpected error (%(kind)s). Nothing it was changing was kept.") % {
        "kind": type(error).__name__
    }


def _finish(row: Job, progress: Progress | None = None, **fields: Any) -> None:
    if progress is not None:
        fields |= {"done": progress.done, "total": progress.total, "message": progress.message}
    Job.objects.filter(pk=row.pk, attempts=row.attempts, state=Job.State.RUNNING).update(
        finished_at=timezone.now(), **fields
    )
    if fields.get("result_address"):  # a job that ended with ``final_step`` and returned an address as well
        Job.objects.filter(pk=row.pk, state=Job.State.SUCCEEDED, result_address="").update(
            result_address=fields["result_address"]
        )


def revive_dead_jobs(*, at: datetime) -> int:
    """Take up again the jobs whose worker died, and those the queue lost. Returns how many rows changed.

    On SQLite every worker is on this machine, so the file lock answers at once; on PostgreSQL a job is dead if it
    said nothing for ``JOB_LEASE_SECONDS`` and no process of this machine holds it.
    """
    long_ago = at - timedelta(seconds=settings.JOB_LEASE_SECONDS)
    running = Job.objects.filter(state=Job.State.RUNNING)
    if connection.vendor != "sqlite":
        running = running.filter(heartbeat_at__lt=long_ago)
    revived = sum(_revive(row, at) for row in running if not liveness.is_alive(row.pk))
    if _queue_is_database():
        waiting = Job.objects.filter(state=Job.State.QUEUED, created_at__lt=long_ago)
        revived += sum(_queue_again(row, long_ago) for row in waiting)
    return revived


@transaction.atomic
def _revive(row: Job, at: datetime) -> int:
    again = row.attempts < MAX_ATTEMPTS
    changed = Job.objects.filter(
        pk=row.pk, state=Job.State.RUNNING, attempts=row.attempts, heartbeat_at=row.heartbeat_at
    ).update(
        state=Job.State.QUEUED if again else Job.State.FAILED,
        finished_at=None if again else at,
        error="" if again else _("The program that was doing this stopped several times."),
    )
    if changed:
        _tasks_of(row).filter(status=TaskResultStatus.RUNNING).update(status=TaskResultStatus.FAILED, finished_at=at)
        if again:
            _hand_over(row)
            logger.warning("job %s (%s): its worker died; attempt %d follows", row.pk, row.name, row.attempts + 1)
    return changed


@transaction.atomic
def _queue_again(row: Job, long_ago: datetime) -> int:
    """A job that waits while no task of the queue stands for it: its worker died between taking and starting it."""
    tasks = _tasks_of(row)
    recent = tasks.filter(status=TaskResultStatus.RUNNING, started_at__gte=long_ago)
    if tasks.filter(status=TaskResultStatus.READY).exists() or recent.exists():
        return 0
    tasks.filter(status=TaskResultStatus.RUNNING).update(status=TaskResultStatus.FAILED)
    _hand_over(row)
    return 1


def _tasks_of(row: Job) -> Any:
    return DBTaskResult.objects.filter(task_path=run_job.module_path, args_kwargs={"args": [str(row.pk)], "kwargs": {}})


def note_worker(worker_id: str, *, at: datetime) -> None:
    """The worker says that it lives."""
    Worker.objects.update_or_create(
        pk=worker_id, defaults={"heard_at": at}, create_defaults={"heard_at": at, "started_at": at}
    )


def forget_worker(worker_id: str) -> None:
    """The worker stopped in good order."""
    Worker.objects.filter(pk=worker_id).delete()


def forget_dead_workers(*, at: datetime) -> None:
    """Rows of workers that nobody has heard of for a day."""
    Worker.objects.filter(heard_at__lt=at - timedelta(days=1)).delete()
