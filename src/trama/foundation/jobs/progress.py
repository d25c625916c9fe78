"""What a running job tells, and the one transaction in which it takes effect."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from . import liveness
from .errors import JobTakenOver
from .models import Job

SECONDS_BETWEEN_WRITES = 0.5


class Progress:
    """``progress(done, total, message)``: how much is done, of how much (None: unknown), and what it is at.

    Without a job it only tells ``echo``, so a command and a job call the same service. The first, the last and at
    most two reports a second are kept. Raises ``JobTakenOver`` when another attempt has taken the job's place.
    """

    def __init__(
        self,
        job_id: Any = None,
        echo: Callable[[int, int | None, str], None] | None = None,
        *,
        attempt: int = 0,
        check: Callable[[], None] | None = None,
    ) -> None:
        self.done, self.total, self.message = 0, None, ""  # type: tuple[int, int | None, str]
        self._job_id, self._attempt = job_id, attempt
        self._echo, self._check = echo, check
        self._written_at = float("-inf")

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        self.done, self.total, self.message = done, total, message[:200]
        if self._echo is not None:
            self._echo(done, total, message)
        now = time.monotonic()
        if self._job_id is None or (now - self._written_at < SECONDS_BETWEEN_WRITES and done != total):
            return
        self._written_at = now
        if connection.in_atomic_block:
            liveness.note_progress(self._job_id, self.done, self.total, self.message)
        elif not self.write():
            raise JobTakenOver(self._job_id)

    def write(self) -> bool:
        """Put the progress and a heartbeat in the row. False if another attempt has taken this one's place."""
        return bool(
            self._row().update(done=self.done, total=self.total, message=self.message, heartbeat_at=timezone.now())
        )

    @contextlib.contextmanager
    def final_step(self, result_address: str = "") -> Iterator[None]:
        """The effect of the job and the word that it is done, in one transaction: both, or neither.

        The permission of who started the job is checked once more. A job killed before this block ends is run again;
        one killed after it is not, so the effect happens exactly once. Raises ``JobTakenOver``.
        """
        with transaction.atomic():
            if self._job_id is not None and not self._row().select_for_update().exists():
                raise JobTakenOver(self._job_id)
            if self._check is not None:
                self._check()
            yield
            if self._job_id is not None:
                self._row().update(
                    state=Job.State.SUCCEEDED,
                    finished_at=timezone.now(),
                    result_address=result_address[:400],
                    done=self.done,
                    total=self.total,
                    message=self.message,
                )

    def _row(self) -> Any:
        return Job.objects.filter(pk=self._job_id, attempts=self._attempt, state=Job.State.RUNNING)


@contextlib.contextmanager
def heartbeat(progress: Progress) -> Iterator[None]:
    """Write the row's heartbeat while the block runs, on a connection of its own (not on SQLite: see ``liveness``)."""
    if connection.vendor == "sqlite":
        yield
        return
    over = threading.Event()

    def beat() -> None:
        while not over.wait(settings.JOB_LEASE_SECONDS / 6):
            with contextlib.suppress(DatabaseError):  # the next beat tries again
                progress.write()
        connection.close()

    thread = threading.Thread(target=beat, name="job-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
