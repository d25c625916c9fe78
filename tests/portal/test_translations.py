"""The report of translations: what is missing, what is older, and who sees it."""

from datetime import timedelta

import pytest
from django.db.models import Case, When
from django.urls import reverse

from tests.accounts import factories as make
from tests.learn.factories import NOON, a_version
from trama.accounts.roles.vocabulary import Role
from trama.learn.api import texts_to_translate
from trama.learn.courses import services
from trama.learn.courses.parts import LESSON
from trama.learn.models import Lesson
from trama.portal.models import SiteRole
from trama.portal.pages.models import BasePage
from trama.portal.translations.selectors import pages_to_translate

from .conftest import page

pytestmark = pytest.mark.django_db


def kinds() -> dict[str, str]:
    return {line.page.title: line.kind for line in pages_to_translate() if line.page.depth > 2}


def test_a_page_that_changed_after_its_translation_waits_and_one_published_with_it_does_not(some_pages):
    assert kinds() == {}
    about, english = page("sobre/"), page("sobre/", "en")
    BasePage.objects.filter(pk=about.pk).update(last_published_at=english.last_published_at + timedelta(minutes=5))
    assert kinds() == {}
    later = english.last_published_at + timedelta(days=1)
    BasePage.objects.filter(pk=about.pk).update(last_published_at=later)
    assert kinds() == {about.title: "outdated"}
    BasePage.objects.filter(pk=english.pk).update(last_published_at=later + timedelta(days=1))
    assert kinds() == {}


def test_a_page_without_its_translation_waits(some_pages):
    about, english = page("sobre/"), page("sobre/", "en")
    BasePage.objects.filter(pk=english.pk).update(live=False)
    assert kinds() == {about.title: "waiting"}
    BasePage.objects.filter(pk__in=(about.pk, english.pk)).update(
        live=Case(When(pk=english.pk, then=True), default=False)
    )
    assert kinds() == {english.title: "waiting"}
    BasePage.objects.filter(pk=about.pk).update(live=True)
    english.delete()
    assert kinds() == {about.title: "missing"}


def test_a_text_of_a_course_waits_when_its_portuguese_changed_last():
    team = make.person_with(Role.PROGRAMME_TEAM, make.the_programme())
    first = a_version("um")
    draft = services.start_revision(first.course, "1.1", by=team, at=NOON)
    assert texts_to_translate(team) == []
    lesson = Lesson.objects.get(module__version=draft)
    services.change_part(draft, LESSON, lesson, {"title_pt": "Outro"}, revision=1, by=team, at=NOON)
    (line,) = texts_to_translate(team)
    assert (line.where, line.is_missing) == ("Aula: Outro", False)
    services.change_part(
        draft, LESSON, lesson, {"title_en": "Another"}, revision=2, by=team, at=NOON + timedelta(hours=1)
    )
    assert texts_to_translate(team) == []
    services.change_part(draft, LESSON, lesson, {"title_en": ""}, revision=3, by=team, at=NOON + timedelta(hours=2))
    assert [one.is_missing for one in texts_to_translate(team)] == [True]
    assert texts_to_translate(make.person_with(Role.TRAINER, make.a_partner())) == []


def test_editors_see_the_report_with_links_and_others_do_not(some_pages, editing):
    english = page("sobre/", "en")
    BasePage.objects.filter(pk=english.pk).update(live=False)
    client, _person = editing(SiteRole.AUTHOR)
    text = client.get("/equipe/site/traducoes/").content.decode()
    assert reverse("wagtailadmin_pages:edit", args=[english.pk]) in text
    assert "A tradução não está publicada." in text
    client.force_login(make.person_with(Role.TRAINER, make.a_partner()))
    assert client.get("/equipe/site/traducoes/").status_code == 403
