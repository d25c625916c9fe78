"""The invented cohorts of the first start: one that runs, one that ended with certificates, labelled, once."""

import re
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.factories import a_network, a_school, a_state_network
from tests.know import factories as know
from trama.accounts.api import create_demonstration_accounts, demonstration_team
from trama.diagnose.instruments.content import load_instruments
from trama.foundation.audit.services import verify_chain
from trama.learn.courses.content import load_courses
from trama.learn.demonstration import show_demonstration_cohorts
from trama.learn.demonstration.content import FILE, BrokenDemonstration, read_script, script
from trama.learn.models import AssignmentWork, Certificate, Cohort, CohortMeeting, Enrolment, ForumTopic
from trama.plan.technologies.content import load_technologies

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(settings, tmp_path):
    """The people of the demonstration, with the courses loaded."""
    settings.TRAMA_EMBEDDED, settings.VAR_DIR = True, tmp_path
    settings.TRAMA_MFA_REQUIRED_ROLES = frozenset()
    texts = "".join(path.read_text() for path in FILE.parents[1].glob("instruments/*/*.toml"))
    for code in sorted(set(re.findall(r'^\s*indicator = "(\w+)"', texts, re.M))):
        know.indicator(code)
    load_instruments(django_settings.CONTENT_DIR, timezone.now())
    load_technologies(django_settings.CONTENT_DIR, timezone.now())
    load_courses(django_settings.CONTENT_DIR, timezone.now())
    a_school(a_network(26))
    a_state_network(26)
    create_demonstration_accounts()
    return demonstration_team(timezone.now())


def test_the_first_start_leaves_a_cohort_that_runs_and_one_that_ended(team):
    told = StringIO()
    show_demonstration_cohorts(told)
    assert "3" in told.getvalue()
    assert all(name.startswith(script()["label"]) for name in Cohort.objects.values_list("name", flat=True))
    running, paired = Cohort.objects.filter(state="running").order_by("starts_on")
    ended = Cohort.objects.get(state="ended")
    assert running.ends_on > timezone.localdate() > ended.ends_on
    assert Enrolment.objects.filter(cohort=running).count() == 6
    assert sorted(CohortMeeting.objects.filter(cohort=running).values_list("state", flat=True)) == [
        "held", "held", "planned",
    ]  # fmt: skip
    waiting = AssignmentWork.objects.get(cohort=running, state="handed_in")
    assert waiting.pair is not None  # the work of the secretariat's team, which the trainer has to read
    assert ForumTopic.objects.filter(cohort=running).count() == 2
    assert paired.takes_people
    assert paired.places > Enrolment.objects.filter(cohort=paired).count() == 2
    pair = AssignmentWork.objects.get(cohort=paired, state="handed_in").pair
    assert sorted(pair.seats.values_list("post", "enrolment__person")) == [
        ("coordinator", team.people["coordinator"].pk), ("principal", team.people["head"].pk),
    ]  # fmt: skip
    holders = Certificate.objects.filter(enrolment__cohort=ended).values_list("enrolment__person", flat=True)
    assert set(holders) == {team.people["technician"].pk, team.people["pedagogue"].pk}
    assert not Certificate.objects.filter(enrolment__cohort=running).exists()
    assert verify_chain() is None
    _pages_open(team, running)
    rows, again = Enrolment.objects.count(), StringIO()
    show_demonstration_cohorts(again)
    assert (again.getvalue(), Enrolment.objects.count(), Cohort.objects.count()) == ("", rows, 3)


def _pages_open(team, running):
    trainer, learner = Client(), Client()
    trainer.force_login(team.people["programme"])
    learner.force_login(team.people["technician"])
    assert script()["label"] in trainer.get(reverse("learn:desk", args=[running.uid])).content.decode()
    assert script()["label"] in learner.get(reverse("learn:my_cohorts")).content.decode()
    finished = Enrolment.objects.get(cohort__state="ended", person=team.people["technician"])
    page = learner.get(reverse("learn:my_cohort", args=[finished.uid])).content.decode()
    assert reverse("learn:certificate_file", args=[finished.certificates.get().uid]) in page
    assert "Lembretes" not in page  # nobody is reminded of a cohort that ended, nor leaves it
    assert "Sair da turma" not in page


def test_where_no_course_is_loaded_nothing_is_invented(settings, tmp_path):
    settings.TRAMA_EMBEDDED, settings.VAR_DIR = True, tmp_path
    a_school(a_network(26))
    create_demonstration_accounts()
    told = StringIO()
    show_demonstration_cohorts(told)
    assert told.getvalue() == ""
    assert not Cohort.objects.exists()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text.replace('label = "', 'lable = "'), "a label"),
        (lambda text: text.replace('course = "education', 'curse = "education'), "lacks course"),
        (lambda text: text.replace('  who = "finance"\n', ""), "person 5 lacks who"),
        (lambda text: text + "\n[[", "training.toml"),
    ],
)
def test_content_that_does_not_fit_is_refused_by_name(tmp_path, change, expected):
    broken = tmp_path / "training.toml"
    broken.write_text(change(FILE.read_text()))
    with pytest.raises(BrokenDemonstration, match=expected):
        read_script(broken)
