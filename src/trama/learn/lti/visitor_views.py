"""Pages of people whom another platform sends: the door, the course they were sent to, the choice of a course."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.foundation.fetching import FetchRefused
from trama.foundation.http import found_or_404, own_transactions
from trama.foundation.policies import route

from ..courses.models import CourseVersion
from ..courses.selectors import published_versions
from ..courses.study import enrolment_of
from ..keys.models import SigningKey
from ..keys.services import sign
from ..policies import LTI_PAGES, LTI_SERVER, STUDY_PAGES
from . import vocabulary as lti
from .addresses import at as address
from .asking import members
from .csp import leaving
from .errors import LtiError
from .forms import ChooseForm
from .launch_views import refused
from .linking import link, linked_person
from .models import PlatformLaunch, PlatformLink
from .receiving import SECONDS, begin_login, read_launch, take_launch
from .selectors import platforms_visible_to
from .services import unlink

ARRIVED = "lti-arrived"
ARRIVED_SALT = "trama.learn.lti.arrived"
ARRIVED_SECONDS = 12 * 3600


@route(LTI_SERVER)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """A platform begins: the browser goes back there, to be told who it is."""
    asked = (request.POST if request.method == "POST" else request.GET).dict()
    try:
        begun = begin_login(asked)
    except LtiError as problem:
        return refused(request, problem, problem.status)
    response = redirect(begun.address)
    # The platform posts back from its own site: only a cookie for other sites comes along, and browsers want it secure.
    response.set_cookie(
        begun.cookie, begun.value, max_age=SECONDS, path="/lti/", secure=True, httponly=True, samesite="None"
    )
    return response


@route(LTI_SERVER)
@csrf_exempt
@own_transactions  # it may ask the platform for its keys
@never_cache
@require_POST
def launch(request: HttpRequest) -> HttpResponse:
    """The signed message of a platform. What follows is a page of its own: this request comes without the session."""
    posted = request.POST.dict()
    if "error" in posted:
        return refused(request, LtiError(_("The platform did not let you go on: %s") % posted["error"][:100]))
    try:
        platform, claims = read_launch(posted, request.COOKIES)
        made = take_launch(platform, claims, at=timezone.now())
    except LtiError as problem:
        return refused(request, problem, problem.status)
    response = redirect("learn:lti_choose" if made.kind == "choose" else "learn:lti_arrived", made.uid)
    response.status_code = 303
    response.set_cookie(
        ARRIVED, signing.dumps(str(made.uid), salt=ARRIVED_SALT), max_age=ARRIVED_SECONDS, path="/",
        secure=request.is_secure(), httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


def _launch_or_404(request: HttpRequest, uid: UUID, kind: str) -> PlatformLaunch:
    """A launch of this very browser; another's does not exist."""
    try:
        mine = signing.loads(request.COOKIES.get(ARRIVED, ""), salt=ARRIVED_SALT, max_age=ARRIVED_SECONDS)
    except signing.BadSignature:
        mine = ""
    rows = PlatformLaunch.objects.select_related("platform").filter(uid=uid, kind=kind, platform__active=True)
    return found_or_404(rows.first() if mine == str(uid) else None)


def _version_of(made: PlatformLaunch) -> CourseVersion | None:
    return published_versions().filter(course__slug=made.course).first() if made.course else None


@route(LTI_SERVER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def arrived(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Where somebody was sent to. Who is signed in and linked goes on to their course; a POST links."""
    made = _launch_or_404(request, uid, "resource")
    user: Any = request.user if request.user.is_authenticated else None
    if request.method == "POST" and user is not None:
        try:
            link(made, by=user, at=timezone.now())
            messages.success(request, _("The accounts are linked. You can take this back on this page."))
        except LtiError as problem:
            messages.error(request, str(problem))
        return redirect("learn:lti_arrived", uid)
    version, owner = _version_of(made), linked_person(made)
    mine = user is not None and owner == user.pk
    enrolled = enrolment_of(user, version.course) if user is not None and mine and version is not None else None
    if enrolled is not None and version is not None and "ficar" not in request.GET:
        return redirect("learn:study", version.course.slug)
    public = reverse("learn:course", args=[version.course.slug]) if version is not None else reverse("learn:courses")
    context = {
        "launch": made,
        "version": version,
        "address": f"{public}{made.part}/" if version is not None and made.part else public,
        "user_here": user,
        "mine": mine,
        "taken": owner is not None and not mine,
        "enrolled": enrolled,
    }
    return render(request, "learn/lti/arrived.html", context)


@route(LTI_SERVER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A teacher on a platform chooses a course; the answer is signed and goes back there."""
    made = _launch_or_404(request, uid, "choose")
    versions = list(published_versions())
    form = ChooseForm(request.POST if request.method == "POST" else None, versions=versions)
    if request.method != "POST" or not form.is_valid():
        return render(request, "learn/lti/choose.html", {"launch": made, "versions": versions, "form": form})
    chosen = next(one for one in versions if one.course.slug == form.cleaned_data["course"])
    fields = {"JWT": _answer(made, chosen)}
    context = {"arrival": {"address": made.return_url, "fields": fields}, "tool": made.platform}
    return leaving(request, "learn/lti/arrive.html", context, made.return_url)


def _answer(made: PlatformLaunch, version: CourseVersion) -> str:
    """The signed answer of a choice (Deep Linking 2.0)."""
    at, slug = timezone.now(), version.course.slug
    item = {
        "type": "ltiResourceLink", "title": version.title, "text": version.summary,
        "url": f"{address('lti_launch')}?curso={slug}", "custom": {"course": slug},
        "lineItem": {"label": version.title, "scoreMaximum": 100, "resourceId": slug},
        "window": {"targetName": "_blank"},
    }  # fmt: skip
    claims = {
        "iss": made.platform.client_id, "aud": [made.platform.issuer], "iat": int(at.timestamp()),
        "exp": int((at + timedelta(minutes=5)).timestamp()), "nonce": secrets.token_urlsafe(24),
        lti.MESSAGE_TYPE: lti.CHOICE_ANSWER, lti.VERSION: lti.LTI_VERSION, lti.DEPLOYMENT: made.deployment_id,
        lti.CHOICE_ITEMS: [item],
    }  # fmt: skip
    if made.data:
        claims[lti.CHOICE_DATA] = made.data
    return sign(SigningKey.Purpose.LTI, claims, at=at)


@route(STUDY_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """The accounts on other platforms that a person linked; a POST takes one back."""
    rows = PlatformLink.objects.filter(person=request.user.pk).select_related("platform")
    if request.method == "POST":
        asked = request.POST.get("link", "")
        held = get_object_or_404(rows, pk=int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0)
        unlink(held, by=request.user, at=timezone.now())
        messages.success(request, _("The link was taken back."))
        return redirect("learn:lti_links")
    return render(request, "learn/lti/links.html", {"links": rows})


@route(LTI_PAGES)
@never_cache
@require_safe
def people(request: HttpRequest, uid: UUID, context: UUID) -> HttpResponse:
    """Who is in a context of a platform, asked now; nothing of it is kept."""
    platform = get_object_or_404(platforms_visible_to(request.user), uid=uid)
    made = get_object_or_404(platform.launches.exclude(members_url=""), uid=context)
    told: dict[str, Any] = {"platform": platform, "launch": made, "members": [], "problem": ""}
    try:
        linked = set(platform.links.values_list("subject", flat=True))
        told["members"] = [(one, one.subject in linked) for one in members(made, at=timezone.now())]
    except FetchRefused as problem:
        told["problem"] = str(problem)
    return render(request, "learn/lti/people.html", told)
