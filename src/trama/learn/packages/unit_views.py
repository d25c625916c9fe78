"""Pages and addresses of packages of cmi5: the learner's page, opening a unit, how units stand; the author's try."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from trama.foundation.http import found_or_404
from trama.foundation.policies import route

from ..cmi5.services import Launch
from ..courses.models import Package, PackageFile
from ..courses.presentation import Place
from ..courses.reader_views import version_or_404
from ..courses.study_views import study_base
from ..policies import AUTHOR_PAGES, STUDY_PAGES
from ..progress.errors import ProgressError
from ..progress.wording import state_of
from .addresses import domain
from .errors import PackageError
from .frames import page_of_attempt
from .models import PackageLaunch
from .selectors import launch_visible_to, line_of, runnable
from .unit_presentation import UnitPlace, how, lines_of_units, mode_told, place_of, setup_of_units
from .units import open_unit, preview_unit, way_of


def run_units(request: HttpRequest, launch: PackageLaunch) -> HttpResponse:
    """The page of a learner: the units of a package in a list, and one of them in its frame."""
    attempt = launch.attempt
    file = _file(attempt.package)
    way = way_of(attempt)
    setup = None
    if domain():
        addresses = {
            "open": reverse("learn:open_unit", args=[launch.uid]),
            "standing": reverse("learn:units_standing", args=[launch.uid]),
        }
        setup = setup_of_units(request, file, str(attempt.enrolment.uid), timezone.now(), way) | addresses
    return page_of_attempt(request, attempt, setup, units=True, lines=lines_of_units(file, way))


def _file(package: Package) -> PackageFile:
    """The file of a package of cmi5; every other kind has none of these addresses."""
    if package.file is None or package.file.kind != PackageFile.Kind.CMI5:
        raise Http404
    return package.file


def _asked(request: HttpRequest, file: PackageFile) -> dict[str, Any]:
    """The item that a request asks for."""
    name = request.POST.get("unit", "")
    return found_or_404(next((one for one in runnable(file) if one["id"] == name), None))


def _opened(launch: Launch, place: UnitPlace) -> JsonResponse:
    more = {"window": place.own_window, "host": place.host, "told": mode_told(launch.session.mode)}
    return JsonResponse({"address": launch.url, **more})


@route(STUDY_PAGES)
@never_cache
@require_POST
def open_launched(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open a unit: its address, with what it fetches its token by, once."""
    launch = found_or_404(launch_visible_to(request.user, uid))
    attempt, now = launch.attempt, timezone.now()
    file = _file(attempt.package)
    item = _asked(request, file)
    back = Place(study_base(attempt.enrolment.cohort.version.course)).part(attempt.package)
    place = place_of(request, file, item, str(attempt.enrolment.uid), back=back, at=now)
    try:
        made = open_unit(
            launch, item["id"], address=place.address, return_url=place.return_url, by=request.user, at=now
        )
    except (ProgressError, PackageError) as problem:
        return JsonResponse({"why": str(problem)}, status=409)
    return _opened(made, place)


@route(STUDY_PAGES)
@never_cache
@require_safe
def standing(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How the units of a launch stand, and the part with them: the page asks while a unit runs."""
    launch = found_or_404(launch_visible_to(request.user, uid))
    attempt = launch.attempt
    _file(attempt.package)
    units = {key: how(one) for key, one in way_of(attempt).units.items()}
    line = line_of(attempt.enrolment, attempt.package)
    return JsonResponse({"units": units, "met": bool(line and line.met), "told": state_of(line) if line else ""})


@route(AUTHOR_PAGES)
@never_cache
@require_POST
def try_unit(request: HttpRequest, slug: str, label: str, pk: int) -> HttpResponse:
    """Open a unit for an author who looks around: no result is taken."""
    version = version_or_404(request, slug, label)
    package = get_object_or_404(Package.objects.select_related("file"), pk=pk, module__version=version)
    file, now = _file(package), timezone.now()
    item = _asked(request, file)
    back = reverse("learn:package_file", args=[slug, label, pk])
    place = place_of(request, file, item, f"author {request.user.pk}", back=back, at=now)
    made = preview_unit(file, item["id"], address=place.address, return_url=place.return_url, by=request.user, at=now)
    return _opened(made, place)
