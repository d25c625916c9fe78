"""Pages of who learns: the cohorts of a person, one that they may enter, their enrolment, an invitation."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.accounts.api import acting_profile_of, people_in
from trama.foundation.policies import may, may_enter, route

from ..policies import COHORT_INVITATION, COHORT_PAGES, ENROL_PEOPLE, OPEN_COHORT
from . import invitations
from .admission import admission, requirements, term
from .enrolling import enrol, withdraw
from .errors import CohortError
from .forms import ReasonForm
from .models import Cohort, Enrolment
from .notes import notes_of
from .own_people import own_scopes
from .pairing import POST_OF_ROLE
from .selectors import (
    cohorts_led_by,
    enrolments_of_person,
    enrolments_visible_to,
    may_lead,
    pair_of,
    place_in_line,
    with_numbers,
)


def cohort_or_404(request: HttpRequest, uid: UUID) -> Cohort:
    """A cohort that the person may know of: theirs, one they train, or one that takes people."""
    found: Cohort = get_object_or_404(Cohort.objects.select_related("version__course", "organisation"), uid=uid)
    shown = found.takes_people and found.opening != Cohort.Opening.INVITED
    if shown or may_lead(request.user, found) or found.enrolments.filter(person=request.user.pk).exists():
        return found
    raise Http404


def partners_for(user: Any, profile: Any) -> list[Any]:
    """Who could be the other half of a pair: the other post in the person's school."""
    if profile is None or profile.school is None or profile.role not in POST_OF_ROLE:
        return []
    people = people_in(profile.school, at=timezone.now())
    wanted = {"school_principal", "pedagogical_coordinator"} - {profile.role}
    return [one for one in people if one.role in wanted and one.user_id != user.pk]


@route(COHORT_PAGES)
@never_cache
@require_safe
def my_cohorts(request: HttpRequest) -> HttpResponse:
    """The cohorts a person learns in, and those they train."""
    led = with_numbers(cohorts_led_by(request.user))[:200]
    rows = list(enrolments_of_person(request.user))
    notes = notes_of(rows)
    context = {
        "lines": [(row, term(row.cohort), notes.get(row.pk, [])) for row in rows],
        "led": [(one, term(one)) for one in led],
        "may_open": may_enter(request.user, OPEN_COHORT) or bool(own_scopes(request.user)),
    }
    return render(request, "learn/cohorts/my_cohorts.html", context)


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def cohort(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A cohort before one enters: its term, its places, what it asks. A POST enrols, in one click."""
    found = cohort_or_404(request, uid)
    if request.method == "POST":
        try:
            row = enrol(found, request.user, by=request.user, at=timezone.now())
        except CohortError as problem:
            messages.error(request, str(problem))
        else:
            return redirect("learn:my_cohort", row.uid)
    mine = found.enrolments.filter(person=request.user.pk).exclude(state="withdrawn").first()
    standing = admission(found, request.user, at=timezone.now())
    taken = found.enrolments.filter(state="enrolled").count()
    acting = acting_profile_of(request.user)
    house = (acting.network or acting.school) if acting is not None else None
    context = {
        "cohort": found,
        "term": term(found),
        "requirements": requirements(found),
        "mine": mine,
        "missing": standing.missing,
        "partners": partners_for(request.user, standing.profile) if not standing.missing else [],
        "free": max(found.places - taken, 0) if found.places is not None else None,
        "waiting": found.enrolments.filter(state="waiting").count(),
        "leads": may_lead(request.user, found),
        "may_enrol_people": house is not None and may(request.user, ENROL_PEOPLE, house),
    }
    return render(request, "learn/cohorts/cohort.html", context)


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def enrol_people(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who answers for a network or school enrols its people, several at once."""
    found = cohort_or_404(request, uid)
    acting = acting_profile_of(request.user)
    house = (acting.network or acting.school) if acting is not None else None
    if house is None or not may(request.user, ENROL_PEOPLE, house):
        raise Http404
    now = timezone.now()
    people = {row.user_id: row for row in people_in(house, at=now)}
    if request.method == "POST":
        chosen = [int(key) for key in request.POST.getlist("person") if key.isdigit() and int(key) in people]
        _enrol_each(request, found, [people[key].user for key in dict.fromkeys(chosen)])
        return redirect("learn:enrol_people", found.uid)
    held = {row.person_id: row for row in found.enrolments.filter(person__in=people).exclude(state="withdrawn")}
    lines = [
        (row, held.get(key), () if key in held else admission(found, row.user, at=now).missing)
        for key, row in people.items()
    ]
    return render(request, "learn/cohorts/enrol_people.html", {"cohort": found, "house": house, "lines": lines})


def _enrol_each(request: HttpRequest, cohort: Cohort, people: list[Any]) -> None:
    done = 0
    for person in people:
        try:
            enrol(cohort, person, by=request.user, at=timezone.now(), source=Enrolment.Source.NETWORK)
            done += 1
        except CohortError as problem:
            messages.error(request, f"{person}: {problem}")
    if done:
        said = ngettext("%(n)d person was enrolled and told.", "%(n)d people were enrolled and told.", done)
        messages.success(request, said % {"n": done})


@route(COHORT_PAGES)
@never_cache
@require_safe
def my_cohort(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An enrolment: how it stands, the pair, what comes next, and the way out."""
    row: Enrolment = get_object_or_404(enrolments_visible_to(request.user), uid=uid)
    context = {
        "enrolment": row,
        "cohort": row.cohort,
        "term": term(row.cohort),
        "own": row.person_id == request.user.pk,
        "leads": may_lead(request.user, row.cohort),
        "place_in_line": place_in_line(row) if row.state == Enrolment.State.WAITING else None,
        "pair": pair_of(row, at=timezone.now()),
        "seat": POST_OF_ROLE.get(row.role),
        "changes": row.changes.select_related("by"),
        "form": ReasonForm(),
    }
    return render(request, "learn/cohorts/my_cohort.html", context)


@route(COHORT_PAGES)
@never_cache
@require_POST
def leave(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Leave a cohort, or take somebody out of one that the person trains."""
    row: Enrolment = get_object_or_404(enrolments_visible_to(request.user), uid=uid)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in a few words why. It helps those who plan the next cohort."))
        return redirect("learn:my_cohort", row.uid)
    try:
        withdraw(row, form.cleaned_data["reason"], by=request.user, at=timezone.now())
    except CohortError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Done. What was done in the course is kept."))
    return redirect("learn:my_cohort", row.uid)


@route(COHORT_INVITATION)
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """An offer of a place. A POST takes it up."""
    found = invitations.invitation_of_code(code, at=timezone.now())
    if request.method == "POST":
        try:
            row = invitations.accept(code, by=request.user, at=timezone.now())
        except CohortError as problem:
            messages.error(request, str(problem))
        else:
            return redirect("learn:my_cohort", row.uid)
    context = {"invitation": found, "term": term(found.cohort) if found is not None else ""}
    return render(request, "learn/cohorts/invitation.html", context)


def person_of_email(email: str) -> Any:
    """The active account of an e-mail, or None."""
    return get_user_model().objects.filter(email=email.strip().lower(), is_active=True).first()
