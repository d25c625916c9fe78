"""Sessions and people as a request reads them: the same as Django's own way, with statements that are not built."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangoStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.accounts import factories as make
from trama.accounts.models import User
from trama.accounts.people.session_store import SessionStore

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("writes", "reads"), [(DjangoStore, SessionStore), (SessionStore, DjangoStore)])
def test_sessions_of_either_store_are_read_by_the_other(writes, reads):
    begun = writes()
    begun["profile"] = 7
    begun.save()
    assert reads(begun.session_key)["profile"] == 7


def test_a_session_that_ended_or_was_ended_holds_nothing():
    begun = SessionStore()
    begun["profile"] = 7
    begun.save()
    Session.objects.filter(pk=begun.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    ended = SessionStore(begun.session_key)
    assert dict(ended.items()) == {}
    assert ended.session_key is None
    Session.objects.all().delete()
    assert SessionStore(begun.session_key).get("profile") is None
    assert SessionStore("no such key").get("profile") is None


def test_a_session_whose_signature_is_wrong_holds_nothing():
    begun = SessionStore()
    begun["profile"] = 7
    begun.save()
    Session.objects.filter(pk=begun.session_key).update(session_data="e30:1aaaaa:bbbb")
    assert dict(SessionStore(begun.session_key).items()) == {}


def test_a_person_by_key_is_the_same_however_they_are_found(django_assert_num_queries):
    person = make.a_person()
    with django_assert_num_queries(1):
        found = User.objects.get(pk=person.pk)
    filtered = User.objects.filter(pk=person.pk).get()
    assert found == filtered
    for field in User._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(filtered, field.attname), field.name
    assert not found._state.adding
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=person.pk + 1)
