"""Blank forms: a page that prints well, and a PDF. Of a version they are public, of a round its own people's."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from trama.foundation.http import FIVE_MINUTES, public_cache
from trama.foundation.policies import route

from ..instruments.selectors import version_of
from ..policies import EXPORT_INSTRUMENT, EXPORT_ROUND, SHOW_INSTRUMENTS, SHOW_ROUNDS
from .blank import BlankForm, form_of_round, form_of_version
from .pdf import blank_pdf, page_count
from .views import round_or_404


def _public_form(request: HttpRequest, slug: str) -> tuple[Any, BlankForm]:
    """The form of the version asked for (``?versao=1.0``), or of the current one; ``?curta`` gives the short one."""
    version = version_of(slug, request.GET.get("versao", ""))
    if version is None:
        raise Http404
    return version, form_of_version(version, short="curta" in request.GET)


def _pdf(form: BlankForm, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{slugify(name)}.pdf"'}
    return HttpResponse(blank_pdf(form), content_type="application/pdf", headers=headers)


@route(SHOW_INSTRUMENTS)
@require_safe
@public_cache(FIVE_MINUTES)
def blank_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The blank form of a version, to print from the browser."""
    version, form = _public_form(request, slug)
    query = request.GET.urlencode()
    context = {
        "form": form,
        "pages": page_count(blank_pdf(form)),
        "pdf": reverse("diagnose:blank_form_pdf", args=[slug]) + (f"?{query}" if query else ""),
        "has_short": version.starred_count and not form.short,
        "slug": slug,
    }
    return render(request, "diagnose/rounds/form.html", context)


@route(EXPORT_INSTRUMENT)
@require_safe
@public_cache(FIVE_MINUTES)
def blank_form_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The blank form of a version as a PDF."""
    version, form = _public_form(request, slug)
    return _pdf(form, f"{slug}-{version.version}{'-curta' if form.short else ''}")


@route(SHOW_ROUNDS)
@never_cache
@require_GET
def round_form(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The blank form of a round, with its own questions."""
    of = round_or_404(request, uid)
    form = form_of_round(of)
    pdf = reverse("diagnose:round_form_pdf", args=[of.uid])
    context = {"form": form, "pages": page_count(blank_pdf(form)), "pdf": pdf, "round": of}
    return render(request, "diagnose/rounds/form.html", context)


@route(EXPORT_ROUND)
@never_cache
@require_GET
def round_form_pdf(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The blank form of a round as a PDF."""
    return _pdf(form_of_round(round_or_404(request, uid)), f"autodiagnostico-{uid}")
