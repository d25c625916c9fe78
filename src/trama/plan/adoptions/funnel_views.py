"""The funnel of a technology, for the programme and for the partner that wrote it: page and spreadsheet."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from trama.foundation.policies import route
from trama.know.api import states

from ..policies import EXPORT_FUNNEL, SHOW_FUNNEL
from .exports import funnel_sheet
from .funnel import BAND
from .funnel_selectors import (
    Filters,
    cause_words,
    followed_technologies,
    lines_of,
    opened_bands,
    reasons_of,
    technology_funnel,
    years_of,
)


def _filters(request: HttpRequest, years: list[int]) -> tuple[Filters, dict[str, Any]]:
    """What the address asks for, and what the form offers. What is unknown counts as not asked."""
    country = list(states())
    year = next((one for one in years if str(one) == request.GET.get("ano", "")), None)
    state = next((one for one in country if str(one.code) == request.GET.get("uf", "")), None)
    filters = Filters(year, state.code if state is not None else None)
    return filters, {"filters": filters, "years": years, "states": country, "state": state}


@route(SHOW_FUNNEL)
@never_cache
@require_GET
def funnels(request: HttpRequest) -> HttpResponse:
    """Every technology whose funnel the person reads, with how many opened it."""
    technologies = followed_technologies(request.user)
    filters, context = _filters(request, years_of(technologies))
    bands = opened_bands(technologies, filters)
    context["lines"] = [(one, _title_of(one), bands[one.pk]) for one in technologies]
    return render(request, "plan/adoptions/funnels.html", context)


def _title_of(technology: Any) -> str:
    """The title of the published version, else of the newest. The versions were read along."""
    versions = sorted(technology.versions.all(), key=lambda one: (one.state != "published", -one.pk))
    return versions[0].title if versions else technology.slug


def _shown(request: HttpRequest, slug: str) -> dict[str, Any]:
    technologies = followed_technologies(request.user)
    technology = next((one for one in technologies if one.slug == slug), None)
    if technology is None:
        raise Http404
    filters, context = _filters(request, years_of([technology]))
    funnel = technology_funnel(technology, filters)
    return {
        **context,
        "technology": technology,
        "title": _title_of(technology),
        "funnel": funnel,
        "lines": lines_of(funnel),
        "causes": cause_words(funnel.causes),
        "reasons": reasons_of(technology, filters),
        "few": funnel.opened < BAND,
    }


@route(SHOW_FUNNEL)
@never_cache
@require_GET
def funnel(request: HttpRequest, slug: str) -> HttpResponse:
    """One funnel: from opened to finished, where adoptions stop and why."""
    return render(request, "plan/adoptions/funnel.html", _shown(request, slug))


@route(EXPORT_FUNNEL)
@never_cache
@require_GET
def funnel_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a spreadsheet."""
    shown = _shown(request, slug)
    notes = [
        (_("Technology"), shown["title"]),
        (_("Opened in"), str(shown["filters"].year or _("all years"))),
        (_("State"), str(shown["state"] or _("all states"))),
        (_("Made on"), timezone.localtime().strftime("%Y-%m-%d %H:%M %Z")),
    ]
    content = funnel_sheet(shown["lines"], shown["causes"], shown["reasons"], notes)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{shown["technology"].slug}-funil.xlsx"'
    return response
