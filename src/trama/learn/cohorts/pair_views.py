"""Pages of pairs: enrolling together, the pair and its history, and who comes in for whom."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trama.accounts.api import people_in
from trama.foundation.policies import route

from ..policies import COHORT_PAGES
from . import pairing
from .admission import admission
from .errors import CohortError
from .learner_views import cohort_or_404, partners_for
from .models import Enrolment, Pair
from .selectors import enrolments_of_person, history_of, may_lead, members_of, pairs_visible_to


@route(COHORT_PAGES)
@never_cache
@require_POST
def enrol_pair(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enrol with the other half of the pair; without one, take one's seat in the pair of the school or secretariat."""
    cohort = cohort_or_404(request, uid)
    now = timezone.now()
    chosen = request.POST.get("partner", "")
    try:
        if not chosen:
            row = get_object_or_404(enrolments_of_person(request.user).exclude(state="withdrawn"), cohort=cohort)
            made = pairing.take_seat(row, by=request.user, at=now)
        else:
            profile = admission(cohort, request.user, at=now).profile
            other = next((one for one in partners_for(request.user, profile) if str(one.user_id) == chosen), None)
            if other is None:
                messages.error(request, _("Choose who holds the other post in your school."))
                return redirect("learn:cohort", cohort.uid)
            with transaction.atomic():
                made = pairing.enrol_pair(
                    cohort, request.user, other.user, by=request.user, at=now, source=Enrolment.Source.SELF
                )
    except CohortError as problem:
        messages.error(request, str(problem))
        return redirect("learn:cohort", cohort.uid)
    return redirect("learn:pair", made.uid)


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A pair: who sits in it, who sat before. A POST brings a substitute in for who changed post."""
    found: Pair = get_object_or_404(pairs_visible_to(request.user), uid=uid)
    now = timezone.now()
    may_change = pairing.may_change_pair(request.user, found)
    if request.method == "POST" and may_change and _replace(request, found):
        return redirect("learn:pair", found.uid)
    members = members_of(found, at=now)
    house = found.school or found.network
    sitting = {one.enrolment.person_id for one in members if one.enrolment is not None}
    candidates = [one for one in people_in(house, at=now) if one.user_id not in sitting] if may_change else []
    context = {
        "pair": found,
        "cohort": found.cohort,
        "members": members,
        "history": history_of(found),
        "may_change": may_change,
        "leads": may_lead(request.user, found.cohort),
        "candidates": [one for one in candidates if one.role in pairing.POST_OF_ROLE],
    }
    return render(request, "learn/cohorts/pair.html", context)


def _replace(request: HttpRequest, pair: Pair) -> bool:
    house = pair.school or pair.network
    people = {str(one.user_id): one.user for one in people_in(house, at=timezone.now())}
    sitting = [one.enrolment for one in members_of(pair, at=timezone.now())]
    leaving = next((one for one in sitting if one is not None and str(one.uid) == request.POST.get("leaving")), None)
    substitute = people.get(request.POST.get("substitute", ""))
    reason = request.POST.get("reason", "").strip()[:300]
    if leaving is None or substitute is None or not reason:
        messages.error(request, _("Say who leaves, who comes and why."))
        return False
    try:
        with transaction.atomic():
            pairing.replace_member(
                pair, leaving, substitute, reason, by=request.user, at=timezone.now(),
                source=Enrolment.Source.NETWORK,
            )  # fmt: skip
    except CohortError as problem:
        messages.error(request, str(problem))
        return False
    messages.success(request, _("%(name)s is now in the pair.") % {"name": substitute})
    return True
