"""Cohorts opened by who answers for a territory, a network or a state; and cohorts below cohorts, seen in numbers."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.accounts import factories as make
from tests.learn.factories import NOON, a_version
from trama.accounts.roles.vocabulary import Role
from trama.learn.cohorts import services
from trama.learn.cohorts.cascade import cascade_below
from trama.learn.cohorts.own_people import own_scopes
from trama.learn.models import Cohort, CohortTrainer

from .factories import a_cohort, enrolled, leader_of

pytestmark = pytest.mark.django_db


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:400]
    return answer.content.decode()


def values(**more):
    days = {"starts_on": "2026-03-01", "ends_on": "2026-06-30"}
    return {"name": "Turma da casa", "opening": "listed", "front": "municipal", **days, **more}


def opened(by, openings, **more) -> Cohort:
    return services.create_cohort(a_version(), values(**more), openings=openings, by=by, at=NOON)


def test_who_answers_for_a_place_opens_a_cohort_for_its_people_and_for_no_others():
    network, neighbour = make.a_network(26), make.a_network(26)
    group, far = make.a_group(network, neighbour), make.a_group(make.a_network(35))
    state = make.a_state_network(26)
    cases = [
        (make.person_with(Role.NETWORK_PRINCIPAL, network), {"network": network}, {"network": neighbour}),
        (make.person_with(Role.GROUP_COORDINATOR, group), {"group": group}, {"group": far}),
        (make.person_with(Role.STATE_PRINCIPAL, state), {"state_id": 26}, {"network": neighbour}),
    ]
    for person, own, other in cases:
        made = opened(person, [own])
        assert made.trainers.get().user == person
        for refused in ([other], [own, other], []):
            with pytest.raises(PermissionDenied):
                opened(person, refused)
        with pytest.raises(PermissionDenied):
            opened(person, [own], opening="all")
    for role, scope in ((Role.NETWORK_TEAM, network), (Role.SCHOOL_PRINCIPAL, make.a_school(network))):
        with pytest.raises(PermissionDenied):
            opened(make.person_with(role, scope, tools={"courses": "edit"}), [{"network": network}])


def test_a_cohort_of_ones_own_people_is_not_opened_to_others_later():
    network, other = make.a_network(), make.a_network()
    person = make.person_with(Role.NETWORK_PRINCIPAL, network)
    made = opened(person, [{"network": network}])
    with pytest.raises(PermissionDenied):
        services.change_cohort(made, values(opening="all"), openings=[], roles=[], revision=1, by=person, at=NOON)
    rows = [{"network": network}, {"network": other}]
    with pytest.raises(PermissionDenied):
        services.change_cohort(made, values(), openings=rows, roles=[], revision=1, by=person, at=NOON)
    fields = values(name="Outro nome")
    same = services.change_cohort(made, fields, openings=rows[:1], roles=[], revision=1, by=person, at=NOON)
    assert same.name == "Outro nome"


def test_the_page_offers_only_what_one_answers_for():
    network = make.a_network()
    person, version = make.person_with(Role.NETWORK_PRINCIPAL, network), a_version()
    page = text(of(person).get(reverse("learn:new_cohort")))
    assert str(network) in page
    assert 'name="organisation"' not in page
    assert "Nova turma" in text(of(person).get(reverse("learn:my_cohorts")))
    form = values(version=version.pk, own=[f"network:{network.pk}"])
    made = of(person).post(reverse("learn:new_cohort"), form)
    assert made.status_code == 302
    assert [row.network for row in Cohort.objects.get().openings.all()] == [network]
    forged = values(version=version.pk, own=[f"network:{make.a_network().pk}"])
    assert of(person).post(reverse("learn:new_cohort"), forged).status_code == 200
    assert Cohort.objects.count() == 1
    assert of(make.person_with(Role.TEACHER)).get(reverse("learn:new_cohort")).status_code == 404


def test_a_state_secretariat_opens_for_the_state_or_for_its_own_network():
    person = make.person_with(Role.STATE_PRINCIPAL, make.a_state_network(26))
    assert [one.key.partition(":")[0] for one in own_scopes(person)] == ["state", "network"]


def test_each_level_sees_its_own_people_and_numbers_of_those_below():
    top = a_cohort(state="running", name="Formadores")
    future = make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school(), name="Futura Formadora")
    enrolled(top, future)
    trainer = make.a_person(name="Quem Forma")
    CohortTrainer.objects.create(cohort=top, user=trainer, since=NOON)
    answer = of(trainer).post(
        f"{reverse('learn:new_cohort')}?acima={top.uid}", values(version=top.version_id, opening="all", name="Abaixo")
    )
    assert answer.status_code == 302
    below = Cohort.objects.get(name="Abaixo")
    assert below.parent == top
    services.add_trainer(below, future, by=trainer, at=NOON)
    services.remove_trainer(below, trainer, by=future, at=NOON)
    Cohort.objects.filter(pk=below.pk).update(state="running")
    learner = make.person_with(Role.TEACHER, name="Só de Baixo")
    enrolled(below, learner)
    page = text(of(trainer).get(f"/turmas/{top.uid}/equipe/cascata/"))
    assert "Abaixo" in page
    assert "Só de Baixo" not in page
    assert of(trainer).get(f"/turmas/{below.uid}/equipe/").status_code == 404
    assert "Só de Baixo" in text(of(future).get(f"/turmas/{below.uid}/equipe/"))
    assert of(future).get(f"/turmas/{top.uid}/equipe/cascata/").status_code == 404
    (level,) = cascade_below(top, set()).levels
    assert (level.depth, level.trainers, level.enrolled, level.completed) == (1, 1, 1, 0)
    with pytest.raises(PermissionDenied):
        services.create_cohort(top.version, values(parent=top, opening="all"), by=learner, at=NOON)
    assert of(learner).get(f"{reverse('learn:new_cohort')}?acima={top.uid}").status_code == 404


def test_the_queries_grow_with_the_levels_alone():
    top = a_cohort(state="running")

    def below(parent, name):
        fields = values(parent=parent, opening="all", name=name)
        return services.create_cohort(top.version, fields, by=leader_of(top), at=NOON)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            cascade_below(top, set())
        return len(seen)

    first = below(top, "A")
    below(first, "A1")
    before = queries()
    for n in range(4):
        below(first, f"A{n + 2}")
        below(top, f"B{n}")
    assert queries() == before == 3
    assert [one.cohort.name for one in cascade_below(top, set()).levels][:3] == ["A", "A1", "A2"]
