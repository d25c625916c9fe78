"""The invented adoptions and plan of the first start: from the priorities, in force, labelled, once."""

import io
import re
import zipfile
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.factories import a_network, a_school, a_state_network
from tests.know import factories as know
from trama.accounts.api import create_demonstration_accounts, demonstration_team
from trama.diagnose.demonstration import show_demonstration_rounds
from trama.diagnose.instruments.content import load_instruments
from trama.foundation.audit.services import verify_chain
from trama.plan.demonstration import plans, show_demonstration_plan
from trama.plan.demonstration.content import FILE, BrokenDemonstration, read_script, script
from trama.plan.followup.selectors import week_of
from trama.plan.models import Action, Adoption, AdoptionStep, Comment, HelpRequest, Meeting, StrategicPlan, WeeklyCheck
from trama.plan.strategy.selectors import actions_of
from trama.plan.technologies.content import load_technologies

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def half_past_midnight_of_a_monday():
    """Where the network of the demonstration is."""
    with time_machine.travel(datetime(2026, 11, 23, 0, 30, tzinfo=ZoneInfo("America/Recife"))):
        yield


@pytest.fixture
def team(settings, tmp_path):
    """The people of the demonstration, whose priorities are decided."""
    settings.TRAMA_EMBEDDED, settings.VAR_DIR = True, tmp_path
    settings.TRAMA_MFA_REQUIRED_ROLES = frozenset()
    folder = FILE.parents[1]
    texts = "".join(path.read_text() for path in folder.glob("instruments/*/*.toml"))
    for code in sorted(set(re.findall(r'^\s*indicator = "(\w+)"', texts, re.M))):
        know.indicator(code)
    load_instruments(django_settings.CONTENT_DIR, timezone.now())
    load_technologies(django_settings.CONTENT_DIR, timezone.now())
    a_school(a_network(26))
    a_state_network(26)
    create_demonstration_accounts()
    show_demonstration_rounds(StringIO())
    return demonstration_team(timezone.now())


def test_what_was_done_an_hour_ago_is_of_this_week_on_its_first_hour_too(half_past_midnight_of_a_monday, team):
    show_demonstration_plan(StringIO())
    of_this_week = WeeklyCheck.objects.filter(week=date(2026, 11, 23))
    assert of_this_week.count() == 4
    assert all(check.at <= team.now for check in of_this_week)


def test_the_first_start_leaves_a_plan_that_lives(team):
    told = StringIO()
    show_demonstration_plan(told)
    assert told.getvalue()
    plan = StrategicPlan.objects.get()
    today = timezone.localdate()
    assert plan.title.startswith(script()["label"])
    assert plan.state == "active"
    assert plan.round is not None
    actions = list(actions_of(plan))
    assert 12 <= len(actions) <= 20
    assert {one.state for one in actions} == set(Action.State.values)
    assert sum(one.due_on < today and one.state in ("todo", "doing", "blocked") for one in actions) == 1
    assert len({one.responsible for one in actions}) >= 5
    assert plan.objectives.count() == 4
    assert not plan.objectives.filter(priority=None).exists()
    checks = WeeklyCheck.objects.order_by("at")
    assert checks.values("week").distinct().count() == 4
    assert checks.filter(state="blocked").exists()
    assert list(checks.values_list("pk", flat=True)) == sorted(checks.values_list("pk", flat=True))
    assert sorted(Meeting.objects.values_list("state", flat=True)) == ["held", "planned"]
    assert Comment.objects.count() >= 4
    week = week_of(team.people["director"], today=today)
    assert [one.title for one in week.mine] == ["Levar ao gabinete o pedido de ampliação de carga horária"]
    assert verify_chain() is None
    again = StringIO()
    show_demonstration_plan(again)
    assert again.getvalue() == ""
    assert StrategicPlan.objects.count() == 1
    assert Adoption.objects.count() == 2
    _adoptions_answer_priorities_and_one_step_is_late()
    _days_before_the_start_are_what_they_say(team, plan)
    _what_leaves_the_site_says_that_it_is_invented(team, plan)


def _adoptions_answer_priorities_and_one_step_is_late():
    for adoption in Adoption.objects.all():
        assert adoption.priority is not None
        assert adoption.state == "active"
        assert adoption.reason.startswith(script()["label"])
    late = AdoptionStep.objects.filter(state="todo", due_on__lt=timezone.localdate())
    assert [step.step.slug for step in late] == ["carry-out-the-check"]
    done = AdoptionStep.objects.filter(state="done")
    assert done.filter(evidence__isnull=False).count() >= 3
    assert done.filter(notes__isnull=False).count() >= 4
    assert HelpRequest.objects.filter(closed_at=None).count() == 1


def _what_leaves_the_site_says_that_it_is_invented(team, plan):
    client, adoptions = signed_in(team.people["director"]), Adoption.objects.all()
    for address in (
        reverse("plan:plan", args=[plan.uid]), reverse("plan:print_plan", args=[plan.uid]), reverse("plan:week"),
        reverse("plan:followup", args=[plan.uid]), *(reverse("plan:adoption", args=[one.uid]) for one in adoptions),
    ):  # fmt: skip
        assert script()["label"] in client.get(address).content.decode(), address
    book = client.get(reverse("plan:export_plan", args=[plan.uid, "xlsx"]))
    inside = zipfile.ZipFile(io.BytesIO(b"".join(book) if book.streaming else book.content))
    assert script()["label"] in inside.read("xl/sharedStrings.xml").decode()


def _days_before_the_start_are_what_they_say(team, plan):
    assert abs(plan.created_at - (team.now - timedelta(days=script()["plan"]["created"]))) < timedelta(minutes=5)
    for meeting in Meeting.objects.all():
        local = meeting.starts_at.astimezone(plan.zone)
        assert local.hour == 14
        assert local.weekday() < 5


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('technology = "learning-follow-up"', 'technologie = "x"', "technology"),
        ("  what = ", "  wath = ", "wath"),
        ('action = "Abrir um telefone', 'action = "Fechar um telefone', "Fechar um telefone"),
        ("in_force = 36", "", "in_force"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, before, after, named):
    path = tmp_path / "plan.toml"
    path.write_text(FILE.read_text().replace(before, after, 1))
    with pytest.raises(BrokenDemonstration, match=named):
        read_script(path)


def test_a_technology_that_is_not_there_leaves_the_whole_out(team):
    from trama.plan.models import TechnologyVersion

    TechnologyVersion.objects.filter(technology__slug="out-of-school-outreach").update(state="retired")
    told = StringIO()
    show_demonstration_plan(told)
    assert "out-of-school-outreach" in told.getvalue()
    assert not Adoption.objects.exists()
    assert not StrategicPlan.objects.exists()


@pytest.mark.parametrize(
    ("today", "due"), [("2026-11-16", "2026-11-20"), ("2026-11-20", "2026-11-20"), ("2026-11-22", "2026-11-22")]
)
def test_what_is_due_this_week_is_due_this_week(today, due):
    assert plans._due("this week", date.fromisoformat(today)) == date.fromisoformat(due)
    assert plans._due(-4, date(2026, 11, 22)) == date(2026, 11, 18)
