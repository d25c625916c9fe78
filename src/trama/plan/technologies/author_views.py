"""Pages where technologies are written and reviewed: by technical partners their own, by the programme all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from trama.foundation.policies import route

from ..policies import AUTHOR_PAGES
from . import reviewing, services
from .checks import Problem
from .errors import IncompleteTechnology, TechnologyError
from .forms import (
    CommentForm,
    NewTechnologyForm,
    ReasonForm,
    RevisionForm,
)
from .models import SEALED, TechnologyVersion
from .parts import KINDS, OF_VERSION, STEP, PartKind
from .reader_views import version_or_404
from .selectors import publishes, reviews, stages_of, technologies_visible_to

State = TechnologyVersion.State


def page_of(version: TechnologyVersion) -> str:
    """The address of a version as its authors work on it."""
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
        return redirect(page_of(version))
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
            return redirect(page_of(version))
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
        back = page_of(version)
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
