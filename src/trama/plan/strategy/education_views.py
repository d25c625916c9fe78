"""Pages of education plans: which there are, and writing down the one of the own place."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from trama.foundation.policies import route

from ..policies import CHANGE_PLANS, SHOW_PLANS
from . import education
from .errors import InvalidPart, PlanError
from .forms import EducationPlanForm
from .models import EducationPlan, EducationPlanGoal
from .pages import CONFLICT, confirmed
from .selectors import education_plans_for, networks_that_write, scopes_seen_by


@route(SHOW_PLANS)
@never_cache
@require_GET
def education_plans(request: HttpRequest) -> HttpResponse:
    """The national plans, and those of the person's state and municipality, with their goals."""
    writers = networks_that_write(request.user)
    places = {network.place_id for network in writers}
    found = list(education_plans_for(scopes_seen_by(request.user)))
    lines = [(one, one.place_id in places and not one.content_hash) for one in found]
    return render(request, "plan/strategy/education_plans.html", {"lines": lines, "may_write": bool(writers)})


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_education_plan(request: HttpRequest) -> HttpResponse:
    """Write down the education plan of the own municipality or state."""
    form = _form(request, networks_that_write(request.user), {})
    if request.method == "POST" and form.is_valid():
        network = form.networks[form.cleaned_data["network"]]
        try:
            plan = education.add_education_plan(
                network, form.values(), form.cleaned_data["goals"], by=request.user, at=timezone.now()
            )
        except InvalidPart as error:
            _show(form, error)
        else:
            messages.success(request, _("The education plan was written down."))
            return redirect(f"{reverse('plan:education_plans')}#{plan.slug}")
    return render(request, "plan/strategy/education_form.html", {"form": form, "education_plan": None})


def _own_or_404(request: HttpRequest, slug: str) -> tuple[EducationPlan, Any]:
    """A plan that a network of the person wrote down, and the network."""
    plan = get_object_or_404(EducationPlan, slug=slug, content_hash="")
    network = next((one for one in networks_that_write(request.user) if one.place_id == plan.place_id), None)
    if network is None:
        raise Http404
    return plan, network


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_education_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Correct what was written down, and add goals."""
    plan, network = _own_or_404(request, slug)
    names = ("title", "law", "source_address", "valid_from", "valid_to", "revision")
    form = _form(request, [network], {name: getattr(plan, name) for name in names})
    status = 200
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"] or 0
        try:
            education.change_education_plan(
                plan, network, form.values(), form.cleaned_data["goals"], revision=revision, by=request.user,
                at=timezone.now(),
            )  # fmt: skip
        except InvalidPart as error:
            _show(form, error)
        except PlanError as problem:
            form.add_error(None, str(problem))
            data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict: what a request brought
            data["revision"] = str(EducationPlan.objects.get(pk=plan.pk).revision)
            form.data, status = data, CONFLICT
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{reverse('plan:education_plans')}#{plan.slug}")
    plan.refresh_from_db()
    context = {"form": form, "education_plan": plan, "goals": plan.goals.all()}
    return render(request, "plan/strategy/education_form.html", context, status=status)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def remove_education_goal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a goal away that no objective serves, after asking."""
    plan, network = _own_or_404(request, slug)
    goal = get_object_or_404(EducationPlanGoal, plan=plan, pk=pk)
    return confirmed(
        request,
        lambda _revision, _reason: education.remove_education_goal(goal, network, by=request.user, at=timezone.now()),
        plan=None, back=reverse("plan:edit_education_plan", args=[slug]),
        question=_("Remove goal %(number)s?") % {"number": goal.number}, consequence=goal.text,
        action_label=_("Remove it"), done=_("The goal was removed."), revision=0, danger=True,
    )  # fmt: skip


def _form(request: HttpRequest, networks: list[Any], initial: dict[str, Any]) -> EducationPlanForm:
    named = {str(network.pk): network for network in networks}
    return EducationPlanForm(request.POST or None, initial=initial, networks=named)


def _show(form: EducationPlanForm, error: InvalidPart) -> None:
    for name, sentence in error.problems.items():
        form.add_error(name if name in form.fields else None, sentence)
