"""The page that sets up to five networks side by side, and its downloads."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trama.foundation.policies import route

from .. import policies
from ..indicators.exports import Download, as_response
from ..pages import kept_page
from ..search.selectors import Result, find
from ..territory.names import search_form
from ..vocabulary import Dependency
from .page import comparison, similar_address
from .selection import COMPARED, MOST, PLACE, Selection, read_selection


@route(policies.COMPARISON)
@require_safe
@kept_page("lugar", "rede")
def compare(request: HttpRequest) -> HttpResponse:
    """The comparison. ``nome`` (typed) or ``escolhido`` (a code, picked from the suggestions) adds one place."""
    selection = read_selection(request.META.get("QUERY_STRING", ""))
    picked, typed = request.GET.get("escolhido", "").strip(), request.GET.get("nome", "").strip()
    candidates: list[Result] = []
    if picked or typed:
        code, candidates = _found(picked, typed)
        if code is not None:
            return HttpResponseRedirect(f"{reverse('know:compare')}?{selection.query(plus=[(PLACE, code)])}")
        selection.problems.append(
            (
                _("More than one place is called like “%(name)s”. Choose one:")
                if candidates
                else _("No municipality or state is called like “%(name)s”.")
            )
            % {"name": (typed or picked)[:60]}
        )
    return render(request, "know/comparison/compare.html", _context(selection, candidates, typed))


@route(policies.COMPARISON_EXPORT)
@require_safe
@kept_page("lugar", "rede")
def compare_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Every figure of the screen as CSV, XLSX or JSON."""
    selection = read_selection(request.META.get("QUERY_STRING", ""))
    shown = comparison(selection)
    names = ", ".join(choice.name for choice in selection.choices)
    download = Download(
        title=Truncator(_("Comparison: %(places)s") % {"places": names}).chars(200),
        file_name="-".join(["trama", *(str(choice.number) for choice in selection.choices)]),
        rows=shown.rows if shown else [],
        definitions=shown.definitions if shown else {},
        releases=shown.releases if shown else {},
    )
    return as_response(download, kind)


def _found(picked: str, typed: str) -> tuple[int | None, list[Result]]:
    """The code of the one place meant, or the places that may be meant."""
    if picked.isascii() and picked.isdigit() and len(picked) <= 10:
        return int(picked), []
    found = [one for one in find(typed, per_section=8).get("place", []) if one.kind in COMPARED]
    exact = [one for one in found if search_form(one.name) == search_form(typed)]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0].key, []
    return None, exact or found


def _context(selection: Selection, candidates: list[Result], typed: str) -> dict[str, object]:
    shown = comparison(selection)
    base = reverse("know:compare")
    return {
        "comparison": shown,
        "selection": selection,
        "most": MOST,
        "typed": typed,
        "chosen": [(one, f"{base}?{selection.query(without=one)}") for one in selection.choices],
        "candidates": [(one, f"{base}?{selection.query(plus=[(PLACE, one.key)])}") for one in candidates],
        "tabs": [
            (Dependency(one).label, f"{base}?{selection.query(dependency=one)}", one == shown.dependency)
            for one in shown.dependencies
        ]
        if shown
        else [],
        "query": selection.query(),
        "similar": similar_address(shown) if shown and shown.similar else "",
    }
