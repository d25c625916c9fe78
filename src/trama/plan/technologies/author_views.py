"""Pages where technologies are written and reviewed: by technical partners their own, by the programme all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.diagnose.api import dimensions_of_networks
from trama.foundation.policies import route

from ..policies import AUTHOR_PAGES
from . import reviewing, services
from .checks import Problem
from .comparison import differences, field_label
from .documents.html import as_html
from .documents.markdown import read_document
from .documents.workbook import read_workbook
from .errors import DocumentError, IncompleteTechnology, StaleTechnology, TechnologyError
from .forms import (
    CommentForm,
    NewTechnologyForm,
    PartForm,
    ReasonForm,
    RevisionForm,
    VersionForm,
    form_of,
    resubmit_as,
)
from .models import SEALED, TechnologyInstrument, TechnologyVersion
from .parts import ADAPTATION, KINDS, OF_VERSION, STEP, PartKind, as_mapping
from .reader_views import version_or_404
from .selectors import publishes, reviews, stages_of, technologies_visible_to

CONFLICT = 409
State = TechnologyVersion.State


def _page(version: TechnologyVersion) -> str:
    return reverse("plan:team_version", args=[version.technology.slug, version.version])


@route(AUTHOR_PAGES)
@never_cache
@require_GET
def team_technologies(request: HttpRequest) -> HttpResponse:
    """Technologies that the person may work on, with their versions."""
    context = {"technologies": technologies_visible_to(request.user), "reviews": reviews(request.user)}
    return render(request, "plan/authoring/technologies.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def new_technology(request: HttpRequest) -> HttpResponse:
    """Begin a technology. It starts as a draft."""
    form = NewTechnologyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        version = services.create_technology(
            data["slug"], data["organisation"], data, by=request.user, at=timezone.now()
        )
        messages.success(request, _("The draft was created. Now write its parts."))
        return redirect(_page(version))
    return render(request, "plan/authoring/new_technology.html", {"form": form})


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def team_technology(request: HttpRequest, slug: str) -> HttpResponse:
    """The versions of a technology; a new revision starts here."""
    technology = get_object_or_404(technologies_visible_to(request.user), slug=slug)
    versions = list(technology.versions.all())
    form = RevisionForm(request.POST or None, technology=technology)
    if request.method == "POST" and form.is_valid():
        try:
            version = services.start_revision(
                technology, form.cleaned_data["label"], by=request.user, at=timezone.now()
            )
        except TechnologyError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The new version begins as a copy of the present one."))
            return redirect(_page(version))
    context = {
        "technology": technology,
        "versions": versions,
        "form": form,
        "may_revise": all(one.state in SEALED for one in versions),
    }
    return render(request, "plan/authoring/technology.html", context)


@dataclass(frozen=True, slots=True)
class Line:
    """A part on the page of its version: where to edit it, how many comments are open."""

    kind: PartKind
    row: Any
    key: str
    steps: tuple["Line", ...] = ()


@route(AUTHOR_PAGES)
@never_cache
@require_GET
def team_version(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """A version as its authors work on it: its parts, what is missing, what reviewers say, what comes next."""
    version = version_or_404(request, slug, label)
    problems = [] if version.is_sealed else reviewing.missing(version)
    sections = _sections(version)
    labels = _labels(sections)
    comments = list(version.comments.select_related("by", "resolved_by"))
    context = {
        "version": version,
        "technology": version.technology,
        "sections": sections,
        "problems": [(_where(problem), problem) for problem in problems],
        "comments": [(labels.get(one.part, _("A part that was removed")), one) for one in comments],
        "comment_form": CommentForm(),
        "is_draft": version.state == State.DRAFT,
        "actions": _actions(request.user, version, complete=not problems),
        "others": version.technology.versions.exclude(pk=version.pk).order_by("-pk"),
    }
    return render(request, "plan/authoring/version.html", context)


def _sections(version: TechnologyVersion) -> list[tuple[PartKind, list[Line]]]:
    """Every kind with its parts in order; steps stand below their stage."""
    found = []
    for kind in OF_VERSION:
        if kind.related == "stages":
            lines = [
                Line(
                    kind,
                    stage,
                    services.part_key(kind, stage),
                    tuple(Line(STEP, step, services.part_key(STEP, step)) for step in stage.steps.all()),
                )
                for stage in stages_of(version)
            ]
        else:
            lines = [Line(kind, row, services.part_key(kind, row)) for row in getattr(version, kind.related).all()]
        found.append((kind, lines))
    return found


def _where(problem: Problem) -> str:
    """The part that a problem is in, in words."""
    if not problem.kind:
        return _("Texts")
    return " ".join(filter(None, (str(KINDS[problem.kind].label), problem.name)))


def _labels(sections: list[tuple[PartKind, list[Line]]]) -> dict[str, str]:
    """Every part as a comment names it, by its key."""
    lines = [line for _kind, group in sections for one in group for line in (one, *one.steps)]
    return {"": _("The whole"), **{line.key: f"{line.kind.label}: {line.row}" for line in lines}}


# --- moving on ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Action:
    """A step of a version: who may take it from which state, and what it asks."""

    name: str
    label: str
    question: str
    consequence: str
    done: str
    act: Callable[..., Any]
    origins: tuple[str, ...]
    allowed: Callable[[Any], bool]
    needs_reason: bool = False
    danger: bool = False


def _every_action() -> list[Action]:
    anyone: Callable[[Any], bool] = lambda user: True  # noqa: E731  # who may work on the version at all
    return [
        Action(
            "enviar", _("Send to review"), _("Send “%(title)s” to review?"),
            _("While it is reviewed nobody edits it; the programme comments, returns or approves it."),
            _("The version was sent to review."), reviewing.submit, (State.DRAFT,), anyone,
        ),
        Action(
            "devolver", _("Ask for changes"), _("Return “%(title)s” to its authors?"),
            _("It becomes a draft again. Say what should change."),
            _("The version was returned to its authors."), reviewing.ask_for_changes, (State.IN_REVIEW,), reviews,
            needs_reason=True,
        ),
        Action(
            "aprovar", _("Approve for a pilot"), _("Approve “%(title)s” for a pilot?"),
            _("Everyone can read it, marked as in pilot, and networks can start it. From then on it never changes: "
              "corrections need a new version."),
            _("The version is in pilot."), reviewing.approve, (State.IN_REVIEW,), reviews,
        ),
        Action(
            "publicar", _("Publish"), _("Publish “%(title)s”?"),
            _("It takes its place in the catalogue; the version published before stays readable."),
            _("The version is published."), reviewing.publish, (State.PILOT,), publishes,
        ),
        Action(
            "retirar", _("Retire"), _("Retire “%(title)s”?"),
            _("It leaves the catalogue for good. Networks that carry it out still read it."),
            _("The version was retired."), reviewing.retire, (State.PILOT, State.PUBLISHED), publishes,
            needs_reason=True, danger=True,
        ),
        Action(
            "descartar", _("Discard the draft"), _("Discard the draft of “%(title)s”?"),
            _("Its texts, comments and history are removed. This cannot be undone."),
            _("The draft was discarded."), reviewing.discard, (State.DRAFT,), anyone, danger=True,
        ),
    ]  # fmt: skip


def _actions(user: Any, version: TechnologyVersion, *, complete: bool) -> list[Action]:
    """What the person may do with the version now. An incomplete draft cannot be sent."""
    return [
        action
        for action in _every_action()
        if version.state in action.origins and action.allowed(user) and (complete or action.name != "enviar")
    ]


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def change_state(request: HttpRequest, slug: str, label: str, action: str) -> HttpResponse:
    """Ask on GET, act on POST, tell what happened."""
    version = version_or_404(request, slug, label)
    wanted = next((one for one in _every_action() if one.name == action), None)
    if wanted is None:
        raise Http404
    if not wanted.allowed(request.user):
        raise PermissionDenied(action)
    form = ReasonForm(request.POST or None) if wanted.needs_reason else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = (form.cleaned_data["reason"],) if form is not None else ()
        back = _page(version)
        try:
            wanted.act(version, *reason, by=request.user, at=timezone.now())
        except IncompleteTechnology as incomplete:
            for problem in incomplete.problems[:5]:
                messages.error(request, problem)
        except TechnologyError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, wanted.done)
            back = back if wanted.name != "descartar" else reverse("plan:team_technologies")
        return redirect(back)
    context = {
        "version": version,
        "technology": version.technology,
        "form": form,
        "question": wanted.question % {"title": version},
        "consequence": wanted.consequence,
        "action_label": wanted.label,
        "danger": wanted.danger,
    }
    return render(request, "plan/authoring/confirm.html", context)


# --- writing ------------------------------------------------------------------------------------------------------


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
            return redirect(_page(version))
    return _form_page(request, version, form, kind=None)


def _kind_or_404(name: str) -> PartKind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _row_or_404(version: TechnologyVersion, kind: PartKind, pk: int) -> Any:
    of_version = {"stage__version": version} if kind is STEP else {"version": version}
    return get_object_or_404(kind.model, pk=pk, **of_version)


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def add_part(request: HttpRequest, slug: str, label: str, kind: str) -> HttpResponse:
    """Write a new part. A step says its stage in ``?etapa=``."""
    version, what = version_or_404(request, slug, label), _kind_or_404(kind)
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
    version, what = version_or_404(request, slug, label), _kind_or_404(kind)
    return _part_form(request, version, what, row=_row_or_404(version, what, pk), stage=None)


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
                return redirect(f"{_page(version)}#{kind.name}")
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
    version, what = version_or_404(request, slug, label), _kind_or_404(kind)
    if what is ADAPTATION:
        raise Http404
    row = _row_or_404(version, what, pk)
    try:
        services.move_part(version, what, row, up="up" in request.POST, by=request.user, at=timezone.now())
    except TechnologyError as problem:
        messages.error(request, str(problem))
    return redirect(f"{_page(version)}#{kind}")


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def remove_part(request: HttpRequest, slug: str, label: str, kind: str, pk: int) -> HttpResponse:
    """Take a part out of a draft, after asking."""
    version, what = version_or_404(request, slug, label), _kind_or_404(kind)
    row = _row_or_404(version, what, pk)
    if request.method == "POST":
        revision = request.POST.get("revision", "")
        number = int(revision) if revision.isascii() and revision.isdigit() else 0
        try:
            services.remove_part(version, what, row, revision=number, by=request.user, at=timezone.now())
        except TechnologyError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The part was removed."))
        return redirect(f"{_page(version)}#{kind}")
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


# --- reviewing, remembering ---------------------------------------------------------------------------------------


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
            _row_or_404(version, _kind_or_404(kind), int(pk) if pk.isascii() and pk.isdigit() else 0)
        try:
            reviewing.comment(version, part, form.cleaned_data["text"], by=request.user, at=timezone.now())
        except TechnologyError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The comment was saved."))
    else:
        messages.error(request, _("Write the comment first."))
    return redirect(f"{_page(version)}#comments")


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
    return redirect(f"{_page(version)}#comments")


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
    found = differences(as_mapping(before), as_mapping(version)) if before is not None else []
    lines = [
        (str(KINDS[one.part].label) if one.part else _("Texts"), one.name, field_label(one.part, one.field), one.pieces)
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
