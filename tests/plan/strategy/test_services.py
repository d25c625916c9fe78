"""Plans and their parts: adding once, merging, conflicts, removing and putting back, states, history."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from tests.accounts import factories as accounts
from tests.diagnose import factories as diagnose
from tests.plan.factories import NOON, a_goal, a_plan, an_action, an_objective
from trama.foundation.audit.models import Event
from trama.plan.models import Action, Goal, GoalMeasure, Objective, PlanChange, StrategicPlan
from trama.plan.strategy import services
from trama.plan.strategy.errors import (
    AlreadyAdded,
    CannotBeReverted,
    EditConflict,
    IncompletePlan,
    InvalidPart,
    PartChanged,
    PartRemoved,
    PlanClosed,
    WrongState,
)
from trama.plan.strategy.selectors import actions_of, live_objectives, objectives_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
HEAD = {"title": "Plano", "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}


def by(plan):
    return plan.created_by


def titles(plan):
    return [one.title for one in live_objectives(plan)]


# --- plans -----------------------------------------------------------------------------------------------------------


def test_who_holds_the_plan_tool_starts_a_plan_and_a_neighbour_does_not():
    network = accounts.a_network()
    director = accounts.person_with("network_principal", network)
    made = services.create_plan(network, HEAD, uid=uuid.uuid4(), by=director, at=NOON)
    assert made.is_new
    assert made.part.network == network
    assert made.part.state == "draft"
    viewer = accounts.person_with("network_team", network, tools={"plan": "view"})
    for other in (accounts.person_with("network_principal"), viewer):
        with pytest.raises(PermissionDenied):
            services.create_plan(network, HEAD, uid=uuid.uuid4(), by=other, at=NOON)


def test_a_form_sent_twice_starts_one_plan_and_another_content_under_its_uid_is_kept_apart():
    network = accounts.a_network()
    director = accounts.person_with("network_principal", network)
    uid = uuid.uuid4()
    first = services.create_plan(network, HEAD, uid=uid, by=director, at=NOON)
    again = services.create_plan(network, HEAD, uid=uid, by=director, at=LATER)
    assert (again.part, again.is_new) == (first.part, False)
    with pytest.raises(AlreadyAdded):
        services.create_plan(network, {**HEAD, "title": "Outro"}, uid=uid, by=director, at=LATER)
    assert StrategicPlan.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"ends_on": date(2039, 1, 1)}, "ends_on"),
        ({"starts_on": None}, "starts_on"),
        ({"title": "x" * 161}, "title"),
    ],
)
def test_a_plan_has_a_title_and_a_period_of_at_most_twelve_years(changes, field):
    network = accounts.a_network()
    director = accounts.person_with("network_principal", network)
    with pytest.raises(InvalidPart) as error:
        services.create_plan(network, {**HEAD, **changes}, uid=uuid.uuid4(), by=director, at=NOON)
    assert set(error.value.problems) == {field}


def test_a_plan_is_in_force_once_it_has_an_objective_and_an_action():
    plan = a_plan()
    with pytest.raises(IncompletePlan):
        services.set_state(plan, "active", by=by(plan), at=NOON)
    objective = an_objective(plan)
    with pytest.raises(IncompletePlan):
        services.set_state(plan, "active", by=by(plan), at=NOON)
    an_action(objective)
    assert services.set_state(plan, "active", by=by(plan), at=NOON).state == "active"
    with pytest.raises(WrongState):
        services.set_state(plan, "active", by=by(plan), at=NOON)


def test_a_closed_plan_refuses_every_change_until_it_is_reopened_with_a_reason():
    plan = a_plan()
    objective = an_objective(plan)
    action = an_action(objective)
    services.set_state(plan, "active", by=by(plan), at=NOON)
    services.set_state(plan, "closed", by=by(plan), at=NOON)
    for change in (
        lambda: services.add_part(plan, "objective", {"title": "X"}, uid=uuid.uuid4(), by=by(plan), at=NOON),
        lambda: services.change_part(action, {"what": "X"}, revision=1, by=by(plan), at=NOON),
        lambda: services.remove_part(action, revision=1, by=by(plan), at=NOON),
        lambda: services.move_part(objective, None, by=by(plan), at=NOON),
        lambda: services.set_action_state(action, "done", by=by(plan), at=NOON),
    ):
        with pytest.raises(PlanClosed):
            change()
    with pytest.raises(InvalidPart):
        services.set_state(plan, "active", by=by(plan), at=NOON)
    assert services.set_state(plan, "active", by=by(plan), at=NOON, reason="Faltou uma meta").state == "active"


def test_only_a_draft_is_removed_and_it_can_be_put_back():
    plan = a_plan()
    with pytest.raises(PartChanged):
        services.remove_plan(plan, revision=7, by=by(plan), at=NOON)
    services.remove_plan(plan, revision=1, by=by(plan), at=NOON)
    plan.refresh_from_db()
    assert plan.removed_at == NOON
    with pytest.raises(PartRemoved):
        services.add_part(plan, "objective", {"title": "X"}, uid=uuid.uuid4(), by=by(plan), at=NOON)
    services.restore_plan(plan, by=by(plan), at=LATER)
    plan.refresh_from_db()
    assert plan.removed_at is None
    assert plan.revision == 3
    an_action(an_objective(plan))
    services.set_state(plan, "active", by=by(plan), at=NOON)
    plan.refresh_from_db()
    with pytest.raises(WrongState):
        services.remove_plan(plan, revision=plan.revision, by=by(plan), at=NOON)


def test_a_copy_takes_what_is_open_moves_its_dates_and_leaves_values_behind():
    plan = a_plan()
    objective = an_objective(plan, description="Por quê")
    a_goal(objective, unit="escolas", baseline=Decimal(3), baseline_year=2025, target_2027=Decimal(9))
    an_action(objective, "Aberta", starts_on=date(2026, 3, 1), due_on=date(2026, 4, 1), state="doing")
    an_action(objective, "Feita", state="done")
    uid = uuid.uuid4()
    period = {"title": "Novo", "starts_on": date(2028, 1, 1), "ends_on": date(2029, 12, 31)}
    copy = services.duplicate_plan(plan, **period, uid=uid, by=by(plan), at=NOON).part
    copy.refresh_from_db()
    (node,) = objectives_of(copy)
    assert (node.objective.title, node.objective.description) == ("Todas as crianças leem", "Por quê")
    (goal,) = node.goals
    assert (goal.unit, goal.baseline, list(goal.targets.all())) == ("escolas", None, [])
    (action,) = node.actions
    # by hand: 2026-01-01 to 2028-01-01 is 730 days
    assert (action.what, action.state, action.starts_on) == ("Aberta", "todo", date(2026, 3, 1) + timedelta(days=730))
    assert copy.copied_from == plan
    assert services.duplicate_plan(plan, **period, uid=uid, by=by(plan), at=NOON).is_new is False
    assert StrategicPlan.objects.count() == 2
    assert Action.objects.count() == 3


# --- adding ----------------------------------------------------------------------------------------------------------


def test_the_same_addition_sent_again_adds_once_even_after_somebody_changed_it():
    plan = a_plan()
    objective = an_objective(plan)
    uid, values = uuid.uuid4(), {"objective": objective, "what": "Visitar", "due_on": date(2026, 5, 1)}
    first = services.add_part(plan, "action", values, uid=uid, by=by(plan), at=NOON)
    services.change_part(first.part, {"what": "Visitar todas"}, revision=1, by=by(plan), at=NOON)
    again = services.add_part(plan, "action", values, uid=uid, by=by(plan), at=LATER)
    assert (again.is_new, again.part.what, Action.objects.count()) == (False, "Visitar todas", 1)
    with pytest.raises(AlreadyAdded):
        services.add_part(plan, "action", {**values, "what": "Outra"}, uid=uid, by=by(plan), at=LATER)


def test_a_uid_of_another_plan_adds_nothing_and_tells_nothing():
    mine, theirs = a_plan(), a_plan()
    foreign = an_objective(theirs, "SEGREDO")
    with pytest.raises(AlreadyAdded) as error:
        services.add_part(mine, "objective", {"title": "SEGREDO"}, uid=foreign.uid, by=by(mine), at=NOON)
    assert error.value.existing is None
    assert "SEGREDO" not in str(error.value)


def test_parts_of_other_plans_people_and_owners_are_refused():
    plan, other = a_plan(), a_plan()
    objective, foreign = an_objective(plan), an_objective(other)
    stranger = accounts.person_with("network_principal")
    foreign_round = diagnose.a_submitted_round(other.network, by=by(other))
    starts = {"starts_on": date(2026, 2, 2)}
    cases = [
        ("action", {"objective": foreign, "what": "X"}, "objective"),
        ("action", {"objective": objective, "what": "X", "responsible": stranger}, "responsible"),
        ("action", {"objective": objective, "what": "X", "state": "voando"}, "state"),
        ("action", {"objective": objective, "what": "X", "cost": Decimal("-1")}, "cost"),
        ("action", {"objective": objective, "what": "X", "due_on": date(2026, 2, 1), **starts}, "due_on"),
        ("goal", {"objective": objective, "title": "X", "figure": "nada||"}, "figure"),
        ("goal", {"objective": objective, "title": "X", "target_2027": "muitos"}, "target_2027"),
        ("goal", {"objective": objective, "title": "X", "baseline_year": 26}, "baseline_year"),
        ("objective", {"title": "X", "priority": 999_999}, "priority"),
        ("objective", {"title": "X", "education_goals": [999_999]}, "education_goals"),
    ]  # fmt: skip
    for kind, values, field in cases:
        with pytest.raises(InvalidPart) as error:
            services.add_part(plan, kind, values, uid=uuid.uuid4(), by=by(plan), at=NOON)
        assert set(error.value.problems) == {field}, (kind, values)
    with pytest.raises(InvalidPart):
        services.change_part(plan, {"round": foreign_round}, revision=1, by=by(plan), at=NOON)
    assert (
        services.change_part(
            plan, {"round": diagnose.a_submitted_round(plan.network, by=by(plan))}, revision=1, by=by(plan), at=NOON
        ).round
        is not None
    )


def test_an_action_that_is_done_has_its_day_where_the_owner_is_and_loses_it_when_taken_up_again():
    plan = a_plan(accounts.a_network(12))  # Acre, five hours behind UTC
    action = an_action(an_objective(plan))
    at_night = NOON.replace(hour=3)  # still the day before there
    done = services.set_action_state(action, "done", by=by(plan), at=at_night)
    assert done.done_on == date(2026, 3, 1)
    again = services.set_action_state(action, "doing", by=by(plan), at=NOON)
    assert (again.done_on, again.state) == (None, "doing")


# --- two editors -----------------------------------------------------------------------------------------------------


def test_different_fields_merge_and_the_same_field_is_shown_with_both_versions():
    plan = a_plan()
    action = an_action(an_objective(plan), why="antes")
    ana = by(plan)
    bia = accounts.person_with("network_team", plan.network, tools={"plan": "edit"})
    services.change_part(action, {"what": "Ana", "why": "antes"}, revision=1, by=ana, at=NOON)
    merged = services.change_part(
        action, {"what": "Visitar as escolas", "why": "Bia", "where": ""}, revision=1, by=bia, at=LATER
    )
    assert (merged.what, merged.why, merged.revision) == ("Ana", "Bia", 3)
    with pytest.raises(EditConflict) as error:
        services.change_part(action, {"what": "De novo", "why": "antes", "where": "Polo"}, revision=1, by=ana, at=LATER)
    (conflict,) = error.value.conflicts
    assert (conflict.name, conflict.mine, conflict.theirs, conflict.base) == (
        "what",
        "De novo",
        "Ana",
        "Visitar as escolas",
    )
    assert conflict.by == ana
    action.refresh_from_db()
    assert (action.what, action.where) == ("Ana", ""), "a conflict writes nothing"


def test_a_choice_after_a_conflict_never_undoes_what_others_did_in_other_fields():
    plan = a_plan()
    action = an_action(an_objective(plan))
    ana = by(plan)
    mine = {"what": "Minha", "why": "", "where": ""}
    services.change_part(action, {"what": "Deles", "where": "Polo norte"}, revision=1, by=ana, at=NOON)
    with pytest.raises(EditConflict):
        services.change_part(action, mine, revision=1, by=ana, at=NOON)
    saved = services.change_part(action, mine, revision=1, settled={"what": 2}, by=ana, at=NOON)
    assert (saved.what, saved.where) == ("Minha", "Polo norte")
    services.change_part(action, {"what": "Mais uma"}, revision=saved.revision, by=ana, at=NOON)
    with pytest.raises(EditConflict):  # settled against a version that is no longer the last
        services.change_part(action, mine | {"what": "Outra"}, revision=1, settled={"what": 2}, by=ana, at=NOON)


def test_both_writing_the_same_is_no_conflict():
    plan = a_plan()
    action = an_action(an_objective(plan))
    for _time in range(2):
        changed = services.change_part(action, {"what": "Igual"}, revision=1, by=by(plan), at=NOON)
    assert changed.revision == 2


def test_a_merge_that_makes_no_sense_is_refused_with_its_reason():
    plan = a_plan()
    action = an_action(an_objective(plan), starts_on=date(2026, 3, 1), due_on=date(2026, 6, 1))
    services.change_part(action, {"starts_on": date(2026, 5, 1)}, revision=1, by=by(plan), at=NOON)
    with pytest.raises(InvalidPart) as error:
        services.change_part(action, {"due_on": date(2026, 4, 1)}, revision=1, by=by(plan), at=NOON)
    assert set(error.value.problems) == {"due_on"}


def test_targets_of_different_years_are_different_fields():
    plan = a_plan()
    goal = a_goal(an_objective(plan), target_2026=Decimal("5.0"), target_2027=Decimal("5.5"))
    services.change_part(
        goal, {"target_2026": Decimal("5.1"), "target_2027": Decimal("5.50")}, revision=1, by=by(plan), at=NOON
    )
    services.change_part(goal, {"target_2026": Decimal(5), "target_2027": None}, revision=1, by=by(plan), at=NOON)
    assert [(one.year, one.value) for one in goal.targets.all()] == [(2026, Decimal("5.1"))]


# --- removing, moving, history ---------------------------------------------------------------------------------------


def test_what_hangs_on_an_objective_goes_and_returns_with_it():
    plan = a_plan()
    objective = an_objective(plan)
    action = an_action(objective)
    services.remove_part(objective, revision=1, by=by(plan), at=NOON)
    assert not actions_of(plan).exists()
    assert objectives_of(plan) == []
    with pytest.raises(PartRemoved):
        services.change_part(action, {"what": "X"}, revision=1, by=by(plan), at=NOON)
    services.restore_part(objective, by=by(plan), at=NOON)
    services.restore_part(objective, by=by(plan), at=NOON)
    assert list(actions_of(plan)) == [action]
    objective.refresh_from_db()
    assert objective.revision == 3


def test_who_has_not_seen_the_last_change_does_not_remove():
    plan = a_plan()
    action = an_action(an_objective(plan))
    services.change_part(action, {"what": "Mudou"}, revision=1, by=by(plan), at=NOON)
    with pytest.raises(PartChanged):
        services.remove_part(action, revision=1, by=by(plan), at=NOON)
    action.refresh_from_db()
    assert action.removed_at is None


def test_moving_names_the_neighbour_so_two_movers_never_lose_a_part():
    plan = a_plan()
    one, two, three = (an_objective(plan, title) for title in ("Um", "Dois", "Três"))
    services.move_part(three, one.uid, by=by(plan), at=NOON)
    assert titles(plan) == ["Três", "Um", "Dois"]
    services.move_part(one, None, by=by(plan), at=NOON)
    assert titles(plan) == ["Três", "Dois", "Um"]
    services.remove_part(two, revision=1, by=by(plan), at=NOON)
    with pytest.raises(PartRemoved):
        services.move_part(one, two.uid, by=by(plan), at=NOON)
    assert titles(plan) == ["Três", "Um"]


def test_history_tells_every_field_and_a_change_can_be_undone():
    plan = a_plan()
    action = an_action(an_objective(plan))
    services.change_part(action, {"what": "Novo", "where": "Polo"}, revision=1, by=by(plan), at=NOON, reason="Pedido")
    changes = PlanChange.objects.filter(uid=action.uid).order_by("pk")
    assert [(one.field, one.before, one.after, one.reason) for one in changes][1:] == [
        ("what", "Visitar as escolas", "Novo", "Pedido"),
        ("where", "", "Polo", "Pedido"),
    ]
    change = changes.get(field="what")
    with pytest.raises(PartChanged):
        services.revert_change(change, revision=1, by=by(plan), at=LATER)
    services.revert_change(change, revision=2, by=by(plan), at=LATER)
    action.refresh_from_db()
    assert (action.what, action.where) == ("Visitar as escolas", "Polo")
    assert PlanChange.objects.get(reverts=change).field == "what"
    services.revert_change(changes.get(field="created"), revision=3, by=by(plan), at=LATER)
    action.refresh_from_db()
    assert action.removed_at == LATER
    services.revert_change(PlanChange.objects.get(field="removed"), revision=4, by=by(plan), at=LATER)
    action.refresh_from_db()
    assert action.removed_at is None
    with pytest.raises(CannotBeReverted):
        services.revert_change(_position(plan), revision=1,
                               by=by(plan), at=LATER)  # fmt: skip


def _position(plan):
    second = an_objective(plan, "Segundo")
    services.move_part(second, live_objectives(plan).first().uid, by=by(plan), at=NOON)
    return PlanChange.objects.get(field="position")


def test_the_database_refuses_to_change_or_delete_history():
    plan = a_plan()
    an_objective(plan)
    table = PlanChange._meta.db_table
    for statement in (f"UPDATE {table} SET after = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert PlanChange.objects.get().after == "Todas as crianças leem"


def test_changes_leave_a_trace_without_the_teams_words():
    plan = a_plan()
    action = an_action(an_objective(plan), "PALAVRAS DA EQUIPE")
    services.change_part(action, {"why": "MAIS PALAVRAS"}, revision=1, by=by(plan), at=NOON)
    events = Event.objects.all()
    assert [event.verb for event in events] == ["plan part added", "plan part added", "plan changed"]
    assert not any("PALAVRAS" in f"{event.detail} {event.target_label}" for event in events)


# --- measures --------------------------------------------------------------------------------------------------------


def test_a_day_has_one_measure_and_another_value_is_said_not_written():
    plan = a_plan()
    goal = a_goal(an_objective(plan), unit="escolas")
    day = date(2026, 2, 1)
    for _time in range(2):
        services.record_measure(goal, measured_on=day, value=Decimal("4.50"), by=by(plan), at=NOON)
    with pytest.raises(InvalidPart):
        services.record_measure(goal, measured_on=day, value=Decimal(5), by=by(plan), at=NOON)
    measure = GoalMeasure.objects.get()
    assert measure.value == Decimal("4.5")
    services.remove_measure(measure, by=by(plan), at=NOON)
    assert [(c.before, c.after) for c in PlanChange.objects.filter(field="measure").order_by("pk")] == [
        ("", "2026-02-01 4.5"), ("2026-02-01 4.5", "")
    ]  # fmt: skip


def test_parts_of_a_plan_keep_their_home_when_moved_to_another_objective():
    plan = a_plan()
    first, second = an_objective(plan, "Um"), an_objective(plan, "Dois")
    an_action(second, "Já estava")
    action = an_action(first, "Muda de casa")
    services.change_part(action, {"objective": second}, revision=1, by=by(plan), at=NOON)
    assert [(one.objective.title, one.what) for one in actions_of(plan)] == [
        ("Dois", "Já estava"), ("Dois", "Muda de casa")
    ]  # fmt: skip
    assert Objective.objects.count() == 2
    assert Goal.objects.count() == 0
