"""Grades that tools give (Assignment and Grade Services 2.0): columns, scores and results.

A score is a fact of progress: what it changes (completion, certificate) is worked out in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from ..cohorts.models import Cohort, Enrolment
from ..progress.services import recompute
from . import vocabulary as lti
from .errors import Conflict, LtiError, NotTrusted
from .models import LineItem, Tool, ToolScore
from .people import who_is
from .selectors import learners_for

MOST_POINTS = Decimal(9_999_999)
MOST_ITEMS = 200  # columns of one tool in one cohort
LONGEST_COMMENT = 4000
CLOCK = timedelta(minutes=5)  # how far a tool's clock may be ahead


def _number(value: Any, name: str, *, above: Decimal = Decimal(0), or_equal: bool = True) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise LtiError(name)
    try:
        found = Decimal(str(value))
    except InvalidOperation as problem:
        raise LtiError(name) from problem
    if not found.is_finite() or found > MOST_POINTS or found < above or (found == above and not or_equal):
        raise LtiError(name)
    return found.quantize(Decimal("0.0001"))


def _text(told: Mapping[str, Any], name: str, most: int = 255) -> str:
    value = told.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise LtiError(name)
    return value.strip()


# --- columns ------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_item(tool: Tool, cohort: Cohort, told: Mapping[str, Any], *, at: datetime) -> LineItem:
    """A column of the tool's own. It is kept and given back; it counts for nothing. Raises ``LtiError``."""
    label = _text(told, "label", 200)
    if not label:
        raise LtiError("label")
    if LineItem.objects.filter(tool=tool, cohort=cohort).count() >= MOST_ITEMS:
        raise Conflict(_("There are too many columns of grades."))
    return LineItem.objects.create(
        tool=tool, cohort=cohort, label=label, created_at=at,
        maximum=_number(told.get("scoreMaximum"), "scoreMaximum", or_equal=False),
        resource_id=_text(told, "resourceId"), tag=_text(told, "tag"),
    )  # fmt: skip


@transaction.atomic
def change_item(item: LineItem, told: Mapping[str, Any]) -> LineItem:
    """Change a column as the tool says. Raises ``LtiError``."""
    label = _text(told, "label", 200)
    if not label:
        raise LtiError("label")
    item.label, item.resource_id, item.tag = label, _text(told, "resourceId"), _text(told, "tag")
    item.maximum = _number(told.get("scoreMaximum"), "scoreMaximum", or_equal=False)
    item.save(update_fields=["label", "resource_id", "tag", "maximum"])
    return item


@transaction.atomic
def remove_item(item: LineItem) -> None:
    """Remove a column of the tool's own that holds nothing. Raises ``Conflict`` for any other."""
    if item.part_id is not None or item.scores.exists():
        raise Conflict
    item.delete()


# --- scores -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A score as it was read."""

    subject: str
    given: Decimal | None
    maximum: Decimal | None
    activity: str
    grading: str
    comment: str
    told_at: datetime


def read_score(told: Any, *, at: datetime) -> Told:
    """What a tool said of a learner. Raises ``LtiError`` that names what is not in order."""
    if not isinstance(told, dict):
        raise LtiError("body")
    activity, grading = told.get("activityProgress"), told.get("gradingProgress")
    if activity not in lti.ACTIVITY:
        raise LtiError("activityProgress")
    if grading not in lti.GRADING:
        raise LtiError("gradingProgress")
    subject = told.get("userId")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise LtiError("userId")
    given = maximum = None
    if told.get("scoreGiven") is not None:
        given = _number(told["scoreGiven"], "scoreGiven")
        maximum = _number(told.get("scoreMaximum"), "scoreMaximum", or_equal=False)
    return Told(subject, given, maximum, activity, grading, _text(told, "comment", LONGEST_COMMENT), _moment(told, at))


def _moment(told: Mapping[str, Any], at: datetime) -> datetime:
    value = told.get("timestamp")
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError as problem:
        raise LtiError("timestamp") from problem
    if found is None or found.tzinfo is None or found > at + CLOCK:
        raise LtiError("timestamp")
    return found


@transaction.atomic
def take_score(item: LineItem, told: Any, *, at: datetime) -> ToolScore:
    """Keep what a tool told of a learner, and let their progress follow.

    The same again gives the same row. Raises ``LtiError``; ``NotTrusted`` for somebody who does not learn in the
    cohort now; ``Conflict`` for what is older than what was told before.
    """
    read = read_score(told, at=at)
    running = item.cohort.state in (Cohort.State.OPEN, Cohort.State.RUNNING)
    found = who_is(item.tool, read.subject, learners_for(item.cohort)) if running else None
    if found is None:
        raise NotTrusted(_("This person does not learn in this cohort now."))
    enrolment = Enrolment.objects.select_for_update(of=("self",)).get(pk=found.pk)
    values = {
        "given": read.given, "maximum": read.maximum, "activity": read.activity, "grading": read.grading,
        "comment": read.comment,
    }  # fmt: skip
    last = ToolScore.objects.filter(line_item=item, enrolment=enrolment).first()
    if last is not None and read.told_at <= last.told_at:
        if read.told_at == last.told_at and all(getattr(last, name) == value for name, value in values.items()):
            return last
        raise Conflict(_("Something newer was told before."))
    made = ToolScore.objects.create(line_item=item, enrolment=enrolment, told_at=read.told_at, received_at=at, **values)
    if item.part_id is not None:
        recompute(enrolment, by=None, at=at)
    return made
