"""The two statements of a save: what the one reads is what the pages read; the other writes both rows or neither."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from trama.diagnose.answers.protocol import About, Standing
from trama.diagnose.answers.selectors import standing_of
from trama.diagnose.answers.statements import Change, read_desk, write_save
from trama.diagnose.models import (
    Agreement,
    Answer,
    OwnQuestion,
    Round,
    RoundAssignment,
    RoundItem,
    RoundMember,
    Submission,
)
from trama.diagnose.rounds.selectors import items_asked_of
from trama.know.api import scope_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def divided() -> Round:
    """Criteria of the director, of teachers, of both, of nobody in particular; and a question of the owner's own."""
    network = accounts.a_network()
    version = make.an_instrument([4], asked=[["dme"], ["teachers"], ["dme", "teachers"], []])
    of = make.a_round(network, version)
    own = OwnQuestion.objects.create(
        title="Própria", question="E aqui?", **scope_fields(network), created_by=of.opened_by, created_at=make.NOON
    )
    RoundItem.objects.create(round=of, own_question=own, position=5)
    return of


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["dme", "teachers", ""]),
    part=st.sampled_from(["coordinator", "respondent", "reader"]),
    changes=st.dictionaries(st.integers(0, 4), st.booleans()),
    answered=st.sets(st.integers(0, 4)),
)
def test_what_is_asked_and_said_is_what_the_pages_show(divided, kind, part, changes, answered):
    items = list(divided.items.all())
    member = make.a_member(divided, accounts.a_person(second_factor=False), part=part, respondent=kind)
    RoundAssignment.objects.bulk_create(
        RoundAssignment(member=member, item=items[n], asked=asked) for n, asked in changes.items()
    )
    for n in answered:
        Answer.objects.create(
            item=items[n], member=member, level=n % 4, comment=f"{n}", revision=n + 1, saved_at=make.NOON
        )
    elsewhere = make.a_round().items.get(position=1)
    wanted = {one.pk for one in items[1:]}
    seat, known = read_desk(member.user_id, divided.uid, {*wanted, elsewhere.pk})
    assert set(known) == wanted
    assert {item for item, one in known.items() if one.asked} == wanted & set(
        items_asked_of(member).values_list("pk", flat=True)
    )
    said = {row.item_id: standing_of(row) for row in Answer.objects.filter(member=member, item__in=wanted)}
    assert {item: one.standing for item, one in known.items() if one.standing.revision} == said
    assert (seat.member, seat.part, seat.removed, seat.round) == (member.pk, part, False, divided.pk)


def test_the_part_is_read_as_it_is(divided):
    member = make.a_member(divided)
    RoundMember.objects.filter(pk=member.pk).update(removed_at=make.NOON)
    seat, known = read_desk(member.user_id, divided.uid, set())
    assert known == {}
    assert (seat.removed, seat.state) == (True, "answering")
    assert (seat.answers_until, seat.grace_hours) == (divided.answers_until, divided.grace_hours)
    assert seat.answers_until.tzinfo is not None
    assert read_desk(make.a_round().opened_by_id, divided.uid, set()) is None
    assert read_desk(member.user_id, uuid.uuid4(), set()) is None
    assert read_desk(None, divided.uid, set()) is None


# --- both rows or neither -----------------------------------------------------------------------------------------


def a_row(member: RoundMember, item: RoundItem, **more: Any) -> Submission:
    values: dict[str, Any] = {"id": uuid.uuid4()}
    values |= {"level": 3, "text": "Sim.", "changes": "level text", "applied": "level text", "outcome": "saved"}
    return Submission(
        round_id=member.round_id,
        item=item,
        member=member,
        base_revision=0,
        content_hash="0" * 64,
        received_at=make.NOON,
        revision=1,
        **(values | more),
    )


def a_change(member: RoundMember, item: RoundItem, revision: int = 0, **values: Any) -> Change:
    given = {"revision": revision + 1, "saved_at": make.NOON, "level": 3, "level_revision": revision + 1}
    return Change(About.ANSWER, item.pk, member.pk, revision, given | values)


@pytest.fixture
def member() -> RoundMember:
    return make.a_member(make.a_round())


@pytest.fixture
def item(member: RoundMember) -> RoundItem:
    return member.round.items.first()


def stored() -> tuple[int, list[tuple[Any, ...]]]:
    return Submission.objects.count(), list(Answer.objects.values_list("level", "comment", "revision"))


def test_a_first_answer_begins_with_what_was_not_given(member, item):
    made = a_row(member, item, changes="level", applied="level", text="")
    assert write_save(made, a_change(member, item))
    answer = Answer.objects.get()
    assert standing_of(answer) == Standing(3, "", 1, 1, 0)
    assert answer.saved_at == make.NOON
    kept = Submission.objects.get()
    assert not made._state.adding
    for field in Submission._meta.concrete_fields:
        assert getattr(kept, field.attname) == getattr(made, field.attname), field.name


def test_an_agreement_is_written_the_same_way(member, item):
    change = Change(
        About.AGREEMENT, item.pk, member.pk, 0, {"revision": 1, "saved_at": make.NOON, "reason": "Sim.",
        "text_revision": 1, "saved_by": member.user_id},
    )  # fmt: skip
    assert write_save(a_row(member, item, agreement=True), change)
    later = replace(change, revision=1, values={**change.values, "revision": 2, "level": 2, "level_revision": 2})
    assert write_save(a_row(member, item, agreement=True), later)
    row = Agreement.objects.get()
    assert standing_of(row) == Standing(2, "Sim.", 2, 2, 1)
    assert row.saved_by == member.user


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_moved_meanwhile_takes_no_row_of_the_trail(member, item):
    write_save(a_row(member, item), a_change(member, item))
    assert not write_save(a_row(member, item), a_change(member, item, revision=5, level=1))
    assert stored() == (1, [(3, "", 1)])
    assert write_save(a_row(member, item), a_change(member, item, revision=1, level=1))
    assert stored() == (2, [(1, "", 2)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("revision", [0, 1])
def test_an_id_that_is_taken_leaves_the_answer_as_it_was(member, item, revision):
    """Outside a transaction on PostgreSQL: the statement itself takes back the answer it had changed."""
    other = member.round.items.last()
    first = a_row(member, item)
    write_save(first, a_change(member, item))
    where = item if revision else other
    with pytest.raises(IntegrityError), _as_the_caller_does():
        write_save(a_row(member, where, id=first.pk), a_change(member, where, revision=revision, level=1))
    assert stored() == (1, [(3, "", 1)])


@pytest.mark.django_db(transaction=True)
def test_two_first_answers_are_one_answer(member, item):
    write_save(a_row(member, item), a_change(member, item))
    with pytest.raises(IntegrityError), _as_the_caller_does():
        write_save(a_row(member, item), a_change(member, item, level=1))
    assert stored() == (1, [(3, "", 1)])


@pytest.mark.django_db(transaction=True)
def test_a_submitted_round_takes_neither(member, item):
    Round.objects.filter(pk=member.round_id).update(state="submitted", submitted_at=make.NOON)
    with pytest.raises(IntegrityError), _as_the_caller_does():
        write_save(a_row(member, item), a_change(member, item))
    assert stored() == (0, [])


def _as_the_caller_does() -> Any:
    from contextlib import nullcontext

    return nullcontext() if connection.vendor == "postgresql" else transaction.atomic()
