"""Pages that change an adoption: calendar, texts, people, values, state, version, name in public, removal."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trama.foundation.policies import may, route

from ..policies import CHANGE_ADOPTIONS, LIST_ADOPTION
from . import services, step_services
from .calendar import ImpossibleCalendar, Span, shifted
from .errors import AdoptionError, StaleAdoption, StaleStep
from .forms import (
    DatesForm,
    PersonForm,
    ReasonForm,
    ResultForm,
    RevisionForm,
    ShiftForm,
    StopForm,
    TextsForm,
    ValueForm,
    resubmit_as,
)
from .models import Adoption, AdoptionMeasure, AdoptionPerson, AdoptionStep
from .presentation import VERBS
from .selectors import (
    by_stage,
    everything_of,
    indicators_of,
    move_to,
    newer_versions,
    people_of,
    standing_of,
    steps_of,
    team_of,
    today_of,
)
from .views import CONFLICT, adoption_or_404, attempt, editable_or_refused

# --- calendar --------------------------------------------------------------------------------------------------------


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Every date, editable. A shift fills the form with the new dates; nothing is kept before it is saved."""
    adoption = editable_or_refused(request, uid)
    steps = steps_of(adoption)
    shown = {step.uid: Span(step.starts_on, step.due_on) for step in steps}
    form = DatesForm(steps=[(step.uid, shown[step.uid], step.revision) for step in steps])
    shift = ShiftForm(initial={"step": request.GET.get("desde", "")})
    moved: set[uuid.UUID] = set()
    stale: dict[uuid.UUID, AdoptionStep] = {}
    status = 200
    if request.method == "POST" and "shift" in request.POST:
        shift = ShiftForm(request.POST)
        if shift.is_valid():
            spans = _shifted(adoption, steps, shift)
            moved = {step.uid for step in steps if step.uid in spans and spans[step.uid] != shown[step.uid]}
            form = DatesForm(steps=[(one.uid, spans.get(one.uid, shown[one.uid]), one.revision) for one in steps])
    elif request.method == "POST":
        form = DatesForm(request.POST, steps=[(step.uid, shown[step.uid], step.revision) for step in steps])
        if form.is_valid():
            try:
                changed = step_services.change_dates(
                    adoption, form.with_revisions(), by=request.user, at=timezone.now()
                )
            except StaleStep as problem:
                status, stale = CONFLICT, {step.uid: step for step in problem.steps}
                resubmit_as(form, **{f"revision-{step.uid}": step.revision for step in problem.steps})
                form.add_error(None, str(problem))
            except AdoptionError as problem:
                form.add_error(None, str(problem))
            else:
                words = ngettext("%(n)d step has other dates.", "%(n)d steps have other dates.", len(changed))
                messages.success(request, words % {"n": len(changed)} if changed else _("No date was changed."))
                return redirect("plan:adoption", uid)
    stages = [
        (line.stage, [(step, *form.pair(step.uid), step.uid in moved, stale.get(step.uid)) for step in line.steps])
        for line in by_stage(steps)
    ]
    context = {
        "adoption": adoption, "form": form, "shift": shift, "stages": stages, "moved": len(moved),
        "movable": [step for step in steps if step.state == AdoptionStep.State.TODO],
        "chosen": str(shift["step"].value() or ""),
    }  # fmt: skip
    return render(request, "plan/adoptions/calendar.html", context, status=status)


def _shifted(adoption: Adoption, steps: list[AdoptionStep], shift: ShiftForm) -> dict[uuid.UUID, Span]:
    """New spans of the steps still to do, from the chosen one on."""
    first = next((n for n, step in enumerate(steps) if step.uid == shift.cleaned_data["step"]), len(steps))
    todo = [step for step in steps[first:] if step.state == AdoptionStep.State.TODO]
    spans = [Span(step.starts_on, step.due_on) for step in todo]
    try:
        found = shifted(spans, shift.cleaned_data["begin"], adoption.free_days)
    except ImpossibleCalendar:
        shift.add_error("begin", _("This day is too far away."))
        return {}
    return {step.uid: span for step, span in zip(todo, found, strict=True)}


# --- texts and people ------------------------------------------------------------------------------------------------


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def texts(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Why, what was adapted, what changed. Two editors get a conflict, never a silent overwrite."""
    adoption = editable_or_refused(request, uid)
    form = TextsForm(request.POST or None, adoption=adoption, initial=TextsForm.initial_of(adoption))
    conflict: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            services.change_adoption(
                adoption, sent, contexts=sent.get("contexts") or [], revision=sent["revision"], by=request.user,
                at=timezone.now(),
            )  # fmt: skip
        except StaleAdoption as problem:
            now = adoption_or_404(request, uid)
            conflict = [
                (str(form[name].label), getattr(now, name))
                for name in services.TEXT_FIELDS
                if sent[name].replace("\r\n", "\n").strip() != getattr(now, name)
            ]
            resubmit_as(form, revision=now.revision)
            form.add_error(None, str(problem))
        except AdoptionError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The texts were saved."))
            return redirect("plan:adoption", uid)
    context = {
        "adoption": adoption,
        "form": form,
        "conflict": conflict,
        "offered": list(adoption.version.adaptations.all()),
    }
    status = CONFLICT if request.method == "POST" and form.non_field_errors() else 200
    return render(request, "plan/adoptions/texts.html", context, status=status)


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Who takes which part."""
    adoption = editable_or_refused(request, uid)
    now = timezone.now()
    roles = list(adoption.version.roles.all())
    form = PersonForm(request.POST or None, roles=roles, team=team_of(adoption.scope, now))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_person(adoption, **form.values(), by=request.user, at=now)
        except AdoptionError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The person was added."))
            return redirect("plan:adoption_people", uid)
    context = {"adoption": adoption, "form": form, "roles": roles, "people": people_of(adoption)}
    return render(request, "plan/adoptions/people.html", context)


@route(CHANGE_ADOPTIONS)
@require_POST
def end_person(request: HttpRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """Take a part away from somebody."""
    adoption = editable_or_refused(request, uid)
    person = get_object_or_404(
        AdoptionPerson.objects.select_related("adoption", "role", "user"), pk=pk, adoption=adoption
    )
    attempt(
        request,
        _("The person was taken out."),
        lambda: services.remove_person(person, by=request.user, at=timezone.now()),
    )
    return redirect("plan:adoption_people", uid)


# --- values ----------------------------------------------------------------------------------------------------------


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def indicators(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The indicators of the technology, with their values by date."""
    adoption = editable_or_refused(request, uid)
    now = timezone.now()
    lines = indicators_of(adoption)
    present = [line.indicator for line in lines if not line.of_earlier_version]
    form = ValueForm(request.POST or None, indicators=present, today=today_of(adoption, now))
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            step_services.record_value(
                adoption, form.indicators[sent["indicator"]], measured_on=sent["measured_on"], value=sent["value"],
                note=sent["note"], by=request.user, at=now,
            )  # fmt: skip
        except AdoptionError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The value was recorded."))
            return redirect("plan:adoption_indicators", uid)
    return render(request, "plan/adoptions/indicators.html", {"adoption": adoption, "form": form, "lines": lines})


@route(CHANGE_ADOPTIONS)
@require_POST
def end_value(request: HttpRequest, uid: uuid.UUID, measure: uuid.UUID) -> HttpResponse:
    """Take a recorded value away."""
    adoption = editable_or_refused(request, uid)
    rows = AdoptionMeasure.objects.select_related("adoption", "indicator")
    found = get_object_or_404(rows, uid=measure, adoption=adoption)
    attempt(
        request,
        _("The value was taken away."),
        lambda: step_services.remove_value(found, by=request.user, at=timezone.now()),
    )
    return redirect("plan:adoption_indicators", uid)


# --- states ----------------------------------------------------------------------------------------------------------


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, uid: uuid.UUID, verb: str) -> HttpResponse:
    """Start, pause, resume, finish, give up, reopen: first a question, where wanted with a reason."""
    name = VERBS.get(verb)
    if name is None:
        raise Http404
    adoption = editable_or_refused(request, uid)
    sent = request.POST or None
    texts = _texts_of_moves()[name]
    form, run = _moves(request, adoption)[name](sent)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            run(form.cleaned_data if form is not None else {})
        except AdoptionError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, texts["done"])
        return redirect("plan:adoption", uid)
    allowed = name in services.moves_from(adoption.state)
    context = {"adoption": adoption, "form": form, "allowed": allowed, **texts}
    if name == "finish":
        context["n_open"] = standing_of(adoption, timezone.now()).n_open
    return render(request, "plan/adoptions/move.html", context)


def _moves(request: HttpRequest, adoption: Adoption) -> dict[str, Callable[[Any], tuple[Any, Any]]]:
    """For each move: its form over what was sent (None: a plain question), and what it runs with the form's data."""
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    may_name = may(request.user, LIST_ADOPTION, adoption)

    def run(verb: Callable[..., Any]) -> Callable[[dict[str, Any]], Any]:
        return lambda data: verb(adoption, **data, **who)

    result = {"what_changed": adoption.what_changed}
    return {
        "start": lambda sent: (None, run(services.start_adoption)),
        "resume": lambda sent: (None, run(services.resume_adoption)),
        "reopen": lambda sent: (ReasonForm(sent), run(services.reopen_adoption)),
        "finish": lambda sent: (ResultForm(sent, initial=result), run(services.finish_adoption)),
        "pause": lambda sent: (StopForm(sent, may_name=may_name), run(services.pause_adoption)),
        "give_up": lambda sent: (StopForm(sent, may_name=may_name), run(services.give_up_adoption)),
    }


def _texts_of_moves() -> dict[str, dict[str, Any]]:
    """What the page of each move says, and what it says afterwards."""
    return {
        "start": {
            "question": _("Start this adoption?"),
            "consequence": _("It counts as under way from today. The dates of the steps stay as they are."),
            "action_label": _("Start"),
            "done": _("The adoption has started."),
        },
        "resume": {
            "question": _("Take this adoption up again?"),
            "consequence": _("The dates stay as they are: move them in the calendar afterwards."),
            "action_label": _("Take it up again"),
            "done": _("The adoption is under way again. Look at the dates in the calendar."),
        },
        "reopen": {
            "question": _("Reopen this adoption?"),
            "consequence": _("It is under way again, with everything that was done."),
            "action_label": _("Reopen"),
            "done": _("The adoption is under way again. Look at the dates in the calendar."),
        },
        "finish": {
            "question": _("Finish this adoption?"),
            "consequence": _("Say what changed: it is what remains for whoever comes later."),
            "action_label": _("Finish"),
            "done": _("The adoption is finished."),
        },
        "pause": {
            "question": _("Pause this adoption?"),
            "consequence": _("No step is due while it is paused. You can take it up again at any time."),
            "action_label": _("Pause"),
            "done": _("The adoption is paused."),
        },
        "give_up": {
            "question": _("Give this adoption up?"),
            "consequence": _("What was done stays kept. It can be reopened."),
            "action_label": _("Give up"),
            "done": _("The adoption was given up."),
            "danger": True,
        },
    }


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def version(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Move to a newer version: what changed in it, what becomes of the steps, then the calendar."""
    adoption = editable_or_refused(request, uid)
    versions = newer_versions(adoption)
    key = request.POST.get("version") or request.GET.get("para", "")
    chosen = next((one for one in versions if str(one.pk) == key), versions[0] if versions and not key else None)
    form = RevisionForm(request.POST or None, initial={"revision": adoption.revision})
    if request.method == "POST" and chosen is not None and form.is_valid():
        sent = form.cleaned_data
        done = attempt(
            request,
            _("The adoption follows the new version. Look at the dates of the steps."),
            lambda: services.move_to_version(
                adoption, chosen, revision=sent["revision"], by=request.user, at=timezone.now()
            ),
        )
        return redirect("plan:adoption_calendar" if done else "plan:adoption_version", uid)
    context = {
        "adoption": adoption,
        "versions": versions,
        "chosen": chosen,
        "form": form,
        "plan": move_to(adoption, chosen) if chosen is not None else None,
    }
    return render(request, "plan/adoptions/version.html", context)


# --- in public, and away ---------------------------------------------------------------------------------------------


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Agree to be named on the page of the technology, or take it back."""
    adoption = editable_or_refused(request, uid)
    if request.method == "POST":
        if not may(request.user, LIST_ADOPTION, adoption):
            raise PermissionDenied(LIST_ADOPTION.name)
        wanted = request.POST.get("listed") == "1"
        attempt(
            request,
            _("The page of the technology names you now.") if wanted else _("The page no longer names you."),
            lambda: services.set_listed(adoption, wanted, by=request.user, at=timezone.now()),
        )
        return redirect("plan:adoption", uid)
    context = {"adoption": adoption, "may_list": may(request.user, LIST_ADOPTION, adoption)}
    return render(request, "plan/adoptions/listed.html", context)


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take the adoption away, after asking."""
    adoption = editable_or_refused(request, uid)
    form = RevisionForm(request.POST or None, initial={"revision": adoption.revision})
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        done = attempt(
            request,
            _("The adoption was removed. It can be put back from the list."),
            lambda: services.remove_adoption(adoption, revision=sent["revision"], by=request.user, at=timezone.now()),
        )
        return redirect("plan:adoptions") if done else redirect("plan:adoption_remove", uid)
    return render(request, "plan/adoptions/remove.html", {"adoption": adoption, "form": form})


@route(CHANGE_ADOPTIONS)
@require_POST
def restore(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Put a removed adoption back."""
    adoption = get_object_or_404(everything_of(request.user).filter(removed_at__isnull=False), uid=uid)
    attempt(
        request,
        _("The adoption was put back."),
        lambda: services.restore_adoption(adoption, by=request.user, at=timezone.now()),
    )
    return redirect("plan:adoptions")
