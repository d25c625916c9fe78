"""A page with a date goes public, and ends, when its minute comes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from trama.foundation.jobs import minute
from trama.foundation.jobs.models import Job

from .conftest import page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("some_pages")]


@pytest.fixture(autouse=True)
def _only_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other rooms have to do in this minute is not begun here."""
    monkeypatch.setattr(minute, "_due", {"portal.pages.schedule": minute._due["portal.pages.schedule"]})


def begin(capture) -> int:
    with capture(execute=True):
        return minute.start_due(at=timezone.now())


def test_nothing_is_due_and_two_questions_say_so(django_assert_num_queries):
    with django_assert_num_queries(2):
        assert minute.start_due(at=timezone.now()) == 0


def test_a_page_goes_public_and_ends_in_its_minute(client: Client, time_machine, django_capture_on_commit_callbacks):
    now = timezone.now()
    partners = page("parceiros/")
    partners.title = "Parceiros de amanhã"
    partners.go_live_at, partners.expire_at = now + timedelta(days=1), now + timedelta(days=2)
    partners.save_revision().publish()
    assert begin(django_capture_on_commit_callbacks) == 0
    assert "amanhã" not in client.get("/parceiros/").content.decode()
    time_machine.move_to(now + timedelta(days=1, minutes=1))
    assert begin(django_capture_on_commit_callbacks) == 1
    assert "amanhã" in client.get("/parceiros/").content.decode()
    assert begin(django_capture_on_commit_callbacks) == 0
    time_machine.move_to(now + timedelta(days=2, minutes=1))
    assert begin(django_capture_on_commit_callbacks) == 1
    assert client.get("/parceiros/").status_code == 404
    assert [job.state for job in Job.objects.filter(name="portal.pages.schedule")] == ["succeeded"] * 2


def test_what_is_under_way_is_not_begun_again():
    about = page("sobre/")
    about.expire_at = timezone.now() - timedelta(minutes=1)
    about.save()
    assert minute.start_due(at=timezone.now()) == 1  # queued: nothing runs it inside this transaction
    assert minute.start_due(at=timezone.now()) == 0
