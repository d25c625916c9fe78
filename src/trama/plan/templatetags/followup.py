"""Filters of the pages of the follow-up: lines and tasks as plain values, each drawn once for the same content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import template
from django.utils.safestring import SafeString

from trama.foundation.drawing import day_in_words, drawn

from ..strategy.models import Action

register = template.Library()


@dataclass(frozen=True, slots=True)
class LineBlock:
    """An action as the views of the follow-up show it."""

    plan: UUID
    uid: UUID
    number: str
    what: str
    state: str
    state_label: str
    late_days: int
    quiet: bool
    holder: str
    due_on: str
    comments: int
    checked: bool
    blocked_by: str
    next: str
    done: str

    @property
    def get_state_display(self) -> str:
        return self.state_label


@dataclass(frozen=True, slots=True)
class TaskBlock:
    """Something to be done in the week."""

    kind: str  # "action" or "step"
    of: UUID
    uid: UUID
    title: str
    late_days: int
    due_on: str
    holder: str
    of_title: str


@register.filter
def line(followed: Any, comments: Mapping[UUID, int]) -> SafeString:
    """A ``FollowedAction``, drawn: ``{{ line|line:comments }}``, with how many comments each part has."""
    action, last = followed.action, followed.last
    block = LineBlock(
        plan=action.objective.plan.uid,
        uid=action.uid,
        number=followed.number,
        what=action.what,
        state=action.state,
        state_label=str(Action.State(action.state).label),
        late_days=followed.late_days,
        quiet=followed.quiet,
        holder=followed.holder,
        due_on=day_in_words(action.due_on),
        comments=comments.get(action.uid, 0),
        checked=last is not None,
        blocked_by=last.blocked_by if last is not None else "",
        next=last.next if last is not None else "",
        done=last.done if last is not None else "",
    )
    return drawn("plan/followup/_line.html", block)


@register.filter
def task(of_week: Any) -> SafeString:
    """A task of the week, drawn."""
    block = TaskBlock(
        kind=of_week.kind,
        of=of_week.of.uid,
        uid=of_week.thing.uid,
        title=of_week.title,
        late_days=of_week.late_days,
        due_on=day_in_words(of_week.due_on),
        holder=of_week.holder,
        of_title=of_week.of_title,
    )
    return drawn("plan/followup/_task.html", block)
