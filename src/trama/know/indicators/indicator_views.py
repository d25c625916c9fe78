"""The indicators: what each means, how far it reaches, how it is spread."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trama.foundation.policies import route

from .. import policies
from ..pages import kept_page
from ..territory.models import Place
from ..vocabulary import PlaceKind
from .coverage import Variant, extents, levels_of, show, variants_of
from .exports import Download, Row, as_response
from .figures import FigureKey, figures_of
from .models import Indicator
from .protection import protect_counts
from .selectors import definitions, published_releases
from .wording import family_names, unit_names


@route(policies.INDICATORS)
@require_safe
@kept_page()
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Every indicator by family, with its definition and how far it reaches."""
    reach = extents()
    names = family_names()
    families: dict[str, list[tuple[Indicator, object]]] = {}
    for code, one in definitions().items():
        families.setdefault(one.family, []).append((one, reach.get(code)))
    ordered = sorted(families.items(), key=lambda item: list(names).index(item[0]) if item[0] in names else 99)
    context = {"families": [(names.get(family, family), rows) for family, rows in ordered]}
    return render(request, "know/indicators/list.html", context)


@route(policies.INDICATORS)
@require_safe
@kept_page("recorte", "ano")
def indicator_page(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: definition, coverage by year, distribution over municipalities, map."""
    indicator = get_object_or_404(Indicator, code=code)
    variants = variants_of(code)
    variant, year = _asked(request, variants)
    context = {
        "indicator": indicator,
        "unit": unit_names().get(indicator.unit, indicator.unit),
        "levels": levels_of(code),
        "variants": variants,
        "variant": variant,
        "year": year,
        "shown": show(indicator, variant, year) if variant else None,
    }
    return render(request, "know/indicators/indicator.html", context)


@route(policies.INDICATOR_EXPORT)
@require_safe
@kept_page("recorte", "ano")
def indicator_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """One variant and year of an indicator for every municipality, with the reason where there is no value."""
    indicator = get_object_or_404(Indicator, code=code)
    variant, year = _asked(request, variants_of(code))
    rows: list[Row] = []
    if variant:
        key = FigureKey(code, variant.dependency, variant.stage)
        places = list(Place.objects.filter(kind=PlaceKind.MUNICIPALITY).order_by("code"))
        people = {code} if indicator.person_count else set()
        figures = figures_of([place.code for place in places], [code], year=year)
        for place in places:
            value = protect_counts(figures[place.code], people).cells.get(key, {}).get(year)
            if value is not None:
                rows.append(Row(place, key, value))
    name = f"trama-{code}-{variant.slug if variant else ''}-{year}"
    return as_response(Download(indicator.name, name, rows, definitions(), published_releases()), kind)


def _asked(request: HttpRequest, variants: list[Variant]) -> tuple[Variant | None, int]:
    """The variant and year of the query; the widest variant and its last broad year if none is asked for."""
    if not variants:
        return None, 0
    slug = request.GET.get("recorte", "")
    variant = next((one for one in variants if one.slug == slug), None) if slug else variants[0]
    if variant is None:
        raise Http404(_("This indicator has no figures for “%(found)s”.") % {"found": slug[:40]})
    text = request.GET.get("ano", "")
    years = [year for year, _n, _missing in variant.editions]
    if not text:
        return variant, variant.broad_year
    if not (text.isascii() and text.isdigit() and int(text[:6]) in years):
        expected = ", ".join(map(str, years))
        raise Http404(
            _("“%(found)s” is no edition. Expected one of: %(expected)s.") % {"found": text[:10], "expected": expected}
        )
    return variant, int(text)
