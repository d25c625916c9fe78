"""Pages of territories: the list of groups, and a group on a day."""

from datetime import date
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trama.foundation.panels import panels_state
from trama.foundation.policies import route

from .. import policies
from ..indicators.exports import Download, as_response
from ..pages import kept_page
from ..territory.models import NetworkGroup
from .forms import DayForm
from .page import group_page
from .selectors import group_by_slug, group_lines


def _today() -> str:
    return timezone.localdate().isoformat()


def _state() -> str:
    return f"{_today()} {panels_state('group')}"


@route(policies.GROUPS)
@require_safe
@kept_page(also=_today)
def groups(request: HttpRequest) -> HttpResponse:
    """Every group of networks, by kind, with how many belong to it today."""
    order = [kind.value for kind in NetworkGroup.Kind]
    lines = sorted(group_lines(timezone.localdate()), key=lambda line: order.index(line.group.kind))
    kinds = [
        (kind, NetworkGroup.Kind(kind).label, list(found))
        for kind, found in groupby(lines, key=lambda line: line.group.kind)
    ]
    return render(request, "know/groups/groups.html", {"kinds": kinds, "today": timezone.localdate()})


@route(policies.GROUPS)
@require_safe
@kept_page("data", also=_state)
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """A group on a day: its members side by side, in alphabetical order."""
    form = DayForm({"data": request.GET.get("data") or _today()})
    shown = group_page(_group_or_404(slug), _day(form))
    if form.is_valid():
        form = DayForm({"data": shown.day.isoformat()})  # the field shows the day as browsers want it
    context = {"page": shown, "group": shown.group, "form": form, "today": timezone.localdate()}
    return render(request, "know/groups/group.html", context, status=200 if form.is_valid() else 400)


@route(policies.GROUP_EXPORT)
@require_safe
@kept_page("data", also=_today)
def group_export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The table of the members as CSV, XLSX or JSON."""
    form = DayForm(request.GET)
    if not form.is_valid():
        raise Http404(form.errors.as_text())
    shown = group_page(_group_or_404(slug), _day(form), drawn=False)
    download = Download(
        title=_("%(group)s: members on %(day)s") % {"group": shown.group.name, "day": shown.day.isoformat()},
        file_name=f"trama-{slug}-{shown.day.isoformat()}",
        rows=shown.rows,
        definitions=shown.definitions,
        releases=shown.releases,
    )
    return as_response(download, kind)


def _group_or_404(slug: str) -> NetworkGroup:
    found = group_by_slug(slug)
    if found is None:
        raise Http404(_("No territory has the address “%(slug)s”.") % {"slug": slug})
    return found


def _day(form: DayForm) -> date:
    """The day asked for; today where none is, or what was asked is no date."""
    asked = form.cleaned_data.get("day") if form.is_valid() else None
    return asked if isinstance(asked, date) else timezone.localdate()
