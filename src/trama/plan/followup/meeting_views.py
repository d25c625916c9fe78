"""Pages of meetings, reviews and calendars of a plan."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.accounts.api import absolute
from trama.foundation.http import found_or_404
from trama.foundation.policies import may, route

from ..policies import CALENDAR_FEED, CHANGE_PLANS, EXPORT_PLAN, SEE_PLAN, SHOW_PLANS
from ..strategy.days import today_of
from ..strategy.figures import standings_of
from ..strategy.models import Action, StrategicPlan
from ..strategy.pages import CONFLICT, own_plan_or_404, plan_or_404
from ..strategy.selectors import goals_in_order
from . import services
from .errors import AlreadyUsed, ChangedMeanwhile, InvalidFollowUp, ReviewFinished, ReviewOpen
from .forms import MeetingForm, MinutesForm, NewPointForm, PointForm, ReviewForm
from .ical import plan_calendar
from .models import Meeting, PlanReview
from .points import drawn_points, drawn_proposed
from .selectors import (
    actions_in_order,
    feed_by_hash,
    followed_actions,
    meeting_of,
    meetings_of,
    open_feed_of,
    points_of,
    proposed_points,
    review_waiting,
    reviews_of,
)
from .views import _may_edit, in_zone


def _meeting(plan: StrategicPlan, uid: UUID) -> Meeting:
    found = found_or_404(meeting_of(plan, uid))
    found.plan = plan
    return found


# --- meetings ---------------------------------------------------------------------------------------------------------


@route(SHOW_PLANS)
@never_cache
@require_GET
def meetings(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The meetings of a plan, the next ones first."""
    plan = plan_or_404(request, uid)
    now = timezone.now()
    found = list(meetings_of(plan))
    context = {
        "plan": plan,
        "coming": [one for one in reversed(found) if one.state == "planned" and one.starts_at >= now],
        "past": [one for one in found if one.state != "planned" or one.starts_at < now],
        "may_edit": _may_edit(request, plan),
        "zone": plan.zone,
    }
    return render(request, "plan/followup/meetings.html", context)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_meeting(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Plan a meeting. Blocked, late and coming actions are proposed as its points."""
    plan = own_plan_or_404(request, uid)
    now = timezone.now()
    proposed = _proposed(plan)
    start = in_zone(now, plan).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=7)
    initial = {"title": _("Follow-up of the plan"), "starts_at": start.replace(tzinfo=None), "minutes": 60}
    form = MeetingForm(request.POST or None, initial=initial, zone=plan.zone)
    if request.method == "POST" and form.is_valid():
        chosen = set(request.POST.getlist("point"))
        points = [(title, action) for title, action in proposed if str(action.uid) in chosen]
        try:
            made = services.plan_meeting(plan, form.values(), points, uid=form.new_uid, by=request.user, at=now)
        except InvalidFollowUp as error:
            form.show_problems(error)
        except AlreadyUsed as error:
            form.add_error(None, str(error))
        else:
            return redirect("plan:meeting", plan.uid, made.uid)
    return render(request, "plan/followup/new_meeting.html", {"plan": plan, "form": form, "proposed": proposed})


@route(SHOW_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, uid: UUID, meeting: UUID) -> HttpResponse:
    """One meeting: its points, and what it leaves behind. A POST writes the notes of the whole."""
    plan = plan_or_404(request, uid)
    found = _meeting(plan, meeting)
    form = _minutes_of(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("present", "notes", "state")}
        try:
            services.change_meeting(found, values, revision=form.seen, by=request.user, at=timezone.now())
        except InvalidFollowUp as error:
            form.show_problems(error)
        except ChangedMeanwhile as error:
            return _meeting_page(request, plan, error.current, _anew(form, error), CONFLICT, theirs=error.current)
        else:
            messages.success(request, _("Written down."))
            return redirect("plan:meeting", plan.uid, found.uid)
    return _meeting_page(request, plan, found, form)


def _minutes_of(meeting: Meeting, data: Any = None) -> MinutesForm:
    return MinutesForm(
        data, initial={name: getattr(meeting, name) for name in ("present", "notes", "state", "revision")}
    )


def _meeting_page(
    request: HttpRequest, plan: StrategicPlan, found: Meeting, form: MinutesForm, status: int = 200, *,
    theirs: Meeting | None = None, point_forms: Mapping[int, PointForm] | None = None,
    new_point: NewPointForm | None = None,
) -> HttpResponse:  # fmt: skip
    points, may_edit = points_of(found), _may_edit(request, plan)
    token = get_token(request) if may_edit else ""
    proposed = _proposed(plan, [point.title for point in points]) if may_edit else []
    context = {
        "plan": plan,
        "meeting": found,
        "zone": plan.zone,
        "form": form,
        "points": drawn_points(points, point_forms or {}, found, may_edit=may_edit, token=token),
        "new_point": new_point or NewPointForm(auto_id="id_new_%s"),
        "proposed": drawn_proposed(proposed, found, token),
        "theirs": theirs,
        "may_edit": may_edit,
    }
    return render(request, "plan/followup/meeting.html", context, status=status)


def _proposed(plan: StrategicPlan, taken: Iterable[str] = ()) -> list[tuple[str, Action]]:
    """What a meeting should speak about, but for what is on its agenda already, by title. One query."""
    return proposed_points(actions_in_order(plan), today_of(plan, timezone.now()), taken)


def _anew(form: Any, error: ChangedMeanwhile) -> Any:
    """The same form, now standing on the present revision: sent again, it is saved knowingly."""
    form = _seen_at(form, error.current.revision)
    form.add_error(None, str(error))
    return form


def _seen_at(form: Any, revision: int) -> Any:
    data = form.data.copy()
    data["revision"] = str(revision)
    form.data = data
    return form


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_meeting(request: HttpRequest, uid: UUID, meeting: UUID) -> HttpResponse:
    """Change when and where a meeting is."""
    plan = own_plan_or_404(request, uid)
    found = _meeting(plan, meeting)
    start = in_zone(found.starts_at, plan).replace(tzinfo=None)
    initial = {"title": found.title, "starts_at": start, "minutes": found.minutes, "where": found.where}
    form = MeetingForm(request.POST or None, initial=initial | {"revision": found.revision}, zone=plan.zone)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.change_meeting(found, form.values(), revision=form.seen, by=request.user, at=timezone.now())
        except InvalidFollowUp as error:
            form.show_problems(error)
        except ChangedMeanwhile as error:
            form, status = _anew(form, error), CONFLICT
        else:
            return redirect("plan:meeting", plan.uid, found.uid)
    context = {"plan": plan, "meeting": found, "form": form}
    return render(request, "plan/followup/edit_meeting.html", context, status=status)


@route(CHANGE_PLANS)
@require_POST
def add_point(request: HttpRequest, uid: UUID, meeting: UUID) -> HttpResponse:
    """Add a point: written, or an action that waits for a word."""
    plan = own_plan_or_404(request, uid)
    found = _meeting(plan, meeting)
    wanted = request.POST.get("action", "")
    chosen = next((one for _title, one in _proposed(plan) if str(one.uid) == wanted), None)
    data = request.POST if chosen is None else {**request.POST.dict(), "title": chosen.what}
    form = NewPointForm(data, auto_id="id_new_%s")
    if not form.is_valid():
        return _meeting_page(request, plan, found, _minutes_of(found), 400, new_point=form)
    services.add_point(
        found, form.cleaned_data["title"], action=chosen, uid=form.new_uid, by=request.user, at=timezone.now()
    )
    return redirect(reverse("plan:meeting", args=[plan.uid, found.uid]) + "#points")


@route(CHANGE_PLANS)
@require_POST
def note_point(request: HttpRequest, uid: UUID, meeting: UUID, pk: int) -> HttpResponse:
    """Write what was said and decided about a point."""
    plan = own_plan_or_404(request, uid)
    found = _meeting(plan, meeting)
    point = get_object_or_404(found.items.filter(removed_at__isnull=True), pk=pk)
    form = PointForm(request.POST, auto_id=f"id_{point.pk}_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.note_point(
                point, notes=data["notes"], decision=data["decision"], revision=form.seen,
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except InvalidFollowUp as error:
            form.show_problems(error)
        except ChangedMeanwhile as error:
            form = _anew(form, error)
        else:
            messages.success(request, _("Written down."))
            return redirect(reverse("plan:meeting", args=[plan.uid, found.uid]) + f"#point-{point.pk}")
    return _meeting_page(request, plan, found, _minutes_of(found), CONFLICT, point_forms={point.pk: form})


@route(CHANGE_PLANS)
@require_POST
def remove_point(request: HttpRequest, uid: UUID, meeting: UUID, pk: int) -> HttpResponse:
    """Take a point off the agenda."""
    plan = own_plan_or_404(request, uid)
    found = _meeting(plan, meeting)
    services.remove_point(get_object_or_404(found.items.all(), pk=pk), by=request.user, at=timezone.now())
    return redirect(reverse("plan:meeting", args=[plan.uid, found.uid]) + "#points")


# --- reviews ----------------------------------------------------------------------------------------------------------


@route(SHOW_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def reviews(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The half-yearly reviews of a plan; a POST begins the one that waits."""
    plan = plan_or_404(request, uid)
    now = timezone.now()
    waiting = review_waiting(plan, today_of(plan, now))
    if request.method == "POST" and waiting is not None:
        try:
            uid_sent = UUID(request.POST.get("uid", ""))
            made = services.begin_review(plan, waiting, uid=uid_sent, by=request.user, at=now)
        except ValueError as error:
            raise Http404 from error
        except (ReviewOpen, InvalidFollowUp) as error:
            messages.error(request, str(error))
            return redirect("plan:reviews", plan.uid)
        return redirect("plan:review", plan.uid, made.uid)
    found = list(reviews_of(plan))
    context = {
        "plan": plan,
        "reviews": found,
        "open": next((one for one in found if one.finished_at is None), None),
        "waiting": waiting,
        "new_uid": services.new_uid(),
        "may_edit": _may_edit(request, plan),
    }
    return render(request, "plan/followup/reviews.html", context)


@route(SHOW_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, uid: UUID, review: UUID) -> HttpResponse:
    """One review: three questions, a judgement for each objective, and the figures of the goals."""
    plan = plan_or_404(request, uid)
    found = get_object_or_404(reviews_of(plan), uid=review)
    found.plan = plan
    lines = list(
        found.objectives.filter(objective__removed_at__isnull=True)
        .select_related("objective")
        .order_by("objective__position", "pk")
    )
    initial = {name: getattr(found, name) for name in services.REVIEW_FIELDS} | {"revision": found.revision}
    form = ReviewForm(request.POST or None, lines=lines, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            written = services.write_review(
                found, form.cleaned_data, form.judgements(), revision=form.seen, by=request.user, at=at
            )
            if "finish" in request.POST:
                services.finish_review(written, revision=written.revision, by=request.user, at=at)
        except InvalidFollowUp as error:
            form = _seen_at(form, PlanReview.objects.get(pk=found.pk).revision)
            form.show_problems(error)
        except ChangedMeanwhile as error:
            form, status = _anew(form, error), CONFLICT
        except ReviewFinished as error:
            messages.error(request, str(error))
            return redirect("plan:review", plan.uid, found.uid)
        else:
            messages.success(request, _("Written down."))
            return redirect("plan:review", plan.uid, found.uid)
    context: dict[str, Any] = {"plan": plan, "review": found, "lines": lines, "form": form}
    if found.finished_at is None:
        goals = goals_in_order(plan)
        standings = standings_of(plan, goals, today_of(plan, timezone.now()))
        context["goals"] = [(goal, standings[goal.pk]) for goal in goals]
    else:
        context["kept"] = list(
            found.goals.select_related("goal__objective").order_by("goal__objective__position", "pk")
        )
    context["may_edit"] = found.finished_at is None and _may_edit(request, plan)
    return render(request, "plan/followup/review.html", context, status=status)


# --- calendars --------------------------------------------------------------------------------------------------------


@route(EXPORT_PLAN)
@never_cache
@require_GET
def calendar_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The dates of a plan as a file, to be taken into a calendar once."""
    plan = plan_or_404(request, uid)
    return _calendar(plan, f"plano-{plan.pk}.ics")


@route(SHOW_PLANS)
@never_cache
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How to have the dates in a calendar program. A POST makes the address, or ends it."""
    plan = plan_or_404(request, uid)
    address = ""
    if request.method == "POST":
        now = timezone.now()
        if "end" in request.POST:
            services.end_feed(plan, by=request.user, at=now)
            messages.success(request, _("The address no longer works."))
            return redirect("plan:calendar", plan.uid)
        secret = services.open_feed(plan, by=request.user, at=now)
        address = absolute(reverse("plan:feed", args=[secret]), f"{request.scheme}://{request.get_host()}")
    context = {"plan": plan, "address": address, "feed": open_feed_of(request.user, plan)}
    return render(request, "plan/followup/calendar.html", context)


@route(CALENDAR_FEED)
@never_cache
@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates of a plan for a calendar program. 404 once its maker may no longer see the plan."""
    found = feed_by_hash(services.secret_hash(secret))
    if found is None or found.plan.removed_at is not None or not may(found.user, SEE_PLAN, found.plan):
        raise Http404
    with override(getattr(found.user, "language", "") or None):
        return _calendar(found.plan, "trama.ics")


def _calendar(plan: StrategicPlan, name: str) -> HttpResponse:
    now = timezone.now()
    content = plan_calendar(
        plan,
        followed_actions(plan, today_of(plan, now)),
        meetings_of(plan),
        at=now,
        address=absolute(reverse("plan:followup", args=[plan.uid]), ""),
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
