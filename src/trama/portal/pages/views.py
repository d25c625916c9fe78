"""Pages of text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trama.foundation.http import FIVE_MINUTES, public_cache
from trama.foundation.policies import route

from ..policies import SHOW_PAGE


@route(SHOW_PAGE)
@require_safe
@public_cache(FIVE_MINUTES)
def page(request: HttpRequest, template: str) -> HttpResponse:
    """A page of text, by the name of its template (named in ``urls.py``, never by the reader)."""
    return render(request, f"portal/pages/{template}.html")
