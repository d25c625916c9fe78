"""Daily work: done by the worker, so that no operator has to invent a clock for it.

A phase registers what has to be done once a day; the keeper of any worker starts it as a job. Which worker starts it is
decided by a row that is locked; a job that failed is started again an hour later, on the same day. So daily work must
do nothing more when it is done twice.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise

from ..policies import NOBODY
from .models import DailyWork, Job
from .progress import Progress
from .services import enqueue, job

RETRY_AFTER = timedelta(hours=1)
OFF = "off"

type Work = Callable[[datetime], str]
"""``work(at)`` does what is due at an instant and says in a line what it did. It raises ``JobProblem`` if it has to be
tried again today."""


@dataclass(frozen=True, slots=True)
class Daily:
    """Something to do once a day."""

    name: str
    title: str | Promise


_daily: dict[str, Daily] = {}


def register_daily(name: str, *, title: str | Promise, work: Work) -> None:
    """Let a worker do ``work`` once a day. Called in ``AppConfig.ready``; ``name`` is that of a job."""

    @job(name, allow=NOBODY)
    def run(progress: Progress, *, by: Any) -> None:
        progress(0, 1)
        progress(1, 1, work(timezone.now()))

    _daily[name] = Daily(name, title)


def all_daily() -> list[Daily]:
    return list(_daily.values())


def daily_hour() -> int | None:
    """The hour (0 to 23, on the installation's clocks) from which daily work is done, or None if it is turned off.

    Raises ``ImproperlyConfigured`` if ``TRAMA_DAILY_HOUR`` says anything else.
    """
    said = os.environ.get("TRAMA_DAILY_HOUR", "").strip() or "6"
    if said == OFF:
        return None
    if not said.isascii() or not said.isdigit() or int(said) > 23:
        raise ImproperlyConfigured(f"TRAMA_DAILY_HOUR: found {said!r}, expected an hour from 0 to 23, or {OFF!r}.")
    return int(said)


def start_daily(*, at: datetime) -> int:
    """Start as jobs what is due and nobody started today. Returns how many. One query where nothing is due."""
    hour, here = daily_hour(), timezone.localtime(at)
    if hour is None or here.hour < hour:
        return 0
    known = {row.name: row for row in DailyWork.objects.select_related("job")}
    waiting = [one for one in _daily.values() if _is_due(known.get(one.name), here.date(), at)]
    return sum(_start(one, here.date(), at) for one in waiting)


def _is_due(row: DailyWork | None, today: date, at: datetime) -> bool:
    if row is None or row.day is None or row.day < today:
        return True
    last = row.job
    if last is None or last.state != Job.State.FAILED or last.finished_at is None:
        return False
    return last.finished_at < at - RETRY_AFTER


@transaction.atomic
def _start(one: Daily, today: date, at: datetime) -> bool:
    """Start it, unless another worker has just done so."""
    DailyWork.objects.get_or_create(name=one.name)
    row = DailyWork.objects.select_for_update().get(name=one.name)
    if not _is_due(row, today, at):
        return False
    row.day, row.job = today, enqueue(one.name, title=str(one.title), by=None, at=at)
    row.save()
    return True
