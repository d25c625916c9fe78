"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from trama.foundation.policies import route
from trama.know.api import kept_page

from ..policies import SHOW_HOME
from .content import AUDIENCES, CYCLE
from .selectors import calls_mark, entry_map, national_figures, open_calls, states_by_region


@route(SHOW_HOME)
@require_safe
@kept_page(also=calls_mark)
def home(request: HttpRequest) -> HttpResponse:
    """What Trama is, and the ways into it."""
    regions = states_by_region()
    context = {
        "figures": national_figures(),
        "regions": regions,
        "map": entry_map(regions),
        "calls": open_calls(timezone.now()),
        "cycle": CYCLE,
        "audiences": AUDIENCES,
    }
    return render(request, "portal/home/home.html", context)
