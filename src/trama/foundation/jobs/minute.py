"""Work that somebody gave a minute: begun by the worker when it is due, within half a minute.

A phase registers what to ask (is anything due?) and what to do. The asking must be cheap: every worker asks several
times a minute. The work must do nothing more when it is done twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise

from ..policies import NOBODY
from .daily import Work
from .models import DailyWork, Job
from .progress import Progress
from .services import enqueue, job

RETRY_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that has to be done when ``is_due`` says so."""

    name: str
    title: str | Promise
    is_due: Callable[[datetime], bool]


_due: dict[str, Due] = {}


def register_minute(name: str, *, title: str | Promise, is_due: Callable[[datetime], bool], work: Work) -> None:
    """Let a worker do ``work`` whenever ``is_due(at)``. Called in ``AppConfig.ready``; ``name`` is that of a job."""

    @job(name, allow=NOBODY)
    def run(progress: Progress, *, by: Any) -> None:
        progress(0, 1)
        progress(1, 1, work(timezone.now()))

    _due[name] = Due(name, title, is_due)


def start_due(*, at: datetime) -> int:
    """Start as jobs what is due and not under way. Returns how many."""
    return sum(_start(one, at) for one in _due.values() if one.is_due(at))


@transaction.atomic
def _start(one: Due, at: datetime) -> bool:
    """Start it, unless another worker has just done so, or it failed a moment ago. The row is only for the lock."""
    DailyWork.objects.get_or_create(name=one.name)
    DailyWork.objects.select_for_update().get(name=one.name)
    jobs = Job.objects.filter(name=one.name)
    if jobs.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists():
        return False
    if jobs.filter(state=Job.State.FAILED, finished_at__gt=at - RETRY_AFTER).exists():
        return False
    enqueue(one.name, title=str(one.title), by=None, at=at)
    return True
