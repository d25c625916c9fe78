"""Pages of figures: the panorama of a place, of a network."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trama.foundation.panels import panels_state
from trama.foundation.policies import route

from .. import policies
from ..pages import kept_page
from ..territory.models import Place, TeachingNetwork
from ..territory.selectors import network_by_id, place_by_code, schools_of
from ..vocabulary import Dependency, PlaceKind
from .exports import Download, as_response, rows_of
from .panorama import Panorama, panorama, reading_of
from .pdf import panorama_pdf

COUNTRY = 0


@route(policies.PANORAMA)
@require_safe
@kept_page("rede", also=lambda: panels_state("place"))
def place_page(request: HttpRequest, code: int = COUNTRY) -> HttpResponse:
    """The panorama of Brazil, a region, a state, a municipality or a school."""
    shown = panorama(_place_or_404(code), asked_dependency(request))
    return render(request, "know/panorama/place.html", _context(shown))


@route(policies.NETWORK)
@require_safe
@kept_page(also=lambda: panels_state("network"))
def network_page(request: HttpRequest, network_id: int) -> HttpResponse:
    """The panorama of a teaching network: its place seen through its own dependency."""
    network = network_by_id(network_id)
    if network is None:
        raise Http404(_("No network has the number %(number)s.") % {"number": network_id})
    return render(request, "know/panorama/network.html", _context(panorama(network.place, network.dependency), network))


@route(policies.PANORAMA_EXPORT)
@require_safe
@kept_page()
def place_export(request: HttpRequest, code: int, kind: str) -> HttpResponse:
    """Every figure of a place, of all its networks, as CSV, XLSX or JSON."""
    place = _place_or_404(code)
    reading = reading_of(place)
    download = Download(
        title=_("%(place)s: panorama of education") % {"place": place.name},
        file_name=f"trama-{place.name}-{place.code}",
        rows=rows_of([(place, reading.own)]),
        definitions=reading.definitions,
        releases=reading.releases,
    )
    return as_response(download, kind)


@route(policies.PANORAMA_EXPORT)
@require_safe
@kept_page("rede")
def place_pdf(request: HttpRequest, code: int) -> HttpResponse:
    """The panorama of a place and dependency as a tagged PDF."""
    shown = panorama(_place_or_404(code), asked_dependency(request))
    name = slugify(f"trama-{shown.place.name}-{shown.dependency}")
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(panorama_pdf(shown), content_type="application/pdf", headers=headers)


@route(policies.PANORAMA)
@require_safe
@kept_page("pagina")
def school_list(request: HttpRequest, code: int) -> HttpResponse:
    """The schools of a municipality that a census or result file named, in alphabetical order."""
    place = _place_or_404(code)
    schools = schools_of(place.code)
    page = Paginator(schools, 100).get_page(request.GET.get("pagina"))
    context = {"place": place, "page": page, "trail": trail_of(place)}
    return render(request, "know/panorama/schools.html", context)


def _place_or_404(code: int) -> Place:
    place = place_by_code(code)
    if place is None:
        raise Http404(_("No place has the code %(code)s.") % {"code": code})
    return place


def asked_dependency(request: HttpRequest) -> str:
    """The ``rede`` of the query; "" if none is asked for."""
    asked = request.GET.get("rede", "")
    if asked and asked not in Dependency.values:
        raise Http404(
            _("“%(asked)s” is no administrative dependency. Expected one of: %(known)s.")
            % {"asked": asked, "known": ", ".join(Dependency.values)}
        )
    return asked


def _context(shown: Panorama, network: TeachingNetwork | None = None) -> dict[str, Any]:
    place = shown.place
    return {
        "panorama": shown,
        "place": place,
        "network": network,
        "kind": PlaceKind(place.kind).label,
        "dependency": shown.dependency,
        "dependency_label": Dependency(shown.dependency).label,
        "tabs": [] if place.kind == PlaceKind.SCHOOL else tabs_of(shown),
        "trail": trail_of(place),
    }


def tabs_of(shown: Panorama) -> list[tuple[str, str, bool]]:
    """(dependency, its name, whether it is the one shown)."""
    found = list(shown.dependencies)
    if shown.dependency not in found:
        found.insert(0, shown.dependency)
    return [(value, str(Dependency(value).label), value == shown.dependency) for value in found]


def trail_of(place: Place) -> list[Place]:
    """The places above, from the country down; without the country itself for the country's own page."""
    trail: list[Place] = []
    above = place.parent
    while above is not None and len(trail) < 4:
        if above.kind != PlaceKind.COUNTRY:
            trail.insert(0, above)
        above = above.parent if "parent" in above._state.fields_cache else None
    return trail
