"""Comments on a technology, its history, and two of its versions side by side."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from trama.foundation.policies import route

from ..policies import AUTHOR_PAGES
from . import reviewing
from .author_views import page_of
from .comparison import differences, field_label, titles
from .errors import StaleTechnology, TechnologyError
from .forms import (
    CommentForm,
)
from .parts import KINDS, as_mapping
from .reader_views import version_or_404
from .writing_views import kind_or_404, row_or_404


@route(AUTHOR_PAGES)
@never_cache
@require_POST
def add_comment(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Comment on a part, or on the whole."""
    version = version_or_404(request, slug, label)
    form = CommentForm(request.POST)
    if form.is_valid():
        part = form.cleaned_data["part"]
        kind, _space, pk = part.partition(" ")
        if part:
            row_or_404(version, kind_or_404(kind), int(pk) if pk.isascii() and pk.isdigit() else 0)
        try:
            reviewing.comment(version, part, form.cleaned_data["text"], by=request.user, at=timezone.now())
        except TechnologyError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The comment was saved."))
    else:
        messages.error(request, _("Write the comment first."))
    return redirect(f"{page_of(version)}#comments")


@route(AUTHOR_PAGES)
@never_cache
@require_POST
def resolve_comment(request: HttpRequest, slug: str, label: str, pk: int) -> HttpResponse:
    """Mark a comment as dealt with."""
    version = version_or_404(request, slug, label)
    made = get_object_or_404(version.comments.select_related("version__technology__organisation"), pk=pk)
    try:
        reviewing.resolve_comment(made, by=request.user, at=timezone.now())
    except StaleTechnology:
        messages.info(request, _("Somebody had marked it already."))
    return redirect(f"{page_of(version)}#comments")


@route(AUTHOR_PAGES)
@never_cache
@require_GET
def history(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Who changed what, newest first."""
    version = version_or_404(request, slug, label)
    rows = version.changes.select_related("by")
    page = Paginator(rows, 50).get_page(request.GET.get("pagina"))
    lines = []
    for change in page.object_list:
        name = change.part.split(" ")[0]
        kind = name if name in KINDS else ""
        lines.append((change, KINDS[kind].label if kind else "", field_label(kind, change.field)))
    context = {"version": version, "technology": version.technology, "page": page, "lines": lines}
    return render(request, "plan/authoring/history.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_GET
def compare(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Two versions, part by part and word by word; ``?com=`` names the other one."""
    version = version_or_404(request, slug, label)
    others = list(version.technology.versions.exclude(pk=version.pk).order_by("-pk"))
    asked = request.GET.get("com", "")
    before = next((one for one in others if one.version == asked), others[0] if others else None)
    held, now = as_mapping(before) if before is not None else None, as_mapping(version)
    found = differences(held, now) if held is not None else []
    names = titles(held or now) | titles(now)
    lines = [
        (
            KINDS[one.part].label if one.part else _("Texts"),
            names.get((one.part, one.name), one.name),
            field_label(one.part, one.field),
            one.pieces,
        )
        for one in found
    ]
    context = {
        "version": version,
        "technology": version.technology,
        "others": others,
        "before": before,
        "lines": lines,
    }
    return render(request, "plan/authoring/compare.html", context)
