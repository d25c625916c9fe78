"""Opening an adoption: which technology, for whom, why, from when; then a look at the calendar before it is saved."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from trama.diagnose.api import zone_of
from trama.foundation.policies import route

from ..policies import CHANGE_ADOPTIONS
from . import services
from .calendar import ImpossibleCalendar
from .errors import AdoptionError
from .forms import DatesForm, OpenAdoptionForm, next_recess
from .selectors import (
    adoptable_versions,
    column_of,
    last_recess_of,
    priorities_for,
    proposed_dates,
    scopes_to_adopt_for,
    stages_of,
    team_of,
)

USUAL_RECESS = ("12-20", "01-31")


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_adoption(request: HttpRequest) -> HttpResponse:
    """Choose the technology and the owner, fill the form, look at the calendar, open."""
    versions = list(adoptable_versions())
    version = _chosen_version(request, versions)
    scopes = scopes_to_adopt_for(request.user)
    scope = _chosen_scope(request, scopes)
    context: dict[str, Any] = {
        "versions": versions,
        "version": version,
        "scopes": [(_key(one), one) for one in scopes],
        "scope": scope,
        "scope_key": _key(scope) if scope is not None else "",
    }
    if version is None or scope is None:
        return render(request, "plan/adoptions/choose.html", context)
    form = _open_form(request, version, scope)
    context["form"] = form
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return render(request, "plan/adoptions/open.html", context)
    try:
        proposed = proposed_dates(version, form.cleaned_data["starts_on"], form.free_days(form.cleaned_data))
    except ImpossibleCalendar:
        form.add_error("starts_on", _("With these free days the calendar has no end. Choose others."))
        return render(request, "plan/adoptions/open.html", context)
    steps = [(key, span, None) for key, span in proposed.items()]
    confirmed = "open" in request.POST
    dates = DatesForm(request.POST if confirmed else None, steps=steps)
    if confirmed and dates.is_valid():
        try:
            made = services.open_adoption(
                scope, version, dates=dates.spans(), by=request.user, at=timezone.now(), **form.values()
            )  # fmt: skip
        except AdoptionError as problem:
            form.add_error(None, str(problem))
            return render(request, "plan/adoptions/open.html", context)
        messages.success(request, _("The adoption is open. The first steps stand below."))
        return redirect("plan:adoption", made.uid)
    stages = [(stage, [(step, *dates.pair(step.pk)[:2]) for step in stage.steps.all()]) for stage in stages_of(version)]
    kept = [(name, value) for name, values in request.POST.lists() for value in values if _is_of_the_form(name)]
    ends = max(span.end for span in proposed.values())
    context |= {"stages": stages, "dates": dates, "kept": kept, "ends": ends}
    return render(request, "plan/adoptions/preview.html", context)


def _is_of_the_form(name: str) -> bool:
    return name not in ("csrfmiddlewaretoken", "open", "change", "preview") and not name.startswith(("start-", "due-"))


def _chosen_version(request: HttpRequest, versions: list[Any]) -> Any:
    """By ``?versao=`` (a key), or the first of the technology called ``?tecnologia=``."""
    key, slug = request.GET.get("versao", ""), request.GET.get("tecnologia", "")
    if key:
        return next((one for one in versions if str(one.pk) == key), None)
    return next((one for one in versions if one.technology.slug == slug), None)


def _key(scope: Any) -> str:
    """How an address names an owner: "network-26116063"."""
    return f"{column_of(scope)}-{scope.pk}"


def _chosen_scope(request: HttpRequest, scopes: list[Any]) -> Any:
    asked = request.GET.get("para", "")
    found = next((one for one in scopes if _key(one) == asked), None)
    return scopes[0] if found is None and len(scopes) == 1 else found


def _open_form(request: HttpRequest, version: Any, scope: Any) -> OpenAdoptionForm:
    now = timezone.now()
    today = timezone.localdate(now, ZoneInfo(zone_of(scope)))
    recess = last_recess_of(scope)
    kept = (recess[0], recess[1]) if recess is not None else USUAL_RECESS
    initial = {
        "starts_on": today,
        "weekends_free": recess[2] if recess is not None else True,
        "priority": request.GET.get("prioridade", ""),
        **next_recess(kept, today),
    }
    return OpenAdoptionForm(
        request.POST or None,
        initial=initial,
        version=version,
        priorities=priorities_for(scope, request.user),
        team=team_of(scope, now),
        roles=list(version.roles.all()),
    )
