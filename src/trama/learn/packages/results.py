"""What an attempt came to: it only goes forward, and completion of the course follows in the same transaction."""

from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from ..progress.services import recompute
from .models import PackageAttempt

HUNDREDTH = Decimal("0.01")
type Told = tuple[bool, bool | None, Decimal | None]  # completed, passed, per cent


def advance(attempt: PackageAttempt, told: Told, seconds: int, *, by: Any, at: datetime) -> None:
    """Keep what the items of an attempt came to together, where it is more than before. ``seconds``: of all."""
    before = (attempt.completed, attempt.passed, attempt.percent)
    completed, passed, percent = told
    attempt.completed = attempt.completed or completed
    attempt.passed = True if attempt.passed else passed if passed is not None else attempt.passed
    if percent is not None:
        percent = percent.quantize(HUNDREDTH, ROUND_DOWN)
        attempt.percent = percent if attempt.percent is None else max(attempt.percent, percent)
    attempt.seconds = seconds
    attempt.changed_at = at
    attempt.save(update_fields=["completed", "passed", "percent", "seconds", "changed_at"])
    if (attempt.completed, attempt.passed, attempt.percent) != before:
        recompute(attempt.enrolment, by=by, at=at)
