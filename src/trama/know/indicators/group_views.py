"""Pages of groups of networks: consortia, education development arrangements, forums, editions of programmes."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trama.foundation.policies import route

from .. import policies
from ..pages import kept_page
from ..territory.models import NetworkGroup
from .exports import Download, as_response, rows_of
from .groups import group_page, groups_on


def _today() -> str:
    return timezone.localdate().isoformat()


@route(policies.GROUPS)
@require_safe
@kept_page(also=_today)
def group_list(request: HttpRequest) -> HttpResponse:
    """Every group with its members today."""
    return render(request, "know/territory/groups.html", {"groups": groups_on(timezone.localdate())})


@route(policies.GROUPS)
@require_safe
@kept_page("data", also=_today)
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """One group on a day (``data`` in the query; today if left out)."""
    shown = group_page(get_object_or_404(NetworkGroup, slug=slug), _asked_day(request))
    return render(request, "know/territory/group.html", {"page": shown, "group": shown.group})


@route(policies.GROUP_EXPORT)
@require_safe
@kept_page("data", also=_today)
def group_export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Every figure of the members on a day, as CSV, XLSX or JSON."""
    shown = group_page(get_object_or_404(NetworkGroup, slug=slug), _asked_day(request))
    download = Download(
        title=shown.group.name,
        file_name=f"trama-{slug}-{shown.day.isoformat()}",
        rows=rows_of([(place, shown.figures[place.code]) for place in shown.places]),
        definitions=shown.definitions,
        releases=shown.releases,
    )
    return as_response(download, kind)


def _asked_day(request: HttpRequest) -> date:
    text = request.GET.get("data", "")
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404(
            _("“%(found)s” is no date. Expected year, month and day, as in 2024-05-31.") % {"found": text[:20]}
        ) from None
