"""Pages of the follow-up: what they show, to whom, and that writing through them works."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.plan.factories import NOON, a_goal, a_plan, an_action, an_objective
from trama.plan.followup import services
from trama.plan.followup.models import Comment, Meeting, PlanReview, WeeklyCheck

pytestmark = pytest.mark.django_db


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def plan():
    made = a_plan(state="active", starts_on=timezone.localdate() - timedelta(days=40))
    objective = an_objective(made)
    a_goal(objective, "Leitores", unit="%", target_2027="70")
    an_action(objective, "Visitar as escolas", due_on=timezone.localdate() - timedelta(days=2), who="Ana")
    an_action(objective, "Formar docentes", starts_on=timezone.localdate(), due_on=timezone.localdate())
    an_action(objective, "Sem data")
    return made


@pytest.mark.parametrize("view", ["lista", "quadro", "tempo", "pessoas"])
def test_every_view_of_the_actions_shows_them_all(plan, view):
    page = client_of(plan.created_by).get(reverse("plan:followup", args=[plan.uid]), {"ver": view}).content.decode()
    for what in ("Visitar as escolas", "Formar docentes", "Sem data"):
        assert what in page


def test_the_numbers_filter_the_list(plan):
    address = reverse("plan:followup", args=[plan.uid])
    page = client_of(plan.created_by).get(address, {"situacao": "atrasadas"}).content.decode()
    assert "Visitar as escolas" in page
    assert "Formar docentes" not in page
    assert client_of(plan.created_by).get(address, {"ver": "nada"}).status_code == 404


def test_a_check_is_written_through_the_page_and_a_block_without_cause_is_asked_for(plan):
    client = client_of(plan.created_by)
    action = plan.objectives.get().actions.first()
    address = reverse("plan:action", args=[plan.uid, action.uid])
    refused = client.post(address, {"state": "blocked", "uid": uuid.uuid4()})
    assert refused.status_code == 200
    assert WeeklyCheck.objects.count() == 0
    sent = client.post(address, {"state": "blocked", "blocked_by": "A chuva.", "uid": uuid.uuid4(), "back": "semana"})
    assert sent.url == reverse("plan:week")
    assert "A chuva." in client.get(reverse("plan:followup", args=[plan.uid])).content.decode()


def test_a_meeting_is_planned_held_and_its_conflict_shown(plan):
    client = client_of(plan.created_by)
    action = plan.objectives.get().actions.first()
    planned = client.post(
        reverse("plan:new_meeting", args=[plan.uid]),
        {"title": "Segunda-feira", "starts_at": "2030-03-11T09:00", "minutes": 30, "uid": uuid.uuid4(),
         "point": [str(action.uid)]},
    )  # fmt: skip
    meeting = Meeting.objects.get()
    assert planned.url == reverse("plan:meeting", args=[plan.uid, meeting.uid])
    assert [item.action for item in meeting.items.all()] == [action]
    assert meeting.starts_at.isoformat() == "2030-03-11T12:00:00+00:00"  # nine in the morning in Pernambuco
    address = reverse("plan:meeting", args=[plan.uid, meeting.uid])
    client.post(address, {"state": "held", "present": "Ana, Bia", "notes": "Tudo certo.", "revision": 1})
    again = client.post(address, {"state": "held", "present": "", "notes": "Meu texto.", "revision": 1})
    assert again.status_code == 409
    page = again.content.decode()
    assert "Tudo certo." in page
    assert "Meu texto." in page
    assert Meeting.objects.get().notes == "Tudo certo."


def test_a_review_is_begun_written_and_finished_through_the_pages(plan):
    client = client_of(plan.created_by)
    begun = client.post(reverse("plan:reviews", args=[plan.uid]), {"uid": uuid.uuid4()})
    review = PlanReview.objects.get()
    assert begun.url == reverse("plan:review", args=[plan.uid, review.uid])
    line = review.objectives.get()
    early = client.post(begun.url, {"revision": 1, "finish": "1", "what_worked": "As visitas."})
    assert early.status_code == 200  # a judgement is missing: the text is kept, the review stays open
    review.refresh_from_db()
    assert (review.what_worked, review.finished_at) == ("As visitas.", None)
    sent = {
        "revision": review.revision,
        "finish": "1",
        "what_worked": "As visitas.",
        f"judgement-{line.pk}": "on_track",
    }
    assert client.post(begun.url, sent).status_code == 302
    review.refresh_from_db()
    assert review.finished_at is not None


def test_comments_are_written_and_taken_away(plan):
    client = client_of(plan.created_by)
    client.post(reverse("plan:comments", args=[plan.uid]), {"text": "Do plano todo.", "uid": uuid.uuid4()})
    found = Comment.objects.get()
    assert "Do plano todo." in client.get(reverse("plan:comments", args=[plan.uid])).content.decode()
    client.post(reverse("plan:remove_comment", args=[plan.uid, found.pk]))
    assert "Do plano todo." not in client.get(reverse("plan:comments", args=[plan.uid])).content.decode()


def test_the_calendar_address_works_until_it_is_ended_or_its_maker_loses_the_plan(plan):
    secret = services.open_feed(plan, by=plan.created_by, at=NOON)
    address = reverse("plan:feed", args=[secret])
    answer = Client().get(address)
    assert answer.status_code == 200
    assert "Visitar as escolas" in answer.content.decode()
    assert Client().get(reverse("plan:feed", args=["outro"])).status_code == 404
    plan.created_by.profiles.update(revoked_at=timezone.now())
    assert Client().get(address).status_code == 404
    plan.created_by.profiles.update(revoked_at=None)
    services.end_feed(plan, by=plan.created_by, at=NOON)
    assert Client().get(address).status_code == 404


def test_nobody_else_finds_a_plan_s_follow_up(plan):
    meeting = services.plan_meeting(
        plan, {"title": "R", "starts_at": NOON}, [("P", None)], uid=uuid.uuid4(), by=plan.created_by, at=NOON
    )
    action = plan.objectives.get().actions.first()
    point = meeting.items.get()
    written = services.comment(plan, "plan", plan.uid, "Oi", uid=uuid.uuid4(), by=plan.created_by, at=NOON)
    review = services.begin_review(plan, plan.ends_on, uid=uuid.uuid4(), by=plan.created_by, at=NOON)
    reads = [
        reverse("plan:followup", args=[plan.uid]),
        reverse("plan:action", args=[plan.uid, action.uid]),
        reverse("plan:comments", args=[plan.uid]),
        reverse("plan:meetings", args=[plan.uid]),
        reverse("plan:new_meeting", args=[plan.uid]),
        reverse("plan:meeting", args=[plan.uid, meeting.uid]),
        reverse("plan:edit_meeting", args=[plan.uid, meeting.uid]),
        reverse("plan:reviews", args=[plan.uid]),
        reverse("plan:review", args=[plan.uid, review.uid]),
        reverse("plan:calendar", args=[plan.uid]),
        reverse("plan:calendar_file", args=[plan.uid]),
    ]
    writes = [
        *reads[:10],
        reverse("plan:add_point", args=[plan.uid, meeting.uid]),
        reverse("plan:note_point", args=[plan.uid, meeting.uid, point.pk]),
        reverse("plan:remove_point", args=[plan.uid, meeting.uid, point.pk]),
        reverse("plan:remove_comment", args=[plan.uid, written.pk]),
    ]
    stranger = client_of(accounts.person_with("network_principal"))
    assert {stranger.get(address).status_code for address in reads} == {404}
    assert {stranger.post(address, {"text": "x", "state": "done"}).status_code for address in writes} <= {404, 405}
    own = client_of(plan.created_by)
    assert {own.get(address).status_code for address in reads} == {200}


def test_the_pages_of_a_plan_ask_a_constant_number_of_questions(plan):
    objective = plan.objectives.get()
    client = client_of(plan.created_by)
    pages = [reverse("plan:week"), reverse("plan:followup", args=[plan.uid])]
    asked = []
    for _ in range(2):
        for n in range(5):
            an_action(objective, f"Ação {n}", due_on=timezone.localdate(), responsible=plan.created_by)
        for page in pages:
            client.get(page)
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            asked.append(len(queries))
    assert asked[:2] == asked[2:]
    assert max(asked) <= 22  # the week asks every room once or twice what waits
