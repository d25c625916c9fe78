"""Pages where the texts and parts of a technology are written."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trama.diagnose.api import dimensions_of_networks
from trama.foundation.documents.errors import DocumentError
from trama.foundation.documents.html import as_html
from trama.foundation.documents.markdown import read_document
from trama.foundation.policies import route

from ..policies import AUTHOR_PAGES
from . import services
from .author_views import page_of
from .documents.workbook import read_workbook
from .errors import StaleTechnology, TechnologyError
from .forms import (
    PartForm,
    VersionForm,
    form_of,
    resubmit_as,
)
from .models import TechnologyInstrument, TechnologyVersion
from .parts import ADAPTATION, KINDS, STEP, PartKind
from .reader_views import version_or_404

CONFLICT = 409
State = TechnologyVersion.State


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_version(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The texts of a draft. Two editors get a conflict, never a silent overwrite."""
    version = version_or_404(request, slug, label)
    titles = {dimension.code: str(dimension.title) for dimension in dimensions_of_networks()}
    held = TechnologyVersion.objects.get(pk=version.pk)
    form = VersionForm(request.POST or None, instance=held, titles=titles)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_version(
                version, form.values(), revision=form.cleaned_data["revision"] or 0, by=request.user, at=timezone.now()
            )
        except StaleTechnology as conflict:
            return _conflict(request, version, form, str(conflict), kind=None)
        except TechnologyError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The texts were saved."))
            return redirect(page_of(version))
    return _form_page(request, version, form, kind=None)


def kind_or_404(name: str) -> PartKind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def row_or_404(version: TechnologyVersion, kind: PartKind, pk: int) -> Any:
    of_version = {"stage__version": version} if kind is STEP else {"version": version}
    return get_object_or_404(kind.model, pk=pk, **of_version)


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def add_part(request: HttpRequest, slug: str, label: str, kind: str) -> HttpResponse:
    """Write a new part. A step says its stage in ``?etapa=``."""
    version, what = version_or_404(request, slug, label), kind_or_404(kind)
    stage = None
    if what is STEP:
        asked = request.GET.get("etapa", "")
        stage = get_object_or_404(version.stages, pk=int(asked)) if asked.isascii() and asked.isdigit() else None
        if stage is None:
            raise Http404
    return _part_form(request, version, what, row=None, stage=stage)


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_part(request: HttpRequest, slug: str, label: str, kind: str, pk: int) -> HttpResponse:
    """Change a part."""
    version, what = version_or_404(request, slug, label), kind_or_404(kind)
    return _part_form(request, version, what, row=row_or_404(version, what, pk), stage=None)


def _part_form(
    request: HttpRequest, version: TechnologyVersion, kind: PartKind, *, row: Any, stage: Any
) -> HttpResponse:
    held = kind.model._default_manager.get(pk=row.pk) if row is not None else None
    form = form_of(kind)(request.POST or None, instance=held, version=version, stage=stage)
    preview = None
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            preview = [(language, _shown(form, language)) for language in ("pt", "en")]
        else:
            try:
                services.save_part(
                    version,
                    kind,
                    form.values(),
                    row=row,
                    revision=form.cleaned_data["revision"] or 0,
                    stage=stage,
                    instruments=form.cleaned_data.get("instruments"),
                    by=request.user,
                    at=timezone.now(),
                )
            except StaleTechnology as conflict:
                return _conflict(request, version, form, str(conflict), kind=kind, row=row)
            except TechnologyError as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, _("The part was saved."))
                return redirect(f"{page_of(version)}#{kind.name}")
    return _form_page(request, version, form, kind=kind, row=row, preview=preview)


def _shown(form: PartForm, language: str) -> SafeString | str:
    """How the text of an instrument looks, or what is wrong in it."""
    data = form.cleaned_data
    spreadsheet = data.get("kind") == TechnologyInstrument.Kind.SPREADSHEET
    return rendered(data["sheets"] if spreadsheet else data[f"body_{language}"], spreadsheet=spreadsheet)


def rendered(text: str, *, spreadsheet: bool) -> SafeString | str:
    """A document as HTML, a spreadsheet as a line per sheet, or the first mistake."""
    try:
        if not spreadsheet:
            return as_html(read_document(text))
        sheets = read_workbook(text).sheets
    except DocumentError as error:
        return str(error)
    return "; ".join(f"{sheet.name['pt']} / {sheet.name['en']} ({len(sheet.columns)})" for sheet in sheets)


@route(AUTHOR_PAGES)
@never_cache
@require_POST
def preview_text(request: HttpRequest) -> HttpResponse:
    """How a text that is being written will look. Keeps nothing."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    shown = rendered(text, spreadsheet=request.POST.get("kind") == TechnologyInstrument.Kind.SPREADSHEET)
    return render(request, "plan/authoring/_preview.html", {"shown": shown})


def _form_page(
    request: HttpRequest,
    version: TechnologyVersion,
    form: VersionForm | PartForm,
    *,
    kind: PartKind | None,
    row: Any = None,
    preview: Any = None,
    conflict: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "version": version,
        "technology": version.technology,
        "form": form,
        "kind": kind,
        "row": row,
        "preview": preview,
        "conflict": conflict or [],
        "is_draft": version.state == State.DRAFT,
        "is_instrument": kind is not None and kind.name == "instrument",
    }
    return render(request, "plan/authoring/form.html", context, status=status)


def _conflict(
    request: HttpRequest,
    version: TechnologyVersion,
    form: VersionForm | PartForm,
    message: str,
    *,
    kind: PartKind | None,
    row: Any = None,
) -> HttpResponse:
    """What is there now beside what the person wrote; saving again is a choice made with both in sight."""
    model: Any = TechnologyVersion if kind is None else kind.model
    now = model.objects.filter(pk=version.pk if kind is None else row.pk).first()
    form.add_error(None, message)
    if now is None:
        return _form_page(request, version, form, kind=kind, row=row, status=CONFLICT)
    resubmit_as(form, revision=now.revision)
    values: Mapping[str, Any] = form.cleaned_data
    differing = [
        (str(form[name].label), str(getattr(now, name)))
        for name in form.fields
        if hasattr(now, name)
        and name not in ("revision", "instruments", "dimensions", "audiences")
        and str(values.get(name, "")).replace("\r\n", "\n") != str(getattr(now, name)).replace("\r\n", "\n")
    ]
    return _form_page(request, version, form, kind=kind, row=row, conflict=differing, status=CONFLICT)


@route(AUTHOR_PAGES)
@never_cache
@require_POST
def move_part(request: HttpRequest, slug: str, label: str, kind: str, pk: int) -> HttpResponse:
    """One place up or down."""
    version, what = version_or_404(request, slug, label), kind_or_404(kind)
    if what is ADAPTATION:
        raise Http404
    row = row_or_404(version, what, pk)
    try:
        services.move_part(version, what, row, up="up" in request.POST, by=request.user, at=timezone.now())
    except TechnologyError as problem:
        messages.error(request, str(problem))
    return redirect(f"{page_of(version)}#{kind}")


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def remove_part(request: HttpRequest, slug: str, label: str, kind: str, pk: int) -> HttpResponse:
    """Take a part out of a draft, after asking."""
    version, what = version_or_404(request, slug, label), kind_or_404(kind)
    row = row_or_404(version, what, pk)
    if request.method == "POST":
        revision = request.POST.get("revision", "")
        number = int(revision) if revision.isascii() and revision.isdigit() else 0
        try:
            services.remove_part(version, what, row, revision=number, by=request.user, at=timezone.now())
        except TechnologyError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The part was removed."))
        return redirect(f"{page_of(version)}#{kind}")
    context = {
        "version": version,
        "technology": version.technology,
        "question": _("Remove “%(name)s”?") % {"name": row},
        "consequence": _("What it says stays in the history. A stage goes with its steps."),
        "action_label": _("Remove"),
        "danger": True,
        "revision": row.revision,
    }
    return render(request, "plan/authoring/confirm.html", context)
