"""Checks, comments, meetings, reviews, calendars and digests: what they change, and what they refuse."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from icalendar import Calendar

from tests.accounts import factories as accounts
from tests.plan.factories import NOON, a_goal, a_plan, a_version, an_action, an_adoption, an_objective
from trama.plan.followup import services
from trama.plan.followup.digest import send_digests
from trama.plan.followup.errors import AlreadyUsed, ChangedMeanwhile, InvalidFollowUp, ReviewFinished, ReviewOpen
from trama.plan.followup.ical import plan_calendar
from trama.plan.followup.models import AgendaItem, Comment, DigestSent, Meeting, ObjectiveReview, WeeklyCheck
from trama.plan.followup.selectors import (
    actions_in_order,
    board,
    by_holder,
    followed_actions,
    last_checks,
    meetings_of,
    proposed_points,
    week_of,
)
from trama.plan.models import GoalReview, PlanChange, StrategicPlan
from trama.plan.strategy.errors import PlanClosed
from trama.plan.strategy.services import record_measure

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)  # NOON is a Monday, three in the afternoon in Brasília less three hours


def in_force(**fields):
    return a_plan(state=StrategicPlan.State.ACTIVE, **fields)


def check(action, state="doing", *, by=None, uid=None, **fields):
    return services.check_action(
        action, state=state, uid=uid or uuid.uuid4(), by=by or action.objective.plan.created_by, at=NOON, **fields
    )


# --- checks -----------------------------------------------------------------------------------------------------------


def test_a_check_is_written_and_the_action_follows_it_with_its_history():
    action = an_action(an_objective(in_force()))
    made = check(action, "doing", done="Duas escolas visitadas.", next_step="Marcar a terceira.")
    action.refresh_from_db()
    assert (made.week, action.state) == (TODAY, "doing")
    change = PlanChange.objects.get(uid=action.uid, field="state")
    assert (change.before, change.after, change.by) == ("todo", "doing", action.objective.plan.created_by)


def test_the_week_is_that_of_the_owner_s_own_day():
    network = accounts.a_network(12)  # Acre: still Sunday when it is Monday in Brasília
    plan = in_force(scope=network)
    action = an_action(an_objective(plan))
    monday_one_in_the_morning_in_brasilia = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)
    made = services.check_action(
        action, state="doing", uid=uuid.uuid4(), by=plan.created_by, at=monday_one_in_the_morning_in_brasilia
    )
    assert made.week == date(2026, 3, 2)


def test_a_blocked_action_says_by_what():
    action = an_action(an_objective(in_force()))
    with pytest.raises(InvalidFollowUp) as refused:
        check(action, "blocked")
    assert "blocked_by" in refused.value.problems
    assert WeeklyCheck.objects.count() == 0
    check(action, "blocked", blocked_by="A licitação.")
    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyCheck.objects.create(
            action=action, week=TODAY, state="blocked", by=action.objective.plan.created_by, at=NOON
        )


def test_the_same_form_sent_twice_is_one_check_and_another_text_under_it_is_refused():
    action = an_action(an_objective(in_force()))
    uid = uuid.uuid4()
    assert check(action, uid=uid, done="Feito.") == check(action, uid=uid, done="Feito.")
    with pytest.raises(AlreadyUsed):
        check(action, uid=uid, done="Outra coisa.")
    assert WeeklyCheck.objects.count() == 1


def test_two_people_who_check_the_same_action_both_leave_their_word_and_the_last_counts():
    plan = in_force()
    action = an_action(an_objective(plan))
    colleague = accounts.person_with("network_team", plan.network, tools={"plan": "edit"})
    check(action, "doing", done="Eu.")
    check(action, "done", by=colleague, done="Terminado.")
    action.refresh_from_db()
    assert action.state == "done"
    assert action.done_on == TODAY
    assert WeeklyCheck.objects.filter(action=action).count() == 2
    assert last_checks([action])[action.pk].by == colleague


def test_only_the_owner_s_people_who_edit_may_check_comment_and_meet():
    plan = in_force()
    action = an_action(an_objective(plan))
    viewer = accounts.person_with("network_team", plan.network, tools={"plan": "view"})
    neighbour = accounts.person_with("network_principal")
    for person in (viewer, neighbour):
        with pytest.raises(PermissionDenied):
            check(action, by=person)
        with pytest.raises(PermissionDenied):
            services.comment(plan, "action", action.uid, "Oi", uid=uuid.uuid4(), by=person, at=NOON)
        with pytest.raises(PermissionDenied):
            services.plan_meeting(plan, {"title": "R", "starts_at": NOON}, [], uid=uuid.uuid4(), by=person, at=NOON)
        with pytest.raises(PermissionDenied):
            services.begin_review(plan, date(2026, 6, 30), uid=uuid.uuid4(), by=person, at=NOON)
    with pytest.raises(PermissionDenied):
        services.open_feed(plan, by=neighbour, at=NOON)
    assert services.open_feed(plan, by=viewer, at=NOON)
    assert (WeeklyCheck.objects.count(), Comment.objects.count(), Meeting.objects.count()) == (0, 0, 0)


def test_a_closed_plan_takes_no_check():
    plan = in_force()
    action = an_action(an_objective(plan))
    StrategicPlan.objects.filter(pk=plan.pk).update(state="closed")
    with pytest.raises(PlanClosed):
        check(action, "doing")
    assert WeeklyCheck.objects.count() == 0


# --- the views --------------------------------------------------------------------------------------------------------


def test_late_soon_and_quiet_are_told_apart():
    plan = in_force()
    objective = an_objective(plan)
    late = an_action(objective, "Atrasada", due_on=TODAY - timedelta(days=3))
    soon = an_action(objective, "Próxima", due_on=TODAY + timedelta(days=14))
    far = an_action(objective, "Longe", due_on=TODAY + timedelta(days=15), starts_on=TODAY + timedelta(days=1))
    check(soon, "doing")
    lines = {line.action.pk: line for line in followed_actions(plan, TODAY)}
    assert (lines[late.pk].late_days, lines[late.pk].quiet) == (3, True)
    assert (lines[soon.pk].soon, lines[soon.pk].quiet) == (True, False)
    assert (lines[far.pk].soon, lines[far.pk].quiet, lines[far.pk].number) == (False, False, "1.3")
    todo, doing = board(list(lines.values()))[:2]
    assert [line.action for line in todo.lines] == [late, far]
    assert [line.action for line in doing.lines] == [soon]


def test_what_nobody_holds_comes_first_among_the_people():
    plan = in_force()
    objective = an_objective(plan)
    an_action(objective, "A", who="Zélia")
    an_action(objective, "B")
    an_action(objective, "C", responsible=plan.created_by)
    names = [holder.name for holder in by_holder(followed_actions(plan, TODAY))]
    assert names[0] == ""
    assert set(names[1:]) == {"Zélia", plan.created_by.name or plan.created_by.email}


def test_a_meeting_is_proposed_what_is_blocked_then_late_then_coming_each_once():
    plan = in_force()
    objective = an_objective(plan)
    an_action(objective, "Vem", due_on=TODAY + timedelta(days=2))
    an_action(objective, "Pouco atrasada", due_on=TODAY - timedelta(days=1))
    an_action(objective, "Muito atrasada", due_on=TODAY - timedelta(days=9))
    stuck = an_action(objective, "Impedida", due_on=TODAY - timedelta(days=5))
    check(stuck, "blocked", blocked_by="Falta de verba.")
    titles = [title for title, _action in proposed_points(actions_in_order(plan), TODAY, ["Vem"])]
    assert titles == ["Impedida", "Muito atrasada", "Pouco atrasada"]


# --- comments ---------------------------------------------------------------------------------------------------------


def test_a_comment_keeps_its_place_when_its_author_takes_it_away_and_nobody_else_can():
    plan = in_force()
    action = an_action(an_objective(plan))
    made = services.comment(plan, "action", action.uid, " Oi. ", uid=uuid.uuid4(), by=plan.created_by, at=NOON)
    colleague = accounts.person_with("network_team", plan.network, tools={"plan": "edit"})
    with pytest.raises(InvalidFollowUp):
        services.remove_comment(made, by=colleague, at=NOON)
    services.remove_comment(made, by=plan.created_by, at=NOON)
    made.refresh_from_db()
    assert (made.text, made.removed_at) == ("Oi.", NOON)


def test_a_comment_about_another_plan_s_part_is_refused():
    plan, other = in_force(), in_force()
    foreign = an_action(an_objective(other))
    with pytest.raises(InvalidFollowUp):
        services.comment(plan, "action", foreign.uid, "Oi", uid=uuid.uuid4(), by=plan.created_by, at=NOON)


# --- meetings ---------------------------------------------------------------------------------------------------------


def a_meeting(plan, *points):
    values = {"title": "Reunião da semana", "starts_at": NOON + timedelta(days=1), "where": "Sala 2"}
    return services.plan_meeting(plan, values, points, uid=uuid.uuid4(), by=plan.created_by, at=NOON)


def test_two_secretaries_of_one_meeting_do_not_overwrite_each_other():
    plan = in_force()
    meeting = a_meeting(plan, ("Compras", None))
    services.change_meeting(meeting, {"notes": "Ana escreveu."}, revision=1, by=plan.created_by, at=NOON)
    with pytest.raises(ChangedMeanwhile) as refused:
        services.change_meeting(meeting, {"notes": "Bia escreveu."}, revision=1, by=plan.created_by, at=NOON)
    assert refused.value.current.notes == "Ana escreveu."
    point = meeting.items.get()
    services.note_point(point, notes="Falou-se.", decision="Comprar.", revision=1, by=plan.created_by, at=NOON)
    with pytest.raises(ChangedMeanwhile):
        services.note_point(point, notes="Outra.", decision="", revision=1, by=plan.created_by, at=NOON)
    assert AgendaItem.objects.get().decision == "Comprar."


def test_a_meeting_and_a_point_sent_twice_are_there_once():
    plan = in_force()
    uid, point = uuid.uuid4(), uuid.uuid4()
    for _again in range(2):
        meeting = services.plan_meeting(
            plan, {"title": "R", "starts_at": NOON}, [("P", None)], uid=uid, by=plan.created_by, at=NOON
        )
        services.add_point(meeting, "Mais um", uid=point, by=plan.created_by, at=NOON)
    assert Meeting.objects.count() == 1
    assert [item.title for item in meeting.items.all()] == ["P", "Mais um"]


# --- reviews ----------------------------------------------------------------------------------------------------------


def test_a_finished_review_keeps_the_figures_of_its_day_and_cannot_be_written_again():
    plan = in_force()
    objective = an_objective(plan)
    goal = a_goal(objective, "Leitores", unit="%", baseline="40", target_2026="70")
    an_action(objective, "Feita", state="done", done_on=TODAY)
    an_action(objective, "Por fazer")
    record_measure(goal, measured_on=TODAY, value=Decimal("55"), by=plan.created_by, at=NOON)
    review = services.begin_review(plan, date(2026, 6, 30), uid=uuid.uuid4(), by=plan.created_by, at=NOON)
    line = review.objectives.get()
    with pytest.raises(InvalidFollowUp):
        services.finish_review(review, revision=1, by=plan.created_by, at=NOON)
    texts = {"what_worked": "As visitas."}
    services.write_review(
        review, texts, {line.pk: ("at_risk", "Falta ler mais.")}, revision=1, by=plan.created_by, at=NOON
    )
    services.finish_review(review, revision=2, by=plan.created_by, at=NOON)
    record_measure(goal, measured_on=TODAY + timedelta(days=1), value=Decimal("60"), by=plan.created_by, at=NOON)
    kept = GoalReview.objects.get(review=review)
    assert (kept.value, kept.target, kept.target_year) == (55, 70, 2026)
    line = ObjectiveReview.objects.get()
    assert (line.judgement, line.actions_done, line.actions_total) == ("at_risk", 1, 2)
    with pytest.raises(ReviewFinished):
        services.write_review(review, texts, {}, revision=3, by=plan.created_by, at=NOON)


def test_one_review_is_open_at_a_time_and_a_time_is_reviewed_once():
    plan = in_force()
    an_objective(plan)
    review = services.begin_review(plan, date(2026, 6, 30), uid=uuid.uuid4(), by=plan.created_by, at=NOON)
    with pytest.raises(ReviewOpen):
        services.begin_review(plan, date(2026, 12, 31), uid=uuid.uuid4(), by=plan.created_by, at=NOON)
    line = review.objectives.get()
    services.write_review(review, {}, {line.pk: ("reached", "")}, revision=1, by=plan.created_by, at=NOON)
    services.finish_review(review, revision=2, by=plan.created_by, at=NOON)
    with pytest.raises(InvalidFollowUp):
        services.begin_review(plan, date(2026, 6, 30), uid=uuid.uuid4(), by=plan.created_by, at=NOON)


# --- the week and the digest ------------------------------------------------------------------------------------------


def test_the_week_holds_what_is_mine_late_blocked_and_unheld_of_plans_in_force_only():
    plan = in_force()
    me = plan.created_by
    objective = an_objective(plan)
    an_action(objective, "Minha, atrasada", due_on=TODAY - timedelta(days=2), responsible=me)
    an_action(objective, "De ninguém", due_on=TODAY + timedelta(days=6))
    an_action(objective, "Depois", due_on=TODAY + timedelta(days=7), who="Ana")
    draft = a_plan(plan.network, by=me)
    an_action(an_objective(draft), "De um rascunho", due_on=TODAY)
    theirs = in_force()
    an_action(an_objective(theirs), "De outra rede", due_on=TODAY)
    week = week_of(me, today=TODAY)
    assert [task.title for task in week.late] == ["Minha, atrasada"]
    assert [task.title for task in week.mine] == ["Minha, atrasada"]
    assert [task.title for task in week.due] == ["De ninguém"]
    assert [task.title for task in week.unheld] == ["De ninguém"]
    assert [task.title for task in week.later] == ["Depois"]


def test_a_meeting_is_told_by_the_clocks_of_its_plan_s_owner(django_capture_on_commit_callbacks):
    plan = in_force(scope=accounts.a_network(12))  # Acre: two hours before Brasília
    values = {"title": "Reunião", "starts_at": datetime(2026, 3, 3, 14, 0, tzinfo=UTC)}
    services.plan_meeting(plan, values, [], uid=uuid.uuid4(), by=plan.created_by, at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        send_digests(at=NOON, apply=True)
    assert "03/03/2026 09:00" in mail.outbox[0].body


def test_the_week_asks_the_same_number_of_questions_however_much_there_is(django_assert_max_num_queries):
    plan = in_force()
    objective = an_objective(plan)
    for n in range(12):
        an_action(objective, f"Ação {n}", due_on=TODAY + timedelta(days=n), responsible=plan.created_by)
    with django_assert_max_num_queries(10):
        week = week_of(plan.created_by, today=TODAY, since=NOON - timedelta(days=7))
    assert len(week.due) == 7


def test_a_digest_comes_once_on_monday_with_everything_and_never_empty(django_capture_on_commit_callbacks, settings):
    plan = in_force()
    an_action(an_objective(plan), "Comprar livros", due_on=TODAY - timedelta(days=1), responsible=plan.created_by)
    idle = accounts.person_with("network_principal")
    with django_capture_on_commit_callbacks(execute=True):
        first = send_digests(at=NOON, apply=True)
        second = send_digests(at=NOON, apply=True)
    assert (first.sent, second.sent) == (1, 0)
    assert [letter.to for letter in mail.outbox] == [[plan.created_by.email]]
    assert "Comprar livros" in mail.outbox[0].body
    assert settings.TRAMA_ORIGIN in mail.outbox[0].body
    assert not DigestSent.objects.filter(user=idle).exists()
    assert send_digests(at=NOON + timedelta(days=1), apply=True).sent == 0  # Tuesday


def test_who_wants_no_digest_gets_none_and_a_rehearsal_sends_nothing(django_capture_on_commit_callbacks):
    plan = in_force()
    an_action(an_objective(plan), "Comprar livros", due_on=TODAY)
    with django_capture_on_commit_callbacks(execute=True):
        assert send_digests(at=NOON, apply=False).sent == 1
        services.choose_digest("never", by=plan.created_by, at=NOON)
        assert send_digests(at=NOON, apply=True).sent == 0
    assert mail.outbox == []


def test_the_digest_tells_nothing_of_a_plan_that_one_may_no_longer_see(django_capture_on_commit_callbacks):
    plan = in_force()
    an_action(an_objective(plan), "Segredo", due_on=TODAY)
    plan.created_by.profiles.update(revoked_at=NOON)
    accounts.give_profile(plan.created_by, "network_principal", accounts.a_network())
    with django_capture_on_commit_callbacks(execute=True):
        send_digests(at=NOON, apply=True)
    assert mail.outbox == []


# --- calendar ---------------------------------------------------------------------------------------------------------


def test_a_calendar_program_reads_the_days_and_the_meetings():
    plan = in_force()
    action = an_action(an_objective(plan), "Comprar; livros, já", due_on=date(2026, 3, 20), who="Ana")
    cancelled = an_action(an_objective(plan), "Desistimos", due_on=date(2026, 3, 21), state="cancelled")
    meeting = a_meeting(plan)
    content = plan_calendar(plan, followed_actions(plan, TODAY), meetings_of(plan), at=NOON, address="https://x/")
    events = {str(event["uid"]): event for event in Calendar.from_ical(content).walk("VEVENT")}
    bought = events[f"action-{action.uid}@trama"]
    assert bought.decoded("dtstart") == date(2026, 3, 20)
    assert bought.decoded("dtend") == date(2026, 3, 21)
    assert str(bought["summary"]).endswith("Comprar; livros, já")
    assert str(events[f"action-{cancelled.uid}@trama"]["status"]) == "CANCELLED"
    assert events[f"meeting-{meeting.uid}@trama"].decoded("dtstart") == meeting.starts_at


def test_an_adoption_s_steps_are_in_the_week_too():
    adoption = an_adoption(version=a_version())
    owner = adoption.opened_by
    step = adoption.steps.order_by("due_on").first()
    type(adoption).objects.filter(pk=adoption.pk).update(state="active")
    week = week_of(owner, today=step.due_on)
    assert step.step.title in [task.title for task in week.due]
