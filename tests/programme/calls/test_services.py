"""Verbs on calls: who may, what is refused, what is left behind."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tests.accounts.factories import person_with
from tests.programme import factories as make
from tests.programme.factories import NOON, POPULATION, all_of
from trama.accounts.models import Organisation
from trama.foundation.audit.models import Event
from trama.foundation.audit.services import verify_chain
from trama.programme.calls import services
from trama.programme.calls.errors import IncompleteCall, StaleCall, WrongState
from trama.programme.calls.models import validate_time_zone
from trama.programme.calls.publication import publish_call
from trama.programme.models import Call, CallCategory

pytestmark = pytest.mark.django_db


def fields(**change):
    return {"slug": "nova", "title_pt": "Nova", "organisation": make.the_programme(), **change}


def test_the_team_of_the_programme_creates_a_call_and_nobody_else_does():
    call = services.create_call(fields(), by=make.team(), at=NOON)
    assert call.state == "draft"
    assert Event.objects.get(verb="call created").target_id == str(call.pk)
    assert verify_chain() is None
    for role in ("network_principal", "state_principal", "trainer", "group_coordinator"):
        with pytest.raises(PermissionDenied):
            services.create_call(fields(slug="outra"), by=person_with(role), at=NOON)
    assert Call.objects.count() == 1


def test_a_call_cannot_be_taken_from_another_programme_nor_moved_to_it():
    other = Organisation.objects.create(kind="programme", name="Outro", slug="outro")
    ours, theirs = make.call("nossa"), make.call("deles", organisation=other)
    person = make.admin()
    with pytest.raises(PermissionDenied):
        services.change_call(theirs, {"title_pt": "X"}, revision=1, by=person, at=NOON)
    with pytest.raises(PermissionDenied):
        services.change_call(ours, {"organisation": other}, revision=1, by=person, at=NOON)
    with pytest.raises(PermissionDenied):
        services.change_call(theirs, {"organisation": make.the_programme()}, revision=1, by=person, at=NOON)


def test_a_call_of_no_programme_may_be_taken_on_by_any_programme():
    call = make.call(organisation=None)
    services.change_call(call, {"organisation": make.the_programme()}, revision=1, by=make.team(), at=NOON)
    assert Call.objects.get().organisation == make.the_programme()


def test_a_change_written_for_an_older_revision_is_refused():
    call, person = make.call(), make.team()
    services.change_call(call, {"title_pt": "Um"}, revision=1, by=person, at=NOON)
    with pytest.raises(StaleCall):
        services.change_call(call, {"title_pt": "Dois"}, revision=1, by=person, at=NOON)
    assert Call.objects.get().title_pt == "Um"


def test_a_public_call_keeps_both_languages_and_only_an_administrator_changes_it():
    call = make.call(state="published")
    with pytest.raises(PermissionDenied):
        services.change_call(call, {"title_pt": "X"}, revision=1, by=make.team(), at=NOON)
    with pytest.raises(IncompleteCall), transaction.atomic():
        services.change_call(call, {"summary_en": ""}, revision=1, by=make.admin(), at=NOON)
    assert Call.objects.get().summary_en == "Summary."


def test_publishing_seals_the_rules_with_the_call():
    call = make.call()
    version = make.version(make.category(call), all_of(POPULATION), published=False)
    publish_call(call, revision=1, by=make.admin(), at=NOON)
    version.refresh_from_db()
    assert version.published_at == NOON
    with pytest.raises(WrongState):
        publish_call(call, revision=2, by=make.admin(), at=NOON)


@pytest.mark.parametrize(
    "hole", [{"title_en": ""}, {"summary_pt": ""}, {"text_en": ""}, {"opens_at": None}, {"closes_at": None}]
)
def test_an_incomplete_call_is_not_published(hole):
    call = make.call(**hole)
    make.version(make.category(call), all_of(POPULATION), published=False)
    with pytest.raises(IncompleteCall) as error:
        publish_call(call, revision=1, by=make.admin(), at=NOON)
    assert len(error.value.problems) == 1
    assert Call.objects.get().state == "draft"


def test_a_call_without_category_or_rule_is_not_published():
    call = make.call()
    with pytest.raises(IncompleteCall):
        publish_call(call, revision=1, by=make.admin(), at=NOON)
    make.category(call)
    with pytest.raises(IncompleteCall):
        publish_call(call, revision=1, by=make.admin(), at=NOON)


def test_how_a_public_category_admits_is_settled():
    call = make.call(state="published")
    category = make.category(call)
    with pytest.raises(WrongState):
        services.save_category(call, {"admission": "groups"}, groups=[], by=make.admin(), at=NOON, category=category)
    with pytest.raises(WrongState):
        services.remove_category(category, by=make.admin(), at=NOON)


def test_closing_happens_once_and_archiving_after_it():
    call, person = make.call(state="published"), make.admin()
    with pytest.raises(WrongState):
        services.archive_call(call, by=person, at=NOON)
    services.close_call(call, by=person, at=NOON)
    with pytest.raises(WrongState):
        services.close_call(call, by=person, at=NOON)
    services.archive_call(call, by=person, at=NOON)
    assert Call.objects.get().state == "archived"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "shut"},
        {"state": "published", "published_at": None},
        {"state": "published", "title_en": ""},
        {"closes_at": NOON, "opens_at": NOON},
        {"time_zone": ""},
    ],
)
def test_the_database_refuses_a_call_that_contradicts_itself(wrong):
    call = make.call(state="published")
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(**wrong)


def test_the_database_refuses_group_numbers_in_a_category_by_rule():
    category = make.category(make.call())
    with pytest.raises(IntegrityError), transaction.atomic():
        CallCategory.objects.filter(pk=category.pk).update(groups_stated=21)


def test_a_time_zone_that_does_not_exist_is_refused():
    validate_time_zone("America/Rio_Branco")
    with pytest.raises(ValidationError):
        validate_time_zone("America/Brasilia")
