"""Writing down the education plan of a state or municipality, with its source. Nothing is written by itself."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import EDIT_PLAN
from .errors import InvalidPart, PartChanged
from .models import EducationPlan, EducationPlanGoal, ObjectiveEducationGoal

LEVEL_OF = {"municipal": EducationPlan.Level.MUNICIPAL, "estadual": EducationPlan.Level.STATE}
LINE = re.compile(r"\s*(?:meta\s+)?(\d[\w.]{0,18}?)\s*[.):\t–—-]+\s*(\S.*)", re.IGNORECASE)
MOST_GOALS = 400
LONGEST_TEXT = 4_000


class GoalLine(NamedTuple):
    """A goal as somebody pasted it."""

    number: str
    text: str


def read_lines(pasted: str) -> list[GoalLine]:
    """One goal a line: a number, a separator (point, dash, tab), the text. A line without number goes on with the last.

    Raises ``InvalidPart`` naming the line that cannot be read.
    """
    found: list[GoalLine] = []
    for at, line in enumerate(pasted.splitlines(), start=1):
        match = LINE.fullmatch(line.strip())
        if match is not None:
            found.append(GoalLine(match[1].rstrip("."), match[2].strip()))
        elif line.strip() and found:
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {line.strip()}")
        elif line.strip():
            words = {"line": at, "found": line.strip()[:60]}
            raise InvalidPart({"goals": _("Line %(line)d begins with “%(found)s”; expected a number first.") % words})
    problem = _problem_of(found)
    if problem:
        raise InvalidPart({"goals": problem})
    return found


def _problem_of(lines: Sequence[GoalLine]) -> str:
    if len(lines) > MOST_GOALS:
        return _("At most %(count)d goals can be written at a time.") % {"count": MOST_GOALS}
    seen: set[str] = set()
    for line in lines:
        if len(line.text) > LONGEST_TEXT:
            words = {"number": line.number, "count": LONGEST_TEXT}
            return _("The text of goal %(number)s is longer than %(count)d characters.") % words
        if line.number in seen:
            return _("The number %(number)s appears twice.") % {"number": line.number}
        seen.add(line.number)
    return ""


@transaction.atomic
def add_education_plan(
    network: Any, values: Mapping[str, Any], lines: Sequence[GoalLine], *, by: Any, at: datetime
) -> EducationPlan:
    """Write down the education plan of the network's own municipality or state.

    Raises ``PermissionDenied``, and ``InvalidPart`` if this law was written down already.
    """
    require(by, EDIT_PLAN, network)
    slug = slugify(f"{network.place_id} {values['law']}")[:60]
    try:
        with transaction.atomic():
            plan = EducationPlan.objects.create(
                slug=slug,
                level=LEVEL_OF[network.dependency],
                place_id=network.place_id,
                added_by=by,
                added_at=at,
                **values,
            )
    except IntegrityError:
        raise InvalidPart({"law": _("This law is here already: open it and add its goals there.")}) from None
    _write_goals(plan, lines, by, at)
    record_event("education plan written down", by=by, at=at, target=plan, detail={"goals": len(lines)})
    return plan


@transaction.atomic
def change_education_plan(
    plan: EducationPlan, network: Any, values: Mapping[str, Any], lines: Sequence[GoalLine], *, revision: int, by: Any,
    at: datetime,
) -> EducationPlan:  # fmt: skip
    """Correct what a network wrote down, and add or correct goals by number. No goal is taken away by leaving it out.

    Raises ``PermissionDenied`` (also for a plan that ships as content), and ``PartChanged``.
    """
    require(by, EDIT_PLAN, network)
    if plan.content_hash or plan.place_id != network.place_id:
        raise InvalidPart({"law": _("This plan is not written down by this network.")})
    changed = EducationPlan.objects.filter(pk=plan.pk, revision=revision).update(**values, revision=F("revision") + 1)
    if not changed:
        raise PartChanged()
    plan.refresh_from_db()
    _write_goals(plan, lines, by, at)
    record_event("education plan changed", by=by, at=at, target=plan, detail={"goals": len(lines)})
    return plan


@transaction.atomic
def remove_education_goal(goal: EducationPlanGoal, network: Any, *, by: Any, at: datetime) -> None:
    """Take a goal away that no objective serves. Raises ``PermissionDenied`` and ``InvalidPart``."""
    require(by, EDIT_PLAN, network)
    if goal.plan.content_hash or goal.plan.place_id != network.place_id:
        raise InvalidPart({"goals": _("This plan is not written down by this network.")})
    if ObjectiveEducationGoal.objects.filter(goal=goal).exists():
        raise InvalidPart({"goals": _("A plan serves this goal: it cannot be removed.")})
    detail = {"number": goal.number, "text": goal.text}
    plan = goal.plan
    goal.delete()
    record_event("education goal removed", by=by, at=at, target=plan, detail=detail)


def _write_goals(plan: EducationPlan, lines: Sequence[GoalLine], by: Any, at: datetime) -> None:
    """Add the goals, or correct the text of those whose number is there."""
    position = plan.goals.aggregate(last=Max("position"))["last"] or 0
    standing = {one.number: one for one in plan.goals.all()}
    for line in lines:
        goal = standing.get(line.number)
        if goal is None:
            position += 1
            EducationPlanGoal.objects.create(
                plan=plan, number=line.number, text=line.text, position=position, added_by=by, added_at=at
            )
        elif goal.text != line.text:
            EducationPlanGoal.objects.filter(pk=goal.pk).update(text=line.text)
