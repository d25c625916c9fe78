"""Beginning a cohort, changing it, and what stands below it in a cascade."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from trama.foundation.policies import may_enter, route

from ..policies import COHORT_PAGES, OPEN_COHORT
from . import services
from .cascade import cascade_below
from .desk_views import led_or_404
from .errors import CohortError, StaleCohort
from .forms import CohortForm, OwnCohortForm
from .models import Cohort
from .own_people import own_scopes
from .selectors import cohorts_led_by

CONFLICT = 409


def _form(request: HttpRequest, parent: Cohort | None) -> CohortForm:
    """The form of what the person may open. 404 for who may open nothing."""
    if parent is not None or may_enter(request.user, OPEN_COHORT):
        form = CohortForm(request.POST or None, user=request.user)
        if parent is not None:
            del form.fields["organisation"]
        return form
    scopes = own_scopes(request.user)
    if not scopes:
        raise Http404
    return OwnCohortForm(request.POST or None, user=request.user, scopes=scopes)


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def new_cohort(request: HttpRequest) -> HttpResponse:
    """Begin a cohort, a draft trained by who began it; ``?acima=`` names the cohort that it stands below."""
    above = request.GET.get("acima", "")
    parent = _parent(request, above) if above else None
    form = _form(request, parent)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data | {"parent": parent}
        made = services.create_cohort(
            data["version"], data, organisation=parent.organisation if parent else data["organisation"],
            openings=form.openings(), roles=data["roles"], by=request.user, at=timezone.now(),
        )  # fmt: skip
        return redirect("learn:desk", made.uid)
    return render(request, "learn/cohorts/new_cohort.html", {"form": form, "parent": parent})


def _parent(request: HttpRequest, above: str) -> Cohort:
    try:
        uid = UUID(above)
    except ValueError as error:
        raise Http404 from error
    found: Cohort = get_object_or_404(cohorts_led_by(request.user), uid=uid)
    return found


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_cohort(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change the term, the places or what a cohort asks."""
    cohort = led_or_404(request, uid)
    form = CohortForm(request.POST or None, instance=Cohort.objects.get(pk=cohort.pk), user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        try:
            services.change_cohort(
                cohort, data, openings=form.openings(), roles=data["roles"], revision=data["revision"] or 0,
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except CohortError as problem:
            form.add_error(None, str(problem))
            status = CONFLICT if isinstance(problem, StaleCohort) else 200
        else:
            messages.success(request, _("The cohort was saved."))
            return redirect("learn:desk", cohort.uid)
    return render(request, "learn/cohorts/edit_cohort.html", {"cohort": cohort, "form": form}, status=status)


@route(COHORT_PAGES)
@never_cache
@require_safe
def cascade(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The cohorts below one, in numbers."""
    cohort = led_or_404(request, uid)
    led = set(cohorts_led_by(request.user).values_list("pk", flat=True))
    context = {"cohort": cohort, "cascade": cascade_below(cohort, led)}
    return render(request, "learn/cohorts/cascade.html", context)
