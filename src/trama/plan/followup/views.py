"""Pages of the follow-up: the week, the views of a plan, an action's checks, comments."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.accounts.api import active_profiles_of
from trama.foundation.charts import Figure, Span, span_chart
from trama.foundation.policies import may, route

from ..policies import CHANGE_PLANS, EDIT_PLAN, SHOW_PLANS, SHOW_WEEK
from ..strategy.days import today_of
from ..strategy.errors import PlanError
from ..strategy.models import Action, StrategicPlan
from ..strategy.pages import CONFLICT, own_plan_or_404, plan_or_404
from ..strategy.selectors import part_of
from . import services
from .errors import AlreadyUsed, InvalidFollowUp
from .forms import CheckForm, CommentForm, DigestForm
from .models import Comment
from .selectors import (
    FollowedAction,
    board,
    by_holder,
    checks_of,
    comment_counts,
    comments_of,
    followed_actions,
    frequency_of,
    next_meeting,
    review_waiting,
    week_of,
)

VIEWS = ("lista", "quadro", "tempo", "pessoas")
DAYS_OF_CHANGES = timedelta(days=7)


def today_for(user: Any) -> date:
    """The day it is where the person's profile is held; on the machine's clock for who holds none."""
    profiles = active_profiles_of(user)
    return profiles[0].today() if profiles else timezone.localdate()


@route(SHOW_WEEK)
@never_cache
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """What is due, what waits for me, what changed: the page of a small secretariat's Monday."""
    now = timezone.now()
    found = week_of(request.user, today=today_for(request.user), since=now - DAYS_OF_CHANGES)
    return render(request, "plan/followup/week.html", {"week": found})


@route(SHOW_PLANS)
@never_cache
@require_GET
def followup(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How the actions of a plan stand: as a list, a board, on a time line, or by person."""
    plan = plan_or_404(request, uid)
    shown = request.GET.get("ver", VIEWS[0])
    if shown not in VIEWS:
        raise Http404
    today = today_of(plan, timezone.now())
    lines = followed_actions(plan, today)
    state = request.GET.get("situacao", "")
    kept = [line for line in lines if _kept(line, state)]
    context = {
        "plan": plan,
        "view": shown,
        "state": state,
        "today": today,
        "lines": kept,
        "n_all": len(lines),
        "n_late": sum(line.late_days > 0 for line in lines),
        "n_quiet": sum(line.quiet for line in lines),
        "n_blocked": sum(line.action.state == Action.State.BLOCKED for line in lines),
        "n_done": sum(line.action.state == Action.State.DONE for line in lines),
        "comments": comment_counts(plan),
        "review_day": review_waiting(plan, today) if plan.state == StrategicPlan.State.ACTIVE else None,
        "next_meeting": next_meeting(plan, timezone.now()),
        "may_edit": _may_edit(request, plan),
        "columns": board(kept) if shown == "quadro" else (),
        "holders": by_holder(kept) if shown == "pessoas" else (),
        "timeline": timeline(kept, today) if shown == "tempo" else None,
        "undated": [line for line in kept if line.action.due_on is None] if shown == "tempo" else (),
    }
    return render(request, "plan/followup/followup.html", context)


def _kept(line: FollowedAction, state: str) -> bool:
    """Whether a line is in the chosen part: late, blocked, without a check this week; everything otherwise."""
    return {
        "atrasadas": line.late_days > 0,
        "impedidas": line.action.state == Action.State.BLOCKED,
        "sem-registro": line.quiet,
    }.get(state, True)


def _may_edit(request: HttpRequest, plan: StrategicPlan) -> bool:
    return plan.state != StrategicPlan.State.CLOSED and may(request.user, EDIT_PLAN, plan)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The time line of a plan with its legend: (state, what it is called)."""

    figure: Figure
    legend: tuple[tuple[str, str], ...]


def timeline(lines: list[FollowedAction], today: date) -> Timeline | None:
    """The dated actions on a time line, with their table. None where no action has a day."""
    figure = _figure(lines, today)
    legend = [(str(state.value), str(state.label)) for state in Action.State]
    return Timeline(figure, (*legend, ("late", _("overdue")))) if figure else None


def _figure(lines: list[FollowedAction], today: date) -> Figure:
    spans = [
        Span(
            f"{line.number} {line.action.what}",
            line.action.starts_on,
            line.action.due_on,
            "late" if line.late_days else line.action.state,
            (line.action.get_state_display(), line.holder),
        )
        for line in lines
        if line.action.due_on is not None
    ]
    return span_chart(
        "timeline",
        _("Actions of the plan in time"),
        _("One bar for each action, from its first to its last day. Today is the dashed line."),
        spans,
        today=today,
        today_label=_("today"),
        month_labels=[str(MONTHS_3[month]) for month in range(1, 13)],
        columns=(_("Action"), _("From"), _("Until"), pgettext("state of an action", "State"), _("Who")),
    )


def action_or_404(plan: StrategicPlan, uid: UUID) -> Action:
    action: Action | None = part_of(plan, "action", uid)
    if action is None or action.removed_at is not None or action.objective.removed_at is not None:
        raise Http404
    return action


@route(SHOW_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def action(request: HttpRequest, uid: UUID, part: UUID) -> HttpResponse:
    """One action: how it stands, what was said of it week by week, and the comments."""
    plan = plan_or_404(request, uid)
    found = action_or_404(plan, part)
    form = CheckForm(request.POST or None, initial={"state": found.state})
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.check_action(
                found,
                state=data["state"],
                done=data["done"],
                blocked_by=data["blocked_by"],
                next_step=data["next_step"],
                uid=form.new_uid,
                by=request.user,
                at=timezone.now(),
            )
        except InvalidFollowUp as error:
            form.show_problems(error)
        except (AlreadyUsed, PlanError) as error:
            form.add_error(None, str(error))
            status = CONFLICT
        else:
            messages.success(request, _("Written down."))
            return redirect(_back(request, reverse("plan:followup", args=[plan.uid])))
    context = {
        "plan": plan,
        "action": found,
        "form": form,
        "checks": list(checks_of(found)[:26]),
        "comments": list(comments_of(plan, found.uid)),
        "comment_form": CommentForm(auto_id="id_comment_%s"),
        "may_edit": _may_edit(request, plan),
        "today": today_of(plan, timezone.now()),
        "back": request.GET.get("volta", ""),
    }
    return render(request, "plan/followup/action.html", context, status=status)


def _back(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from, if it is the page of the week; else ``otherwise``."""
    return reverse("plan:week") if request.POST.get("back") == "semana" else otherwise


@route(SHOW_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the team wrote about a plan as a whole and about its parts."""
    plan = plan_or_404(request, uid)
    form = CommentForm(request.POST or None)
    kind = request.POST.get("kind", "plan")
    if request.method == "POST" and form.is_valid():
        try:
            part = UUID(request.POST.get("part", "")) if kind != "plan" else plan.uid
            services.comment(
                plan, kind, part, form.cleaned_data["text"], uid=form.new_uid, by=request.user, at=timezone.now()
            )
        except ValueError as error:
            raise Http404 from error
        except InvalidFollowUp as error:
            form.show_problems(error)
        except AlreadyUsed as error:
            form.add_error(None, str(error))
        else:
            if kind == "action":
                return redirect("plan:action", plan.uid, part)
            return redirect("plan:comments", plan.uid)
    written = list(comments_of(plan))
    about = _about(plan, written)
    context = {
        "plan": plan,
        "comments": [(one, about.get(one.part, "")) for one in written],
        "form": form,
        "may_edit": _may_edit(request, plan),
    }
    return render(request, "plan/followup/comments.html", context, status=400 if form.errors else 200)


def _about(plan: StrategicPlan, written: list[Comment]) -> dict[UUID, str]:
    """The actions that comments are about, in their own words, by ``uid``. One query."""
    named = {comment.part for comment in written if comment.kind == "action"}
    return dict(Action.objects.filter(objective__plan=plan, uid__in=named).values_list("uid", "what"))


@route(CHANGE_PLANS)
@require_POST
def remove_comment(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    """Take one's own comment away."""
    plan = own_plan_or_404(request, uid)
    found = comments_of(plan).filter(pk=pk, by=request.user.pk).first()
    if found is None:
        raise Http404
    services.remove_comment(found, by=request.user, at=timezone.now())
    messages.success(request, _("The comment was taken away."))
    return redirect("plan:action", plan.uid, found.part) if found.kind == "action" else redirect("plan:comments", uid)


@route(SHOW_WEEK)
@never_cache
@require_http_methods(["GET", "POST"])
def digest_choice(request: HttpRequest) -> HttpResponse:
    """How often the one mail with everything comes."""
    form = DigestForm(request.POST or None, initial={"frequency": frequency_of(request.user)})
    if request.method == "POST" and form.is_valid():
        services.choose_digest(form.cleaned_data["frequency"], by=request.user, at=timezone.now())
        messages.success(request, _("Your choice was saved."))
        return redirect("plan:week")
    return render(request, "plan/followup/digest_choice.html", {"form": form})


def in_zone(moment: datetime, plan: StrategicPlan) -> datetime:
    """A moment on the clocks of the plan's owner."""
    return moment.astimezone(plan.zone)
