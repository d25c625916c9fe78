"""The ways into a plan: from a template, and from the priorities of a self-diagnosis."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.urls import reverse

from tests.accounts import factories as accounts
from tests.diagnose import factories as diagnose
from tests.know import factories as know
from tests.plan.factories import NOON, a_version
from trama.diagnose.models import CriterionIndicator, CriterionTechnology, Priority, PriorityList
from trama.know.sources.content import load_indicators
from trama.plan.models import (
    Action,
    Goal,
    Objective,
    PlanTemplate,
    StrategicPlan,
)
from trama.plan.strategy import services
from trama.plan.strategy.content import load_plan_templates

from .worlds import a_full_plan, client_of, observed

pytestmark = pytest.mark.django_db


@pytest.fixture
def templates():
    load_indicators(settings.CONTENT_DIR, NOON)
    return load_plan_templates(settings.CONTENT_DIR, NOON)


def test_shipped_templates_load_once_in_both_languages(templates):
    assert templates.created >= 4
    assert load_plan_templates(settings.CONTENT_DIR, NOON).unchanged == templates.created
    for template in PlanTemplate.objects.exclude(slug="empty"):
        assert template.objectives.count() >= 3
        for objective in template.objectives.all():
            assert objective.goals.exists(), objective
            assert objective.actions.exists(), objective


def test_a_template_becomes_a_plan_in_the_language_of_the_page_with_official_starting_points(templates):
    network = accounts.a_network()
    director = accounts.person_with("network_principal", network)
    know.observe(network.place_id, "ideb", 4.2, year=2023, dependency="municipal", stage="AI")
    client = client_of(director)
    sent = {
        "uid": str(uuid.uuid4()), "scope": f"teachingnetwork-{network.pk}", "template": "secretariat-four-years",
        "title": "Plano 2027-2030", "starts_on": "2027-01-01", "ends_on": "2030-12-31",
    }  # fmt: skip
    for _click in range(2):
        assert client.post(reverse("plan:new_plan"), sent).status_code == 302
    plan = StrategicPlan.objects.get()
    assert Objective.objects.count() == 5
    goal = Goal.objects.get(indicator="ideb", stage="AI")
    assert (goal.dependency, goal.baseline, goal.baseline_year) == ("municipal", Decimal("4.2"), 2023)
    assert not Goal.objects.filter(targets__isnull=False).exists(), "no target is invented"
    first = Action.objects.get(what__startswith="Combinar com as escolas")
    assert (first.starts_on, first.due_on) == (date(2027, 1, 1), date(2027, 3, 31))
    assert not Action.objects.filter(due_on__gt=plan.ends_on).exists()


def decided(network, director):
    """A submitted round whose first criterion is a priority, judged by the Ideb and answered by a technology."""
    version = a_version("estudo")
    instrument = diagnose.an_instrument(published=False)
    criterion = instrument.criteria.first()
    CriterionIndicator.objects.create(criterion=criterion, indicator="ideb", stage="AI")
    CriterionTechnology.objects.create(criterion=criterion, technology="estudo")
    diagnose.publish(instrument)
    round_ = diagnose.a_submitted_round(network, version=instrument, by=director)
    with diagnose.before_submission(round_):
        listed = PriorityList.objects.create(round=round_)
        priority = Priority.objects.create(list=listed, item=round_.items.first(), position=1)
    return round_, priority, version


def test_from_priorities_to_a_plan_in_four_steps_that_can_be_sent_twice():
    network = accounts.a_network()
    director = accounts.person_with("network_principal", network)
    observed(network.place_id, 4.8, 2023)
    round_, priority, _version = decided(network, director)
    client = client_of(director)
    sent = {"uid": str(uuid.uuid4()), "scope": f"teachingnetwork-{network.pk}", "title": "Plano",
            "starts_on": "2027-01-01", "ends_on": "2028-12-31"}  # fmt: skip
    client.post(reverse("plan:from_priorities"), sent)
    plan = StrategicPlan.objects.get()
    assert plan.round == round_
    assert client.get(reverse("plan:plan", args=[plan.uid])).context["diagnosis"].areas
    step = reverse("plan:start_objectives", args=[plan.uid])
    (proposal,) = client.get(step).context["proposals"]
    assert "Critério 1" in proposal.title
    assert proposal.description == "Básico 1."
    for _click in range(2):
        answer = client.post(step, {f"take_{priority.pk}": "1", f"title_{priority.pk}": proposal.title})
    assert answer["Location"] == reverse("plan:start_goals", args=[plan.uid])
    objective = Objective.objects.get()
    assert objective.priority == priority
    step = answer["Location"]
    (row,) = client.get(step).context["rows"]
    assert row["proposal"].choice.value == Decimal("4.8")
    wrong = client.post(step, {f"title_{objective.pk}": "Ideb", f"target_{objective.pk}_2028": "muito"})
    assert wrong.status_code == 200
    assert not Goal.objects.exists()
    client.post(step, {f"title_{objective.pk}": "Ideb", f"target_{objective.pk}_2028": "5,5"})
    goal = Goal.objects.get()
    assert (goal.baseline, goal.baseline_year, goal.targets.get().year) == (Decimal("4.8"), 2023, 2028)
    step = reverse("plan:start_actions", args=[plan.uid])
    ((first, *_others),) = client.get(step).context["groups"]
    for _click in range(2):
        client.post(step, {"take": f"{objective.pk} {first.key}"})
    action = Action.objects.get()
    assert (action.what, action.starts_on, action.due_on) == ("Texto etapa 1", date(2027, 1, 1), date(2027, 1, 14))


def test_who_may_not_see_the_diagnosis_sees_the_plan_without_it():
    plan = a_full_plan()
    round_, priority, _version = decided(plan.network, plan.created_by)
    services.change_part(plan, {"round": round_}, revision=1, by=plan.created_by, at=NOON)
    mate = accounts.person_with("network_team", plan.network, tools={"plan": "edit"})
    page = client_of(mate).get(reverse("plan:plan", args=[plan.uid]))
    assert page.context["diagnosis"] is None
    assert client_of(mate).get(reverse("plan:start_objectives", args=[plan.uid])).context["proposals"] == []
    form = {"revision": 2, "title": "Outro título", "purpose": "", "starts_on": "2026-01-01", "ends_on": "2027-12-31"}
    client_of(mate).post(reverse("plan:edit_plan", args=[plan.uid]), form)
    plan.refresh_from_db()
    assert (plan.title, plan.round) == ("Outro título", round_), "what one may not see stays linked"
    assert priority.item.criterion.title_pt not in page.content.decode()
