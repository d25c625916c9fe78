"""Verbs of who runs cohorts: create, change, open, end; give and take who trains them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from trama.accounts.api import scopes_held
from trama.foundation.audit import record_event
from trama.foundation.policies import may, require

from ..courses.models import CourseVersion
from ..policies import LEAD_COHORT, OPEN_COHORT, OPEN_OWN_COHORT
from .enrolling import locked, move_up
from .errors import StaleCohort, WrongCohortState
from .models import Cohort, CohortOpening, CohortTrainer
from .own_people import for_own_people, may_widen
from .selectors import may_lead

State = Cohort.State
FIELDS = ("name", "front", "opening", "self_paced", "places", "starts_on", "ends_on", "prior_course", "note", "parent")
NEXT: dict[str, tuple[str, ...]] = {
    State.OPEN: (State.DRAFT,),
    State.RUNNING: (State.DRAFT, State.OPEN),
    State.ENDED: (State.OPEN, State.RUNNING),
}


def require_lead(by: Any, cohort: Cohort) -> None:
    """Raise ``PermissionDenied`` unless ``by`` trains the cohort or belongs to the programme."""
    if not may_lead(by, cohort):
        raise PermissionDenied(LEAD_COHORT.name)


@transaction.atomic
def create_cohort(
    version: CourseVersion,
    fields: Mapping[str, Any],
    *,
    organisation: Any = None,
    openings: Iterable[Mapping[str, Any]] = (),
    roles: Iterable[str] = (),
    by: Any,
    at: datetime,
) -> Cohort:
    """A new cohort of a published version, a draft that ``by`` trains. ``openings``: {"network" | "group" | "state"}.

    A trainer runs it for an organisation of theirs; who trains a cohort may begin one below it (``parent``), run by the
    same organisation; who answers for a territory, a network or a state opens one for its people alone. Raises
    ``PermissionDenied`` and ``WrongCohortState`` for a version that is not published.
    """
    parent = fields.get("parent")
    openings = list(openings)
    below = parent is not None and may_lead(by, parent) and organisation == parent.organisation
    if not below and not for_own_people(by, fields, openings, organisation, parent):
        require(by, OPEN_COHORT, organisation)
        if organisation is None and not may(by, LEAD_COHORT):
            raise PermissionDenied(OPEN_COHORT.name)
        if parent is not None and not may(by, LEAD_COHORT):
            raise PermissionDenied(OPEN_COHORT.name)
    if version.state != CourseVersion.State.PUBLISHED:
        raise WrongCohortState
    values = {name: fields[name] for name in FIELDS if name in fields}
    cohort = Cohort.objects.create(
        version=version, organisation=organisation, created_by=by, created_at=at, changed_at=at, **values
    )
    _write_lists(cohort, openings, roles)
    CohortTrainer.objects.create(cohort=cohort, user=by, since=at)
    record_event("cohort created", by=by, at=at, target=cohort)
    return cohort


def _write_lists(cohort: Cohort, openings: Iterable[Mapping[str, Any]], roles: Iterable[str]) -> None:
    cohort.openings.all().delete()
    cohort.roles.all().delete()
    CohortOpening.objects.bulk_create(CohortOpening(cohort=cohort, **one) for one in openings)
    for role in dict.fromkeys(roles):
        cohort.roles.create(role=role)


@transaction.atomic
def change_cohort(
    cohort: Cohort,
    fields: Mapping[str, Any],
    *,
    openings: Iterable[Mapping[str, Any]],
    roles: Iterable[str],
    revision: int,
    by: Any,
    at: datetime,
) -> Cohort:
    """Change a cohort if nobody did since ``revision``. More places move the line up; fewer take nobody's away.

    The version stays. Raises ``PermissionDenied``, ``StaleCohort`` and ``WrongCohortState`` for one that ended.
    """
    current = locked(cohort)
    require_lead(by, current)
    if current.revision != revision:
        raise StaleCohort
    if current.state == State.ENDED:
        raise WrongCohortState
    openings = list(openings)
    if not may_widen(by, current, fields, openings):
        raise PermissionDenied(OPEN_OWN_COHORT.name)
    values = {name: fields[name] for name in FIELDS if name in fields and name != "parent"}
    Cohort.objects.filter(pk=current.pk).update(**values, changed_at=at, revision=F("revision") + 1)
    current.refresh_from_db()
    _write_lists(current, openings, roles)
    move_up(current, at=at)
    record_event("cohort changed", by=by, at=at, target=current, detail={"fields": sorted(values)})
    return current


@transaction.atomic
def move_cohort(cohort: Cohort, state: str, *, by: Any, at: datetime) -> Cohort:
    """Open, begin or end a cohort. Raises ``PermissionDenied`` and ``WrongCohortState``."""
    current = locked(cohort)
    require_lead(by, current)
    if current.state not in NEXT.get(state, ()):
        raise WrongCohortState
    current.state, current.changed_at = state, at
    current.revision += 1
    current.save(update_fields=["state", "changed_at", "revision"])
    record_event(f"cohort {state}", by=by, at=at, target=current)
    return current


@transaction.atomic
def add_trainer(cohort: Cohort, person: Any, *, by: Any, at: datetime) -> CohortTrainer:
    """Let a person train a cohort and see its people. Raises ``PermissionDenied``."""
    current = locked(cohort)
    require_lead(by, current)
    held = current.trainers.filter(user=person, until__isnull=True).first()
    if held is not None:
        return held
    made = CohortTrainer.objects.create(cohort=current, user=person, since=at)
    record_event("trainer joined cohort", by=by, at=at, target=current, detail={"user": person.pk})
    return made


@transaction.atomic
def remove_trainer(cohort: Cohort, person: Any, *, by: Any, at: datetime) -> None:
    """End it. What they wrote stays. The last one goes only by the programme. Raises as ``move_cohort``."""
    current = locked(cohort)
    require_lead(by, current)
    held = current.trainers.filter(until__isnull=True)
    if held.count() == 1 and not may(by, LEAD_COHORT, current):
        raise WrongCohortState
    if held.filter(user=person).update(until=at):
        record_event("trainer left cohort", by=by, at=at, target=current, detail={"user": person.pk})


def organisations_of(user: Any) -> frozenset[int]:
    """The organisations for which a person may run cohorts, by primary key."""
    return scopes_held(user, "courses", "edit").organisations
