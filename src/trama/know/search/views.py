"""The search page, and the suggestions as one types."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from trama.foundation.http import FIVE_MINUTES, public_cache
from trama.foundation.policies import route

from ..territory.models import DIGITS
from .policies import SEARCH
from .selectors import SECTION_TITLES, Result, find

SUGGESTED = 5  # of each section, as one types


@route(SEARCH)
@require_GET
@public_cache(FIVE_MINUTES)
def search_page(request: HttpRequest) -> HttpResponse:
    """Results of a query, by section. Works without any script."""
    query = request.GET.get("q", "").strip()
    sections = [(SECTION_TITLES[name], lines) for name, lines in find(query, per_section=20).items()] if query else []
    total = sum(len(lines) for _, lines in sections)
    return render(request, "know/search/search_page.html", {"query": query, "sections": sections, "total": total})


@route(SEARCH)
@require_GET
@public_cache(FIVE_MINUTES)
def suggestions(request: HttpRequest) -> JsonResponse:
    """What the search field offers while a person types: ``{"sections": [{"title", "results": […]}]}``.

    ``only`` narrows to one section, for fields that ask for a network or a place; ``dependency``, which may stand
    more than once, to the networks of these.
    """
    only = request.GET.get("only")
    asked = request.GET.getlist("dependency")
    digits = {digit for dependency, digit in DIGITS.items() if dependency in asked}
    found = find(request.GET.get("q", ""), per_section=20 if digits else SUGGESTED)
    if digits:
        found["network"] = [line for line in found.get("network", []) if line.key % 10 in digits]
    sections = [
        {"section": name, "title": str(SECTION_TITLES[name]), "results": [_as_json(line) for line in lines[:SUGGESTED]]}
        for name, lines in found.items()
        if lines and (not only or name == only)
    ]
    return JsonResponse({"sections": sections})


def _as_json(line: Result) -> dict[str, str | int]:
    return {"key": line.key, "kind": line.kind, "name": line.name, "detail": line.detail, "address": line.address}
