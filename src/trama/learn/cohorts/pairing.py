"""Learning in a pair: enrolling together, taking a seat, and who comes when somebody changes post."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from trama.accounts.api import Role
from trama.foundation.audit import record_event
from trama.foundation.policies import may

from ..policies import ENROL_PEOPLE
from .enrolling import enrol_together, leave, locked, move_up
from .errors import NotOfThisPair, SeatTaken
from .models import Cohort, Enrolment, Pair, PairSeat
from .selectors import history_of, may_lead

Post = PairSeat.Post
POST_OF_ROLE: dict[str, str] = {
    Role.SCHOOL_PRINCIPAL: Post.PRINCIPAL,
    Role.PEDAGOGICAL_COORDINATOR: Post.COORDINATOR,
    Role.NETWORK_PRINCIPAL: Post.MEMBER,
    Role.NETWORK_TEAM: Post.MEMBER,
    Role.STATE_PRINCIPAL: Post.MEMBER,
    Role.STATE_TEAM: Post.MEMBER,
}


def may_change_pair(user: Any, pair: Pair) -> bool:
    """Trainers of the cohort, and who answers for the school or network of the pair."""
    return may_lead(user, pair.cohort) or may(user, ENROL_PEOPLE, pair.school or pair.network)


@transaction.atomic
def enrol_pair(cohort: Cohort, principal: Any, coordinator: Any, *, by: Any, at: datetime, source: str) -> Pair:
    """Enrol the principal and the coordinator of one school together, and seat them as its pair.

    Both get a place, or both stand in line. Raises as ``enrol``, ``NotOfThisPair`` and ``SeatTaken``.
    """
    first, second = enrol_together(cohort, [principal, coordinator], by=by, at=at, source=source)
    if first.school_id is None or first.school_id != second.school_id:
        raise NotOfThisPair
    if {POST_OF_ROLE.get(first.role), POST_OF_ROLE.get(second.role)} != {Post.PRINCIPAL, Post.COORDINATOR}:
        raise NotOfThisPair
    pair = _sit(first, by=by, at=at)
    _sit(second, by=by, at=at)
    return pair


@transaction.atomic
def take_seat(enrolment: Enrolment, *, by: Any, at: datetime) -> Pair:
    """Seat a person of a cohort in the pair of their school, or the team of their secretariat, made if it is new.

    ``by`` is the person or as ``may_change_pair``. Raises ``PermissionDenied``, ``NotOfThisPair``, ``SeatTaken``.
    """
    cohort = locked(enrolment.cohort)
    row = Enrolment.objects.select_related("school", "network").get(pk=enrolment.pk)
    row.cohort = cohort
    if by.pk != row.person_id and not may_lead(by, cohort) and not may(by, ENROL_PEOPLE, row.school or row.network):
        raise PermissionDenied(ENROL_PEOPLE.name)
    return _sit(row, by=by, at=at)


def _sit(row: Enrolment, *, by: Any, at: datetime) -> Pair:
    post = POST_OF_ROLE.get(row.role)
    if post is None or row.state == Enrolment.State.WITHDRAWN:
        raise NotOfThisPair
    pair = _pair_for(row, post, at)
    held = [one for one in history_of(pair) if one.until is None]
    if any(one.enrolment == row for one in held):
        return pair
    number = 1
    if post == Post.MEMBER:
        number = next((one.number for one in held if one.enrolment is None), len(held) + 1)
    elif any(one.post == post and one.enrolment is not None for one in held):
        raise SeatTaken
    PairSeat.objects.create(pair=pair, post=post, number=number, since=at, enrolment=row)
    record_event("seat of a pair taken", by=by, at=at, target=pair, detail={"post": post, "enrolment": row.pk})
    return pair


def _pair_for(row: Enrolment, post: str, at: datetime) -> Pair:
    if post == Post.MEMBER:
        key = {"kind": Pair.Kind.TEAM, "network": row.network}
        found, _new = Pair.objects.get_or_create(cohort=row.cohort, **key, defaults={"created_at": at})
        return found
    found, _new = Pair.objects.get_or_create(
        cohort=row.cohort, kind=Pair.Kind.SCHOOL, school=row.school,
        defaults={"created_at": at, "network": row.network},
    )  # fmt: skip
    return found


@transaction.atomic
def replace_member(
    pair: Pair, leaving: Enrolment, substitute: Any, reason: str, *, by: Any, at: datetime, source: str
) -> Enrolment:
    """Who sat in a pair changed post: they leave the cohort, and the substitute takes their place and their seat.

    The place goes to the substitute before the line moves; what the pair did stays the pair's. Raises
    ``PermissionDenied``, ``NotOfThisPair`` (the substitute holds another post), and as ``enrol``.
    """
    cohort = locked(pair.cohort)
    if not may_change_pair(by, pair):
        raise PermissionDenied(ENROL_PEOPLE.name)
    seat = next((one for one in history_of(pair) if one.until is None and one.enrolment == leaving), None)
    if seat is None:
        raise NotOfThisPair
    row = Enrolment.objects.select_related("person").get(pk=leaving.pk)
    row.cohort = cohort
    had_place = row.state == Enrolment.State.ENROLLED
    leave(row, reason, by=by, at=at, seats=False)
    entered = enrol_together(cohort, [substitute], by=by, at=at, source=source, ahead=had_place)[0]
    if POST_OF_ROLE.get(entered.role) != seat.post or not _same_house(pair, entered):
        raise NotOfThisPair
    PairSeat.objects.create(pair=pair, post=seat.post, number=seat.number, since=at, enrolment=entered, reason=reason)
    move_up(cohort, at=at)
    detail = {"post": seat.post, "left": row.pk, "came": entered.pk}
    record_event("seat of a pair changed hands", by=by, at=at, target=pair, detail=detail)
    return entered


def _same_house(pair: Pair, row: Enrolment) -> bool:
    return row.school_id == pair.school_id if pair.school_id is not None else row.network_id == pair.network_id
