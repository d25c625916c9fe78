"""Coming into a cohort and leaving it. One door for the screen, the spreadsheet, the invitation and the network.

Every act locks the row of the cohort first, so that the last place is given once and the line moves in order.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from trama.accounts.api import absolute, send_letter
from trama.foundation.audit import record_event
from trama.foundation.policies import may, require

from ..policies import ENROL_MYSELF, ENROL_PEOPLE
from .admission import Admission, admission, municipality_of, network_of
from .errors import CohortClosed, CohortEnded, NotForThisPerson
from .facts import note_change
from .models import Cohort, Enrolment, PairSeat
from .selectors import history_of, may_lead

State, Source = Enrolment.State, Enrolment.Source


def locked(cohort: Cohort) -> Cohort:
    """The cohort as it stands now; whoever else wants it waits until this transaction ends."""
    return Cohort.objects.select_for_update(of=("self",)).select_related("version__course").get(pk=cohort.pk)


def _require_may_enrol(by: Any, person: Any, cohort: Cohort, found: Admission) -> None:
    if by.pk == person.pk:
        return require(by, ENROL_MYSELF)
    if may_lead(by, cohort):
        return None
    if found.profile is None or not may(by, ENROL_PEOPLE, found.profile.school or found.profile.network):
        raise PermissionDenied(ENROL_PEOPLE.name)
    return None


@transaction.atomic
def enrol(cohort: Cohort, person: Any, *, by: Any, at: datetime, source: str = Source.SELF) -> Enrolment:
    """Give a person a place in a cohort or, where none is free, a place in its line. Said twice, nothing changes.

    ``by`` is the person, a trainer of the cohort, or who answers for their network or school; whoever is enrolled by
    another is told. Raises ``PermissionDenied``, ``CohortClosed`` and ``NotForThisPerson``.
    """
    return enrol_together(cohort, [person], by=by, at=at, source=source)[0]


@transaction.atomic
def enrol_together(
    cohort: Cohort, people: Sequence[Any], *, by: Any, at: datetime, source: str = Source.SELF, ahead: bool = False
) -> list[Enrolment]:
    """Enrol people together: all get a place, or all stand in line side by side. Raises as ``enrol``.

    ``ahead``: they take a place that was just left for them, whoever waits.
    """
    cohort = locked(cohort)
    known = {row.person_id: row for row in Enrolment.objects.filter(cohort=cohort, person__in=people)}
    new: list[tuple[Any, Admission]] = []
    for person in people:
        found = admission(cohort, person, at=at, invited=source == Source.INVITATION or by_leader(by, person, cohort))
        _require_may_enrol(by, person, cohort, found)
        held = known.get(person.pk)
        if held is not None and held.state != State.WITHDRAWN:
            continue
        if found.missing:
            raise NotForThisPerson(found.missing)
        new.append((person, found))
    if new and not cohort.takes_people:
        raise CohortClosed
    state = State.ENROLLED if ahead or _has_room(cohort, len(new)) else State.WAITING
    for person, found in new:
        row = _write(cohort, person, found, state=state, source=source, held=known.get(person.pk), at=at)
        known[person.pk] = row
        note_change(row, source=source, by=by, at=at)
        if by.pk != person.pk:
            tell(row, "enrolled_by_another", by=by)
        record_event(f"person {state} in cohort", by=by, at=at, target=row, detail={"source": source})
    return [known[person.pk] for person in people]


def by_leader(by: Any, person: Any, cohort: Cohort) -> bool:
    """Whether the trainers bring somebody in: a cohort by invitation is open to those whom they enrol."""
    return cohort.opening == Cohort.Opening.INVITED and by.pk != person.pk and may_lead(by, cohort)


def _has_room(cohort: Cohort, wanted: int) -> bool:
    if cohort.places is None:
        return True
    taken = cohort.enrolments.filter(state=State.ENROLLED).count()
    waiting = cohort.enrolments.filter(state=State.WAITING).exists()
    return not waiting and taken + wanted <= cohort.places


def _write(
    cohort: Cohort, person: Any, found: Admission, *, state: str, source: str, held: Enrolment | None, at: datetime
) -> Enrolment:
    """The row of a person in a cohort, new or taken up again, with the post they come with now."""
    profile = found.profile
    row = held or Enrolment(cohort=cohort, person=person)
    row.cohort = cohort
    row.state, row.source, row.asked_at, row.withdrawn_at = state, source, at, None
    row.enrolled_at = at if state == State.ENROLLED else None
    row.role = profile.role if profile is not None else ""
    row.network, row.municipality = network_of(profile), municipality_of(profile)
    row.school = profile.school if profile is not None else None
    row.save()
    return row


@transaction.atomic
def withdraw(enrolment: Enrolment, reason: str, *, by: Any, at: datetime) -> Enrolment:
    """Leave a cohort, with the reason. The seat in the pair falls vacant and the line moves up. Twice is once.

    ``by`` is the person or a trainer of the cohort. Raises ``PermissionDenied`` and ``CohortEnded``.
    """
    cohort = locked(enrolment.cohort)
    row = Enrolment.objects.select_related("person").get(pk=enrolment.pk)
    row.cohort = cohort
    if by.pk != row.person_id and not may_lead(by, cohort):
        raise PermissionDenied("learn.cohorts.withdraw")
    if row.state == State.WITHDRAWN:
        return row
    leave(row, reason, by=by, at=at)
    move_up(cohort, at=at)
    return row


def leave(row: Enrolment, reason: str, *, by: Any, at: datetime, seats: bool = True) -> None:
    """The row goes out of a cohort that the caller locked; the line does not move yet.

    ``seats``: its seats fall vacant; else the caller seats a substitute at this very instant. Raises ``CohortEnded``.
    """
    if row.cohort.state == Cohort.State.ENDED:
        raise CohortEnded
    row.state, row.withdrawn_at = State.WITHDRAWN, at
    row.save(update_fields=["state", "withdrawn_at"])
    note_change(row, source=row.source, by=by, at=at, reason=reason)
    for pair in row.cohort.pairs.filter(seats__enrolment=row).distinct() if seats else ():
        for held in history_of(pair):
            if held.until is None and held.enrolment == row:
                PairSeat.objects.create(pair=pair, post=held.post, number=held.number, since=at, reason=reason)
    if by is not None and by.pk != row.person_id:
        tell(row, "withdrawn_by_another", by=by)
    record_event("person withdrew from cohort", by=by, at=at, target=row, detail={"reason": reason})


def move_up(cohort: Cohort, *, at: datetime) -> list[Enrolment]:
    """Give the free places of a locked cohort to its line, in order, and tell the people. Returns who came in."""
    if not cohort.takes_people:
        return []
    line = cohort.enrolments.filter(state=State.WAITING).select_related("person").order_by("asked_at", "pk")
    if cohort.places is not None:
        free = cohort.places - cohort.enrolments.filter(state=State.ENROLLED).count()
        line = line[: max(free, 0)]
    entered = list(line)
    for row in entered:
        row.cohort = cohort
        row.state, row.enrolled_at = State.ENROLLED, at
        row.save(update_fields=["state", "enrolled_at"])
        note_change(row, source=row.source, by=None, at=at)
        tell(row, "moved_up")
        record_event("person moved up from the line", by=None, at=at, target=row)
    return entered


def tell(row: Enrolment, letter: str, *, by: Any = None) -> None:
    """A letter to the person of an enrolment, in their language."""
    context = {
        "cohort": row.cohort,
        "by": by,
        "waiting": row.state == State.WAITING,
        "link": absolute(reverse("learn:my_cohort", args=[row.uid]), ""),
    }
    send_letter(f"learn/mail/{letter}", to=row.person.email, context=context, language=row.person.language)
