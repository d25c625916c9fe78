"""Pages of plans: what they show, to whom, in how many queries; the flows from templates and priorities; exports."""

import io
import uuid
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.accounts import factories as accounts
from tests.diagnose import factories as diagnose
from tests.know import factories as know
from tests.plan.factories import NOON, a_goal, a_plan, a_version, an_action, an_adoption, an_objective
from tests.plan.strategy.test_importing import read
from trama.diagnose.models import CriterionIndicator, CriterionTechnology, Priority, PriorityList
from trama.know.sources.content import load_indicators
from trama.plan.models import (
    Action,
    EducationPlan,
    EducationPlanGoal,
    Goal,
    Objective,
    PlanChange,
    PlanTemplate,
    StrategicPlan,
)
from trama.plan.strategy import services
from trama.plan.strategy.content import load_education_plans, load_plan_templates
from trama.plan.strategy.figures import standings_of
from trama.plan.strategy.pages import lines_of
from trama.plan.strategy.pdf import document_data
from trama.plan.strategy.selectors import plan_visible_to, plans_visible_to

pytestmark = pytest.mark.django_db
MARKER = "MARCADOR-DA-OUTRA-REDE"


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def observed(place, value, year, *, code="ideb", stage="AI", dependency="municipal"):
    """A figure as it comes in reality: published with the release of its year."""
    know.indicator(code, name_pt="Ideb", name_en="Ideb", unit="index_0_10", decimals=1, better="higher")
    release = know.release("tests", str(year))
    know.observe(place, code, value, year=year, dependency=dependency, stage=stage, release=release)


def a_full_plan(**fields):
    plan = a_plan(**fields)
    observed(plan.network.place_id, 4.8, 2023)
    objective = an_objective(plan)
    a_goal(
        objective, figure="ideb|municipal|AI", baseline=Decimal("4.8"), baseline_year=2023, target_2027=Decimal("5.5")
    )
    an_action(objective, responsible=plan.created_by, due_on=date(2026, 5, 1), cost=Decimal("1500.50"))
    return plan


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
    assert max(counts[0]) <= 32


def test_a_goal_says_where_it_stands_and_reads_newer_figures_by_itself():
    plan = a_full_plan()
    goal = Goal.objects.get()
    today = date(2026, 3, 2)
    with translation.override("en"):
        first = standings_of(plan, [goal], today)[goal.pk]
        assert (first.value, first.when, first.newer) == (Decimal("4.8"), "2023", False)
        assert first.distance == "0.7 more to reach the target of 2027 (5.5). Last figure: 4.8 (2023)."  # by hand
        observed(plan.network.place_id, 5.6, 2025)
        second = standings_of(plan, [goal], today)[goal.pk]
        assert (second.reached, second.newer) == (True, True)
        assert second.distance == "The target of 2027 (5.5) is reached: 5.6 (2025)."
        page = client_of(plan.created_by).get(reverse("plan:plan", args=[plan.uid])).content.decode()
    assert "5.6" in page


def test_a_goal_without_figure_says_why():
    plan = a_full_plan()
    objective = plan.objectives.get()
    unknown = a_goal(objective, "Anos finais", figure="ideb|municipal|AF")
    own = a_goal(objective, "Escolas", unit="escolas", higher_is_better=False, target_2026=Decimal(2))
    group = accounts.a_group(plan.network)
    theirs = a_plan(group, by=accounts.person_with("group_coordinator", group))
    joint = a_goal(an_objective(theirs), figure="ideb|municipal|AI")
    today = date(2026, 3, 2)
    with translation.override("en"):
        assert "No figure" in standings_of(plan, [unknown], today)[unknown.pk].reason
        assert "not for groups" in standings_of(theirs, [joint], today)[joint.pk].reason
        assert "nothing was measured" in standings_of(plan, [own], today)[own.pk].reason
        services.record_measure(own, measured_on=date(2026, 2, 1), value=Decimal(5), by=plan.created_by, at=NOON)
        (measured,) = standings_of(plan, [Goal.objects.get(pk=own.pk)], today).values()
        assert measured.distance.startswith("3 escolas less to reach the target of 2026 (2 escolas)")


# --- editing on the page ---------------------------------------------------------------------------------------------


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


# --- starting --------------------------------------------------------------------------------------------------------


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


# --- education plans -------------------------------------------------------------------------------------------------


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


# --- exports ---------------------------------------------------------------------------------------------------------


def test_the_workbook_has_typed_cells_the_numbers_of_the_screen_and_no_formula():
    plan = a_full_plan()
    an_action(plan.objectives.get(), "=1+1")
    body = client_of(plan.created_by).get(reverse("plan:export_plan", args=[plan.uid, "xlsx"])).content
    book = openpyxl.load_workbook(io.BytesIO(body))
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    assert len(sheets) == 6
    goals, actions = book.worksheets[2], book.worksheets[5]
    assert (goals["F2"].value, goals["G2"].value, goals["H2"].value) == (4.8, 2023, 4.8)
    assert actions["F2"].value.date() == date(2026, 5, 1)
    assert actions["I2"].value == 1500.5
    assert actions["B3"].value == "'=1+1"
    targets = book.worksheets[3]
    assert (targets["C2"].value, targets["D2"].value) == (2027, 5.5)


def test_the_workbook_comes_back_through_the_import_as_what_is_there():
    plan = a_full_plan()
    body = client_of(plan.created_by).get(reverse("plan:export_plan", args=[plan.uid, "xlsx"])).content
    book = openpyxl.load_workbook(io.BytesIO(body))
    for sheet in book.worksheets[:5]:
        book.remove(sheet)
    memory = io.BytesIO()
    book.save(memory)
    (row,), problems, _unknown = read("plano.xlsx", memory.getvalue())
    assert problems == []
    assert (row.what, row.due_on, row.cost, row.state) == ("Visitar as escolas", "2026-05-01", "1500.5", "todo")


@pytest.mark.parametrize("language", ["pt-br", "en"])
def test_the_pdf_is_tagged_in_its_language_and_says_what_the_page_says(language):
    plan = a_full_plan()
    prefix = "/en" if language == "en" else ""
    answer = client_of(plan.created_by).get(f"{prefix}/planos/{plan.uid}/plano.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    for mark in (b"pdfuaid", b"/StructTreeRoot", b"/Lang", b"Plano de teste"):
        assert mark in answer.content
    with translation.override(language):
        data = document_data(plan, lines_of(plan, date(2026, 3, 2)), None)
    (objective,) = data["objectives"]
    (goal,), (action,) = objective["goals"], objective["actions"]
    comma = "." if language == "en" else ","
    assert goal["now"] == f"4{comma}8 (2023)"
    assert goal["targets"] == [f"2027: 5{comma}5"]
    assert action["title"] == "Visitar as escolas"
    assert action["cost"] == ("R$ 1,500.50" if language == "en" else "R$ 1.500,50")


def test_an_action_names_the_technology_that_it_belongs_to():
    plan = a_plan()
    adoption = an_adoption(plan.scope, by=plan.created_by)
    an_action(an_objective(plan), "Formar as equipes", adoption=adoption)
    page = client_of(plan.created_by).get(reverse("plan:plan", args=[plan.uid])).content.decode()
    assert adoption.version.title in page
    assert str(adoption) not in page
