"""Versions of a rule: drafted, published once, frozen by the database, compared."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.accounts.factories import a_partner, person_with
from tests.programme import factories as make
from tests.programme.factories import BELOW_STATE, ENROLMENT, NOON, POPULATION, all_of, any_of
from trama.accounts.models import Organisation
from trama.foundation.audit.models import Event
from trama.foundation.doctor import FAILURE, GOOD
from trama.foundation.guards.checks import guards
from trama.programme.eligibility.errors import InvalidRule, StaleRevision, VersionIsPublished
from trama.programme.eligibility.freezing import GUARDS
from trama.programme.eligibility.selectors import tree_of
from trama.programme.eligibility.services import discard_draft, publish_version, save_rule, start_version
from trama.programme.eligibility.tree import GroupNode
from trama.programme.models import Condition, ConditionGroup, RuleVersion

pytestmark = pytest.mark.django_db

RULE = all_of(POPULATION, any_of(ENROLMENT, BELOW_STATE))


@pytest.fixture
def category():
    return make.category(make.call())


def test_a_rule_comes_back_from_the_database_as_it_went_in(category):
    assert tree_of(make.version(category, RULE)) == RULE


def test_a_draft_starts_as_a_copy_of_the_last_version(category):
    make.version(category, RULE)
    draft = start_version(category, by=make.team(), at=NOON)
    assert (draft.number, draft.is_published, tree_of(draft)) == (2, False, RULE)
    assert Event.objects.get(verb="eligibility rule version started").target_id == str(draft.pk)


def test_there_is_one_draft_at_a_time(category):
    person = make.team()
    make.indicator("population")
    first = start_version(category, by=person, at=NOON)
    assert start_version(category, by=person, at=NOON) == first


def test_two_editors_of_one_draft_get_a_conflict_and_not_a_silent_overwrite(category):
    draft = make.version(category, all_of(POPULATION), published=False)
    one, other = make.team(), make.team()
    save_rule(draft, all_of(POPULATION, ENROLMENT), revision=1, by=one, at=NOON)
    with pytest.raises(StaleRevision):
        save_rule(draft, all_of(BELOW_STATE), revision=1, by=other, at=NOON)
    assert tree_of(draft) == all_of(POPULATION, ENROLMENT)


def test_the_team_prepares_and_an_administrator_publishes(category):
    draft = make.version(category, RULE, published=False)
    with pytest.raises(PermissionDenied):
        publish_version(draft, revision=1, by=make.team(), at=NOON)
    publish_version(draft, revision=1, by=make.admin(), at=NOON)
    assert RuleVersion.objects.get(pk=draft.pk).published_at == NOON


@pytest.mark.parametrize("role", ["network_principal", "trainer", "school_principal", "state_team"])
def test_other_roles_change_no_rule(category, role):
    draft = make.version(category, RULE, published=False)
    stranger = person_with(role)
    for act in (
        lambda: save_rule(draft, RULE, revision=1, by=stranger, at=NOON),
        lambda: start_version(category, by=stranger, at=NOON),
        lambda: publish_version(draft, revision=1, by=stranger, at=NOON),
        lambda: discard_draft(draft, by=stranger, at=NOON),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert tree_of(draft) == RULE


def test_the_team_of_another_programme_changes_no_rule(category):
    other = Organisation.objects.create(kind="programme", name="Outro", slug="outro")
    draft = make.version(category, RULE, published=False)
    with pytest.raises(PermissionDenied):
        save_rule(draft, RULE, revision=1, by=person_with("programme_admin", other), at=NOON)
    assert a_partner() is not None


def test_a_rule_with_an_empty_group_is_saved_as_a_draft_and_not_published(category):
    draft = make.version(category, RULE, published=False)
    save_rule(draft, all_of(POPULATION, GroupNode("any")), revision=1, by=make.team(), at=NOON)
    with pytest.raises(InvalidRule):
        publish_version(draft, revision=2, by=make.admin(), at=NOON)


def test_a_published_version_is_not_saved_discarded_or_published_again(category):
    version = make.version(category, RULE)
    person = make.admin()
    with pytest.raises(VersionIsPublished):
        save_rule(version, all_of(ENROLMENT), revision=1, by=person, at=NOON)
    with pytest.raises(VersionIsPublished):
        discard_draft(version, by=person, at=NOON)
    with pytest.raises(VersionIsPublished):
        publish_version(version, revision=1, by=person, at=NOON)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda v: Condition.objects.filter(version=v).update(threshold=1.0),
        lambda v: Condition.objects.filter(version=v).delete(),
        lambda v: ConditionGroup.objects.filter(version=v).update(combine="any"),
        lambda v: ConditionGroup.objects.create(version=v, parent=v.groups.first(), position=9),
        lambda v: RuleVersion.objects.filter(pk=v.pk).update(note_pt="outra"),
        lambda v: RuleVersion.objects.filter(pk=v.pk).update(published_at=None),
        lambda v: RuleVersion.objects.filter(pk=v.pk).delete(),
    ],
)
def test_the_database_refuses_any_change_under_a_published_version(category, tamper):
    version = make.version(category, all_of(POPULATION, ENROLMENT))
    with pytest.raises(DatabaseError), transaction.atomic():
        tamper(version)
    assert tree_of(version) == all_of(POPULATION, ENROLMENT)


def test_the_guards_of_rules_are_missed_by_the_doctor_once_they_are_gone(category):
    version = make.version(category, all_of(POPULATION))
    assert [found.level for found in guards()] == [GOOD]
    GUARDS.remove(connection)
    (found,) = guards()
    assert found.level == FAILURE
    assert "programme_ruleversion_frozen" in found.what
    RuleVersion.objects.filter(pk=version.pk).update(note_pt="x")  # the negative control of the tests above


def test_a_condition_of_a_draft_cannot_be_moved_under_a_published_version(category):
    published = make.version(category, all_of(POPULATION))
    draft = make.version(category, all_of(ENROLMENT), published=False, number=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        draft.conditions.update(version=published)


@pytest.mark.parametrize(
    "fields",
    [
        {"threshold": None},
        {"threshold": 1.0, "reference": "state", "reference_kind": "mean"},
        {"threshold": None, "reference": "state", "reference_kind": "published", "reference_dependency": ""},
        {"threshold": None, "reference": "planet", "reference_kind": "mean"},
        {"operator": "eq"},
        {"year": None},
        {"dependency": "mine"},
    ],
)
def test_the_database_refuses_a_condition_that_says_nothing_clear(category, fields):
    draft = make.version(category, all_of(POPULATION), published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.conditions.update(**fields)
