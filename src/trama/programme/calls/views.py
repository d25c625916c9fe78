"""Public pages of calls: the list, one call with its rule, and one network's answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from trama.foundation.policies import route
from trama.know.api import find, indicators_by_code, kept_page, network_by_id

from ..eligibility.assessment import answer_for_network
from ..eligibility.reading import rule_lines
from ..eligibility.selectors import current_version, tree_of
from ..eligibility.tree import conditions_of
from ..policies import SHOW_CALLS, SHOW_ELIGIBILITY
from .models import CallCategory
from .presentation import dates_of, standing
from .selectors import calls_state, categories_of, public_calls


def _state() -> str:
    return calls_state(timezone.now())


@route(SHOW_CALLS)
@require_safe
@kept_page(also=_state)
def calls(request: HttpRequest) -> HttpResponse:
    """Calls that are open or about to be, then the past ones."""
    now = timezone.now()
    lines = [(call, standing(call, now), dates_of(call, now)) for call in public_calls()]
    current = [line for line in lines if line[0].is_open(now) or line[0].is_coming(now)]
    past = [line for line in lines if line not in current]
    current.reverse()  # what closes first comes first
    return render(request, "programme/calls/calls.html", {"current": current, "past": past})


@route(SHOW_CALLS)
@require_safe
@kept_page(also=_state)
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """One call: text, dates, categories with their rule in words, and "is my network eligible?"."""
    shown = get_object_or_404(public_calls(), slug=slug)
    now = timezone.now()
    picked, query = request.GET.get("rede", ""), request.GET.get("q", "").strip()[:120]
    if picked.isascii() and picked.isdigit() and len(picked) == 8 and picked.endswith("3"):  # a municipal network
        return HttpResponseRedirect(reverse("programme:call_network", args=[slug, int(picked)]))
    context = {
        "call": shown,
        "standing": standing(shown, now),
        "dates": dates_of(shown, now),
        "categories": [_category_lines(category) for category in categories_of(shown)],
        "query": query,
        "found": _networks_named(query) if query else [],
    }
    return render(request, "programme/calls/call.html", context)


@route(SHOW_ELIGIBILITY)
@require_safe
@kept_page(also=_state)
def call_network(request: HttpRequest, slug: str, network_id: int) -> HttpResponse:
    """Is this network eligible, in each category, and why."""
    shown = get_object_or_404(public_calls(), slug=slug)
    network = network_by_id(network_id)
    if network is None or network.dependency != "municipal":
        raise Http404
    answers = [answer_for_network(category, network) for category in categories_of(shown)]
    context = {
        "call": shown,
        "standing": standing(shown, timezone.now()),
        "network": network,
        "answers": [answer for answer in answers if answer is not None],
    }
    return render(request, "programme/calls/call_network.html", context)


def _category_lines(category: CallCategory) -> dict[str, Any]:
    """A category with its rule in words, or its groups."""
    version = current_version(category) if category.admission == CallCategory.Admission.RULE else None
    lines, definitions = None, []
    if version is not None:
        tree, indicators = tree_of(version), indicators_by_code()
        lines = rule_lines(tree, indicators)
        definitions = [indicators[code] for code in dict.fromkeys(c.indicator for _, c in conditions_of(tree))]
    groups = [link.group for link in category.admitted_groups.all()]
    return {"category": category, "version": version, "rule": lines, "definitions": definitions, "groups": groups}


def _networks_named(query: str) -> list[dict[str, Any]]:
    """Municipal networks whose municipality, or own name, is like the query."""
    found = find(query, per_section=8)
    networks: dict[int, dict[str, Any]] = {}
    for result in found.get("place", []):
        if result.kind == "municipality":
            networks[result.key * 10 + 3] = {"id": result.key * 10 + 3, "name": result.name, "detail": result.detail}
    for result in found.get("network", []):
        if result.key % 10 == 3:
            networks.setdefault(result.key, {"id": result.key, "name": result.name, "detail": result.detail})
    return list(networks.values())[:10]
