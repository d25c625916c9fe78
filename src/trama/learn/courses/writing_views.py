"""Pages where the texts and parts of a course are written."""

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

from trama.foundation.documents.errors import DocumentError
from trama.foundation.documents.html import as_html, blocks_as_html
from trama.foundation.documents.markdown import read_document
from trama.foundation.policies import route

from ..policies import AUTHOR_PAGES
from . import services
from .author_views import page_of
from .errors import CourseError, StaleCourse
from .forms import VersionForm, resubmit_as
from .lessons import Reader, lesson_as_html, read_lesson, read_task
from .models import CourseVersion
from .part_forms import PartForm, form_of, inner_forms, inner_values
from .parts import EDITED, KINDS, LANGUAGES, PartKind
from .reader_views import version_or_404

CONFLICT = 409
State = CourseVersion.State
WRITTEN = {
    "lesson": "body",
    "assignment": "task",
    "tool": "text",
    "paper": "body",
    "video": "transcript",
}  # the text of a kind that can be previewed


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_version(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The texts of a draft. Two editors get a conflict, never a silent overwrite."""
    version = version_or_404(request, slug, label)
    held = CourseVersion.objects.get(pk=version.pk)
    form = VersionForm(request.POST or None, instance=held)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_version(
                version, form.values(), revision=form.cleaned_data["revision"] or 0, by=request.user, at=timezone.now()
            )
        except StaleCourse as conflict:
            return _conflict(request, version, form, str(conflict), kind=None)
        except CourseError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The texts were saved."))
            return redirect(page_of(version))
    return _form_page(request, version, form, kind=None)


def kind_or_404(name: str) -> PartKind:
    if name not in KINDS or KINDS[name] not in EDITED:
        raise Http404
    return KINDS[name]


def row_or_404(version: CourseVersion, kind: PartKind, pk: int) -> Any:
    """A part of this very version."""
    return get_object_or_404(kind.model, pk=pk, **{_path_to_version(kind): version})


def _path_to_version(kind: PartKind) -> str:
    steps = [kind.place]
    while kind.parent:
        kind = KINDS[kind.parent]
        steps.append(kind.place)
    return "__".join(steps)


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def add_part(request: HttpRequest, slug: str, label: str, kind: str) -> HttpResponse:
    """Write a new part. What belongs to a module, quiz or assignment says to which in ``?em=``."""
    version, what = version_or_404(request, slug, label), kind_or_404(kind)
    parent = None
    if what.parent:
        asked = request.GET.get("em", "")
        parent = row_or_404(version, KINDS[what.parent], int(asked) if asked.isascii() and asked.isdigit() else 0)
    return _part_form(request, version, what, row=None, parent=parent)


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_part(request: HttpRequest, slug: str, label: str, kind: str, pk: int) -> HttpResponse:
    """Change a part."""
    version, what = version_or_404(request, slug, label), kind_or_404(kind)
    return _part_form(request, version, what, row=row_or_404(version, what, pk), parent=None)


def _part_form(request: HttpRequest, version: CourseVersion, kind: PartKind, *, row: Any, parent: Any) -> HttpResponse:
    held = kind.model._default_manager.get(pk=row.pk) if row is not None else None
    form = form_of(kind)(request.POST or None, instance=held, version=version)
    inner = inner_forms(kind, row, request.POST or None)
    preview = None
    if request.method == "POST" and form.is_valid() and (inner is None or inner.is_valid()):
        if "preview" in request.POST:
            text = WRITTEN.get(kind.name, "")
            preview = [
                (language, rendered(form.cleaned_data[f"{text}_{language}"], kind.name)) for language in LANGUAGES
            ]
        else:
            try:
                _save(request, version, kind, form, inner, row=row, parent=parent)
            except StaleCourse as conflict:
                return _conflict(request, version, form, str(conflict), kind=kind, row=row, inner=inner)
            except CourseError as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, _("The part was saved."))
                return redirect(f"{page_of(version)}#{kind.name}")
    return _form_page(request, version, form, kind=kind, row=row, inner=inner, preview=preview)


def _previews(form: PartForm, kind: PartKind) -> list[tuple[str, SafeString | str]]:
    """The text of a part in both languages, as it will look."""
    text = WRITTEN.get(kind.name)
    if text is None:
        return []
    return [(language, rendered(form.cleaned_data[f"{text}_{language}"], kind.name)) for language in LANGUAGES]


def _save(
    request: HttpRequest, version: CourseVersion, kind: PartKind, form: PartForm, inner: Any, *, row: Any, parent: Any
) -> None:
    by, at = request.user, timezone.now()
    rows = inner_values(kind, inner) if inner is not None else ()
    if row is None:
        services.add_part(version, kind, form.values(), of=parent, inner=rows, by=by, at=at)
        return
    revision = form.cleaned_data["revision"] or 0
    services.change_part(
        version, kind, row, form.values(), revision=revision, inner=rows if inner is not None else None, by=by, at=at
    )


def rendered(text: str, kind: str) -> SafeString | str:
    """A text of a part as HTML, or its first mistake."""
    text = text.replace("\r\n", "\n")
    try:
        if kind == "lesson":
            return lesson_as_html(read_lesson(text), Reader(library=lambda slug: ""))
        if kind in ("assignment", "tool", "video"):
            return blocks_as_html(read_task(text))
        return as_html(read_document(text))
    except DocumentError as error:
        return str(error)


@route(AUTHOR_PAGES)
@never_cache
@require_POST
def preview_text(request: HttpRequest) -> HttpResponse:
    """How a text that is being written will look; ``?tipo=`` says of which kind of part. Keeps nothing."""
    shown = rendered(request.POST.get("text", ""), request.GET.get("tipo", ""))
    return render(request, "learn/authoring/_preview.html", {"shown": shown})


def _form_page(
    request: HttpRequest,
    version: CourseVersion,
    form: VersionForm | PartForm,
    *,
    kind: PartKind | None,
    row: Any = None,
    inner: Any = None,
    preview: Any = None,
    conflict: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "version": version,
        "course": version.course,
        "form": form,
        "kind": kind,
        "row": row,
        "inner": inner,
        "preview": preview,
        "conflict": conflict or [],
        "is_draft": version.state == State.DRAFT,
        "can_preview": kind is not None and kind.name in WRITTEN,
    }
    return render(request, "learn/authoring/form.html", context, status=status)


def _conflict(
    request: HttpRequest,
    version: CourseVersion,
    form: VersionForm | PartForm,
    message: str,
    *,
    kind: PartKind | None,
    row: Any = None,
    inner: Any = None,
) -> HttpResponse:
    """What is there now beside what the person wrote; saving again is a choice made with both in sight."""
    model: Any = CourseVersion if kind is None else kind.model
    now = model.objects.filter(pk=version.pk if kind is None else row.pk).first()
    form.add_error(None, message)
    if now is None:
        return _form_page(request, version, form, kind=kind, row=row, inner=inner, status=CONFLICT)
    resubmit_as(form, revision=now.revision)
    values: Mapping[str, Any] = form.cleaned_data
    differing = [
        (str(form[name].label), str(getattr(now, name)))
        for name in form.Meta.fields  # type: ignore[union-attr]
        if str(values.get(name, "")).replace("\r\n", "\n") != str(getattr(now, name)).replace("\r\n", "\n")
    ]
    return _form_page(request, version, form, kind=kind, row=row, inner=inner, conflict=differing, status=CONFLICT)


@route(AUTHOR_PAGES)
@never_cache
@require_POST
def move_part(request: HttpRequest, slug: str, label: str, kind: str, pk: int) -> HttpResponse:
    """One place up or down."""
    version, what = version_or_404(request, slug, label), kind_or_404(kind)
    row = row_or_404(version, what, pk)
    try:
        services.move_part(version, what, row, up="up" in request.POST, by=request.user, at=timezone.now())
    except CourseError as problem:
        messages.error(request, str(problem))
    return redirect(f"{page_of(version)}#{kind}-{pk}")


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
        except CourseError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The part was removed."))
        return redirect(f"{page_of(version)}#{kind}")
    context = {
        "version": version,
        "course": version.course,
        "question": _("Remove “%(name)s”?") % {"name": row},
        "consequence": _("What it says stays in the history. All that belongs to it goes with it."),
        "action_label": _("Remove"),
        "danger": True,
        "revision": row.revision,
    }
    return render(request, "learn/authoring/confirm.html", context)
