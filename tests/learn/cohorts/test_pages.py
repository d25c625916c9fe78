"""Who sees which page of a cohort, and what its buttons do."""

import csv
import io

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.accounts import factories as make
from tests.learn.factories import NOON
from trama.accounts.roles.vocabulary import Role
from trama.learn.cohorts.enrolling import enrol
from trama.learn.cohorts.pairing import take_seat
from trama.learn.cohorts.selectors import pairs_visible_to
from trama.learn.models import Cohort, Enrolment, Pair

from .factories import a_cohort, a_pair_of, enrolled, leader_of

pytestmark = pytest.mark.django_db
MARKER = "Zuleica Marcador"


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_public_page_of_a_course_says_which_cohorts_take_people():
    cache.clear()
    cohort = a_cohort(places=5, roles=[Role.SCHOOL_PRINCIPAL])
    a_cohort(cohort.version, name="Turma fechada", opening="invited")
    page = Client().get(reverse("learn:course", args=[cohort.version.course.slug])).content.decode()
    assert reverse("learn:cohort", args=[cohort.uid]) in page
    assert "Turma fechada" not in page


def test_one_click_enrols_and_the_study_page_opens():
    cohort = a_cohort()
    client = browser(make.a_person())
    answer = client.post(reverse("learn:cohort", args=[cohort.uid]), follow=True)
    assert answer.status_code == 200
    row = Enrolment.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("learn:my_cohort", args=[row.uid])
    assert client.get(reverse("learn:study", args=[cohort.version.course.slug])).status_code == 200
    client.post(reverse("learn:leave_cohort", args=[row.uid]), {"reason": ""})
    row.refresh_from_db()
    assert row.state == "enrolled"
    client.post(reverse("learn:leave_cohort", args=[row.uid]), {"reason": "sem tempo"})
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_who_lacks_something_reads_what():
    cohort = a_cohort(roles=[Role.SCHOOL_PRINCIPAL])
    client = browser(make.person_with(Role.TEACHER, make.a_school()))
    page = client.get(reverse("learn:cohort", args=[cohort.uid]))
    assert len(page.context["missing"]) == 1
    client.post(reverse("learn:cohort", args=[cohort.uid]))
    assert not Enrolment.objects.exists()


def test_the_marker_is_seen_by_who_trains_and_who_answers_for_the_network_alone():
    network = make.a_network(26)
    school = make.a_school(network)
    partner = make.a_partner()
    trainer, colleague = (make.person_with(Role.TRAINER, partner) for _ in range(2))
    cohort = a_cohort(by=trainer, organisation=partner)
    person = make.person_with(Role.SCHOOL_PRINCIPAL, school)
    person.name = MARKER
    person.save()
    row = enrolled(cohort, person)
    pair = take_seat(row, by=person, at=NOON)
    other_cohort = a_cohort()
    classmate = enrolled(cohort, make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school())).person
    strangers = [
        colleague,
        classmate,
        make.person_with(Role.NETWORK_PRINCIPAL, make.a_network(26)),
        enrolled(other_cohort, make.a_person()).person,
        make.a_person(),
    ]
    theirs = [
        reverse("learn:my_cohort", args=[row.uid]),
        reverse("learn:pair", args=[pair.uid]),
        reverse("learn:desk", args=[cohort.uid]),
        reverse("learn:export_people", args=[cohort.uid, "csv"]),
    ]
    for stranger in strangers:
        client = browser(stranger)
        for address in theirs:
            assert client.get(address).status_code == 404, (stranger, address)
        for address in (reverse("learn:cohort", args=[cohort.uid]), reverse("learn:my_cohorts")):
            assert MARKER not in client.get(address).content.decode()
        assert not pairs_visible_to(stranger).filter(pk=pair.pk).exists()
    for insider in (trainer, leader_of(other_cohort)):
        for address in theirs:
            answer = browser(insider).get(address)
            assert answer.status_code == 200
            assert MARKER in answer.content.decode()
    principal = browser(make.person_with(Role.NETWORK_PRINCIPAL, network))
    assert [principal.get(address).status_code for address in theirs] == [200, 200, 404, 404]


def test_the_desk_and_its_spreadsheets_say_the_same():
    cohort = a_cohort()
    for school in (make.a_school(), make.a_school()):
        for person in a_pair_of(school):
            enrolled(cohort, person)
    enrol(cohort, make.a_person(name="=1+1"), by=leader_of(cohort), at=NOON, source="trainer")
    client = browser(leader_of(cohort))
    page = client.get(reverse("learn:desk", args=[cohort.uid]))
    desk = page.context["desk"]
    assert [len(group.lines) for group in desk.groups if group.name] == [2, 2]
    body = client.get(reverse("learn:export_people", args=[cohort.uid, "csv"])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body), delimiter=";"))
    assert rows[0][3:] == desk.header
    shown = [line.cells for group in desk.groups for line in group.lines]
    assert [row[3:] for row in rows[1:]] == shown
    assert "'=1+1" in body
    assert client.get(reverse("learn:export_people", args=[cohort.uid, "xlsx"])).content[:2] == b"PK"
    assert client.get(reverse("learn:export_people", args=[cohort.uid, "exe"])).status_code == 404


def test_a_coordinator_opens_a_cohort_for_a_territory():
    before = a_cohort()
    trainer = make.person_with(Role.TRAINER, make.a_partner())
    client = browser(trainer)
    group = make.a_group(make.a_network())
    data = {
        "version": before.version.pk, "organisation": trainer.profiles.get().organisation_id, "name": "Serra",
        "front": "regional", "opening": "listed", "starts_on": "2026-05-01", "ends_on": "2026-04-01",
        "roles": ["school_principal"], "places": "30",
    }  # fmt: skip
    refused = client.post(reverse("learn:new_cohort"), data)
    assert set(refused.context["form"].errors) == {"ends_on", "opening"}
    data |= {"ends_on": "2026-08-01", "groups": [group.pk]}
    assert client.post(reverse("learn:new_cohort"), data).status_code == 302
    made = Cohort.objects.get(name="Serra")
    assert (made.state, made.openings.get().group, made.roles.get().role) == ("draft", group, "school_principal")
    assert client.post(reverse("learn:move_cohort", args=[made.uid, "open"])).status_code == 302
    page = client.get(reverse("learn:edit_cohort", args=[made.uid]))
    assert page.context["form"].initial["groups"] == [group.pk]
    stale = client.post(reverse("learn:edit_cohort", args=[made.uid]), data | {"revision": "1"})
    assert stale.status_code == 409
    changed = client.post(reverse("learn:edit_cohort", args=[made.uid]), data | {"revision": "2", "places": "40"})
    assert changed.status_code == 302
    made.refresh_from_db()
    assert (made.places, made.version) == (40, before.version)


def test_a_pair_enrols_on_the_screen_and_is_replaced_there():
    school, cohort = make.a_school(), a_cohort()
    principal, coordinator = a_pair_of(school)
    client = browser(principal)
    page = client.get(reverse("learn:cohort", args=[cohort.uid]))
    assert [one.user for one in page.context["partners"]] == [coordinator]
    client.post(reverse("learn:enrol_pair", args=[cohort.uid]), {"partner": coordinator.pk})
    pair = Pair.objects.get()
    substitute = make.person_with(Role.PEDAGOGICAL_COORDINATOR, school)
    leaving = Enrolment.objects.get(person=coordinator)
    address = reverse("learn:pair", args=[pair.uid])
    change = {"leaving": leaving.uid, "substitute": substitute.pk, "reason": "mudou de escola"}
    client.post(address, change | {"reason": ""})
    client.post(address, change | {"leaving": "not-a-uuid"})
    assert Enrolment.objects.count() == 2
    client.post(address, change)
    assert Enrolment.objects.get(person=substitute).state == "enrolled"
    assert "mudou de escola" in client.get(address).content.decode()


def test_a_network_enrols_several_people_at_once():
    network, cohort = make.a_network(), a_cohort(roles=[Role.TEACHER])
    school = make.a_school(network)
    people = [make.person_with(Role.TEACHER, school) for _ in range(2)]
    foreign = make.person_with(Role.TEACHER, make.a_school())
    client = browser(make.person_with(Role.NETWORK_PRINCIPAL, network))
    address = reverse("learn:enrol_people", args=[cohort.uid])
    assert client.get(address).status_code == 200
    client.post(address, {"person": [str(one.pk) for one in (*people, foreign)]})
    assert set(Enrolment.objects.values_list("person", flat=True)) == {one.pk for one in people}
    assert browser(people[0]).get(address).status_code == 404
