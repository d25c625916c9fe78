"""Who sees which page of a cohort, and what its buttons do."""

import csv
import io
import re
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts import factories as make
from tests.learn.factories import NOON
from trama.accounts.roles.vocabulary import Role
from trama.learn.cohorts.enrolling import enrol
from trama.learn.cohorts.forms import CohortForm, next_monday
from trama.learn.cohorts.pairing import take_seat
from trama.learn.cohorts.panels import cohort_of_study
from trama.learn.cohorts.selectors import current_enrolment, pairs_visible_to
from trama.learn.courses.study import Study
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


def test_leaving_a_cohort_that_ended_is_refused_with_the_reason():
    cohort = a_cohort()
    row = enrolled(cohort, make.a_person())
    Cohort.objects.filter(pk=cohort.pk).update(state="ended")
    client = browser(row.person)
    answer = client.post(reverse("learn:leave_cohort", args=[row.uid]), {"reason": "sem tempo"}, follow=True)
    assert "Esta turma já terminou" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "enrolled"


def test_a_new_cohort_begins_on_a_monday_unless_somebody_says_otherwise():
    assert [next_monday(date(2026, 11, day)).day for day in (22, 23, 24, 29)] == [23, 23, 30, 30]
    client = browser(make.person_with(Role.PROGRAMME_TEAM))
    page = client.get(reverse("learn:new_cohort")).content.decode()
    wanted = next_monday(timezone.localdate()).isoformat()
    assert re.search(rf'<input type="date" name="starts_on" value="{wanted}"', page)
    made = a_cohort(starts_on=date(2026, 3, 4))
    page = browser(leader_of(made)).get(reverse("learn:edit_cohort", args=[made.uid])).content.decode()
    assert re.search(r'<input type="date" name="starts_on" value="2026-03-04"', page)


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


def test_a_course_without_a_cohort_says_so_instead_of_nothing():
    cache.clear()
    cohort = a_cohort(opening="invited")
    page = Client().get("/en" + reverse("learn:course", args=[cohort.version.course.slug])).content.decode()
    assert "No cohort takes people now." in page
    cohort.opening = Cohort.Opening.ALL
    cohort.save()
    cache.clear()
    page = Client().get("/en" + reverse("learn:course", args=[cohort.version.course.slug])).content.decode()
    assert "No cohort takes people now." not in page


def test_the_course_of_a_learner_leads_to_the_cohort_its_meetings_and_its_forum(django_assert_num_queries):
    cohort = a_cohort()
    person = make.a_person()
    row = enrolled(cohort, person)
    page = browser(person).get(reverse("learn:study", args=[cohort.version.course.slug])).content.decode()
    assert f'href="{reverse("learn:my_cohort", args=[row.uid])}"' in page
    for name in ("cohort_meetings", "forum"):
        assert f'href="{reverse(f"learn:{name}", args=[cohort.uid])}"' in page
    here = current_enrolment(person, cohort.version.course)
    with django_assert_num_queries(0):
        cohort_of_study(None, Study(person, here.version, here.enrolment, "/"))


def test_ending_a_cohort_is_asked_apart_from_the_other_steps_and_says_that_it_stays():
    cohort = a_cohort()
    page = browser(leader_of(cohort)).get("/en" + reverse("learn:desk", args=[cohort.uid])).content.decode()
    before, _summary, after = page.partition("<summary>End the cohort</summary>")
    end = reverse("learn:move_cohort", args=[cohort.uid, "ended"])
    assert end not in before
    assert end in after
    assert "This cannot be undone." in after


def test_a_visitor_is_led_to_the_cohorts_which_stand_before_the_modules():
    cache.clear()
    cohort = a_cohort()
    page = Client().get("/en" + reverse("learn:course", args=[cohort.version.course.slug])).content.decode()
    first = page.index('<a class="button" ')
    assert page[first:].startswith('<a class="button" href="#cohorts">Take this course</a>')
    assert first < page.index('id="cohorts"') < page.index(cohort.name) < page.index('id="modules"')


def test_ending_the_access_of_a_trainer_asks_first():
    cohort = a_cohort()
    leader = leader_of(cohort)
    client = browser(leader)
    other = make.a_person(name="Rui Formador")
    address = reverse("learn:cohort_trainers", args=[cohort.uid])
    client.post(address, {"email": other.email})
    page = client.get("/en" + reverse("learn:desk", args=[cohort.uid])).content.decode()
    _before, summary, after = page.partition(
        '<summary aria-label="End the access of Rui Formador">End the access</summary>'
    )
    assert summary
    asked, form, _rest = after.partition("<form")
    assert "Rui Formador no longer sees the people of this cohort" in asked
    assert form
    client.post(address, {"email": other.email, "action": "remove"})
    assert browser(other).get(reverse("learn:desk", args=[cohort.uid])).status_code == 404


def test_a_new_cohort_asks_first_what_for_whom_and_when_with_boxes_and_labels_in_one_style():
    form = CohortForm(user=make.a_person())
    assert list(form.fields)[:8] == [
        "version", "name", "opening", "groups", "states", "networks", "self_paced", "starts_on"
    ]  # fmt: skip
    assert all(field.label[:1].isupper() for name, field in form.fields.items() if name != "revision")
    assert 'id="id_networks-find"' in str(form["networks"])
    assert 'data-networks-of="id_networks"' in str(form["networks"])
    assert str(form["states"]).count('type="checkbox"') == len(form.fields["states"].choices)
    assert "<select" not in str(form["groups"])


def test_networks_are_written_by_name_and_each_line_that_names_none_or_several_is_told():
    first, twins = make.a_network(), [make.a_network(place=make.a_municipality(name="Bom Jardim")) for _ in range(2)]
    client = browser(make.person_with(Role.PROGRAMME_TEAM))
    data = {
        "version": a_cohort().version.pk, "name": "Serra", "front": "regional", "opening": "listed",
        "starts_on": "2026-05-01", "ends_on": "2026-08-01",
        "networks": f"{first.place.name}\n\n Atlântida \nBom Jardim",
    }  # fmt: skip
    refused = client.post(reverse("learn:new_cohort"), data).context["form"]
    assert refused.errors["networks"] == [
        "Linha 3: nenhuma rede municipal ou estadual se chama “Atlântida”.",
        f"Linha 4: “Bom Jardim” pode ser 2 redes: {twins[0].name}; {twins[1].name}. Escreva o nome de uma delas.",
    ]
    assert set(refused.errors) == {"networks"}
    data["networks"] = f"{first.name}\n{first.place.code}\n{twins[1].place.code}"
    assert client.post(reverse("learn:new_cohort"), data).status_code == 302
    made = Cohort.objects.get(name="Serra")
    assert {row.network_id for row in made.openings.all()} == {first.pk, twins[1].pk}
    page = client.get(reverse("learn:edit_cohort", args=[made.uid])).context["form"]
    assert set(page.initial["networks"].splitlines()) == {first.name, twins[1].name}


def test_a_list_of_networks_has_an_end():
    form = CohortForm({"networks": "\n".join(str(number) for number in range(1_001))}, user=make.a_person())
    assert form.errors["networks"] == [
        "No máximo 1000 redes podem ser listadas: para mais, escolha estados ou abra para todos."
    ]
