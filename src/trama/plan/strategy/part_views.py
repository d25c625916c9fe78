"""Pages of the parts of a plan: adding, changing, removing, moving, measuring."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from trama.foundation.policies import route

from ..policies import CHANGE_PLANS
from . import services
from .days import today_of
from .diagnosis import priority_words
from .errors import AlreadyAdded, EditConflict, InvalidPart, PartRemoved, PlanError
from .figures import figure_choices, standings_of
from .forms import (
    ActionForm,
    GoalForm,
    MeasureForm,
    ObjectiveForm,
    PlanForm,
    QuickActionForm,
    RevisedForm,
    initial_of,
    new_initial,
)
from .history import Words, drawn_changes, field_label
from .models import GoalMeasure, StrategicPlan
from .pages import CONFLICT, WORD_OF, confirmed, own_plan_or_404, part_or_404
from .parts import title_of
from .plan_views import sent_anew
from .selectors import (
    adoptions_for,
    education_goals_for,
    grouped_goals,
    last_changes_of,
    objectives_in_order,
    people_for,
    priorities_for,
    rounds_for,
    with_numbers,
)

NOT_REPEATED = ("csrfmiddlewaretoken", "settled")


def form_for(request: HttpRequest, plan: StrategicPlan, kind: str, data: Any, initial: dict[str, Any]) -> RevisedForm:
    """The form of a kind of part, with what the person may choose from."""
    now = timezone.now()
    if kind == "plan":
        return PlanForm(data, initial=initial, rounds=rounds_for(plan, request.user))
    if kind == "objective":
        priorities = [(str(one.pk), priority_words(one)) for one in priorities_for(plan, request.user)]
        goals = grouped_goals(education_goals_for(plan))
        return ObjectiveForm(data, initial=initial, priorities=priorities, education_goals=goals)
    numbered = enumerate(objectives_in_order(plan), start=1)
    objectives = [(str(one.pk), f"{number}. {one.title}") for number, one in numbered]
    if kind == "goal":
        figures = figure_choices(plan)
        return GoalForm(data, initial=initial, objectives=objectives, figures=figures, years=plan.years)
    adoptions = [(str(one.pk), str(one)) for one in adoptions_for(plan)]
    return ActionForm(
        data, initial=initial, objectives=objectives, people=people_for(plan, at=now), adoptions=adoptions
    )


def at_part(plan: StrategicPlan, part: Any) -> HttpResponseRedirect:
    """Back to the plan, where the part stands on it."""
    return redirect(f"{reverse('plan:plan', args=[plan.uid])}#p-{part.uid}")


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_part(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """Add an objective, a goal or an action. ``?objetivo=``: where it hangs."""
    plan = own_plan_or_404(request, uid)
    objectives = {str(one.uid): one for one in objectives_in_order(plan)}
    home = objectives.get(request.GET.get("objetivo", ""))
    if kind != "objective" and not objectives:
        messages.info(request, _("First an objective, then what hangs on it."))
        return redirect("plan:new_part", uid, "objective")
    initial = new_initial(objective=str(home.pk) if home else "", state="todo", higher_is_better=True)
    form = form_for(request, plan, kind, request.POST or None, initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_part(plan, kind, form.values(), uid=form.new_uid, by=request.user, at=timezone.now())
        except InvalidPart as error:
            form.show_problems(error)
        except AlreadyAdded as again:
            form, status = sent_anew(form, str(again)), CONFLICT
        except PlanError as problem:
            form.add_error(None, str(problem))
        else:
            if made.is_new:
                messages.success(request, _("It was added to the plan."))
            return at_part(plan, made.part)
    context = {"plan": plan, "form": form, "kind": kind, "part": None}
    return render(request, "plan/strategy/part_form.html", context, status=status)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["POST"])
def quick_action(request: HttpRequest, uid: UUID, part: UUID) -> HttpResponse:
    """Add an action with what, who and until when."""
    plan = own_plan_or_404(request, uid)
    objective = part_or_404(plan, "objective", part)
    form = QuickActionForm(request.POST, people=people_for(plan, at=timezone.now()))
    status = 200
    if form.is_valid():
        values = form.values() | {"objective": objective}
        try:
            made = services.add_part(plan, "action", values, uid=form.new_uid, by=request.user, at=timezone.now())
        except InvalidPart as error:
            form.show_problems(error)
        except AlreadyAdded as again:
            form, status = sent_anew(form, str(again)), CONFLICT
        except PlanError as problem:
            form.add_error(None, str(problem))
        else:
            if made.is_new:
                messages.success(request, _("The action was added. Why, how and how much can come later."))
            return at_part(plan, made.part)
    context = {"plan": plan, "form": form, "kind": "action", "part": None, "objective": objective, "quick": True}
    return render(request, "plan/strategy/part_form.html", context, status=status)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change the head of a plan."""
    plan = own_plan_or_404(request, uid)
    return _edit(request, plan, "plan", plan)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_part(request: HttpRequest, uid: UUID, kind: str, part: UUID) -> HttpResponse:
    """Change a part. What two people changed differently is shown to be chosen from."""
    plan = own_plan_or_404(request, uid)
    return _edit(request, plan, kind, part_or_404(plan, kind, part))


def _edit(request: HttpRequest, plan: StrategicPlan, kind: str, part: Any) -> HttpResponse:
    if kind == "goal":
        with_numbers([part])
    initial = initial_of(part)
    if initial.get("responsible"):
        initial["responsible_name"] = str(part.responsible)
    form = form_for(request, plan, kind, request.POST or None, initial)
    if request.method == "POST" and form.is_valid():
        values, settled = _chosen(request.POST, form)
        try:
            changed = services.change_part(
                part, values, revision=form.seen, settled=settled, by=request.user, at=timezone.now()
            )
        except EditConflict as conflict:
            return _conflict_page(request, plan, kind, form, conflict)
        except InvalidPart as error:
            form.show_problems(error)
        except PartRemoved as gone:
            form.add_error(None, str(gone))
            part.removed_at = part.removed_at or timezone.now()
        except PlanError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect("plan:plan", plan.uid) if kind == "plan" else at_part(plan, changed)
    context: dict[str, Any] = {"plan": plan, "form": form, "kind": kind, "part": part}
    context["changes"] = drawn_changes(plan, last_changes_of(plan, part), hide_part=True)
    if kind == "goal":
        today = today_of(plan, timezone.now())
        context["standing"] = standings_of(plan, [part], today)[part.pk]
        context["measures"] = part.measures.select_related("recorded_by").order_by("-measured_on")
        context["measure_form"] = MeasureForm(initial={"measured_on": today})
    return render(request, "plan/strategy/part_form.html", context)


def _chosen(data: QueryDict, form: RevisedForm) -> tuple[dict[str, Any], dict[str, int]]:
    """What to save, and for which fields the person chose after seeing the other version (``settled``)."""
    values, settled = form.values(), {}
    seen = data.get("settled", "")
    for name in list(values):
        choice = data.get(f"choice_{name}")
        if choice == "theirs":
            del values[name]
        elif choice == "mine" and seen.isdigit():
            settled[name] = int(seen)
    return values, settled


def _conflict_page(
    request: HttpRequest, plan: StrategicPlan, kind: str, form: RevisedForm, conflict: EditConflict
) -> HttpResponse:
    """Both versions of each field, and everything else that was sent, ready to be sent again."""
    words = Words((kind, one.name, text) for one in conflict.conflicts for text in (one.mine, one.theirs, one.base))
    rows = [
        {
            "name": one.name,
            "label": field_label(kind, one.name),
            "theirs": words.of(kind, one.name, one.theirs),
            "mine": words.of(kind, one.name, one.mine),
            "base": words.of(kind, one.name, one.base),
            "by": one.by,
            "at": one.at,
            "field": form[one.name] if one.name in form.fields else None,
        }
        for one in conflict.conflicts
    ]
    asked = {one.name for one in conflict.conflicts}
    repeated = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in NOT_REPEATED and name not in asked and name.removeprefix("choice_") not in asked
    ]
    context = {
        "plan": plan, "kind": kind, "part": conflict.part, "conflict": conflict, "rows": rows, "repeated": repeated,
        "settled": conflict.part.revision, "title": title_of(conflict.part), "form": form,
    }  # fmt: skip
    return render(request, "plan/strategy/conflict.html", context, status=CONFLICT)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def remove_part(request: HttpRequest, uid: UUID, kind: str, part: UUID) -> HttpResponse:
    """Take a part away, after asking; it can be put back."""
    plan = own_plan_or_404(request, uid)
    found = part_or_404(plan, kind, part)
    consequence = _("It can be put back from the history of the plan.")
    if kind == "objective":
        consequence = _("Its goals and actions go with it. All can be put back from the history of the plan.")
    return confirmed(
        request,
        lambda revision, reason: services.remove_part(
            found, revision=revision, by=request.user, at=timezone.now(), reason=reason
        ),
        plan=plan, back=f"{reverse('plan:plan', args=[uid])}?removido={WORD_OF[kind]}.{found.uid}",
        question=_("Remove “%(title)s”?") % {"title": title_of(found)}, consequence=consequence,
        action_label=_("Remove it"), done=_("It was removed."), revision=found.revision, danger=True, with_reason=True,
    )  # fmt: skip


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["POST"])
def restore_part(request: HttpRequest, uid: UUID, kind: str, part: UUID) -> HttpResponse:
    """Put a removed part back."""
    plan = own_plan_or_404(request, uid)
    found = part_or_404(plan, kind, part)
    try:
        services.restore_part(found, by=request.user, at=timezone.now())
    except PlanError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("It is back in the plan."))
    return at_part(plan, found)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["POST"])
def move_part(request: HttpRequest, uid: UUID, kind: str, part: UUID) -> HttpResponse:
    """Give a part its place before the one named in ``before``, or at the end."""
    plan = own_plan_or_404(request, uid)
    found = part_or_404(plan, kind, part)
    try:
        before = UUID(request.POST["before"]) if request.POST.get("before") else None
        services.move_part(found, before, by=request.user, at=timezone.now())
    except (PlanError, ValueError) as problem:
        messages.error(request, str(problem))
    return at_part(plan, found)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["POST"])
def measure(request: HttpRequest, uid: UUID, part: UUID) -> HttpResponse:
    """Write down a measure of an own indicator."""
    plan = own_plan_or_404(request, uid)
    goal = part_or_404(plan, "goal", part)
    form = MeasureForm(request.POST)
    if form.is_valid():
        try:
            services.record_measure(goal, **form.cleaned_data, by=request.user, at=timezone.now())
        except PlanError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The measure was saved."))
    else:
        messages.error(request, _("The measure was not saved: write a day and a number."))
    return redirect("plan:edit_part", uid, "goal", part)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def remove_measure(request: HttpRequest, uid: UUID, part: UUID, pk: int) -> HttpResponse:
    """Take a measure away, after asking."""
    plan = own_plan_or_404(request, uid)
    goal = part_or_404(plan, "goal", part)
    found = get_object_or_404(GoalMeasure.objects.filter(goal=goal).select_related("goal__objective__plan"), pk=pk)
    return confirmed(
        request,
        lambda _revision, _reason: services.remove_measure(found, by=request.user, at=timezone.now()),
        plan=plan, back=reverse("plan:edit_part", args=[uid, "goal", part]), question=_("Remove this measure?"),
        consequence=_("The history of the plan keeps it."), action_label=_("Remove it"),
        done=_("The measure was removed."), revision=0, danger=True,
    )  # fmt: skip
