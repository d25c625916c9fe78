"""What the pages of plans share: finding the plan, asking before doing, and what the tree of a plan shows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from trama.foundation.policies import may

from ..policies import EDIT_PLAN
from .days import is_late
from .diagnosis import priority_names
from .errors import IncompletePlan, PlanError
from .figures import Standing, standings_of
from .forms import ReasonForm
from .models import Action, Goal, StrategicPlan
from .selectors import ObjectiveNode, objectives_of, part_of, plan_visible_to

CONFLICT = 409
KIND_WORDS = {"objetivo": "objective", "meta": "goal", "acao": "action"}
WORD_OF = {kind: word for word, kind in KIND_WORDS.items()}


class KindConverter:
    """The word of a kind of part in an address: ``objetivo``, ``meta`` or ``acao``."""

    regex = "|".join(KIND_WORDS)

    def to_python(self, value: str) -> str:
        return KIND_WORDS[value]

    def to_url(self, value: str) -> str:
        return WORD_OF[value]


def plan_or_404(request: HttpRequest, uid: UUID) -> StrategicPlan:
    """A plan that the person may see; another's plan does not exist for them."""
    plan = plan_visible_to(request.user, uid)
    if plan is None:
        raise Http404
    return plan


def own_plan_or_404(request: HttpRequest, uid: UUID) -> StrategicPlan:
    """A plan that the person may change."""
    plan = plan_or_404(request, uid)
    if not may(request.user, EDIT_PLAN, plan):
        raise Http404
    return plan


def part_or_404(plan: StrategicPlan, kind: str, uid: UUID) -> Any:
    part = part_of(plan, kind, uid)
    if part is None:
        raise Http404
    return part


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal with how it stands."""

    goal: Goal
    standing: Standing


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action, and whether its day is past."""

    action: Action
    late: bool


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    """An objective as the page and the exports show it."""

    node: ObjectiveNode
    priority: str
    goals: list[GoalLine]
    actions: list[ActionLine]
    before: Any  # uid of the objective above, or None
    after_next: Any  # uid of the objective two below; "" for the end; None where it is the last


def lines_of(plan: StrategicPlan, today: date) -> list[ObjectiveLine]:
    """The whole plan as it is shown. Ten queries at most, however large."""
    nodes = objectives_of(plan)
    priorities = priority_names({key for node in nodes if (key := node.objective.priority_id) is not None})
    standings = standings_of(plan, [goal for node in nodes for goal in node.goals], today)
    uids = [node.objective.uid for node in nodes]
    lines = []
    for n, node in enumerate(nodes):
        lines.append(
            ObjectiveLine(
                node,
                priorities.get(node.objective.priority_id or 0, ""),
                [GoalLine(goal, standings[goal.pk]) for goal in node.goals],
                [ActionLine(action, is_late(action, today)) for action in node.actions],
                uids[n - 1] if n else None,
                (uids[n + 2] if n + 2 < len(uids) else "") if n + 1 < len(uids) else None,
            )
        )
    return lines


def confirmed(
    request: HttpRequest,
    act: Callable[[int, str], Any],
    *,
    plan: StrategicPlan | None,
    back: str,
    question: str,
    consequence: str,
    action_label: str,
    done: str,
    revision: int,
    danger: bool = False,
    with_reason: bool = False,
    extra: Any = None,
) -> HttpResponse:
    """Ask on GET, act on POST with the revision that was shown, and tell what happened."""
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"revision": revision})
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["revision"] or 0, form.cleaned_data["reason"])
        except IncompletePlan as incomplete:
            for problem in incomplete.problems:
                messages.error(request, problem)
        except PlanError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, done)
        return redirect(back)
    context = {
        "plan": plan,
        "form": form,
        "question": question,
        "consequence": consequence,
        "action_label": action_label,
        "cancel_href": back,
        "danger": danger,
        "with_reason": with_reason,
        "extra": extra,
    }
    return render(request, "plan/strategy/confirm.html", context)
