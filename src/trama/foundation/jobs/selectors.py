"""Questions about jobs and workers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from .. import policies
from . import liveness
from .models import Job, Worker

WORKER_IS_LATE_AFTER = timedelta(seconds=60)
FOLLOW_ANY = policies.declare(
    "foundation.jobs.follow_any",
    kind="operation",
    allow={"programme_admin": policies.ANY},
    reason="Whoever runs the programme sees why a job of the team or of the system stopped.",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a job is. ``share`` is 0 to 100, or None where the total is unknown."""

    done: int
    total: int | None
    share: int | None
    message: str
    left: timedelta | None  # estimated from the pace so far


@dataclass(frozen=True, slots=True)
class WorkerHealth:
    """Whether somebody runs the jobs, and how long the oldest one has been waiting."""

    heard_at: datetime | None
    is_heard: bool
    waiting: int
    oldest_wait: timedelta


def jobs_visible_to(user: Any) -> QuerySet[Job]:
    """The jobs that the user started; for the programme's administrators, all."""
    if policies.may(user, FOLLOW_ANY):
        return Job.objects.all()
    return Job.objects.filter(by=user.pk) if user.is_authenticated else Job.objects.none()


def standing_of(job: Job, *, at: datetime) -> Standing:
    """How far the job is now."""
    done, total, message = job.done, job.total, job.message
    if job.state == Job.State.RUNNING and (noted := liveness.noted_progress(job.pk)):
        done, total, message = noted["done"], noted["total"], noted["message"]
    share = min(100, done * 100 // total) if total else None
    left = None
    if job.state == Job.State.RUNNING and job.started_at and total and 0 < done <= total:
        left = (at - job.started_at) * ((total - done) / done)
    return Standing(done, total, share, message, left)


def is_worker_heard(*, at: datetime) -> bool:
    """Whether a worker said in the last minute that it lives. One query."""
    return Worker.objects.filter(heard_at__gt=at - WORKER_IS_LATE_AFTER).exists()


def worker_health(*, at: datetime) -> WorkerHealth:
    """A worker in the middle of a long write cannot say so in the database: a job that holds its file speaks for it."""
    heard_at = Worker.objects.order_by("-heard_at").values_list("heard_at", flat=True).first()
    waiting = Job.objects.filter(state=Job.State.QUEUED).order_by("created_at")
    oldest = waiting.values_list("created_at", flat=True).first()
    running = Job.objects.filter(~Q(heartbeat_at=None), state=Job.State.RUNNING).values_list("pk", flat=True)
    is_heard = heard_at is not None and at - heard_at < WORKER_IS_LATE_AFTER
    return WorkerHealth(
        heard_at=heard_at,
        is_heard=is_heard or any(liveness.is_alive(pk) for pk in running),
        waiting=waiting.count(),
        oldest_wait=at - oldest if oldest else timedelta(0),
    )
