"""Pages where courses are written: by technical partners their own, by the programme all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from trama.foundation.policies import route

from ..policies import AUTHOR_PAGES
from . import publishing, services
from .checks import blocking
from .comparison import differences, field_label, named, titles
from .errors import CourseError, IncompleteCourse
from .forms import NewCourseForm, ReasonForm, RevisionForm
from .models import SEALED, CourseVersion, Module, Part, Question, RubricCriterion
from .parts import KINDS, OF_MODULE, OF_VERSION, PartKind, as_mapping, children_of, kind_of
from .reader_views import version_or_404
from .selectors import belongs_to_programme, courses_visible_to
from .wording import told, where

State = CourseVersion.State


def page_of(version: CourseVersion) -> str:
    """The address of a version as its authors work on it."""
    return reverse("learn:team_version", args=[version.course.slug, version.version])


@route(AUTHOR_PAGES)
@never_cache
@require_GET
def team_courses(request: HttpRequest) -> HttpResponse:
    """Courses that the person may work on, with their newest version."""
    context = {"courses": courses_visible_to(request.user), "publishes": belongs_to_programme(request.user)}
    return render(request, "learn/authoring/courses.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def new_course(request: HttpRequest) -> HttpResponse:
    """Begin a course. It starts as a draft."""
    form = NewCourseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        version = services.create_course(data["slug"], data["organisation"], data, by=request.user, at=timezone.now())
        messages.success(request, _("The draft was created. Now write its texts and modules."))
        return redirect(page_of(version))
    return render(request, "learn/authoring/new_course.html", {"form": form})


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def team_course(request: HttpRequest, slug: str) -> HttpResponse:
    """The versions of a course; a new one starts here."""
    course = get_object_or_404(courses_visible_to(request.user), slug=slug)
    versions = list(course.versions.all())
    form = RevisionForm(request.POST or None, course=course)
    if request.method == "POST" and form.is_valid():
        try:
            version = services.start_revision(course, form.cleaned_data["label"], by=request.user, at=timezone.now())
        except CourseError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The new version begins as a copy of the present one."))
            return redirect(page_of(version))
    context = {
        "course": course,
        "versions": versions,
        "form": form,
        "may_revise": bool(versions) and all(one.state in SEALED for one in versions),
    }
    return render(request, "learn/authoring/course.html", context)


# --- a version ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A part on the page of its version, with those that belong to it, and the kinds that can be added to it."""

    kind: PartKind
    row: Any
    lines: tuple["Line", ...] = ()
    adds: tuple[PartKind, ...] = ()


@route(AUTHOR_PAGES)
@never_cache
@require_GET
def team_version(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """A version as its authors work on it: its parts, the list before publishing, what comes next."""
    version = version_or_404(request, slug, label)
    found = [] if version.is_sealed else publishing.list_before_publishing(version)
    missing = blocking(found)
    context = {
        "version": version,
        "course": version.course,
        "sections": _sections(version),
        "problems": [(where(problem), told(problem)) for problem in missing],
        "hints": [(where(problem), told(problem)) for problem in found if not problem.blocks],
        "publishes": belongs_to_programme(request.user),
        "is_draft": version.state == State.DRAFT,
        "actions": _actions(request.user, version, complete=not missing),
        "others": version.course.versions.exclude(pk=version.pk).exists(),
    }
    return render(request, "learn/authoring/version.html", context)


def _sections(version: CourseVersion) -> list[tuple[PartKind, list[Line]]]:
    """Every kind with its parts in order; what belongs to a part stands below it. About eight queries."""
    found = []
    for kind in OF_VERSION:
        rows = kind.model._default_manager.filter(version=version)
        lines = _modules(version) if kind.model is Module else [Line(kind, row) for row in rows]
        found.append((kind, lines))
    return found


def _modules(version: CourseVersion) -> list[Line]:
    inner: dict[int, list[Line]] = {}
    for model, parent in ((Question, "quiz_id"), (RubricCriterion, "assignment_id")):
        place = parent.removesuffix("_id")
        for row in model._default_manager.filter(**{f"{place}__module__version": version}):
            inner.setdefault(getattr(row, parent), []).append(Line(kind_of(row), row))
    parts: dict[int, list[Line]] = {}
    for part in Part.objects.filter(module__version=version):
        kind = KINDS[part.kind]
        line = Line(kind, part, tuple(inner.get(part.pk, ())), children_of(kind))
        parts.setdefault(part.module_id, []).append(line)
    kind = KINDS["module"]
    rows = Module.objects.filter(version=version)
    return [Line(kind, row, tuple(parts.get(row.pk, ())), OF_MODULE) for row in rows]


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
    origin: str
    allowed: Callable[[Any], bool]
    needs_reason: bool = False
    danger: bool = False


def _every_action() -> list[Action]:
    anyone: Callable[[Any], bool] = lambda user: True  # noqa: E731  # who may work on the version at all
    return [
        Action(
            "publicar", _("Publish"), _("Publish “%(title)s”?"),
            _("Everyone can read it, and cohorts can begin on it. From then on it never changes: corrections need a "
              "new version. Cohorts that run stay with the version they began with."),
            _("The version is published."), publishing.publish, State.DRAFT, belongs_to_programme,
        ),
        Action(
            "retirar", _("Retire"), _("Retire “%(title)s”?"),
            _("It leaves the catalogue for good. Cohorts that run, and certificates, still stand on it."),
            _("The version was retired."), publishing.retire, State.PUBLISHED, belongs_to_programme,
            needs_reason=True, danger=True,
        ),
        Action(
            "descartar", _("Discard the draft"), _("Discard the draft of “%(title)s”?"),
            _("Its texts and history are removed. This cannot be undone."),
            _("The draft was discarded."), publishing.discard, State.DRAFT, anyone, danger=True,
        ),
    ]  # fmt: skip


def _actions(user: Any, version: CourseVersion, *, complete: bool) -> list[Action]:
    """What the person may do with the version now. An incomplete draft cannot be published."""
    return [
        action
        for action in _every_action()
        if version.state == action.origin and action.allowed(user) and (complete or action.name != "publicar")
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
        back = page_of(version)
        try:
            wanted.act(version, *reason, by=request.user, at=timezone.now())
        except IncompleteCourse as incomplete:
            for problem in incomplete.problems[:5]:
                messages.error(request, problem)
        except CourseError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, wanted.done)
            back = back if wanted.name != "descartar" else reverse("learn:team_courses")
        return redirect(back)
    context = {
        "version": version,
        "course": version.course,
        "form": form,
        "question": wanted.question % {"title": version},
        "consequence": wanted.consequence,
        "action_label": wanted.label,
        "danger": wanted.danger,
    }
    return render(request, "learn/authoring/confirm.html", context)


# --- what was, and what differs -----------------------------------------------------------------------------------


@route(AUTHOR_PAGES)
@never_cache
@require_GET
def history(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Who changed what, newest first."""
    version = version_or_404(request, slug, label)
    page = Paginator(version.changes.select_related("by"), 50).get_page(request.GET.get("pagina"))
    lines = []
    for change in page.object_list:
        name = change.part.split(" ")[0]
        kind = name if name in KINDS else ""
        lines.append((change, KINDS[kind].label if kind else "", field_label(kind, change.field)))
    context = {"version": version, "course": version.course, "page": page, "lines": lines}
    return render(request, "learn/authoring/history.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_GET
def compare(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Two versions, part by part and word by word; ``?com=`` names the other one."""
    version = version_or_404(request, slug, label)
    others = list(version.course.versions.exclude(pk=version.pk).order_by("-pk"))
    asked = request.GET.get("com", "")
    before = next((one for one in others if one.version == asked), others[0] if others else None)
    held, now = as_mapping(before) if before is not None else None, as_mapping(version)
    found = differences(held, now) if held is not None else []
    names = titles(held or now) | titles(now)
    lines = [
        (
            KINDS[one.part].label if one.part else _("Texts"),
            named(one, names),
            field_label(one.part, one.field),
            one.pieces,
        )
        for one in found
    ]
    context = {"version": version, "course": version.course, "others": others, "before": before, "lines": lines}
    return render(request, "learn/authoring/compare.html", context)
