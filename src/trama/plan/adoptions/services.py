"""Verbs on adoptions: open, move from state to state, move to another version, name in public, remove.

Each checks, writes and leaves its trace. The trail never holds the words of a team: those are in ``AdoptionChange``,
which the owner alone reads. Steps are in ``step_services``, requests for help in ``help_services``.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from trama.foundation.audit import record_event
from trama.foundation.policies import require
from trama.know.api import scope_fields

from ..policies import EDIT_ADOPTION, LIST_ADOPTION
from ..technologies.models import TechnologyVersion
from .calendar import Span, next_working
from .errors import (
    AlreadyOpened,
    PersonOutside,
    PriorityOfOthers,
    ReasonMissing,
    ResultMissing,
    RoleOfOthers,
    StaleAdoption,
    VersionNotOffered,
    WrongDates,
    WrongState,
)
from .models import (
    Adoption,
    AdoptionChange,
    AdoptionContext,
    AdoptionMeasure,
    AdoptionPerson,
    AdoptionStep,
)
from .selectors import (
    ADOPTABLE,
    column_of,
    move_to,
    newer_versions,
    present_stage,
    priorities_for,
    proposed_dates,
    team_of,
)

Kind, State = AdoptionChange.Kind, Adoption.State
TEXT_FIELDS = ("reason", "adaptations", "what_changed")


def held(adoption: Adoption, *, by: Any) -> Adoption:
    """The adoption as it is now, held until the transaction ends. Raises ``PermissionDenied``, ``WrongState``."""
    require(by, EDIT_ADOPTION, adoption)
    now = Adoption.objects.select_for_update(of=("self",)).select_related("version").get(pk=adoption.pk)
    if now.removed_at is not None:
        raise WrongState()
    return now


def note_change(adoption: Adoption, kind: str, *, by: Any, at: datetime, **fields: Any) -> AdoptionChange:
    """One row of the owner's history."""
    return AdoptionChange.objects.create(adoption=adoption, kind=kind, by=by, at=at, **fields)


# --- opening ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_adoption(
    scope: Any,
    version: TechnologyVersion,
    *,
    uid: UUID,
    starts_on: date,
    dates: Mapping[int, Span] | None = None,
    priority: Any = None,
    reason: str = "",
    adaptations: str = "",
    contexts: Iterable[str] = (),
    people: Iterable[Mapping[str, Any]] = (),
    recess: tuple[str, str] = ("12-20", "01-31"),
    weekends_free: bool = True,
    by: Any,
    at: datetime,
) -> Adoption:
    """A planned adoption with every step dated: by ``dates`` (step key to span), else as the calendar proposes.

    ``uid`` is made by the form: sent twice, it opens once. Raises ``PermissionDenied``, ``VersionNotOffered``,
    ``PriorityOfOthers``, ``PersonOutside``, ``RoleOfOthers``, ``WrongDates``, ``AlreadyOpened``.
    """
    require(by, EDIT_ADOPTION, scope)
    there = Adoption.objects.filter(uid=uid).first()
    if there is not None:
        return _same(there, scope, version, by)
    _require_offered(scope, version, priority, by)
    made = Adoption(
        uid=uid,
        **scope_fields(scope),
        version=version,
        priority=priority,
        starts_on=starts_on,
        reason=reason.strip(),
        adaptations=adaptations.strip(),
        recess_from=recess[0],
        recess_until=recess[1],
        weekends_free=weekends_free,
        opened_by=by,
        opened_at=at,
    )
    spans = _spans(made, dates)
    there = _kept_first(made)
    if there is not None:
        return _same(there, scope, version, by)
    _add_parts(made, spans, contexts)
    for person in people:
        _add_person(made, **person, by=by, at=at)
    note_change(made, Kind.OPENED, after=version.version, reason=made.reason, by=by, at=at)
    record_event("adoption opened", by=by, at=at, target=made, detail={"version": version.pk})
    return made


def _require_offered(scope: Any, version: TechnologyVersion, priority: Any, by: Any) -> None:
    """Raises ``VersionNotOffered``, or ``PriorityOfOthers`` if it is not one of the owner's that ``by`` may see."""
    if version.state not in ADOPTABLE:
        raise VersionNotOffered()
    if priority is not None and priority.pk not in {one.pk for one in priorities_for(scope, by)}:
        raise PriorityOfOthers()


def _kept_first(made: Adoption) -> Adoption | None:
    """Keep an adoption. Gives the one that another request kept meanwhile under the same ``uid``, if any."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        there = Adoption.objects.filter(uid=made.uid).first()
        if there is None:
            raise
        return there
    return None


def _add_parts(made: Adoption, spans: Mapping[int, Span], contexts: Iterable[str]) -> None:
    """The dated steps of a new adoption, and those of its contexts for which the version has an adaptation."""
    AdoptionStep.objects.bulk_create(
        AdoptionStep(adoption=made, step_id=key, starts_on=span.start, due_on=span.end) for key, span in spans.items()
    )
    offered = set(made.version.adaptations.values_list("context", flat=True))
    AdoptionContext.objects.bulk_create(
        AdoptionContext(adoption=made, context=context) for context in sorted(set(contexts) & offered)
    )


def _spans(made: Adoption, dates: Mapping[int, Span] | None) -> dict[int, Span]:
    """A span for every step: those given, else as the calendar proposes. Raises ``WrongDates``."""
    wanted = proposed_dates(made.version, made.starts_on, made.free_days)
    spans = dict(wanted if dates is None else dates)
    if spans.keys() != wanted.keys() or not spans or any(span.end < span.start for span in spans.values()):
        raise WrongDates()
    return spans


def _same(there: Adoption, scope: Any, version: TechnologyVersion, by: Any) -> Adoption:
    same = there.scope_filter == {f"{column_of(scope)}_id": scope.pk} and there.version_id == version.pk
    if not same or there.opened_by_id != by.pk:
        raise AlreadyOpened()
    return there


# --- people and texts ------------------------------------------------------------------------------------------------


@transaction.atomic
def add_person(
    adoption: Adoption, *, role: Any = None, part: str = "", user: Any = None, name: str = "", by: Any, at: datetime
) -> AdoptionPerson:
    """Give a part to a person of the team, or to a written name.

    Raises ``PermissionDenied``, ``WrongState``, ``PersonOutside``, ``RoleOfOthers``.
    """
    now = held(adoption, by=by)
    person = _add_person(now, role=role, part=part, user=user, name=name, by=by, at=at)
    note_change(now, Kind.PERSON_ADDED, after=f"{person.called}: {person.does}", by=by, at=at)
    record_event("person added to adoption", by=by, at=at, target=now, detail={"person": person.pk})
    return person


def _add_person(
    adoption: Adoption, *, role: Any = None, part: str = "", user: Any = None, name: str = "", by: Any, at: datetime
) -> AdoptionPerson:
    if user is not None and user.pk not in {one.pk for one in team_of(adoption.scope, at)}:
        raise PersonOutside()
    if role is not None and role.version_id != adoption.version_id:
        raise RoleOfOthers()
    return AdoptionPerson.objects.create(
        adoption=adoption,
        role=role,
        part="" if role is not None else part.strip(),
        user=user,
        name="" if user is not None else name.strip(),
        added_by=by,
        added_at=at,
    )


@transaction.atomic
def remove_person(person: AdoptionPerson, *, by: Any, at: datetime) -> None:
    """Take a part away from somebody. Twice changes nothing. Raises ``PermissionDenied``, ``WrongState``."""
    now = held(person.adoption, by=by)
    key, label = person.pk, f"{person.called}: {person.does}"
    if AdoptionPerson.objects.filter(pk=key).delete()[0]:
        note_change(now, Kind.PERSON_REMOVED, before=label, by=by, at=at)
        record_event("person taken out of adoption", by=by, at=at, target=now, detail={"person": key})


@transaction.atomic
def change_adoption(
    adoption: Adoption, texts: Mapping[str, str], *, contexts: Iterable[str], revision: int, by: Any, at: datetime
) -> Adoption:
    """Change why, what was adapted and what changed, if nobody did since ``revision``.

    Raises ``PermissionDenied``, ``WrongState``, ``StaleAdoption``.
    """
    now = held(adoption, by=by)
    values = {name: texts[name].replace("\r\n", "\n").strip() for name in TEXT_FIELDS if name in texts}
    if not Adoption.objects.filter(pk=now.pk, revision=revision).update(**values, revision=F("revision") + 1):
        raise StaleAdoption()
    for name, text in values.items():
        if getattr(now, name) != text:
            note_change(now, Kind.CHANGED, field=name, before=getattr(now, name), after=text, by=by, at=at)
    offered = set(now.version.adaptations.values_list("context", flat=True))
    before = set(now.contexts.values_list("context", flat=True))
    after = set(contexts) & offered
    if before != after:
        now.contexts.all().delete()
        AdoptionContext.objects.bulk_create(AdoptionContext(adoption=now, context=one) for one in sorted(after))
        words = {"before": ", ".join(sorted(before)), "after": ", ".join(sorted(after))}
        note_change(now, Kind.CHANGED, field="contexts", **words, by=by, at=at)
    now.refresh_from_db()
    record_event("adoption changed", by=by, at=at, target=now, detail={"revision": now.revision})
    return now


# --- states ----------------------------------------------------------------------------------------------------------

MOVES: Mapping[str, tuple[tuple[Adoption.State, ...], Adoption.State, AdoptionChange.Kind]] = {
    "start": ((State.PLANNED,), State.ACTIVE, Kind.STARTED),
    "pause": ((State.ACTIVE,), State.PAUSED, Kind.PAUSED),
    "resume": ((State.PAUSED,), State.ACTIVE, Kind.RESUMED),
    "finish": ((State.ACTIVE,), State.FINISHED, Kind.FINISHED),
    "give_up": ((State.PLANNED, State.ACTIVE, State.PAUSED), State.GIVEN_UP, Kind.GIVEN_UP),
    "reopen": ((State.FINISHED, State.GIVEN_UP), State.ACTIVE, Kind.REOPENED),
}
ENDED = (State.FINISHED, State.GIVEN_UP)


def moves_from(state: str) -> list[str]:
    """What can be done with an adoption in a state, in the order of ``MOVES``."""
    return [name for name, (origins, _target, _kind) in MOVES.items() if state in origins]


@transaction.atomic
def start_adoption(adoption: Adoption, *, by: Any, at: datetime) -> Adoption:
    """From planned to under way. Raises ``PermissionDenied``, ``WrongState``."""
    return _move(held(adoption, by=by), "start", by=by, at=at)


@transaction.atomic
def pause_adoption(
    adoption: Adoption, *, cause: str, reason: str, named: bool = False, by: Any, at: datetime
) -> Adoption:
    """Stop for a while, saying why. ``named``: the programme and the partner may read the owner's name with the reason.

    Raises ``PermissionDenied`` (``named`` is for who answers for the owner), ``ReasonMissing``, ``WrongState``.
    """
    return _stop(adoption, "pause", cause, reason, named, by=by, at=at)


@transaction.atomic
def give_up_adoption(
    adoption: Adoption, *, cause: str, reason: str, named: bool = False, by: Any, at: datetime
) -> Adoption:
    """End it without finishing, saying why. Raises as ``pause_adoption`` does."""
    return _stop(adoption, "give_up", cause, reason, named, by=by, at=at)


@transaction.atomic
def resume_adoption(adoption: Adoption, *, by: Any, at: datetime) -> Adoption:
    """From paused to under way. Raises ``PermissionDenied``, ``WrongState``."""
    return _move(held(adoption, by=by), "resume", by=by, at=at)


@transaction.atomic
def finish_adoption(adoption: Adoption, *, what_changed: str, by: Any, at: datetime) -> Adoption:
    """End it, saying what changed. Steps still to do stay so. Raises ``PermissionDenied``, ``ResultMissing``,
    ``WrongState``."""
    now = held(adoption, by=by)
    text = what_changed.replace("\r\n", "\n").strip()
    if not text:
        raise ResultMissing()
    before = now.what_changed
    moved = _move(now, "finish", by=by, at=at, what_changed=text)
    if before != text:
        note_change(moved, Kind.CHANGED, field="what_changed", before=before, after=text, by=by, at=at)
    return moved


@transaction.atomic
def reopen_adoption(adoption: Adoption, *, reason: str, by: Any, at: datetime) -> Adoption:
    """Take a finished or given up adoption up again. Raises ``PermissionDenied``, ``ReasonMissing``, ``WrongState``."""
    now = held(adoption, by=by)
    return _move(now, "reopen", by=by, at=at, reason=_given(reason))


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing()
    return reason.replace("\r\n", "\n").strip()


def _stop(adoption: Adoption, verb: str, cause: str, reason: str, named: bool, *, by: Any, at: datetime) -> Adoption:
    now = held(adoption, by=by)
    if named:
        require(by, LIST_ADOPTION, adoption)
    if cause not in AdoptionChange.Cause.values:
        raise ReasonMissing()
    return _move(now, verb, by=by, at=at, reason=_given(reason), cause=cause, named=named)


def _move(
    now: Adoption,
    verb: str,
    *,
    by: Any,
    at: datetime,
    reason: str = "",
    cause: str = "",
    named: bool = False,
    **fields: Any,
) -> Adoption:
    origins, target, kind = MOVES[verb]
    moved = Adoption.objects.filter(pk=now.pk, state__in=origins).update(
        state=target,
        state_reason=reason,
        ended_at=at if target in ENDED else None,
        revision=F("revision") + 1,
        **fields,
    )
    if not moved:
        raise WrongState()
    note_change(now, kind, stage=present_stage(now), cause=cause, reason=reason, named=named, by=by, at=at)
    now.refresh_from_db()
    record_event(f"adoption {kind.value.replace('_', ' ')}", by=by, at=at, target=now)
    return now


# --- versions --------------------------------------------------------------------------------------------------------


@transaction.atomic
def move_to_version(
    adoption: Adoption, version: TechnologyVersion, *, revision: int, by: Any, at: datetime
) -> Adoption:
    """Carry on with a newer version of the technology. Steps are kept by their slug, with all that hangs on them.

    New steps begin after the one before them; steps that the version no longer has are put aside, readable. Raises
    ``PermissionDenied``, ``WrongState``, ``VersionNotOffered``, ``StaleAdoption``.
    """
    now = held(adoption, by=by)
    if now.state in ENDED:
        raise WrongState()
    if version.pk not in {one.pk for one in newer_versions(now)}:
        raise VersionNotOffered()
    if not Adoption.objects.filter(pk=now.pk, revision=revision).update(version=version, revision=F("revision") + 1):
        raise StaleAdoption()
    earlier, plan = now.version, move_to(now, version)
    spans: dict[int, Span] = {}
    for mine, step in plan.kept:
        AdoptionStep.objects.filter(pk=mine.pk).update(step=step, dropped_at=None, revision=F("revision") + 1)
        spans[step.pk] = Span(mine.starts_on, mine.due_on)
    dropped = [mine.pk for mine in plan.dropped]
    AdoptionStep.objects.filter(pk__in=dropped).update(dropped_at=at, revision=F("revision") + 1)
    AdoptionStep.objects.bulk_create(_new_steps(now, version, spans))
    _people_and_values(now, version)
    now.refresh_from_db()
    note_change(now, Kind.MOVED, before=earlier.version, after=version.version, by=by, at=at)
    detail = {"version": version.pk, "kept": len(plan.kept), "added": len(plan.added), "dropped": len(dropped)}
    record_event("adoption moved to another version", by=by, at=at, target=now, detail=detail)
    return now


def _new_steps(now: Adoption, version: TechnologyVersion, spans: dict[int, Span]) -> list[AdoptionStep]:
    """The steps that the adoption does not have yet, each after the one before it."""
    made, last = [], now.starts_on - timedelta(days=1)
    for stage in version.stages.prefetch_related("steps"):
        for step in stage.steps.all():
            span = spans.get(step.pk)
            if span is None:
                start = next_working(last + timedelta(days=1), now.free_days)
                span = Span(start, next_working(start + timedelta(days=max(step.days, 1) - 1), now.free_days))
                made.append(AdoptionStep(adoption=now, step=step, starts_on=span.start, due_on=span.end))
            last = max(last, span.end)
    return made


def _people_and_values(now: Adoption, version: TechnologyVersion) -> None:
    """Parts and values follow the roles and indicators of the same name; a part without its role keeps its words."""
    roles = {role.name_pt: role for role in version.roles.all()}
    for person in now.people.select_related("role"):
        if person.role is None:
            continue
        role = roles.get(person.role.name_pt)
        person.part = "" if role is not None else person.role.name
        person.role = role
        person.save(update_fields=["role", "part"])
    for indicator in version.indicators.all():
        AdoptionMeasure.objects.filter(adoption=now, indicator__title_pt=indicator.title_pt).update(indicator=indicator)
    offered = version.adaptations.values_list("context", flat=True)
    now.contexts.exclude(context__in=list(offered)).delete()


# --- in public, and away ---------------------------------------------------------------------------------------------


@transaction.atomic
def set_listed(adoption: Adoption, listed: bool, *, by: Any, at: datetime) -> Adoption:
    """Agree that the owner is named on the page of the technology, or take it back: it acts at once.

    Raises ``PermissionDenied`` for who does not answer for the owner, and ``WrongState``.
    """
    require(by, LIST_ADOPTION, adoption)
    now = held(adoption, by=by)
    if Adoption.objects.filter(pk=now.pk).exclude(listed=listed).update(listed=listed, revision=F("revision") + 1):
        note_change(now, Kind.LISTED if listed else Kind.UNLISTED, by=by, at=at)
        record_event("adoption named in public" if listed else "adoption no longer named", by=by, at=at, target=now)
    now.refresh_from_db()
    return now


@transaction.atomic
def remove_adoption(adoption: Adoption, *, revision: int, by: Any, at: datetime) -> Adoption:
    """Take an adoption away, with all that hangs on it; it can be put back. Raises ``PermissionDenied``,
    ``StaleAdoption``, ``WrongState``."""
    now = held(adoption, by=by)
    changed = Adoption.objects.filter(pk=now.pk, revision=revision, removed_at__isnull=True).update(
        removed_at=at, listed=False, revision=F("revision") + 1
    )
    if not changed:
        raise StaleAdoption()
    note_change(now, Kind.REMOVED, by=by, at=at)
    now.refresh_from_db()
    record_event("adoption removed", by=by, at=at, target=now)
    return now


@transaction.atomic
def restore_adoption(adoption: Adoption, *, by: Any, at: datetime) -> Adoption:
    """Put a removed adoption back. It is not named in public again by itself. Raises ``PermissionDenied``,
    ``WrongState``."""
    require(by, EDIT_ADOPTION, adoption)
    changed = Adoption.objects.filter(pk=adoption.pk, removed_at__isnull=False).update(
        removed_at=None, revision=F("revision") + 1
    )
    if not changed:
        raise WrongState()
    adoption.refresh_from_db()
    note_change(adoption, Kind.RESTORED, by=by, at=at)
    record_event("adoption put back", by=by, at=at, target=adoption)
    return adoption
