"""Principal and coordinator learn together, and one of them changes post."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from tests.accounts import factories as make
from tests.learn.factories import NOON
from trama.accounts.roles.vocabulary import Role
from trama.learn.cohorts.enrolling import enrol, withdraw
from trama.learn.cohorts.errors import NotOfThisPair, SeatTaken
from trama.learn.cohorts.pairing import enrol_pair, replace_member, take_seat
from trama.learn.cohorts.selectors import history_of, members_of, pair_of
from trama.learn.models import Enrolment, PairSeat

from .factories import a_cohort, a_pair_of, enrolled, leader_of

pytestmark = pytest.mark.django_db
MAY = NOON + timedelta(days=60)


def a_seated_pair(cohort, school):
    principal, coordinator = a_pair_of(school)
    return enrol_pair(cohort, principal, coordinator, by=principal, at=NOON, source="self"), principal, coordinator


def test_a_pair_enrols_together_and_the_substitute_enters_with_the_history_kept():
    school, cohort = make.a_school(), a_cohort(places=2)
    pair, principal, coordinator = a_seated_pair(cohort, school)
    assert [one.enrolment.person for one in members_of(pair, at=NOON)] == [coordinator, principal]
    waiting = enrol(cohort, make.a_person(), by=leader_of(cohort), at=NOON, source="trainer")
    substitute = make.person_with(Role.PEDAGOGICAL_COORDINATOR, school)
    leaving = Enrolment.objects.get(person=coordinator)
    came = replace_member(pair, leaving, substitute, "licença", by=principal, at=MAY, source="network")
    leaving.refresh_from_db()
    waiting.refresh_from_db()
    assert (leaving.state, came.state, waiting.state) == ("withdrawn", "enrolled", "waiting")
    assert [one.enrolment.person for one in members_of(pair, at=NOON)] == [coordinator, principal]
    assert [one.enrolment.person for one in members_of(pair, at=MAY)] == [substitute, principal]
    periods = [(one.enrolment.person, one.until) for one in history_of(pair) if one.post == "coordinator"]
    assert periods == [(coordinator, MAY), (substitute, None)]
    assert pair_of(came, at=MAY) == pair
    assert pair_of(leaving, at=MAY) is None


def test_a_pair_gets_two_places_or_two_places_in_line():
    cohort = a_cohort(places=1)
    pair, *_ = a_seated_pair(cohort, make.a_school())
    assert {one.enrolment.state for one in members_of(pair, at=NOON)} == {"waiting"}


def test_who_leaves_leaves_a_vacant_seat():
    cohort = a_cohort()
    pair, principal, _ = a_seated_pair(cohort, make.a_school())
    withdraw(Enrolment.objects.get(person=principal), "aposentadoria", by=principal, at=MAY)
    assert [one.post for one in members_of(pair, at=MAY)] == ["coordinator"]
    assert [one.enrolment for one in history_of(pair) if one.until is None and one.post == "principal"] == [None]


def test_two_schools_make_no_pair_and_nobody_is_enrolled():
    cohort = a_cohort()
    principal = make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school())
    network_of_both = make.person_with(Role.PEDAGOGICAL_COORDINATOR, make.a_school())
    with pytest.raises(NotOfThisPair), transaction.atomic():
        enrol_pair(cohort, principal, network_of_both, by=leader_of(cohort), at=NOON, source="trainer")
    assert not Enrolment.objects.exists()


def test_a_stranger_neither_seats_nor_replaces():
    cohort = a_cohort()
    pair, _, coordinator = a_seated_pair(cohort, make.a_school())
    stranger = make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school())
    other = make.person_with(Role.PEDAGOGICAL_COORDINATOR, make.a_school())
    row = Enrolment.objects.get(person=coordinator)
    with pytest.raises(PermissionDenied):
        replace_member(pair, row, other, "x", by=stranger, at=MAY, source="network")
    with pytest.raises(PermissionDenied):
        take_seat(row, by=stranger, at=MAY)


def test_a_second_coordinator_waits_for_the_seat():
    school, cohort = make.a_school(), a_cohort()
    a_seated_pair(cohort, school)
    second = make.person_with(Role.PEDAGOGICAL_COORDINATOR, school)
    with pytest.raises(SeatTaken):
        take_seat(enrolled(cohort, second), by=second, at=MAY)


def test_the_technical_team_of_a_secretariat_sits_together():
    network, cohort = make.a_network(), a_cohort()
    people = [make.person_with(Role.NETWORK_TEAM, network) for _ in range(3)]
    pairs = {take_seat(enrolled(cohort, one), by=one, at=NOON) for one in people}
    assert len(pairs) == 1
    assert len(members_of(pairs.pop(), at=NOON)) == 3


def test_the_database_holds_one_person_in_a_seat_at_an_instant():
    cohort = a_cohort()
    pair, *_ = a_seated_pair(cohort, make.a_school())
    with pytest.raises(IntegrityError), transaction.atomic():
        PairSeat.objects.create(pair=pair, post="principal", number=1, since=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        PairSeat.objects.create(pair=pair, post="principal", number=2, since=MAY)
    with pytest.raises(Exception, match="only added to"), transaction.atomic():
        pair.seats.all().delete()
