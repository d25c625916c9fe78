"""Many networks together: page, PDF and spreadsheet for a group, a state, a programme or a network with its schools."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from trama.foundation.policies import route
from trama_measure.diagnosis import MINIMUM_MEMBERS

from ..keeping import kept_html
from ..policies import EXPORT_SHARED, SHOW_SHARED
from .exports import XLSX, territory_xlsx
from .pdf import territory_pdf
from .presentation import territory_of
from .publication import Told
from .selectors import Audience, audience_of, named_owners, told_of
from .views import download

BY_NAME = "com-nome"  # ?quem=com-nome: those that share by name


def audience_or_404(request: HttpRequest, field: str, pk: int, slug: str) -> Audience:
    """A receiver for whom the person looks; any other does not exist for them."""
    audience = audience_of(request.user, field, pk, slug, at=timezone.now())
    if audience is None:
        raise Http404
    return audience


def _asked(request: HttpRequest, audience: Audience) -> tuple[bool, Told | None]:
    """By name or without, and what is told: without a name, unless only the others are enough."""
    now = timezone.now()
    by_name = request.GET.get("quem") == BY_NAME
    told = told_of(audience, named=by_name, at=now)
    if told is None and "quem" not in request.GET:
        other = told_of(audience, named=True, at=now)
        return (True, other) if other is not None else (False, None)
    return by_name, told


@route(SHOW_SHARED)
@never_cache
@require_GET
def territory(request: HttpRequest, field: str, pk: int, slug: str) -> HttpResponse:
    """How those that share are spread over the levels, and what they have decided to work on."""
    audience = audience_or_404(request, field, pk, slug)
    by_name, told = _asked(request, audience)
    body = ""
    if told is not None:
        body = kept_html(
            "territory",
            (told.mark, by_name),
            lambda: render_to_string("diagnose/profiles/_territory.html", {"territory": territory_of(told)}),
        )
    context: dict[str, Any] = {
        "audience": audience,
        "told": told,
        "body": body,
        "by_name": by_name,
        "owners": named_owners(audience),
        "minimum": MINIMUM_MEMBERS,
        "version": told.version if told is not None else None,
    }
    return render(request, "diagnose/profiles/territory.html", context)


def _download(request: HttpRequest, field: str, pk: int, slug: str) -> tuple[Told, str, str]:
    audience = audience_or_404(request, field, pk, slug)
    by_name, told = _asked(request, audience)
    if told is None:
        raise Http404
    note = (
        _("Those that share with their name. Bands only, no order by result.")
        if by_name
        else _("Those that share without their name. Bands only, no order by result.")
    )
    return told, _("%(receiver)s: self-diagnoses shared") % {"receiver": audience.receiver}, note


@route(EXPORT_SHARED)
@never_cache
@require_GET
def territory_as_pdf(request: HttpRequest, field: str, pk: int, slug: str) -> HttpResponse:
    """The distribution on paper."""
    told, title, note = _download(request, field, pk, slug)
    return download(territory_pdf(territory_of(told), title=title, note=note), title, "pdf", "application/pdf")


@route(EXPORT_SHARED)
@never_cache
@require_GET
def territory_as_xlsx(request: HttpRequest, field: str, pk: int, slug: str) -> HttpResponse:
    """The distribution as a spreadsheet."""
    told, title, _note = _download(request, field, pk, slug)
    return download(territory_xlsx(territory_of(told), title=title), title, "xlsx", XLSX)
