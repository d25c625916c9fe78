"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from trama.foundation.policies import route

from ..policies import SHOW_HOME
from .content import AUDIENCES, CYCLE
from .selectors import national_figures, open_calls, states_by_region


@route(SHOW_HOME)
@require_safe
@cache_control(public=True, max_age=300)
def home(request: HttpRequest) -> HttpResponse:
    """What Trama is, and the ways into it."""
    context = {
        "figures": national_figures(),
        "regions": states_by_region(),
        "calls": open_calls(),
        "cycle": CYCLE,
        "audiences": AUDIENCES,
    }
    return render(request, "portal/home/home.html", context)
