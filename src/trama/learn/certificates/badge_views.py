"""The badge of a certificate for its holder, and what whoever verifies one asks: issuer, achievement, status."""

from uuid import UUID

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from trama.foundation.http import FIVE_MINUTES, public_cache
from trama.foundation.policies import route

from ..courses.selectors import version_for_reader
from ..keys.selectors import public_keys
from ..policies import BADGE_RECORD, CERTIFICATE_FILE
from . import badges
from .selectors import badge_lists, certificates_visible_to

JSON_LD = "application/ld+json"
JWT = "application/vc+jwt"


def _open(response: HttpResponse) -> HttpResponse:
    """Verifiers that run in a browser of another site may read it: there is no person in it."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


@route(CERTIFICATE_FILE)
@never_cache
@require_safe
def badge_file(request: HttpRequest, uid: UUID, extension: str) -> HttpResponse:
    """The badge of a certificate: the signed badge alone, or a picture that carries it."""
    rows = certificates_visible_to(request.user).select_related("enrolment__cohort__version__course")
    found = get_object_or_404(rows, uid=uid)
    if not badges.has_badge(found):
        raise Http404
    token = badges.signed_badge(found, at=timezone.now())
    content, kind = (badges.badge_svg(found, token), "image/svg+xml") if extension == "svg" else (token, JWT)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="selo-{found.code}.{extension}"'
    return response


@route(BADGE_RECORD)
@public_cache(FIVE_MINUTES)
@require_safe
def did(request: HttpRequest) -> HttpResponse:
    """The issuer as a DID document, with its keys."""
    return _open(
        JsonResponse(badges.did_document(public_keys(badges.BADGE)["keys"]), content_type="application/did+json")
    )


@route(BADGE_RECORD)
@public_cache(FIVE_MINUTES)
@require_safe
def issuer(request: HttpRequest) -> HttpResponse:
    """The issuer as a profile of Open Badges."""
    return _open(JsonResponse({"@context": badges.CONTEXTS} | badges.issuer_profile(), content_type=JSON_LD))


@route(BADGE_RECORD)
@public_cache(FIVE_MINUTES)
@require_safe
def achievement(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """What a badge is for."""
    version = version_for_reader(slug, label)
    if version is None:
        raise Http404
    return _open(JsonResponse({"@context": badges.CONTEXTS} | badges.achievement(version), content_type=JSON_LD))


@route(BADGE_RECORD)
@public_cache(FIVE_MINUTES)
@require_safe
def status(request: HttpRequest, number: int) -> HttpResponse:
    """Which badges of a list do not hold any more."""
    if number >= badge_lists(badges.LIST_SIZE):
        raise Http404
    kept = caches["pages"]
    told = kept.get(f"learn.badges.status.{number}")
    if told is None:
        told = badges.status_list(number, at=timezone.now())
        kept.set(f"learn.badges.status.{number}", told, FIVE_MINUTES)
    return _open(HttpResponse(told, content_type=JWT))
