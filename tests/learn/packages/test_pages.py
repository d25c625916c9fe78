"""Pages of packages: who sees them, what they keep, how many queries they take."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.learn import factories
from tests.learn.packages import making
from tests.learn.packages.nasty import NASTY
from tests.learn.packages.world import a_class_with, a_file, a_package
from trama.accounts.roles.vocabulary import Role
from trama.learn.courses import services as courses
from trama.learn.courses.publishing import list_before_publishing
from trama.learn.models import Lesson, Package, PackageAttempt, PackageFile, PackageLaunch, Question, Quiz
from trama.learn.packages.health import packages_can_be_opened
from trama.learn.packages.services import open_package

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def team():
    return accounts.person_with(Role.PROGRAMME_ADMIN, accounts.the_programme())


@pytest.fixture
def draft(team):
    return factories.a_version("do-programa", state="draft", by=team)


# --- learners -----------------------------------------------------------------------------------------------------


def test_a_learner_opens_saves_and_is_told():
    room, package = a_class_with(rule="completed")
    client = signed_in(room.learner)
    part = reverse("learn:study_part", args=[room.slug, "interativos", package.slug])
    assert "Abrir" in client.get(part).content.decode()
    opened = client.post(reverse("learn:launch_package", args=[room.slug, package.slug]))
    launch = PackageLaunch.objects.get()
    assert opened["Location"] == reverse("learn:package_launch", args=[launch.uid])
    address = reverse("learn:package_commit", args=[launch.uid])
    told = {"item": "i1", "number": 1, "data": {"core": {"lesson_status": "completed"}}}
    answer = client.post(address, json.dumps(told), content_type="application/json")
    assert answer.json() == {"saved": True, "number": 1, "completed": True, "met": True, "told": "Feito até o fim."}
    assert client.post(address, json.dumps(told), content_type="application/json").json()["saved"]
    other = told | {"data": {"core": {"lesson_status": "incomplete"}}}
    assert client.post(address, json.dumps(other), content_type="application/json").status_code == 409


@pytest.mark.parametrize(
    "body",
    ["", "{}", "[]", '{"item":"i1","number":0}', '{"item":1,"number":1}', "[" * 9999, '{"item":"i1","number":true}'],
)
def test_what_is_no_commit_is_refused(body):
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=timezone.now())
    address = reverse("learn:package_commit", args=[launch.uid])
    answer = signed_in(room.learner).post(address, body, content_type="application/json")
    assert (answer.status_code, answer.json()["saved"]) == (400, False)


def test_a_launch_belongs_to_its_learner_alone():
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=timezone.now())
    for name in ("package_launch", "package_commit"):
        address = reverse(f"learn:{name}", args=[launch.uid])
        for other in (room.stranger, room.trainer):
            client = signed_in(other)
            answer = (
                client.get(address)
                if name == "package_launch"
                else client.post(address, "{}", content_type="application/json")
            )
            assert answer.status_code == 404, (name, other)
        assert Client().get(address).status_code == 302
    assert signed_in(room.stranger).post(reverse("learn:launch_package", args=[room.slug, "outro"])).status_code == 404


def test_a_commit_without_its_token_is_refused():
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=timezone.now())
    client = Client(enforce_csrf_checks=True)
    client.force_login(room.learner)
    told = json.dumps({"item": "i1", "number": 1, "data": {}})
    address = reverse("learn:package_commit", args=[launch.uid])
    assert client.post(address, told, content_type="application/json").status_code == 403


def test_who_opens_after_the_end_of_the_cohort_is_told():
    room, package = a_class_with()
    type(room.cohort).objects.filter(pk=room.cohort.pk).update(state="ended")
    client = signed_in(room.learner)
    client.post(reverse("learn:launch_package", args=[room.slug, package.slug]), follow=True)
    assert not PackageAttempt.objects.exists()


def test_a_page_of_a_launch_takes_the_same_queries_however_much_was_done():
    room, package = a_class_with(making.two_items())
    client = signed_in(room.learner)

    def queries(launch):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("learn:package_launch", args=[launch.uid])).status_code == 200
        return len(asked)

    launch = open_package(room.enrolment, package, by=room.learner, at=timezone.now())
    queries(launch)
    before = queries(launch)
    address = reverse("learn:package_commit", args=[launch.uid])
    for number, item in enumerate("abab", start=1):
        told = json.dumps({"item": item, "number": number, "data": {"core": {"lesson_status": "incomplete"}}})
        assert client.post(address, told, content_type="application/json").status_code == 200
    assert queries(launch) == before


def test_without_a_domain_a_package_says_that_it_cannot_be_opened(settings):
    settings.TRAMA_PACKAGES_DOMAIN = ""
    room, package = a_class_with()
    page = signed_in(room.learner).get(reverse("learn:study_part", args=[room.slug, "interativos", package.slug]))
    assert "Sem uma boa conexão" in page.content.decode()
    assert "/abrir/" not in page.content.decode()


def test_everybody_reads_what_a_package_is_and_what_to_do_without_it():
    room, package = a_class_with()
    page = Client().get(reverse("learn:course_part", args=[room.slug, "interativos", package.slug])).content.decode()
    assert "Leia a folha da biblioteca." in page
    assert "Para carregar" in page


# --- authors ------------------------------------------------------------------------------------------------------


def test_an_author_sends_tries_and_replaces_a_package(team, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    package = a_package(draft.modules.get(), None)
    client = signed_in(team)
    missing = [one.sentence for one in list_before_publishing(draft) if one.field == "file"]
    assert len(missing) == 1
    address = reverse("learn:package_file", args=["do-programa", "1.0", package.pk])
    assert client.get(address).status_code == 200
    sent = client.post(address, {"file": making.upload(making.scorm_12()), "revision": package.revision})
    assert sent.status_code == 302, sent.content.decode()
    package.refresh_from_db()
    assert package.file.kind == "scorm12"
    page = client.get(address).content.decode()
    assert "Rede em ação" in page
    assert client.get(reverse("learn:try_package", args=["do-programa", "1.0", package.pk])).status_code == 200
    assert not [one for one in list_before_publishing(draft) if one.field == "file"]
    first = package.file
    again = client.post(address, {"file": making.upload(making.scorm_2004()), "revision": package.revision})
    assert again.status_code == 302
    package.refresh_from_db()
    assert package.file.kind == "scorm2004"
    assert PackageFile.objects.filter(pk=first.pk).exists(), "what was sent stays"


def test_an_author_is_told_why_a_file_is_refused(team, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    package = a_package(draft.modules.get(), None)
    address = reverse("learn:package_file", args=["do-programa", "1.0", package.pk])
    client = signed_in(team)
    for name, words in (("parent", "../a.html"), ("text", "ZIP"), ("h5p without library", "h5p.org")):
        answer = client.post(address, {"file": making.upload(NASTY[name][1]()), "revision": package.revision})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    answer = client.post(address, {"file": making.upload(making.cartridge()), "revision": package.revision})
    assert "Common Cartridge" in answer.content.decode()
    assert not PackageFile.objects.exists()
    stale = client.post(address, {"file": making.upload(making.scorm_12()), "revision": package.revision + 5})
    assert stale.status_code == 422
    assert not PackageFile.objects.exists(), "a file that no part took is not kept"


def test_a_published_version_takes_no_other_file(team, draft):
    package = a_package(draft.modules.get(), a_file(team))
    factories.seal(draft)
    address = reverse("learn:package_file", args=["do-programa", "1.0", package.pk])
    client = signed_in(team)
    assert "Enviar outro arquivo" not in client.get(address).content.decode()
    answer = client.post(address, {"file": making.upload(making.scorm_2004()), "revision": package.revision})
    assert answer.status_code == 422
    assert PackageFile.objects.count() == 1


def test_a_new_version_of_a_course_begins_with_the_same_package(team, draft):
    package = a_package(draft.modules.get(), a_file(team))
    factories.seal(draft)
    copy = courses.start_revision(draft.course, "1.1", by=team, at=timezone.now())
    copied = Package.objects.get(module__version=copy)
    assert (copied.file_id, copied.slug, copied.rule) == (package.file_id, package.slug, package.rule)
    assert copied.pk != package.pk


def test_another_organisation_s_package_does_not_exist(draft, team):
    package = a_package(draft.modules.get(), a_file(team))
    partner = accounts.person_with(Role.TRAINER, accounts.a_partner(), tools={"courses": "edit"})
    for name in ("package_file", "try_package"):
        answer = signed_in(partner).get(reverse(f"learn:{name}", args=["do-programa", "1.0", package.pk]))
        assert answer.status_code == 404


def test_a_cartridge_is_shown_first_and_then_becomes_parts(team, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    module = draft.modules.get()
    client = signed_in(team)
    address = reverse("learn:cartridge", args=["do-programa", "1.0", module.pk])
    shown = client.post(address, {"file": making.upload(making.cartridge(), "curso.imscc")}, follow=True)
    page = shown.content.decode()
    assert "Portal do Inep" in page
    assert "discussões não são trazidas" in page
    assert not Lesson.objects.filter(slug="olhar-a-rede").exists(), "nothing is made before it was seen"
    client.post(shown.redirect_chain[-1][0])
    lesson = Lesson.objects.get(slug="olhar-a-rede")
    assert lesson.body_pt.startswith("## Olhar a rede")
    assert lesson.module == module
    quiz = Quiz.objects.get(slug="teste")
    assert [one.kind for one in Question.objects.filter(quiz=quiz)] == ["single", "multiple", "short"]
    assert quiz.questions.first().options.get(right=True).text_pt == "trinta"
    assert draft.further.filter(address="https://www.gov.br/inep").exists()
    assert any(one.field == "title_en" and one.name == "olhar-a-rede" for one in list_before_publishing(draft))


# --- an installation ----------------------------------------------------------------------------------------------


def test_the_doctor_says_where_packages_run_and_what_is_gone(team, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    a_package(draft.modules.get(), a_file(team))
    assert [one.level for one in packages_can_be_opened()] == ["good"]
    settings.TRAMA_PACKAGES_DOMAIN = ""
    assert [one.level for one in packages_can_be_opened()] == ["warning"]
    Path(PackageFile.objects.get().file.path).unlink()
    assert [one.level for one in packages_can_be_opened()] == ["warning", "failure"]
