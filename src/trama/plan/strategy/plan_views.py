"""Pages of plans as a whole: the list, a new one, the plan, its state, its copies, its history."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from trama.foundation.drawing import drawn
from trama.foundation.policies import may, route

from ..policies import CHANGE_PLANS, EDIT_PLAN, SHOW_PLANS
from . import services
from .blocks import blocks_of
from .days import today_of
from .diagnosis import diagnosis_of
from .errors import AlreadyAdded, InvalidPart
from .forms import NewPlanForm, PeriodForm, new_initial
from .history import Words, described, drawn_changes, field_label
from .models import PlanChange, StrategicPlan
from .pages import CONFLICT, KIND_WORDS, confirmed, lines_of, own_plan_or_404, plan_or_404
from .parts import is_field, texts_of
from .selectors import (
    changes_of,
    part_of,
    people_for,
    plan_lines,
    removed_parts,
    removed_plans_of,
    scopes_to_plan_for,
    templates_for,
)
from .starting import month_of, plan_from_template

CHANGES_PER_PAGE = 50


@route(SHOW_PLANS)
@never_cache
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """The plans of the person's networks, schools and groups."""
    today = timezone.localdate()
    context = {
        "plans": list(plan_lines(request.user)),
        "may_start": bool(scopes_to_plan_for(request.user)),
        "removed": list(removed_plans_of(request.user)),
        "today": today,
    }
    return render(request, "plan/strategy/plans.html", context)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    """Start a plan from a template."""
    scopes = scopes_to_plan_for(request.user)
    form = plan_form(request, scopes, templates_for(scopes))
    if request.method == "POST" and form.is_valid():
        scope, template, values = form.chosen()
        try:
            made = plan_from_template(template, scope, values, uid=form.new_uid, by=request.user, at=timezone.now())
        except InvalidPart as error:
            form.show_problems(error)
        except AlreadyAdded as again:
            return _new_plan_page(request, sent_anew(form, str(again)), CONFLICT)
        else:
            messages.success(request, _("The plan is there, as a draft. Change whatever does not fit."))
            return redirect("plan:plan", made.part.uid)
    return _new_plan_page(request, form)


def plan_form(request: HttpRequest, scopes: list[Any], templates: list[Any]) -> NewPlanForm:
    """The form of a new plan, proposing next year, or the rest of the term of office in January."""
    start = date(timezone.localdate().year + 1, 1, 1)
    months = templates[0].months if templates else 12
    return NewPlanForm(
        request.POST or None,
        initial=new_initial(
            title=_("Plan of %(owner)s") % {"owner": scopes[0]} if scopes else "",
            starts_on=start,
            ends_on=month_of(start, months) - timedelta(days=1),
            template=templates[0].slug if templates else "",
        ),
        scopes={f"{scope._meta.model_name}-{scope.pk}": scope for scope in scopes},
        templates={template.slug: template for template in templates},
    )


def sent_anew(form: Any, sentence: str) -> Any:
    """The same form with a new ``uid``, to be sent knowingly as something else."""
    data = form.data.copy()
    data["uid"] = str(new_initial()["uid"])
    form.data = data
    form.add_error(None, sentence)
    return form


def _new_plan_page(request: HttpRequest, form: NewPlanForm, status: int = 200) -> HttpResponse:
    return render(request, "plan/strategy/new_plan.html", {"form": form}, status=status)


@route(SHOW_PLANS)
@never_cache
@require_GET
def plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One plan on one page: objectives with their goals and actions."""
    found = plan_or_404(request, uid)
    now = timezone.now()
    may_edit = may(request.user, EDIT_PLAN, found) and found.state != StrategicPlan.State.CLOSED
    lines = lines_of(found, today_of(found, now))
    blocks, token = blocks_of(found, lines, may_edit=may_edit), get_token(request) if may_edit else ""
    actions = [line.action for objective in lines for line in objective.actions]
    open_ended = [one for one in actions if not (one.due_on and (one.responsible_id or one.who))]
    context = {
        "plan": found,
        "blocks": [drawn("plan/strategy/_objective.html", one, token=token, new=uuid4()) for one in blocks],
        "may_edit": may_edit,
        "may_reopen": may(request.user, EDIT_PLAN, found),
        "diagnosis": diagnosis_of(found, request.user),
        "people": people_for(found, at=now) if may_edit else [],
        "missing": services.missing_words(bool(lines), bool(actions))
        if found.state == StrategicPlan.State.DRAFT
        else [],
        "n_actions": len(actions),
        "n_done": sum(one.state == "done" for one in actions),
        "n_late": sum(line.late for objective in lines for line in objective.actions),
        "n_open_ended": len(open_ended),
        "removed": _just_removed(found, request.GET.get("removido", "")) if may_edit else None,
    }
    return render(request, "plan/strategy/plan.html", context)


def _just_removed(plan: StrategicPlan, named: str) -> tuple[str, Any] | None:
    """(kind, part) of what the address says was removed a moment ago, if it still is."""
    word, _dot, key = named.partition(".")
    if word not in KIND_WORDS:
        return None
    try:
        part = part_of(plan, KIND_WORDS[word], UUID(key))
    except ValueError:
        return None
    return (KIND_WORDS[word], part) if part is not None and part.removed_at is not None else None


@route(SHOW_PLANS)
@never_cache
@require_GET
def print_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The plan to be printed by the browser: everything unfolded, nothing to click."""
    found = plan_or_404(request, uid)
    now = timezone.now()
    blocks = blocks_of(found, lines_of(found, today_of(found, now)), may_edit=False)
    context = {
        "plan": found,
        "blocks": [drawn("plan/strategy/_printed.html", one) for one in blocks],
        "diagnosis": diagnosis_of(found, request.user),
        "now": now,
    }
    return render(request, "plan/strategy/print.html", context)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def plan_state(request: HttpRequest, uid: UUID, state: str) -> HttpResponse:
    """Put in force, take back to draft, close or reopen, after asking."""
    found = own_plan_or_404(request, uid)
    reopens = found.state == StrategicPlan.State.CLOSED
    if state not in StrategicPlan.State.values:
        raise Http404
    words = {
        "active": (
            _("Reopen the plan?") if reopens else _("Put the plan in force?"),
            _("It can be changed again; the history keeps that it was closed.")
            if reopens
            else _("It stays open for changes: every change is kept with its author."),
            _("Reopen") if reopens else _("Put in force"),
            _("The plan is in force."),
        ),
        "draft": (
            _("Take the plan back to draft?"),
            _("Nothing is lost. Put it in force again when it is ready."),
            _("Back to draft"),
            _("The plan is a draft again."),
        ),
        "closed": (
            _("Close the plan?"),
            _("It stays readable for your team, and nothing in it can be changed until it is reopened."),
            _("Close the plan"),
            _("The plan is closed."),
        ),
    }
    question, consequence, label, done = words[state]
    return confirmed(
        request,
        lambda _revision, reason: services.set_state(found, state, by=request.user, at=timezone.now(), reason=reason),
        plan=found, back=reverse("plan:plan", args=[uid]), question=question, consequence=consequence,
        action_label=label, done=done, revision=found.revision, with_reason=reopens or state == "closed",
    )  # fmt: skip


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def remove_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a draft away, after asking."""
    found = own_plan_or_404(request, uid)
    return confirmed(
        request,
        lambda revision, _reason: services.remove_plan(found, revision=revision, by=request.user, at=timezone.now()),
        plan=found, back=reverse("plan:plans"), question=_("Remove the draft “%(title)s”?") % {"title": found.title},
        consequence=_("It disappears for the whole team. It can be put back from the list of plans."),
        action_label=_("Remove the draft"), done=_("The draft was removed."), revision=found.revision, danger=True,
    )  # fmt: skip


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["POST"])
def restore_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put a removed draft back."""
    found = get_object_or_404(removed_plans_of(request.user), uid=uid)
    services.restore_plan(found, by=request.user, at=timezone.now())
    messages.success(request, _("The draft is back."))
    return redirect("plan:plan", uid)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def duplicate_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The same plan for another period."""
    found = own_plan_or_404(request, uid)
    start = found.ends_on + timedelta(days=1)
    length = (found.ends_on.year - found.starts_on.year) * 12 + found.ends_on.month - found.starts_on.month + 1
    initial = new_initial(title=found.title, starts_on=start, ends_on=month_of(start, length) - timedelta(days=1))
    form = PeriodForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("title", "starts_on", "ends_on")}
        try:
            made = services.duplicate_plan(found, **values, uid=form.new_uid, by=request.user, at=timezone.now())
        except InvalidPart as error:
            form.show_problems(error)
        except AlreadyAdded as again:
            form, status = sent_anew(form, str(again)), CONFLICT
        else:
            messages.success(request, _("The copy is there, as a draft. Set new starting points and targets."))
            return redirect("plan:plan", made.part.uid)
    return render(request, "plan/strategy/duplicate.html", {"form": form, "plan": found}, status=status)


@route(SHOW_PLANS)
@never_cache
@require_GET
def plan_history(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Every change of the plan, newest first, and what was removed."""
    found = plan_or_404(request, uid)
    page = Paginator(changes_of(found), CHANGES_PER_PAGE).get_page(request.GET.get("pagina"))
    may_edit = may(request.user, EDIT_PLAN, found) and found.state != StrategicPlan.State.CLOSED
    context = {
        "plan": found,
        "page": page,
        "lines": drawn_changes(found, page.object_list, may_edit=may_edit),
        "removed": removed_parts(found),
        "may_edit": may_edit,
    }
    return render(request, "plan/strategy/history.html", context)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def revert(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    """Give a field its earlier value back, after showing what it is now."""
    found = own_plan_or_404(request, uid)
    change = get_object_or_404(PlanChange.objects.filter(plan=found), pk=pk)
    part = part_of(found, change.kind, change.uid)
    if part is None:
        raise Http404
    line = described([change])[0]
    words = {"what": field_label(change.kind, change.field), "before": line.before, "after": line.after}
    question = _("Undo this change of “%(what)s”?") % words
    consequence = _("It was changed from “%(before)s” to “%(after)s”. The earlier value comes back.") % words
    if change.field == "created":
        question, consequence = _("Remove what was added?"), line.part
    elif change.field == "removed":
        question = _("Put it back?") if change.after else _("Remove it again?")
        consequence = line.part
    return confirmed(
        request,
        lambda revision, reason: services.revert_change(
            change, revision=revision, by=request.user, at=timezone.now(), reason=reason
        ),
        plan=found, back=reverse("plan:plan_history", args=[uid]), question=question, consequence=consequence,
        action_label=_("Undo the change"), done=_("The change was undone."), revision=part.revision, with_reason=True,
        extra=_now_words(change, part),
    )  # fmt: skip


def _now_words(change: PlanChange, part: Any) -> str:
    """What the field is now, where it is no longer what the change made of it."""
    if not is_field(change.kind, change.field):
        return ""
    now = texts_of(part).get(change.field, "")
    if now == change.after:
        return ""
    shown = Words([(change.kind, change.field, now)]).of(change.kind, change.field, now)
    return _("It was changed again since. Now it is: %(now)s") % {"now": shown}
