"""Who belongs on a day, and what the sources say."""

from datetime import date, timedelta

import pytest

from tests.know import factories as make
from trama.know.groups.selectors import changes_of, group_lines, members_on, memberships_of, standing_on
from trama.know.groups.statements import sources_of

from .world import ANADIA, ENTERED, LEFT, MEIO, ZULU, consortium, lists

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "members"),
    [
        (date(1900, 1, 1), [ZULU]),
        (ENTERED - DAY, [ZULU]),
        (ENTERED, [ANADIA, MEIO, ZULU]),
        (LEFT - DAY, [ANADIA, MEIO, ZULU]),
        (LEFT, [ANADIA, ZULU]),
        (date(2090, 1, 1), [ANADIA, ZULU]),
    ],
)
def test_the_first_day_counts_and_the_end_no_longer_does(day, members):
    group = consortium()
    assert [one.network.place_id for one in members_on(group, day)] == members
    assert [one.network.place_id for one in standing_on(memberships_of(group), day)] == members


def test_a_network_that_returned_is_one_member_on_each_day():
    group = consortium()
    make.group("conisul", members=(MEIO,), start=date(2022, 1, 1))
    make.group("conisul", members=(ZULU,), start=date(2022, 1, 1))  # beside the membership that never began
    found = standing_on(memberships_of(group), date(2023, 1, 1))
    assert [one.network.place_id for one in found] == [ANADIA, MEIO, ZULU]
    assert standing_on(memberships_of(group), date(2021, 1, 1))[-1].network.place_id == ZULU


def test_changes_tell_the_last_day_not_the_day_after():
    changes = changes_of(memberships_of(consortium()))
    assert [(one.day, one.entered, one.names) for one in changes] == [
        (ENTERED, True, ("Anadia", "Meio do Mundo")),
        (date(2019, 12, 31), False, ("Meio do Mundo",)),
    ]


def test_the_list_counts_who_belongs_on_the_day_and_who_ever_did():
    consortium()
    (line,) = group_lines(LEFT)
    assert (line.members, line.ever, line.states) == (2, 3, ("AL",))


def test_the_list_asks_twice_whatever_the_number_of_groups(django_assert_num_queries):
    consortium()
    make.group("ade-guaras", kind="ade", members=(2900108, 2900207))
    with django_assert_num_queries(2):
        assert len(group_lines(LEFT)) == 2


def test_lists_are_told_apart_by_who_carries_them():
    group = consortium()
    lists(group)
    found = sources_of(memberships_of(group))
    first, second = found.statements
    assert (first.stated, len(first.networks), first.remarks) == ("2021", 3, ("lista A: 3 municípios",))
    assert first.addresses == ("https://a.example/lista",)
    assert (second.stated, len(second.networks), second.remarks) == ("2022", 1, ("lista B: 1 município",))
    assert second.addresses == ("https://b.example/lista",)
    assert (found.disagree, found.named, found.by_all) == (True, 3, 1)
    assert found.naming(ZULU * 10 + 3) == (1, 2)
    assert found.naming(ANADIA * 10 + 3) == (1,)


def test_one_list_disagrees_with_nobody():
    found = sources_of(memberships_of(consortium()))
    assert not found.disagree
    assert len(found.statements) == 1


def test_nothing_recorded_is_no_source():
    assert sources_of([]).statements == ()
    assert not sources_of([]).disagree
