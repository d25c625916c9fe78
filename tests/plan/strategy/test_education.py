"""National and municipal education plans, and the goals that objectives serve."""

import pytest
from django.conf import settings
from django.urls import reverse

from tests.accounts import factories as accounts
from tests.plan.factories import NOON
from trama.plan.models import (
    EducationPlan,
    EducationPlanGoal,
)
from trama.plan.strategy.content import load_education_plans

from .worlds import a_full_plan, client_of

pytestmark = pytest.mark.django_db


MARKER = "MARCADOR-DA-OUTRA-REDE"


def test_shipped_education_plans_are_identities_with_source_and_no_unread_text():
    outcome = load_education_plans(settings.CONTENT_DIR, NOON)
    assert outcome.created >= 2
    assert load_education_plans(settings.CONTENT_DIR, NOON).unchanged == outcome.created
    for plan in EducationPlan.objects.all():
        assert plan.source_address.startswith("https://www.planalto.gov.br/")
        assert not plan.goals.exists()


def test_a_network_pastes_its_own_plan_and_an_objective_serves_a_goal_of_it():
    plan = a_full_plan()
    client = client_of(plan.created_by)
    sent = {
        "network": plan.network.pk, "title": "PME", "law": "Lei 1.234", "source_address": "https://exemplo.org/lei",
        "valid_from": "2015-06-01", "valid_to": "2025-06-01",
        "goals": f"1. Universalizar\na pré-escola\n2\tAmpliar {MARKER}",
    }  # fmt: skip
    assert client.post(reverse("plan:new_education_plan"), sent).status_code == 302
    written = EducationPlan.objects.get()
    assert list(written.goals.values_list("number", "text")) == [
        ("1", "Universalizar a pré-escola"), ("2", f"Ampliar {MARKER}")
    ]  # fmt: skip
    assert (written.level, written.place_id) == ("municipal", plan.network.place_id)
    assert client.post(reverse("plan:new_education_plan"), sent).context["form"].errors
    goal = written.goals.first()
    objective = plan.objectives.get()
    form = {"revision": 1, "title": objective.title, "description": "", "education_goals": [goal.pk]}
    client.post(reverse("plan:edit_part", args=[plan.uid, "objective", objective.uid]), form)
    assert "Universalizar" in client.get(reverse("plan:plan", args=[plan.uid])).content.decode()
    edit = reverse("plan:edit_education_plan", args=[written.slug])
    remove = reverse("plan:remove_education_goal", args=[written.slug, goal.pk])
    client.post(remove)
    assert EducationPlanGoal.objects.count() == 2, "a goal that a plan serves stays"
    client.post(edit, {**sent, "revision": 1, "goals": "2. Ampliar"})
    assert client.post(edit, {**sent, "revision": 1, "goals": ""}).status_code == 409
    assert EducationPlanGoal.objects.get(number="2").text == "Ampliar"
    neighbour = client_of(accounts.person_with("network_principal"))
    assert neighbour.get(edit).status_code == 404
    assert neighbour.post(remove).status_code == 404
    assert "PME" not in neighbour.get(reverse("plan:education_plans")).content.decode()
    bad = client.post(edit, {**sent, "revision": 2, "goals": "sem número"})
    assert "sem número" in bad.content.decode()
