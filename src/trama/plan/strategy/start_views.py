"""From priorities to a plan in a few short steps. Each step saves; each can be skipped, and taken up again later."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from trama.foundation.policies import route

from ..policies import CHANGE_PLANS
from . import services, starting
from .errors import AlreadyAdded, InvalidPart, PlanError
from .forms import number_field
from .models import StrategicPlan
from .pages import CONFLICT, own_plan_or_404
from .plan_views import plan_form, sent_anew
from .selectors import rounds_for, scopes_to_plan_for


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def from_priorities(request: HttpRequest) -> HttpResponse:
    """Step 1: whose plan, and for when. The plan exists from here on, as a draft."""
    form = plan_form(request, scopes_to_plan_for(request.user), [])
    status = 200
    if request.method == "POST" and form.is_valid():
        scope, _template, values = form.chosen()
        try:
            made = services.create_plan(scope, values, uid=form.new_uid, by=request.user, at=timezone.now())
        except InvalidPart as error:
            form.show_problems(error)
        except AlreadyAdded as again:
            form, status = sent_anew(form, str(again)), CONFLICT
        else:
            _link_round(request, made.part)
            return redirect("plan:start_objectives", made.part.uid)
    return render(request, "plan/strategy/start_plan.html", {"form": form, "step": 1}, status=status)


def _link_round(request: HttpRequest, plan: StrategicPlan) -> None:
    """The newest submitted self-diagnosis with decided priorities, else the newest."""
    rounds = rounds_for(plan, request.user)
    newest = rounds.filter(priority_list__priorities__isnull=False).first() or rounds.first()
    if newest is not None and plan.round_id is None:
        services.change_part(plan, {"round": newest}, revision=plan.revision, by=request.user, at=timezone.now())


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def start_objectives(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Step 2: an objective for each priority."""
    plan = own_plan_or_404(request, uid)
    proposals = starting.objective_proposals(plan, request.user)
    if request.method == "POST":
        parts: list[tuple[str, dict[str, Any], UUID]] = []
        for proposal in proposals:
            key = proposal.priority.pk
            title = " ".join(request.POST.get(f"title_{key}", "").split())[:300]
            if proposal.existing is None and request.POST.get(f"take_{key}") and title:
                values = {"title": title, "description": request.POST.get(f"description_{key}", "")}
                values["priority"] = proposal.priority
                parts.append(("objective", values, starting.objective_uid(plan, proposal.priority)))
        return _saved(request, plan, parts, "plan:start_objectives", "plan:start_goals")
    context = {"plan": plan, "proposals": proposals, "step": 2}
    return render(request, "plan/strategy/start_objectives.html", context)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def start_goals(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Step 3: a goal for each objective, with the official figure as its starting point."""
    plan = own_plan_or_404(request, uid)
    rows, wrong = [], False
    chosen = []
    for proposal in starting.goal_proposals(plan):
        key = proposal.objective.pk
        fields, targets = [], {}
        for year in plan.years:
            name = f"target_{key}_{year}"
            sent = request.POST.get(name, "")
            value, problem = _number(sent)
            wrong = wrong or bool(problem)
            if value is not None:
                targets[year] = value
            fields.append({"name": name, "year": year, "sent": sent, "problem": problem})
        title = request.POST.get(f"title_{key}", proposal.title if request.method == "GET" else "")
        title = " ".join(title.split())[:300]
        rows.append({"proposal": proposal, "title": title, "fields": fields})
        if title:
            chosen.append((proposal, title, targets))
    if request.method == "POST" and not wrong:
        try:
            starting.add_goals(plan, chosen, by=request.user, at=timezone.now())
        except PlanError as problem:
            messages.error(request, str(problem))
            return redirect("plan:start_goals", uid)
        return redirect("plan:start_actions", uid)
    return render(request, "plan/strategy/start_goals.html", {"plan": plan, "rows": rows, "step": 3})


def _number(sent: str) -> tuple[Decimal | None, str]:
    """A number as people write it, and what is wrong with it."""
    field = number_field("")
    try:
        value = field.clean(sent)
    except ValidationError as error:
        return None, str(error.messages[0])
    return value, ""


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def start_actions(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Step 4: stages of the technologies that answer the priorities, as actions."""
    plan = own_plan_or_404(request, uid)
    proposals = starting.action_proposals(plan)
    if request.method == "POST":
        taken = set(request.POST.getlist("take"))
        parts = [
            (
                "action",
                {
                    "objective": one.objective, "what": one.what, "how": one.how, "starts_on": one.starts_on,
                    "due_on": one.due_on, "adoption": one.adoption,
                },
                starting.action_uid(one.objective, one.key),
            )
            for one in proposals
            if not one.existing and f"{one.objective.pk} {one.key}" in taken
        ]  # fmt: skip
        return _saved(request, plan, parts, "plan:start_actions", "plan:plan")
    groups: dict[tuple[int, str], list[starting.ActionProposal]] = {}
    for proposal in proposals:
        groups.setdefault((proposal.objective.pk, proposal.technology), []).append(proposal)
    context = {"plan": plan, "groups": list(groups.values()), "step": 4}
    return render(request, "plan/strategy/start_actions.html", context)


def _saved(
    request: HttpRequest, plan: StrategicPlan, parts: list[tuple[str, dict[str, Any], UUID]], here: str, onwards: str
) -> HttpResponse:
    try:
        services.add_parts(plan, parts, by=request.user, at=timezone.now())
    except PlanError as problem:
        messages.error(request, str(problem))
        return redirect(here, plan.uid)
    if onwards == "plan:plan":
        messages.success(request, _("The plan is there, as a draft. Everything in it can be changed."))
    return redirect(reverse(onwards, args=[plan.uid]))
