"""Jobs: long work outside the request, with progress a person can watch.

One small interface: ``@job(...)`` declares the function and who may start it, ``enqueue`` starts it, ``Progress``
reports. Run at once in tests, by a database-backed worker (``trama worker``) otherwise. A job carries its user and
checks again when it runs. One whose worker died is taken up again, at most ``MAX_ATTEMPTS`` times: its effect belongs
in ``progress.final_step()``, one transaction with the word that it is done, and so happens exactly once. What a job
did before that must be repeatable. See docs/decisions/0003-jobs.md. ``register_daily`` lets a worker do something once
a day (docs/decisions/0120), ``register_minute`` when it is due.
"""

from .console import console_progress
from .daily import register_daily
from .errors import JobProblem, JobTakenOver
from .minute import register_minute
from .progress import Progress
from .services import enqueue, job

__all__ = [
    "JobProblem",
    "JobTakenOver",
    "Progress",
    "console_progress",
    "enqueue",
    "job",
    "register_daily",
    "register_minute",
]
