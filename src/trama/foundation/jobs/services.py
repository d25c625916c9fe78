"""Declaring, starting and running jobs."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.utils import timezone

from .. import policies
from .models import Job

MAX_ATTEMPTS = 3


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


class Progress:
    """What a running job tells: how much is done, of how much, and what it is at. Writes at most twice a second."""

    def __init__(self, job_id: Any = None, echo: Callable[[int, int | None, str], None] | None = None) -> None:
        self._job_id = job_id
        self._echo = echo
        self._written_at = 0.0

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        now = time.monotonic()
        if now - self._written_at < 0.5 and done != total:
            return
        self._written_at = now
        if self._echo is not None:
            self._echo(done, total, message)
        if self._job_id is not None:
            Job.objects.filter(pk=self._job_id).update(
                done=done, total=total, message=message[:200], heartbeat_at=timezone.now()
            )


@transaction.atomic
def enqueue(name: str, *, title: str, by: Any, at: datetime, **arguments: Any) -> Job:
    """Start a job when the present transaction commits. Raises ``PermissionDenied`` if ``by`` may not start it."""
    if by is not None:
        policies.require(by, _declared[name].policy)
    row = Job.objects.create(name=name, title=title[:200], arguments=arguments, by=by, created_at=at)
    transaction.on_commit(lambda: run_job.enqueue(str(row.pk)))
    return row


@task
def run_job(job_id: str) -> None:
    """What the worker runs: claim the row, check its user again, work, record the outcome."""
    now = timezone.now()
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, started_at=now, heartbeat_at=now, done=0, message=""
    )
    if not claimed:
        return
    row = Job.objects.select_related("by").get(pk=job_id)
    Job.objects.filter(pk=job_id).update(attempts=row.attempts + 1)
    try:
        declared = _declared[row.name]
        if row.by is not None:
            policies.require(row.by, declared.policy)
        address = declared.run(Progress(row.pk), by=row.by, **row.arguments)
    except Exception as error:
        _finish(row, state=Job.State.FAILED, error=f"{type(error).__name__}: {error}"[:4000])
        raise
    _finish(row, state=Job.State.SUCCEEDED, result_address=address or "")


def _finish(row: Job, **fields: Any) -> None:
    Job.objects.filter(pk=row.pk).update(finished_at=timezone.now(), **fields)


def revive_dead_jobs(*, at: datetime) -> int:
    """Take up again the jobs whose worker died: no word for ``JOB_LEASE_SECONDS``. Returns how many."""
    revived = 0
    dead_since = at - timedelta(seconds=settings.JOB_LEASE_SECONDS)
    for row in Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=dead_since):
        again = row.attempts < MAX_ATTEMPTS
        changed = Job.objects.filter(pk=row.pk, state=Job.State.RUNNING, heartbeat_at=row.heartbeat_at).update(
            state=Job.State.QUEUED if again else Job.State.FAILED,
            finished_at=None if again else at,
            error="" if again else "The worker stopped several times.",
        )
        if changed and again:
            run_job.enqueue(str(row.pk))
        revived += changed
    return revived
