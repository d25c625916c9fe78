"""The report of translations that wait."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from trama.foundation.policies import route
from trama.learn import api as learn

from ..policies import TRANSLATION_PAGES
from .selectors import pages_to_translate


@route(TRANSLATION_PAGES)
@never_cache
@require_GET
def translations(request: HttpRequest) -> HttpResponse:
    """Pages and texts of courses whose other language is missing or older, with links to write it."""
    context = {"pages": pages_to_translate(), "courses": learn.texts_to_translate(request.user)}
    return render(request, "portal/translations/translations.html", context)
