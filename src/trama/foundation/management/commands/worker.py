"""``trama worker``: runs the jobs, carries the letters, says that it lives, takes up what dead workers left."""

import contextlib
import logging
import os
import signal
import socket
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker

from ... import policies
from ...jobs.daily import daily_hour, start_daily
from ...jobs.minute import start_due
from ...jobs.services import forget_dead_workers, forget_worker, note_worker, revive_dead_jobs
from ...letters import Postman
from ...letters.carrying import carry_all

SECONDS_BETWEEN_ROUNDS = 5.0
SECONDS_BETWEEN_BEATS = 15.0
logger = logging.getLogger("trama.jobs")


class Keeper(threading.Thread):
    """Beside the worker, in a thread: the heartbeat, the daily work, the dead jobs, and whether the parent lives."""

    def __init__(self, worker_id: str, seconds: float) -> None:
        super().__init__(name="job-keeper", daemon=True)
        self._worker_id, self._seconds = worker_id, seconds
        self._parent = os.getppid()
        self._over = threading.Event()
        self._beaten_at = float("-inf")

    def run(self) -> None:
        while not self._over.is_set():
            try:
                self._round()
            except DatabaseError as error:  # a restart of the database, a long write: the next round tries again
                logger.debug("the worker's round failed: %s", type(error).__name__)
            close_old_connections()
            self._over.wait(self._seconds)
        connection.close()

    def _round(self) -> None:
        if os.getppid() != self._parent:
            os.kill(os.getpid(), signal.SIGTERM)  # whoever started us is gone: an orphan would run old code for ever
        now = timezone.now()
        if time.monotonic() - self._beaten_at >= SECONDS_BETWEEN_BEATS:
            note_worker(self._worker_id, at=now)
            forget_dead_workers(at=now)
            self._beaten_at = time.monotonic()
            start_daily(at=now)
            start_due(at=now)
        revive_dead_jobs(at=now)

    def stop(self) -> None:
        self._over.set()
        self.join(timeout=5)


class Command(BaseCommand):
    help = "Run the jobs and the daily work and send the e-mails, until stopped. A job under way is finished first."
    policy = policies.declare("foundation.jobs.work", kind="command", allow=policies.NOBODY)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks at an empty queue")
        parser.add_argument("--revive-interval", type=float, default=SECONDS_BETWEEN_ROUNDS, help="… at dead jobs")
        parser.add_argument("--batch", action="store_true", help="run what is there, then end")

    def handle(
        self, *args: Any, interval: float, batch: bool, revive_interval: float = SECONDS_BETWEEN_ROUNDS, **options: Any
    ) -> None:
        daily_hour()  # a wrong setting is told at the start, not by a thread
        worker_id = f"{socket.gethostname()[:40]}:{os.getpid()}"
        worker = QueueWorker(
            queue_names=["default"],
            interval=interval,
            batch=batch,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
        worker.configure_signals()
        keeper, postman = Keeper(worker_id, revive_interval), Postman()
        if batch:
            revive_dead_jobs(at=timezone.now())
        else:
            keeper.start()
            postman.start()
        try:
            worker.run()
            if batch:
                carry_all()
        finally:
            if not batch:
                postman.stop()
                keeper.stop()
            with contextlib.suppress(DatabaseError):
                forget_worker(worker_id)
