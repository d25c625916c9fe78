"""Pages of one step: what to do, with what, by when; done or left out; evidence and notes."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from trama.foundation.files import as_download
from trama.foundation.policies import route

from ..policies import ADOPTION_FILES, CHANGE_ADOPTIONS, SHOW_ADOPTIONS
from . import step_services
from .errors import AdoptionError, StaleStep
from .forms import EvidenceForm, LeaveOutForm, NoteForm, ResponsibleForm, RevisionForm
from .models import Adoption, AdoptionEvidence, AdoptionNote, AdoptionStep
from .selectors import (
    evidence_of,
    evidence_visible_to,
    is_editable_by,
    notes_of,
    steps_of,
    team_of,
    today_of,
)
from .views import CONFLICT, adoption_or_404, attempt, editable_or_refused


def _step_or_404(adoption: Adoption, uid: uuid.UUID) -> AdoptionStep:
    rows = AdoptionStep.objects.filter(adoption=adoption).select_related("step__stage", "responsible", "done_by")
    step = get_object_or_404(rows, uid=uid)
    step.adoption = adoption
    return step


def _page(
    request: HttpRequest, adoption: Adoption, step: AdoptionStep, status: int = 200, **forms: Any
) -> HttpResponse:
    """The step as it is now; forms that met a problem come back as the person filled them."""
    now = timezone.now()
    editable = is_editable_by(request.user, adoption)
    order = steps_of(adoption)
    place = next((n for n, one in enumerate(order) if one.pk == step.pk), None)
    seen = {"revision": step.revision}
    team = team_of(adoption.scope, now) if editable and adoption.is_open else []
    context: dict[str, Any] = {
        "adoption": adoption,
        "technology": adoption.version.technology,
        "step": step,
        "instruments": list(step.step.instruments.all()),
        "version": adoption.version,
        "evidence": evidence_of(step),
        "notes": notes_of(adoption, step),
        "editable": editable,
        "workable": editable and adoption.is_open and step.dropped_at is None,
        "late": step.state == AdoptionStep.State.TODO and step.due_on < today_of(adoption, now),
        "previous": order[place - 1] if place else None,
        "next": order[place + 1] if place is not None and place + 1 < len(order) else None,
        "number": place + 1 if place is not None else None,
        "count": len(order),
        "revision_form": RevisionForm(initial=seen),
        "leave_form": LeaveOutForm(initial=seen),
        "responsible_form": ResponsibleForm(initial={**seen, "responsible": step.responsible_id}, team=team),
        "evidence_form": EvidenceForm(),
        "note_form": NoteForm(),
    }
    context |= forms
    for name in ("revision_form", "leave_form", "responsible_form", "evidence_form", "note_form"):
        context[name].auto_id = f"id_{name}_%s"  # several forms with the same fields on one page
    return render(request, "plan/adoptions/step.html", context, status=status)


@route(SHOW_ADOPTIONS)
@never_cache
@require_GET
def step_page(request: HttpRequest, uid: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """One step, at hand where it is done."""
    adoption = adoption_or_404(request, uid)
    return _page(request, adoption, _step_or_404(adoption, step))


def _change(
    request: HttpRequest, uid: uuid.UUID, step_uid: uuid.UUID, name: str, form: Any, done: str, verb: Callable[..., Any]
) -> HttpResponse:
    """Check a form and run a verb on a step; a conflict shows the step as it is now beside what the person wrote."""
    adoption = editable_or_refused(request, uid)
    step = _step_or_404(adoption, step_uid)
    if not form.is_valid():
        return _page(request, adoption, step, **{name: form})
    try:
        verb(step, form.cleaned_data)
    except StaleStep as problem:
        messages.error(request, str(problem))
        step = _step_or_404(adoption, step_uid)
        data = form.data.copy()
        data["revision"] = str(step.revision)
        form.data = data
        return _page(request, adoption, step, status=CONFLICT, **{name: form})
    except AdoptionError as problem:
        messages.error(request, str(problem))
        return _page(request, adoption, step, **{name: form})
    messages.success(request, done)
    return redirect("plan:adoption_step", uid, step_uid)


@route(CHANGE_ADOPTIONS)
@require_POST
def done(request: HttpRequest, uid: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """The step is done."""
    return _change(
        request, uid, step, "revision_form", RevisionForm(request.POST), _("Step done."),
        lambda one, sent: step_services.mark_done(
            one, revision=sent["revision"], by=request.user, at=timezone.now()
        ),
    )  # fmt: skip


@route(CHANGE_ADOPTIONS)
@require_POST
def leave(request: HttpRequest, uid: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """The step is left out, with its reason."""
    return _change(
        request, uid, step, "leave_form", LeaveOutForm(request.POST), _("The step was left out."),
        lambda one, sent: step_services.leave_out(
            one, reason=sent["reason"], revision=sent["revision"], by=request.user, at=timezone.now()
        ),
    )  # fmt: skip


@route(CHANGE_ADOPTIONS)
@require_POST
def again(request: HttpRequest, uid: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """The step is to do again."""
    return _change(
        request, uid, step, "revision_form", RevisionForm(request.POST), _("The step is to do again."),
        lambda one, sent: step_services.take_up_again(
            one, revision=sent["revision"], by=request.user, at=timezone.now()
        ),
    )  # fmt: skip


@route(CHANGE_ADOPTIONS)
@require_POST
def responsible(request: HttpRequest, uid: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """Who answers for the step."""
    adoption = editable_or_refused(request, uid)
    team = {person.pk: person for person in team_of(adoption.scope, timezone.now())}
    return _change(
        request, uid, step, "responsible_form", ResponsibleForm(request.POST, team=list(team.values())),
        _("The step has another responsible person."),
        lambda one, sent: step_services.set_responsible(
            one, team.get(sent["responsible"]), revision=sent["revision"], by=request.user, at=timezone.now()
        ),
    )  # fmt: skip


@route(CHANGE_ADOPTIONS)
@require_POST
def new_evidence(request: HttpRequest, uid: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """Add a link or a file."""
    return _change(
        request, uid, step, "evidence_form", EvidenceForm(request.POST, request.FILES), _("Evidence added."),
        lambda one, sent: step_services.add_evidence(
            one, title=sent["title"], address=sent["address"] or "", file=sent["file"] or None, by=request.user,
            at=timezone.now(),
        ),
    )  # fmt: skip


@route(CHANGE_ADOPTIONS)
@require_POST
def end_evidence(request: HttpRequest, uid: uuid.UUID, evidence: uuid.UUID) -> HttpResponse:
    """Take a piece of evidence away."""
    adoption = editable_or_refused(request, uid)
    rows = AdoptionEvidence.objects.select_related("step__adoption")
    found = get_object_or_404(rows, uid=evidence, step__adoption=adoption)
    attempt(
        request,
        _("Evidence taken away."),
        lambda: step_services.remove_evidence(found, by=request.user, at=timezone.now()),
    )
    return redirect("plan:adoption_step", uid, found.step.uid)


@route(ADOPTION_FILES)
@require_safe
def evidence_file(request: HttpRequest, uid: uuid.UUID) -> FileResponse:
    """A file of evidence, always as a download."""
    rows = evidence_visible_to(request.user).filter(kind=AdoptionEvidence.Kind.FILE)
    found = get_object_or_404(rows, uid=uid)
    return as_download(found.file, found.file_name)


@route(CHANGE_ADOPTIONS)
@require_POST
def new_step_note(request: HttpRequest, uid: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """Keep a note on a step."""
    return _change(
        request, uid, step, "note_form", NoteForm(request.POST), _("Note kept."),
        lambda one, sent: step_services.write_note(
            one.adoption, sent["text"], uid=sent["uid"], step=one, by=request.user, at=timezone.now()
        ),
    )  # fmt: skip


@route(CHANGE_ADOPTIONS)
@require_POST
def new_note(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Keep a note on the whole adoption."""
    adoption = editable_or_refused(request, uid)
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the note before keeping it."))
    else:
        sent = form.cleaned_data
        attempt(
            request,
            _("Note kept."),
            lambda: step_services.write_note(
                adoption, sent["text"], uid=sent["uid"], by=request.user, at=timezone.now()
            ),
        )
    return redirect(reverse("plan:adoption", args=[uid]) + "#notes")


@route(CHANGE_ADOPTIONS)
@require_POST
def end_note(request: HttpRequest, uid: uuid.UUID, note: uuid.UUID) -> HttpResponse:
    """Take a note away."""
    adoption = editable_or_refused(request, uid)
    found = get_object_or_404(AdoptionNote.objects.select_related("adoption", "step"), uid=note, adoption=adoption)
    attempt(
        request, _("Note taken away."), lambda: step_services.remove_note(found, by=request.user, at=timezone.now())
    )
    if found.step is not None:
        return redirect("plan:adoption_step", uid, found.step.uid)
    return redirect(reverse("plan:adoption", args=[uid]) + "#notes")
