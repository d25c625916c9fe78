"""Packages of cmi5: brought in, launched by learners, told by their units, counted; and who may do what with them."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.learn import factories
from tests.learn.cmi5.test_sessions import Content
from tests.learn.packages import making
from tests.learn.packages.world import a_class_with, a_file, a_package
from tests.learn.progress.world import a_cohort, an_enrolment
from trama.accounts.roles.vocabulary import Role
from trama.learn.cmi5 import rules
from trama.learn.cmi5.selectors import UnitStanding
from trama.learn.cmi5.structure import Unit
from trama.learn.models import Cmi5Course, Cmi5Session, PackageAttempt, PackageFile, PackageLaunch, PackageStructure
from trama.learn.packages.services import begin_again, open_package
from trama.learn.packages.unit_presentation import asked, told
from trama.learn.packages.units import mode_of
from trama.learn.progress.completion import Reason
from trama.learn.progress.selectors import completion_of

pytestmark = pytest.mark.django_db
PASSED = {"score": {"scaled": 0.85, "raw": 85, "min": 0, "max": 100}}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Learner:
    """A learner in a browser, and what the units that they open do."""

    def __init__(self, room, package) -> None:
        self.room, self.package, self.http = room, package, signed_in(room.learner)
        self.part = reverse("learn:study_part", args=[room.slug, "interativos", package.slug])

    def launch(self, **said):
        address = reverse("learn:launch_package", args=[self.room.slug, self.package.slug])
        answer = self.http.post(address, said)
        self.launched = PackageLaunch.objects.order_by("pk").last()
        assert answer["Location"] == reverse("learn:package_launch", args=[self.launched.uid])
        self.page = self.http.get(answer["Location"])
        self.setup = self.page.context["setup"]
        return self.page.content.decode()

    def open(self, unit: str = "au-1"):
        answer = self.http.post(self.setup["open"], {"unit": unit})
        assert answer.status_code == 200, answer.content
        self.told = answer.json()
        return Content(self.told["address"])

    @property
    def standing(self):
        return self.http.get(self.setup["standing"]).json()

    @property
    def line(self):
        found = completion_of(self.room.enrolment, at=timezone.now())
        return next(line for line in found.lines if line.part == self.package.pk)

    @property
    def attempt(self) -> PackageAttempt:
        return PackageAttempt.objects.get(pk=self.launched.attempt_id)


def a_learner(*units: str, **fields) -> Learner:
    return Learner(*a_class_with(making.cmi5(*units), **fields))


# --- learners -----------------------------------------------------------------------------------------------------


def test_a_unit_is_left_half_way_resumed_and_passed_and_the_part_is_done_at_once():
    learner = a_learner(rule="score", asked_percent=80)
    page = learner.http.get(learner.part).content.decode()
    assert "Aula 1" in page
    assert "pede conclusão e aprovação" in page
    assert learner.line.reason == Reason.NOT_BEGUN
    assert "não iniciada" in learner.launch()
    unit = learner.open()
    assert unit.data["launchMode"] == "Normal"
    assert unit.data["masteryScore"] == 0.8
    assert unit.data["returnURL"].startswith(learner.setup["origin"])
    assert unit.data["returnURL"].endswith("/back")
    assert [unit.say(rules.INITIALIZED), unit.say(rules.COMPLETED)] == [200, 200]
    assert learner.standing["units"]["au-1"] == {"told": "concluída", "done": False}
    assert learner.line.reason == Reason.NOT_FINISHED
    assert learner.attempt.completed is False

    learner.launch()
    unit = learner.open()
    assert (unit.data["launchMode"], unit.registration) == ("Normal", str(learner.attempt.registration.uid))
    assert unit.say(rules.INITIALIZED) == 200
    assert unit.say(rules.PASSED, **PASSED) == 200
    line = learner.line
    assert (line.met, line.got, line.asked) == (True, 85, 80)
    learner.room.enrolment.refresh_from_db()
    assert learner.room.enrolment.completed_at is not None, "the course is complete in the act that completes it"
    assert (learner.attempt.completed, learner.attempt.passed, learner.attempt.percent) == (True, True, Decimal("85"))
    assert learner.standing == {
        "units": {"au-1": {"told": "concluída, com aprovação: 85%", "done": True}},
        "met": True,
        "told": "Aprovado com 85%.",
    }
    assert "concluída, com aprovação: 85%" in learner.http.get(learner.part).content.decode()
    learner.launch()
    assert learner.open().data["launchMode"] == "Review"
    assert "não muda nenhum resultado" in learner.told["told"]


def test_the_unit_itself_goes_out_from_the_origin_of_packages_and_may_ask_the_store_alone():
    learner = a_learner()
    learner.launch()
    learner.open()
    parts = urlsplit(learner.told["address"])
    assert f"{parts.scheme}://{parts.netloc}" == learner.setup["origin"]
    assert f"frame-src {learner.setup['origin']}" in learner.page["Content-Security-Policy"]
    assert parse_qs(parts.query)["modo"] == ["curso"]
    host = {"host": parts.netloc}
    answer = Client().get(parts.path, headers=host)
    assert (answer.status_code, answer.content.decode()) == (200, making.PAGE)
    assert f"connect-src 'self' {settings.TRAMA_ORIGIN}/xapi/;" in answer["Content-Security-Policy"]
    root = parts.path.partition("/p/")[0]
    back = Client().get(f"{root}/back", headers=host)
    assert 'data-site="http://testserver"' in back.content.decode()
    assert "unsafe-inline" not in back["Content-Security-Policy"]
    assert "/xapi/" not in back["Content-Security-Policy"]
    assert Client().get(f"{root}/r/back.js", headers=host).status_code == 200


def test_a_package_of_another_kind_asks_nothing_of_the_site():
    learner = Learner(*a_class_with(making.scorm_12()))
    learner.launch()
    host = learner.setup["origin"].removeprefix("http://")
    page = Client().get(urlsplit(learner.setup["address"]).path + "p/aula/index.html", headers={"host": host})
    assert "connect-src 'self';" in page["Content-Security-Policy"]
    for name in ("open_unit", "units_standing"):
        address = reverse(f"learn:{name}", args=[learner.launched.uid])
        answer = learner.http.post(address, {"unit": "i1"}) if name == "open_unit" else learner.http.get(address)
        assert answer.status_code == 404


def test_several_units_are_a_list_and_the_part_is_done_with_the_last():
    block = f'<block id="{making.CMI5_ID}/b"><title><langstring lang="en">Part two</langstring></title><description>'
    block += f'<langstring lang="en">Part two</langstring></description>{making.unit("Dois", moveOn="Passed")}</block>'
    learner = a_learner(making.unit("Um", moveOn="Completed"), block, making.unit("Extra"), rule="completed")
    page = learner.launch()
    assert [line["title"] for line in learner.page.context["lines"]] == ["Um", "Part two", "Dois", "Extra"]
    assert "não pede nada" in page
    assert learner.setup["first"] == "au-1"
    unit = learner.open("au-1")
    unit.say(rules.INITIALIZED)
    unit.say(rules.COMPLETED)
    assert learner.standing["met"] is False
    learner.launch()
    assert learner.setup["first"] == "au-2", "one goes on with what is not satisfied"
    unit = learner.open("au-2")
    unit.say(rules.INITIALIZED)
    unit.say(rules.PASSED, score={"scaled": 0.5})
    assert learner.standing["met"] is True
    assert [one["done"] for one in learner.standing["units"].values()] == [True, True, False]
    assert learner.attempt.percent == Decimal("50"), "of the units that gave a score"


def test_who_fails_is_not_done_and_may_pass_in_another_session():
    learner = a_learner(making.unit("Um", moveOn="Completed", masteryScore="0.8"), rule="passed")
    learner.launch()
    unit = learner.open()
    unit.say(rules.INITIALIZED)
    unit.say(rules.COMPLETED)
    unit.say(rules.FAILED, score={"scaled": 0.4})
    assert (learner.line.met, learner.line.reason) == (False, Reason.NOT_PASSED)
    assert learner.standing["units"]["au-1"]["told"] == "concluída, sem aprovação: 40%"
    unit = learner.open()
    assert unit.data["launchMode"] == "Normal", "there is still something to gain"
    unit.say(rules.INITIALIZED)
    unit.say(rules.PASSED, score={"scaled": 0.9})
    assert learner.line.met


def test_a_package_that_asks_for_nothing_is_done_once_it_is_opened():
    learner = a_learner(making.unit("Um"), rule="completed")
    assert not learner.line.met
    learner.launch()
    assert learner.line.met


def test_another_cohort_and_another_attempt_begin_empty():
    learner = a_learner(making.unit("Um", moveOn="Completed"), rule="completed")
    learner.launch()
    unit = learner.open()
    unit.say(rules.INITIALIZED)
    unit.say(rules.COMPLETED)
    first = learner.attempt
    second = an_enrolment(a_cohort(learner.room.version), learner.room.learner)
    launch = open_package(second, learner.package, by=learner.room.learner, at=timezone.now())
    assert launch.attempt.registration != first.registration
    assert launch.attempt.completed is False
    again = begin_again(learner.room.enrolment, learner.package, by=learner.room.learner, at=timezone.now())
    assert again.attempt.number == 2
    assert again.attempt.registration not in (first.registration, launch.attempt.registration)
    assert unit.say(rules.TERMINATED) == 401, "what ran of the attempt that ended is abandoned"
    assert learner.line.met, "what was reached still counts"
    stale = learner.http.post(learner.setup["open"], {"unit": "au-1"})
    assert stale.status_code == 409
    assert "outra página" in stale.json()["why"]


def test_what_comes_after_the_end_of_the_cohort_is_kept_and_not_counted():
    learner = a_learner(making.unit("Um", moveOn="Completed"), rule="completed")
    learner.launch()
    unit = learner.open()
    unit.say(rules.INITIALIZED)
    cohort = type(learner.room.cohort).objects.filter(pk=learner.room.cohort.pk)
    cohort.update(state="ended")
    assert unit.say(rules.COMPLETED) == 200
    assert not learner.attempt.completed
    answer = learner.http.post(learner.setup["open"], {"unit": "au-1"})
    assert answer.status_code == 409
    cohort.update(state="running")
    learner.launch()
    assert learner.attempt.completed, "opening looks at what is known"


def test_a_launch_and_its_units_belong_to_the_learner_alone():
    learner = a_learner()
    learner.launch()
    for other in (learner.room.stranger, learner.room.trainer):
        client = signed_in(other)
        assert client.post(learner.setup["open"], {"unit": "au-1"}).status_code == 404
        assert client.get(learner.setup["standing"]).status_code == 404
    assert Client().post(learner.setup["open"], {"unit": "au-1"}).status_code == 302
    for unit in ("au-2", "course", "", "block-1"):
        assert learner.http.post(learner.setup["open"], {"unit": unit}).status_code == 404
    assert not Cmi5Session.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner.room.learner)
    assert strict.post(learner.setup["open"], {"unit": "au-1"}).status_code == 403
    told = '{"item":"au-1","number":1,"data":{"completion_status":"completed"}}'
    commit = reverse("learn:package_commit", args=[learner.launched.uid])
    assert learner.http.post(commit, told, content_type="application/json").status_code == 400


MODES = [  # moveOn, masteryScore, what the part asks, what was said; the mode
    ("Completed", None, "completed", set(), "Normal"),
    ("Completed", None, "completed", {rules.COMPLETED}, "Review"),
    ("Completed", None, "passed", {rules.COMPLETED}, "Review"),  # the unit does not pass anybody
    ("Completed", 0.8, "passed", {rules.COMPLETED}, "Normal"),
    ("Completed", 0.8, "completed", {rules.COMPLETED, rules.FAILED}, "Normal"),
    ("Completed", 0.8, "score", {rules.COMPLETED, rules.PASSED}, "Review"),
    ("NotApplicable", None, "none", set(), "Normal"),
    ("NotApplicable", None, "completed", {rules.COMPLETED}, "Review"),
    ("CompletedAndPassed", None, "completed", {rules.COMPLETED}, "Normal"),
    ("CompletedAndPassed", None, "completed", {rules.COMPLETED, rules.PASSED}, "Review"),
    ("CompletedAndPassed", None, "completed", {rules.WAIVED}, "Review"),
]


@pytest.mark.parametrize(("move_on", "mastery", "rule", "done", "mode"), MODES)
def test_a_unit_is_opened_to_be_looked_at_once_nothing_more_can_be_gained(move_on, mastery, rule, done, mode):
    unit = Unit("au-1", "https://exemplo.org/1", {}, {}, "a.html", move_on, mastery)
    assert mode_of(UnitStanding(unit, True, frozenset(done)), rule) == mode


def test_what_a_unit_asks_and_how_it_stands_is_said_in_words():
    unit = Unit("au-1", "https://exemplo.org/1", {}, {}, "a.html", "CompletedOrPassed", 0.725)
    assert asked(unit) == "pede conclusão ou aprovação; nota mínima: 72,50%"
    assert told(UnitStanding(unit)) == "não iniciada"
    assert told(UnitStanding(unit, True)) == "iniciada"
    assert told(UnitStanding(unit, True, frozenset({rules.FAILED}), -0.5)) == "sem aprovação: 0%"
    assert told(UnitStanding(unit, False, frozenset({rules.WAIVED}))) == "dispensada"


# --- authors ------------------------------------------------------------------------------------------------------


@pytest.fixture
def team():
    return accounts.person_with(Role.PROGRAMME_ADMIN, accounts.the_programme())


@pytest.fixture
def draft(team):
    return factories.a_version("do-programa", state="draft", by=team)


@pytest.fixture
def send(team, draft, settings, tmp_path):
    """Send a file for a part of the draft: the answer, and the part with its file."""
    settings.MEDIA_ROOT = tmp_path
    package = a_package(draft.modules.get(), None)
    client = signed_in(team)

    def send(upload):
        address = reverse("learn:package_file", args=["do-programa", "1.0", package.pk])
        answer = client.post(address, {"file": upload, "revision": package.revision}, follow=True)
        package.refresh_from_db()
        return client, answer, package

    return send


def test_an_author_sends_a_package_and_looks_around_in_it(send):
    client, answer, package = send(making.upload(making.cmi5()))
    page = answer.content.decode()
    assert (package.file.kind, package.file.title) == ("cmi5", "Rede em ação")
    assert "structure" not in package.file.manifest["more"], "it is kept once, where the rules read it"
    kept = PackageStructure.objects.get(file=package.file).course
    assert (kept.structure["id"], kept.created_by) == (making.CMI5_ID, package.file.uploaded_by)
    assert "pede conclusão e aprovação; nota mínima: 80%" in page
    shown = client.get(reverse("learn:try_package", args=["do-programa", "1.0", package.pk]))
    assert "nenhum resultado é guardado" in shown.content.decode()
    opened = client.post(shown.context["setup"]["open"], {"unit": "au-1"}).json()
    unit = Content(opened["address"])
    assert unit.data["launchMode"] == "Browse"
    assert [unit.say(rules.INITIALIZED), unit.say(rules.COMPLETED), unit.say(rules.TERMINATED)] == [200, 403, 200]
    assert not PackageAttempt.objects.exists()
    again = Content(client.post(shown.context["setup"]["open"], {"unit": "au-1"}).json()["address"])
    assert again.registration == unit.registration


def test_a_structure_alone_runs_on_other_sites_in_a_window_of_its_own(send):
    content = making.structure(
        making.unit("Longe", "https://outro.exemplo.org/au?x=1", moveOn="Completed"),
        making.unit("Janela", "https://mais.exemplo.org/", launchMethod="OwnWindow"),
    )
    client, answer, package = send(SimpleUploadedFile("cmi5.xml", b"\xef\xbb\xbf" + content.encode(), "text/xml"))
    page = answer.content.decode()
    assert "mais.exemplo.org, outro.exemplo.org" in page
    assert "janela própria" in page
    first = package.file
    assert (first.file_name, first.kind, first.members) == ("cmi5.xml", "cmi5", 1)
    _client, _answer, package = send(SimpleUploadedFile("cmi5.xml", b"\xef\xbb\xbf" + content.encode(), "text/xml"))
    assert package.file != first
    assert package.file.sha256 == first.sha256, "the same structure is the same archive"
    trial = reverse("learn:try_unit", args=["do-programa", "1.0", package.pk])
    opened = client.post(trial, {"unit": "au-1"}).json()
    assert opened["address"].startswith("https://outro.exemplo.org/au?x=1&")
    assert (opened["window"], opened["host"]) == (True, "outro.exemplo.org")
    assert Content(opened["address"]).data["returnURL"].startswith("http://testserver/")


def test_a_unit_of_the_package_that_asks_for_a_window_gets_one_on_the_origin_of_packages(send):
    own = making.unit("Janela", launchMethod="OwnWindow")
    client, _answer, package = send(making.upload(making.cmi5(own)))
    opened = client.post(reverse("learn:try_unit", args=["do-programa", "1.0", package.pk]), {"unit": "au-1"}).json()
    assert (opened["window"], opened["host"]) == (True, "")
    assert ".packages.localhost/" in opened["address"]


REFUSED = {  # what is sent; words of where, what was found, what was expected
    "a structure alone that names files": (
        making.structure().encode(),
        ["au 1", "aula/index.html", "arquivo do pacote"],
    ),
    "another XML": (b"<?xml version='1.0'?><html/>", ["cmi5.xml", "html", "courseStructure"]),
    "not quite XML": (b"<courseStructure", ["cmi5.xml", "XML"]),
    "without encryption": (
        making.structure(making.unit("A", "http://a.exemplo.org/")).encode(),
        ["au 1", "http://a.exemplo.org/", "https://"],
    ),
    "a rule that is none": (
        making.structure(making.unit("A", "https://a.exemplo.org/", moveOn="Always")).encode(),
        ["au 1", "Always", "CompletedOrPassed"],
    ),
    "too large alone": (b"<" + b"x" * (2 * 1024 * 1024), ["cmi5.xml", "2,0", "um arquivo menor"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_author_is_told_where_what_was_found_and_what_was_expected(send, name):
    content, words = REFUSED[name]
    _client, answer, package = send(SimpleUploadedFile("cmi5.xml", content, "text/xml"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert [word for word in words if word not in page] == []
    assert package.file is None
    assert not PackageFile.objects.exists()
    assert not Cmi5Course.objects.exists()


def test_another_organisation_opens_no_unit(draft, team):
    package = a_package(draft.modules.get(), a_file(team, making.cmi5()))
    partner = accounts.person_with(Role.TRAINER, accounts.a_partner(), tools={"courses": "edit"})
    trial = reverse("learn:try_unit", args=["do-programa", "1.0", package.pk])
    assert signed_in(partner).post(trial, {"unit": "au-1"}).status_code == 404
    assert not Cmi5Session.objects.exists()
    assert signed_in(team).post(trial, {"unit": "au-1"}).status_code == 200


def test_a_page_of_a_launch_takes_the_same_queries_however_much_was_said(django_assert_max_num_queries):
    learner = a_learner(making.unit("Um", moveOn="Completed"), making.unit("Dois", moveOn="Completed"))
    learner.launch()
    address = reverse("learn:package_launch", args=[learner.launched.uid])
    learner.http.get(address)
    for unit in ("au-1", "au-2"):
        content = learner.open(unit)
        content.say(rules.INITIALIZED)
        content.say(rules.COMPLETED)
    with django_assert_max_num_queries(12):
        assert learner.http.get(address).status_code == 200
    assert Cmi5Session.objects.filter(launched_at__gt=timezone.now() - timedelta(hours=1)).count() == 2
