"""Pages of plans: who sees them, in how many queries."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.accounts import factories as accounts
from tests.plan.factories import a_goal, a_plan, an_action, an_adoption, an_objective
from trama.plan.models import PlanChange
from trama.plan.strategy.selectors import plan_visible_to, plans_visible_to

from .worlds import a_full_plan, client_of

pytestmark = pytest.mark.django_db


MARKER = "MARCADOR-DA-OUTRA-REDE"


def pages_of(plan):
    """Every address of a plan that a reader can open."""
    uid = plan.uid
    objective = plan.objectives.first()
    action = objective.actions.first()
    return [
        reverse("plan:plan", args=[uid]),
        reverse("plan:print_plan", args=[uid]),
        reverse("plan:plan_history", args=[uid]),
        reverse("plan:export_plan", args=[uid, "pdf"]),
        reverse("plan:export_plan", args=[uid, "xlsx"]),
        reverse("plan:import_template", args=[uid, "xlsx"]),
        reverse("plan:edit_plan", args=[uid]),
        reverse("plan:duplicate_plan", args=[uid]),
        reverse("plan:plan_state", args=[uid, "active"]),
        reverse("plan:remove_plan", args=[uid]),
        reverse("plan:import_actions", args=[uid]),
        *(reverse("plan:new_part", args=[uid, kind]) for kind in ("objective", "goal", "action")),
        reverse("plan:edit_part", args=[uid, "objective", objective.uid]),
        reverse("plan:edit_part", args=[uid, "goal", objective.goals.first().uid]),
        reverse("plan:edit_part", args=[uid, "action", action.uid]),
        reverse("plan:remove_part", args=[uid, "action", action.uid]),
        reverse("plan:start_objectives", args=[uid]),
        reverse("plan:start_goals", args=[uid]),
        reverse("plan:start_actions", args=[uid]),
        reverse("plan:revert_change", args=[uid, PlanChange.objects.filter(plan=plan).last().pk]),
    ]


def test_every_page_of_a_plan_opens_for_its_owner_and_is_404_without_a_word_for_a_neighbour():
    plan = a_full_plan(title=MARKER)
    owner, neighbour = client_of(plan.created_by), client_of(accounts.person_with("network_principal"))
    for address in pages_of(plan):
        assert owner.get(address).status_code == 200, address
        answer = neighbour.get(address)
        assert answer.status_code == 404, address
        assert MARKER.encode() not in answer.content
    for address in (reverse("plan:plans"), reverse("plan:education_plans"), reverse("plan:new_plan")):
        assert MARKER not in neighbour.get(address).content.decode()
    assert MARKER in owner.get(reverse("plan:plans")).content.decode()
    assert plan_visible_to(plan.created_by, plan.uid) == plan


def test_a_reader_sees_and_changes_nothing_and_a_schools_plan_is_not_its_networks():
    plan = a_full_plan()
    viewer = accounts.person_with("network_team", plan.network, tools={"plan": "view"})
    page = client_of(viewer).get(reverse("plan:plan", args=[plan.uid]))
    assert "acao-rapida" not in page.content.decode()
    assert client_of(viewer).get(reverse("plan:edit_plan", args=[plan.uid])).status_code == 403
    school = accounts.a_school(plan.network)
    principal = accounts.person_with("school_principal", school)
    theirs = a_plan(school, by=principal)
    assert list(plans_visible_to(principal)) == [theirs]
    assert list(plans_visible_to(plan.created_by)) == [plan]
    assert list(plans_visible_to(None)) == []


def test_the_page_takes_as_many_queries_for_a_large_plan_as_for_a_small_one():
    plan = a_full_plan()
    client = client_of(plan.created_by)
    addresses = [
        reverse(f"plan:{name}", args=[plan.uid]) for name in ("plan", "print_plan", "plan_history")
    ] + [reverse("plan:plans"), reverse("plan:export_plan", args=[plan.uid, "xlsx"])]  # fmt: skip
    for address in addresses:  # official figures are read once per publication
        client.get(address)
    counts = []
    for _size in range(2):
        row = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            row.append(len(queries))
        counts.append(row)
        for n in range(6):
            objective = an_objective(plan, f"Objetivo {n}")
            a_goal(objective, figure="ideb|municipal|AI", target_2027=Decimal(6))
            a_goal(objective, unit="escolas")
            an_action(objective, responsible=plan.created_by)
        a_plan(plan.network, by=plan.created_by)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16


def test_an_action_names_the_technology_that_it_belongs_to():
    plan = a_plan()
    adoption = an_adoption(plan.scope, by=plan.created_by)
    an_action(an_objective(plan), "Formar as equipes", adoption=adoption)
    page = client_of(plan.created_by).get(reverse("plan:plan", args=[plan.uid])).content.decode()
    assert adoption.version.title in page
    assert str(adoption) not in page
