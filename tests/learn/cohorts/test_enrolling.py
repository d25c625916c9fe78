"""Coming into a cohort and leaving it."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from tests.accounts import factories as make
from tests.learn.factories import NOON, a_version
from trama.accounts.roles.vocabulary import Role
from trama.learn.cohorts import invitations, services
from trama.learn.cohorts.admission import admission
from trama.learn.cohorts.enrolling import enrol, withdraw
from trama.learn.cohorts.errors import (
    CohortClosed,
    CohortEnded,
    InvitationForSomeoneElse,
    InvitationNotValid,
    NotForThisPerson,
    StaleCohort,
)
from trama.learn.cohorts.facts import note_completion, take_back_completion
from trama.learn.cohorts.selectors import current_enrolment, place_in_line
from trama.learn.models import Cohort, Enrolment, EnrolmentChange, Participation

from .factories import a_cohort, enrolled, leader_of

pytestmark = pytest.mark.django_db


def later(minutes: int):
    return NOON + timedelta(minutes=minutes)


def test_a_person_enrols_once_and_the_course_is_that_of_the_cohort():
    cohort = a_cohort()
    person = make.a_person()
    first = enrolled(cohort, person)
    assert enrolled(cohort, person) == first
    assert first.state == "enrolled"
    assert EnrolmentChange.objects.filter(enrolment=first).count() == 1
    a_version(course=cohort.version.course, label="2.0", state="draft")
    found = current_enrolment(person, cohort.version.course)
    assert found is not None
    assert (found.version, found.enrolment) == (cohort.version, first)


def test_the_line_moves_up_in_order_and_tells_who_came_in(django_capture_on_commit_callbacks):
    cohort = a_cohort(places=1)
    ana, bia, caio = make.a_person(), make.a_person(), make.a_person()
    first = enrol(cohort, ana, by=ana, at=later(0))
    second = enrol(cohort, bia, by=bia, at=later(1))
    third = enrol(cohort, caio, by=caio, at=later(2))
    assert [row.state for row in (first, second, third)] == ["enrolled", "waiting", "waiting"]
    assert [place_in_line(row) for row in (second, third)] == [1, 2]
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(first, "mudei de escola", by=ana, at=later(3))
    for row in (first, second, third):
        row.refresh_from_db()
    assert [row.state for row in (first, second, third)] == ["withdrawn", "enrolled", "waiting"]
    assert [letter.to for letter in mail.outbox] == [[bia.email]]
    assert first.changes.last().reason == "mudei de escola"


def test_nobody_leaves_a_cohort_that_ended():
    cohort = a_cohort(places=1)
    ana, bia = make.a_person(), make.a_person()
    inside = enrol(cohort, ana, by=ana, at=later(0))
    waiting = enrol(cohort, bia, by=bia, at=later(1))
    Cohort.objects.filter(pk=cohort.pk).update(state="ended")
    for row, by in ((inside, ana), (inside, leader_of(cohort)), (waiting, bia)):
        with pytest.raises(CohortEnded):
            withdraw(row, "mudei de escola", by=by, at=later(3))
    assert list(cohort.enrolments.order_by("asked_at").values_list("state", flat=True)) == ["enrolled", "waiting"]


def test_who_comes_back_has_the_same_enrolment_and_goes_to_the_end_of_the_line():
    cohort = a_cohort(places=1)
    ana, bia = make.a_person(), make.a_person()
    first = enrol(cohort, ana, by=ana, at=later(0))
    enrol(cohort, bia, by=bia, at=later(1))
    withdraw(first, "férias", by=ana, at=later(2))
    again = enrol(cohort, ana, by=ana, at=later(3))
    assert again.pk == first.pk
    assert again.state == "waiting"
    assert [row.state for row in again.changes.all()] == ["enrolled", "withdrawn", "waiting"]


def test_more_places_move_the_line_up_and_a_stale_change_is_refused():
    cohort = a_cohort(places=1)
    people = [make.a_person() for _ in range(3)]
    for minute, person in enumerate(people):
        enrol(cohort, person, by=person, at=later(minute))
    change = {"openings": [], "roles": [], "revision": cohort.revision, "by": leader_of(cohort), "at": later(9)}
    services.change_cohort(cohort, {"places": 2}, **change)
    states = list(cohort.enrolments.order_by("asked_at").values_list("state", flat=True))
    assert states == ["enrolled", "enrolled", "waiting"]
    with pytest.raises(StaleCohort):
        services.change_cohort(cohort, {"places": 3}, **change)


def test_a_cohort_of_a_territory_takes_its_municipal_and_state_schools_and_nobody_else():
    network = make.a_network(26)
    group = make.a_group(network)
    state_school = make.a_school(network)
    state_school.network = make.a_state_network(26)
    state_school.save()
    cohort = a_cohort(openings=[{"group": group}], roles=[Role.SCHOOL_PRINCIPAL])
    own = make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school(network))
    of_state = make.person_with(Role.SCHOOL_PRINCIPAL, state_school)
    far = make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school(make.a_network(26)))
    teacher = make.person_with(Role.TEACHER, make.a_school(network))
    assert enrolled(cohort, own).network == network
    assert enrolled(cohort, of_state).state == "enrolled"
    for outsider in (far, teacher, make.a_person()):
        with pytest.raises(NotForThisPerson) as refusal:
            enrolled(cohort, outsider)
        assert len(refusal.value.missing) == 1


def test_opening_to_a_state_and_to_a_network():
    network = make.a_network(26)
    person = make.person_with(Role.NETWORK_TEAM, network)
    other = make.person_with(Role.NETWORK_TEAM, make.a_network(29))
    for opening in ({"state_id": 26}, {"network": network}):
        cohort = a_cohort(openings=[opening])
        assert admission(cohort, person, at=NOON).missing == ()
        assert len(admission(cohort, other, at=NOON).missing) == 1


def test_a_prior_course_is_asked_for_and_its_completion_opens_the_door():
    before = a_cohort()
    cohort = a_cohort(prior_course=before.version.course)
    person = make.a_person()
    row = enrolled(before, person)
    with pytest.raises(NotForThisPerson):
        enrolled(cohort, person)
    note_completion(row, at=NOON)
    assert enrolled(cohort, person).state == "enrolled"


def test_a_draft_and_an_ended_cohort_take_nobody():
    for state in ("draft", "ended"):
        with pytest.raises(CohortClosed):
            enrolled(a_cohort(state=state), make.a_person())


def test_a_network_enrols_its_own_people_only(django_capture_on_commit_callbacks):
    network, other = make.a_network(26), make.a_network(26)
    principal = make.person_with(Role.NETWORK_PRINCIPAL, network)
    cohort = a_cohort()
    own = make.person_with(Role.TEACHER, make.a_school(network))
    foreign = make.person_with(Role.TEACHER, make.a_school(other))
    with django_capture_on_commit_callbacks(execute=True):
        enrol(cohort, own, by=principal, at=NOON, source="network")
    assert [letter.to for letter in mail.outbox] == [[own.email]]
    for stranger in (foreign, make.a_person()):
        with pytest.raises(PermissionDenied):
            enrol(cohort, stranger, by=principal, at=NOON, source="network")


def test_an_invitation_opens_a_closed_door_once_and_only_to_its_address(django_capture_on_commit_callbacks):
    cohort = a_cohort(opening="invited")
    guest, thief = make.a_person(), make.a_person()
    with pytest.raises(NotForThisPerson):
        enrolled(cohort, guest)
    with django_capture_on_commit_callbacks(execute=True):
        invitations.invite(cohort, guest.email.upper(), by=leader_of(cohort), at=NOON, origin="https://x.org")
    code = mail.outbox[0].body.split("/turmas/convite/")[1].split("/")[0]
    with pytest.raises(InvitationForSomeoneElse):
        invitations.accept(code, by=thief, at=NOON)
    with pytest.raises(InvitationNotValid):
        invitations.accept(code, by=guest, at=NOON + invitations.VALID_FOR)
    assert invitations.accept(code, by=guest, at=NOON).state == "enrolled"
    with pytest.raises(InvitationNotValid):
        invitations.accept(code, by=guest, at=NOON)


def test_an_invitation_is_forgotten_ninety_days_after_it_expired():
    cohort = a_cohort()
    made = invitations.invite(cohort, "alguem@exemplo.org", by=leader_of(cohort), at=NOON)
    end = made.expires_at + timedelta(days=90)
    invitations.forget_old(end)
    assert cohort.invitations.count() == 1
    invitations.forget_old(end + timedelta(seconds=1))
    assert cohort.invitations.count() == 0


def test_only_the_trainers_of_a_cohort_and_the_programme_lead_it():
    partner = make.a_partner()
    trainer, colleague = (make.person_with(Role.TRAINER, partner) for _ in range(2))
    cohort = a_cohort(by=trainer, organisation=partner, state="draft")
    with pytest.raises(PermissionDenied):
        services.move_cohort(cohort, "open", by=colleague, at=NOON)
    services.add_trainer(cohort, colleague, by=trainer, at=NOON)
    services.move_cohort(cohort, "open", by=colleague, at=NOON)
    services.remove_trainer(cohort, trainer, by=colleague, at=NOON)
    with pytest.raises(PermissionDenied):
        services.move_cohort(cohort, "ended", by=trainer, at=NOON)
    with pytest.raises(PermissionDenied):
        a_cohort(by=trainer)  # for the programme


def test_who_trains_a_cohort_begins_one_below_it_and_each_sees_their_own():
    above = a_cohort()
    learner = make.person_with(Role.NETWORK_TEAM, make.a_network())
    row = {"name": "Abaixo", "opening": "all", "starts_on": above.starts_on, "ends_on": above.ends_on}
    with pytest.raises(PermissionDenied):
        services.create_cohort(above.version, row | {"parent": above}, by=learner, at=NOON)
    services.add_trainer(above, learner, by=leader_of(above), at=NOON)
    below = services.create_cohort(above.version, row | {"parent": above}, by=learner, at=NOON)
    assert below.parent == above


def test_participation_is_a_fact_of_the_post_and_of_the_days():
    school = make.a_school()
    person = make.person_with(Role.SCHOOL_PRINCIPAL, school)
    row = enrolled(a_cohort(front="regional"), person)
    fact = Participation.objects.get()
    assert (fact.person, fact.school, fact.network, fact.municipality) == (
        person, school, school.network, school.municipality,
    )  # fmt: skip
    assert (fact.front, fact.role, fact.started_on, fact.ended_on) == (
        "regional",
        "school_principal",
        NOON.date(),
        None,
    )
    note_completion(row, at=later(1))
    note_completion(row, at=NOON + timedelta(days=2))
    assert Participation.objects.get().completed_on == NOON.date()
    take_back_completion(row, by=None, at=NOON)
    assert Participation.objects.get().completed_on is None
    withdraw(row, "fim", by=person, at=NOON + timedelta(days=3))
    assert Participation.objects.get().ended_on == (NOON + timedelta(days=3)).date()


def test_the_history_of_an_enrolment_is_only_added_to():
    row = enrolled(a_cohort(), make.a_person())
    with pytest.raises(Exception, match="only added to"), transaction.atomic():
        EnrolmentChange.objects.filter(enrolment=row).delete()


def test_a_course_at_each_ones_pace_has_one_open_cohort():
    first = a_cohort(self_paced=True, ends_on=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_cohort(first.version, self_paced=True, ends_on=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_cohort(ends_on=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="many writers at once: PostgreSQL")
def test_the_last_places_are_given_once_each_to_a_crowd():
    cohort = a_cohort(places=3)
    people = [make.a_person(second_factor=False) for _ in range(12)]
    start = threading.Barrier(len(people))

    def come(person):
        try:
            start.wait()
            enrol(Cohort.objects.get(pk=cohort.pk), person, by=person, at=NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Enrolment.objects.filter(cohort=cohort, state="enrolled").count() == 3
    assert Enrolment.objects.filter(cohort=cohort, state="waiting").count() == 9
