"""Editing on the page of a plan: adding, changing, conflicts, removing, undoing."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.accounts import factories as accounts
from tests.plan.factories import NOON
from trama.plan.models import (
    Action,
    Goal,
    PlanChange,
    StrategicPlan,
)
from trama.plan.strategy import services

from .worlds import a_full_plan, client_of

pytestmark = pytest.mark.django_db


def test_three_fields_add_an_action_once_and_a_name_becomes_the_responsible_person():
    plan = a_full_plan()
    ana = accounts.person_with("network_team", plan.network, name="Ana Souza", tools={"plan": "edit"})
    client, objective = client_of(plan.created_by), plan.objectives.get()
    address = reverse("plan:quick_action", args=[plan.uid, objective.uid])
    sent = {"uid": str(uuid.uuid4()), "what": "Ligar", "who": "ana  souza", "due_on": "2026-04-01"}
    for _click in range(2):
        assert client.post(address, sent).status_code == 302
    action = Action.objects.get(what="Ligar")
    assert (action.responsible, action.who, action.due_on) == (ana, "", date(2026, 4, 1))
    other = client.post(address, {**sent, "what": "Escrever"})
    assert other.status_code == 409
    assert "Escrever" in other.content.decode()
    assert (
        client.post(address, {**sent, "what": "Escrever", "uid": other.context["form"].data["uid"]}).status_code == 302
    )
    assert Action.objects.filter(what__in=["Ligar", "Escrever"]).count() == 2
    assert client.post(address, {"what": ""}).status_code == 200


def _form_of(action, **changes):
    return {
        "revision": action.revision, "objective": action.objective_id, "what": action.what, "why": action.why,
        "where": action.where, "starts_on": "", "due_on": "2026-05-01", "responsible": action.responsible_id,
        "who": "", "how": "", "cost": "1500,50", "funding": "", "state": "todo", "done_on": "", **changes,
    }  # fmt: skip


def test_the_conflict_page_shows_both_and_saves_the_choice_with_the_rest():
    plan = a_full_plan()
    action = Action.objects.get()
    client = client_of(plan.created_by)
    address = reverse("plan:edit_part", args=[plan.uid, "action", action.uid])
    mine = _form_of(action, what="Minha versão", why="Meu porquê")
    services.change_part(
        action, {"what": "Versão deles", "where": "Polo norte"}, revision=1, by=plan.created_by, at=NOON
    )
    page = client.post(address, mine)
    text = page.content.decode()
    assert page.status_code == 409
    assert "Minha versão" in text
    assert "Versão deles" in text
    sent = dict(page.context["repeated"]) | {"settled": page.context["settled"], "what": "Minha versão, revista"}
    assert client.post(address, sent | {"choice_what": "mine"}).status_code == 302
    action.refresh_from_db()
    assert (action.what, action.why, action.where) == ("Minha versão, revista", "Meu porquê", "Polo norte")
    again = client.post(address, mine | {"why": "Outro"})
    repeated = dict(again.context["repeated"]) | {"settled": again.context["settled"]}
    kept = {f"choice_{row['name']}": "theirs" for row in again.context["rows"]}
    client.post(address, {**mine, **repeated, **kept})
    action.refresh_from_db()
    assert (action.what, action.why) == ("Minha versão, revista", "Meu porquê")


def test_a_goal_takes_its_starting_point_from_the_official_figure():
    plan = a_full_plan()
    objective = plan.objectives.get()
    client = client_of(plan.created_by)
    sent = {
        "uid": str(uuid.uuid4()), "objective": objective.pk, "title": "Subir o Ideb", "figure": "ideb|municipal|AI",
        "baseline": "", "target_2027": "5,5", "higher_is_better": "True",
    }  # fmt: skip
    assert client.post(reverse("plan:new_part", args=[plan.uid, "goal"]), sent).status_code == 302
    goal = Goal.objects.get(title="Subir o Ideb")
    assert (goal.indicator, goal.stage, goal.baseline, goal.baseline_year) == ("ideb", "AI", Decimal("4.8"), 2023)
    assert goal.targets.get().value == Decimal("5.5")
    own = sent | {"uid": str(uuid.uuid4()), "title": "Escolas", "figure": "", "baseline": "3"}
    assert client.post(reverse("plan:new_part", args=[plan.uid, "goal"]), own).context["form"].errors


def test_removing_asks_first_and_offers_the_way_back():
    plan = a_full_plan()
    action, client = Action.objects.get(), client_of(plan.created_by)
    address = reverse("plan:remove_part", args=[plan.uid, "action", action.uid])
    assert client.get(address).status_code == 200
    answer = client.post(address, {"revision": 1, "reason": "Repetida"}, follow=True)
    assert "removido=acao." in answer.request["QUERY_STRING"]
    assert "recuperar" in answer.content.decode()
    client.post(reverse("plan:restore_part", args=[plan.uid, "action", action.uid]))
    action.refresh_from_db()
    assert action.removed_at is None
    stale = client.post(address, {"revision": 1}, follow=True)
    action.refresh_from_db()
    assert action.removed_at is None
    assert stale.status_code == 200


def test_history_is_in_words_and_undoes():
    plan = a_full_plan()
    action, client = Action.objects.get(), client_of(plan.created_by)
    services.change_part(action, {"cost": Decimal(20)}, revision=1, by=plan.created_by, at=NOON, reason="Nova cotação")
    page = client.get(reverse("plan:plan_history", args=[plan.uid])).content.decode()
    assert "1.500,5" in page
    assert "Nova cotação" in page
    change = PlanChange.objects.get(field="cost")
    address = reverse("plan:revert_change", args=[plan.uid, change.pk])
    assert client.get(address).context["form"].initial["revision"] == 2
    client.post(address, {"revision": 2})
    action.refresh_from_db()
    assert action.cost == Decimal("1500.50")


def test_states_copies_and_removed_drafts_by_the_pages():
    plan = a_full_plan()
    client = client_of(plan.created_by)
    client.post(reverse("plan:plan_state", args=[plan.uid, "active"]))
    client.post(reverse("plan:plan_state", args=[plan.uid, "closed"]))
    plan.refresh_from_db()
    assert plan.state == "closed"
    assert "acao-rapida" not in client.get(reverse("plan:plan", args=[plan.uid])).content.decode()
    sent = {"uid": str(uuid.uuid4()), "title": "Outro", "starts_on": "2028-01-01", "ends_on": "2029-12-31"}
    client.post(reverse("plan:duplicate_plan", args=[plan.uid]), sent)
    copy = StrategicPlan.objects.get(title="Outro")
    client.post(reverse("plan:remove_plan", args=[copy.uid]), {"revision": copy.revision})
    assert client.get(reverse("plan:plan", args=[copy.uid])).status_code == 404
    assert "Outro" in client.get(reverse("plan:plans")).content.decode()
    neighbour = client_of(accounts.person_with("network_principal"))
    assert neighbour.post(reverse("plan:restore_plan", args=[copy.uid])).status_code == 404
    client.post(reverse("plan:restore_plan", args=[copy.uid]))
    assert client.get(reverse("plan:plan", args=[copy.uid])).status_code == 200
