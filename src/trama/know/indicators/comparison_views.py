"""The page that sets up to five places side by side."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trama.foundation.policies import route

from .. import policies
from ..pages import kept_page
from ..search.selectors import Result, find
from ..territory.models import Place
from ..vocabulary import Dependency
from .comparison import MOST, TooManyPlaces, compare, places_of
from .exports import Download, as_response, rows_of
from .views import asked_dependency


@route(policies.COMPARISON)
@require_safe
@kept_page("lugar", "rede")
def compare_page(request: HttpRequest) -> HttpResponse:
    """The comparison; with ``novo`` (a name) or ``codigo`` (a code) in the query, one place more."""
    codes, unread = _codes(request.GET.getlist("lugar"))
    problem = ""
    candidates: list[Result] = []
    if unread:
        problem = _("“%(found)s” is not a code. Expected the code of a municipality or state, such as 1100023.") % {
            "found": unread[0][:40]
        }
    wanted = request.GET.get("codigo", "").strip() or request.GET.get("novo", "").strip()
    if wanted:
        code, candidates = _resolved(wanted)
        if code is not None:
            return HttpResponseRedirect(_address([*codes, code], asked_dependency(request)))
        problem = (
            _("Several places answer to “%(name)s”: choose one.")
            if candidates
            else _("No municipality or state answers to “%(name)s”.")
        )
        problem %= {"name": wanted[:60]}
    try:
        places = places_of(codes)
    except TooManyPlaces:
        problem = _("Up to %(most)s places can be compared. The first %(most)s are shown.") % {"most": MOST}
        places = places_of(list(dict.fromkeys(codes))[:MOST])
    dependency = asked_dependency(request)
    return render(request, "know/compare/compare.html", _context(places, dependency, problem, candidates))


@route(policies.COMPARISON_EXPORT)
@require_safe
@kept_page("lugar", "rede")
def compare_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Every figure of the places compared, of all their networks, as CSV, XLSX or JSON."""
    codes, _unread = _codes(request.GET.getlist("lugar"))
    places = places_of(list(dict.fromkeys(codes))[:MOST])
    shown = compare(places, asked_dependency(request))
    download = Download(
        title=_("Comparison: %(places)s") % {"places": ", ".join(place.name for place in places)},
        file_name="trama-" + "-".join(str(place.code) for place in places),
        rows=rows_of([(place, shown.figures[place.code]) for place in (*places, *shown.beside)]),
        definitions=shown.definitions,
        releases=shown.releases,
    )
    return as_response(download, kind)


def _context(places: list[Place], dependency: str, problem: str, candidates: list[Result]) -> dict[str, object]:
    shown = compare(places, dependency) if places else None
    codes = [place.code for place in places]
    chosen = shown.dependency if shown else dependency
    return {
        "comparison": shown,
        "problem": problem,
        "candidates": [(one, _address([*codes, one.key], dependency)) for one in candidates],
        "chosen": [(place, _address([code for code in codes if code != place.code], dependency)) for place in places],
        "tabs": [(one, Dependency(one).label, _address(codes, one), one == chosen) for one in shown.dependencies]
        if shown
        else [],
        "full": len(places) >= MOST,
        "most": MOST,
        "query": urlencode([("lugar", code) for code in codes]),
        "dependency": chosen,
    }


def _codes(given: list[str]) -> tuple[list[int], list[str]]:
    """The codes in the query, and what in it is none."""
    codes = [int(text) for text in given if text.isascii() and text.isdigit() and len(text) <= 8]
    return codes, [text for text in given if not (text.isascii() and text.isdigit() and len(text) <= 8)]


def _resolved(wanted: str) -> tuple[int | None, list[Result]]:
    """The one place that the text names, or the places that it may name."""
    if wanted.isascii() and wanted.isdigit() and places_of([int(wanted[:8])]):
        return int(wanted[:8]), []
    found = [one for one in find(wanted).get("place", []) if one.kind in ("municipality", "state", "region")]
    exact = [one for one in found if one.name.casefold() == wanted.casefold()]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0].key, []
    return None, found


def _address(codes: list[int], dependency: str) -> str:
    query: list[tuple[str, object]] = [("lugar", code) for code in dict.fromkeys(codes)]
    if dependency:
        query.append(("rede", dependency))
    return reverse("know:compare") + ("?" + urlencode(query) if query else "")
