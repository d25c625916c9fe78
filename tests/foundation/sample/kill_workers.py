"""Kill the worker with -9 in the middle of a job, again and again: ``python -m tests.foundation.sample.kill_workers``.

Arguments: name of the job, number of kills. Prints: state of the job, attempts, and how often it took effect.
"""

import os
import subprocess
import sys
import time
from typing import Any

import django


def start_worker() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "config.cli", "worker", "--interval", "0.1", "--revive-interval", "0.2"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def wait_for(condition: Any, what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)


def main(name: str, kills: int) -> None:
    django.setup()
    from django.utils import timezone

    from trama.foundation.audit.models import Event
    from trama.foundation.jobs.models import Job
    from trama.foundation.jobs.services import enqueue

    key = f"{name}-{os.getpid()}"
    job = enqueue(name, title="to be killed", by=None, at=timezone.now(), key=key, seconds=1.5)
    worker = start_worker()
    try:
        for kill in range(kills):
            wait_for(
                lambda attempt=kill + 1: Job.objects.filter(pk=job.pk, attempts=attempt, done__gt=3).exists(),
                f"attempt {kill + 1} under way",
            )
            worker.kill()
            worker.wait()
            worker = start_worker()
        wait_for(lambda: Job.objects.get(pk=job.pk).is_over, "the end of the job")
        worker.terminate()
        worker.wait(timeout=20)
    finally:
        worker.kill()
        worker.wait()
    job.refresh_from_db()
    effects = sum(event.detail.get("key") == key for event in Event.objects.filter(verb="sample effect"))
    print(job.state, job.attempts, effects, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
