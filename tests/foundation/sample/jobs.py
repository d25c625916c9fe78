"""Jobs for the tests. The effect of each is one row of the audit trail, so it can be counted."""

import time
from typing import Any

from django.utils import timezone

from trama.foundation.audit import record_event
from trama.foundation.jobs import JobProblem, Progress, job
from trama.foundation.policies import MEMBERS

STEPS = 40


@job("sample.careful", allow=MEMBERS)
def careful(progress: Progress, *, by: Any, key: str, seconds: float = 0) -> str:
    """Works for a while, then takes effect in the final step."""
    for step in range(STEPS):
        progress(step, STEPS, "working")
        time.sleep(seconds / STEPS)
    progress(STEPS, STEPS)
    with progress.final_step("/result/"):
        record_event("sample effect", by=None, at=timezone.now(), detail={"key": key})
        time.sleep(seconds / STEPS)
    time.sleep(seconds / 4)  # killed here, the effect must not come again
    return "/result/"


@job("sample.careless", allow=MEMBERS)
def careless(progress: Progress, *, by: Any, key: str, seconds: float = 0) -> None:
    """The control: takes effect at once and then goes on working, so it takes effect again when it is run again."""
    record_event("sample effect", by=None, at=timezone.now(), detail={"key": key})
    for step in range(STEPS):
        progress(step, STEPS)
        time.sleep(seconds / STEPS)


@job("sample.failing", allow=MEMBERS)
def failing(progress: Progress, *, by: Any, kind: str) -> None:
    progress(3, 10)
    raise JobProblem("Row 7 has no code.") if kind == "told" else ZeroDivisionError("secret detail")
