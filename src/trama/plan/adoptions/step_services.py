"""Verbs on the steps of an adoption: done, left out, taken up again, dates, who answers; evidence, notes, values."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.files import FileRefused, media_type_of, safe_name, sha256_of, web_address

from .calendar import Span
from .errors import (
    EvidenceRefused,
    MeasureOfThatDay,
    PersonOutside,
    ReasonMissing,
    RoleOfOthers,
    StaleStep,
    WrongDates,
    WrongState,
)
from .models import (
    Adoption,
    AdoptionChange,
    AdoptionEvidence,
    AdoptionMeasure,
    AdoptionNote,
    AdoptionStep,
)
from .selectors import team_of
from .services import held, note_change, start_adoption

Kind, State = AdoptionChange.Kind, AdoptionStep.State
MOST_PER_STEP = 20


def _open(adoption: Adoption, *, by: Any) -> Adoption:
    """The adoption, held, if its steps can be worked on. Raises ``PermissionDenied``, ``WrongState``."""
    now = held(adoption, by=by)
    if not now.is_open:
        raise WrongState()
    return now


@transaction.atomic
def mark_done(step: AdoptionStep, *, revision: int, by: Any, at: datetime) -> AdoptionStep:
    """Say that a step is done; the first one starts a planned adoption.

    Raises ``PermissionDenied``, ``WrongState``, ``StaleStep``.
    """
    return _settle(step, State.DONE, Kind.STEP_DONE, revision=revision, by=by, at=at)


@transaction.atomic
def leave_out(step: AdoptionStep, *, reason: str, revision: int, by: Any, at: datetime) -> AdoptionStep:
    """Say that a step will not be done, and why. Raises as ``mark_done`` does, and ``ReasonMissing``."""
    given = reason.replace("\r\n", "\n").strip()
    if not given:
        raise ReasonMissing()
    return _settle(step, State.SKIPPED, Kind.STEP_SKIPPED, revision=revision, by=by, at=at, reason=given)


@transaction.atomic
def take_up_again(step: AdoptionStep, *, revision: int, by: Any, at: datetime) -> AdoptionStep:
    """Put a settled step back among those to do. Raises as ``mark_done`` does."""
    return _settle(step, State.TODO, Kind.STEP_REOPENED, revision=revision, by=by, at=at)


def _settle(
    step: AdoptionStep, state: str, kind: AdoptionChange.Kind, *, revision: int, by: Any, at: datetime, reason: str = ""
) -> AdoptionStep:
    now = _open(step.adoption, by=by)
    settled = state != State.TODO
    wanted = [State.TODO] if settled else [State.DONE, State.SKIPPED]
    changed = AdoptionStep.objects.filter(
        pk=step.pk, revision=revision, state__in=wanted, dropped_at__isnull=True
    ).update(
        state=state,
        note=reason,
        done_at=at if settled else None,
        done_by=by if settled else None,
        revision=F("revision") + 1,
    )
    if not changed:
        raise StaleStep([step])
    if now.state == Adoption.State.PLANNED and settled:
        start_adoption(now, by=by, at=at)
    note_change(now, kind, step=step, reason=reason, by=by, at=at)
    step.refresh_from_db()
    record_event(kind.replace("_", " "), by=by, at=at, target=step, detail={"adoption": now.pk})
    return step


@transaction.atomic
def set_responsible(step: AdoptionStep, user: Any, *, revision: int, by: Any, at: datetime) -> AdoptionStep:
    """Say who of the team answers for a step, or nobody. Raises as ``mark_done`` does, and ``PersonOutside``."""
    now = _open(step.adoption, by=by)
    if user is not None and user.pk not in {one.pk for one in team_of(now.scope, at)}:
        raise PersonOutside()
    before = step.responsible.name if step.responsible is not None else ""
    changed = AdoptionStep.objects.filter(pk=step.pk, revision=revision, dropped_at__isnull=True).update(
        responsible=user, revision=F("revision") + 1
    )
    if not changed:
        raise StaleStep([step])
    note_change(
        now, Kind.RESPONSIBLE, step=step, before=before, after=user.name if user is not None else "", by=by, at=at
    )
    step.refresh_from_db()
    record_event("step has another responsible person", by=by, at=at, target=step, detail={"adoption": now.pk})
    return step


@transaction.atomic
def change_dates(
    adoption: Adoption, spans: Mapping[UUID, tuple[Span, int]], *, by: Any, at: datetime
) -> list[AdoptionStep]:
    """Give steps other dates: uid to (span, the revision the person saw). All of them or none; those changed come back.

    Raises ``PermissionDenied``, ``WrongState``, ``WrongDates``, ``StaleStep`` with the steps that somebody changed.
    """
    now = held(adoption, by=by)
    if now.state in (Adoption.State.FINISHED, Adoption.State.GIVEN_UP):
        raise WrongState()
    rows = AdoptionStep.objects.select_for_update().filter(
        adoption=now, uid__in=spans.keys(), dropped_at__isnull=True
    ).order_by("pk")  # fmt: skip
    steps = {step.uid: step for step in rows}
    if steps.keys() != spans.keys() or any(span.end < span.start for span, _seen in spans.values()):
        raise WrongDates()
    changed: list[AdoptionStep] = []
    stale: list[AdoptionStep] = []
    for uid, (span, revision) in spans.items():
        step = steps[uid]
        if (step.starts_on, step.due_on) == (span.start, span.end):
            continue
        (changed if step.revision == revision else stale).append(step)
    if stale:
        raise StaleStep(stale)
    for step in changed:
        span = spans[step.uid][0]
        before = f"{step.starts_on.isoformat()}/{step.due_on.isoformat()}"
        step.starts_on, step.due_on, step.revision = span.start, span.end, step.revision + 1
        step.save(update_fields=["starts_on", "due_on", "revision"])
        after = f"{span.start.isoformat()}/{span.end.isoformat()}"
        note_change(now, Kind.RESCHEDULED, step=step, before=before, after=after, by=by, at=at)
    if changed:
        record_event("adoption rescheduled", by=by, at=at, target=now, detail={"steps": len(changed)})
    return changed


# --- evidence and notes ----------------------------------------------------------------------------------------------


@transaction.atomic
def add_evidence(
    step: AdoptionStep, *, title: str, address: str = "", file: Any = None, by: Any, at: datetime
) -> AdoptionEvidence:
    """Add a link or a file to a step. Raises ``PermissionDenied``, ``WrongState``, ``EvidenceRefused``."""
    now = held(step.adoption, by=by)
    if AdoptionEvidence.objects.filter(step=step, removed_at__isnull=True).count() >= MOST_PER_STEP:
        raise EvidenceRefused(_("There are %(n)d pieces of evidence here already.") % {"n": MOST_PER_STEP})
    made = AdoptionEvidence(step=step, title=title.strip(), added_by=by, added_at=at)
    try:
        if file is not None:
            made.media_type = media_type_of(file, file.name or "")
            made.kind, made.file, made.size = AdoptionEvidence.Kind.FILE, file, file.size
            made.file_name, made.sha256 = safe_name(file.name or ""), sha256_of(file)
        else:
            made.kind, made.address = AdoptionEvidence.Kind.LINK, web_address(address)
    except FileRefused as refused:
        raise EvidenceRefused(str(refused)) from refused
    made.save(force_insert=True)
    note_change(now, Kind.EVIDENCE_ADDED, step=step, after=made.title, by=by, at=at)
    record_event("evidence added", by=by, at=at, target=step, detail={"evidence": made.pk, "sha256": made.sha256})
    return made


@transaction.atomic
def remove_evidence(evidence: AdoptionEvidence, *, by: Any, at: datetime) -> None:
    """Take a piece of evidence away. Twice changes nothing. Raises ``PermissionDenied``, ``WrongState``."""
    now = held(evidence.step.adoption, by=by)
    if AdoptionEvidence.objects.filter(pk=evidence.pk, removed_at__isnull=True).update(removed_at=at):
        note_change(now, Kind.EVIDENCE_REMOVED, step=evidence.step, before=evidence.title, by=by, at=at)
        record_event("evidence removed", by=by, at=at, target=evidence.step, detail={"evidence": evidence.pk})


@transaction.atomic
def write_note(
    adoption: Adoption, text: str, *, uid: UUID, step: AdoptionStep | None = None, by: Any, at: datetime
) -> AdoptionNote:
    """Keep a dated note; ``uid`` is made by the form: sent twice, it is kept once.

    Raises ``PermissionDenied``, ``WrongState``, ``ReasonMissing`` for an empty text.
    """
    now = held(adoption, by=by)
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise ReasonMissing()
    there = AdoptionNote.objects.filter(uid=uid, adoption=now, by=by).first()
    if there is not None:
        return there
    made = AdoptionNote.objects.create(adoption=now, uid=uid, step=step, text=words, by=by, at=at)
    record_event("note written", by=by, at=at, target=made, detail={"adoption": now.pk})
    return made


@transaction.atomic
def remove_note(note: AdoptionNote, *, by: Any, at: datetime) -> None:
    """Take a note away; its text stays in the history. Raises ``PermissionDenied``, ``WrongState``."""
    now = held(note.adoption, by=by)
    if AdoptionNote.objects.filter(pk=note.pk, removed_at__isnull=True).update(removed_at=at):
        note_change(now, Kind.NOTE_REMOVED, step=note.step, before=note.text, by=by, at=at)
        record_event("note removed", by=by, at=at, target=note, detail={"adoption": now.pk})


# --- values ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_value(
    adoption: Adoption, indicator: Any, *, measured_on: date, value: Decimal, note: str = "", by: Any, at: datetime
) -> AdoptionMeasure:
    """Record the value of an indicator of the technology on a day.

    Raises ``PermissionDenied``, ``WrongState``, ``RoleOfOthers``, ``MeasureOfThatDay``.
    """
    now = held(adoption, by=by)
    if indicator.version_id != now.version_id:
        raise RoleOfOthers()
    there = AdoptionMeasure.objects.filter(
        adoption=now, indicator=indicator, measured_on=measured_on, removed_at__isnull=True
    ).first()
    if there is not None:
        if there.value == value and there.note == note.strip():
            return there
        raise MeasureOfThatDay()
    made = AdoptionMeasure.objects.create(
        adoption=now, indicator=indicator, measured_on=measured_on, value=value, note=note.strip(), by=by, at=at
    )
    after = f"{indicator.title_pt} | {measured_on.isoformat()} | {value:f}"
    note_change(now, Kind.MEASURED, after=after, by=by, at=at)
    record_event("indicator of adoption recorded", by=by, at=at, target=now, detail={"measure": made.pk})
    return made


@transaction.atomic
def remove_value(measure: AdoptionMeasure, *, by: Any, at: datetime) -> None:
    """Take a recorded value away. Twice changes nothing. Raises ``PermissionDenied``, ``WrongState``."""
    now = held(measure.adoption, by=by)
    if AdoptionMeasure.objects.filter(pk=measure.pk, removed_at__isnull=True).update(removed_at=at):
        before = f"{measure.indicator.title_pt} | {measure.measured_on.isoformat()} | {measure.value:f}"
        note_change(now, Kind.MEASURE_REMOVED, before=before, by=by, at=at)
        record_event("indicator of adoption taken away", by=by, at=at, target=now, detail={"measure": measure.pk})
