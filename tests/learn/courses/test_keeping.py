"""What a process keeps of sealed versions: their rows, read once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django.asserts import assertNumQueries

from tests.learn import factories
from tests.learn.factories import NOON
from tests.learn.progress.world import a_class
from trama.learn.courses.selectors import lesson_of, parts_in_order, questions_of
from trama.learn.models import CourseVersion, Part, Quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeping(settings: Any) -> Any:
    """The cache as a server has it."""
    own = {"BACKEND": "trama.foundation.object_cache.ObjectCache", "OPTIONS": {"MAX_ENTRIES": 5}}
    settings.CACHES = {**settings.CACHES, "sealed": own}
    yield
    caches["sealed"].clear()


def test_a_sealed_version_is_read_once_and_given_in_lists_of_ones_own(keeping: None):
    version = factories.a_version()
    first = parts_in_order(version)
    with assertNumQueries(0):
        again = parts_in_order(CourseVersion(pk=version.pk, state="published", published_at=version.published_at))
    assert again == first
    again.clear()
    assert parts_in_order(version) == first


def test_a_draft_is_read_each_time(keeping: None):
    version = factories.a_version(state="draft")
    before = len(parts_in_order(version))
    factories.a_lesson(version.modules.get(), "mais-uma", 9)
    assert len(parts_in_order(version)) == before + 1


def test_versions_are_told_apart_also_those_of_one_number(keeping: None):
    """After a transaction that was rolled back the same number is given again, at another moment."""
    one, other = factories.a_version(), factories.a_version(modules=2)
    assert {part.module.version_id for part in parts_in_order(one)} == {one.pk}
    assert {part.module.version_id for part in parts_in_order(other)} == {other.pk}
    later = CourseVersion(pk=one.pk, state="published", published_at=NOON + timedelta(microseconds=1))
    with assertNumQueries(1):
        parts_in_order(later)


def test_what_is_not_there_is_looked_for_again(keeping: None):
    version = factories.a_version()
    assert lesson_of(version, "nenhuma") is None
    with assertNumQueries(1):
        assert lesson_of(version, "nenhuma") is None


def test_the_oldest_goes_when_too_much_is_kept(keeping: None):
    version = factories.a_version()
    for number in range(6):
        caches["sealed"].set(f"{number}", number)
    assert [caches["sealed"].get(f"{number}") for number in range(6)] == [None, 1, 2, 3, 4, 5]
    quiz = Quiz.objects.get(module__version=version)
    questions = questions_of(version, quiz.pk)
    with assertNumQueries(0):
        assert [len(one.options.all()) for one in questions_of(version, quiz.pk)] == [
            len(one.options.all()) for one in questions
        ]


def test_a_question_of_another_version_is_none_of_it(keeping: None):
    one, other = factories.a_version(), factories.a_version()
    assert questions_of(one, Quiz.objects.get(module__version=other).pk) == []


def test_pages_say_the_same_with_and_without(keeping: None, client: Client, settings: Any):
    of = a_class()
    client.force_login(of.learner)
    addresses = [f"/aprender/{of.slug}/", f"/aprender/{of.slug}/meu-progresso/"]
    segments = {Part.Kind.LESSON: "aulas", Part.Kind.QUIZ: "testes", Part.Kind.ASSIGNMENT: "tarefas"}
    addresses += [f"/aprender/{of.slug}/{segments[one.kind]}/{one.slug}/" for one in parts_in_order(of.version)]
    for language in ("", "/en"):
        for address in addresses:
            kept = [_plain(client.get(language + address)) for _ in range(2)][1]
            caches["sealed"].clear()
            assert kept == _plain(client.get(language + address))


def _plain(response: Any) -> str:
    """The page without what differs at each request."""
    assert response.status_code == 200
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", response.content.decode())
    return re.sub(r'(value|nonce)="[\w+/=-]{16,}"', "", text)
