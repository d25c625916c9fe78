"""What becomes of a save: saved, merged, in conflict, refused; and what a second sending of it changes: nothing."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.diagnose import factories as make
from trama.diagnose.answers.errors import Refusal, TooManySaves
from trama.diagnose.answers.protocol import MAX_SAVES
from trama.diagnose.answers.selectors import open_conflicts
from trama.diagnose.answers.services import Result, record_saves
from trama.diagnose.models import (
    Agreement,
    Answer,
    Receipt,
    Round,
    RoundAssignment,
    RoundItem,
    RoundMember,
    RoundStep,
    Submission,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def a_save(item: RoundItem, *, level: Any = "-", text: Any = None, base: int = 0, **more: Any) -> dict[str, Any]:
    """A save of the level, the text or both, as a client sends it."""
    changes = (["level"] if level != "-" else []) + (["text"] if text is not None else [])
    return {
        "id": str(uuid.uuid4()),
        "item": item.pk,
        "base": base,
        "changes": changes,
        "level": None if level == "-" else level,
        "text": text or "",
        "device_at": make.NOON.isoformat(),
        **more,
    }


def send(member: RoundMember, *saves: Any, at: Any = make.NOON) -> list[Result]:
    return record_saves(member.round.uid, saves, by=member.user, at=at)


def outcome(result: Result) -> str:
    return result.submission.outcome if result.submission else "malformed"


@pytest.fixture
def member() -> RoundMember:
    return make.a_member(make.a_round())


@pytest.fixture
def item(member: RoundMember) -> RoundItem:
    return member.round.items.first()


@pytest.fixture
def coordinator(member: RoundMember) -> RoundMember:
    return member.round.members.get(part="coordinator")


def agreeing(of: Round, at: Any = make.NOON) -> None:
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    RoundStep.objects.create(round=of, from_state="answering", to_state="agreeing", by=of.opened_by, at=at)


def test_a_first_save_is_kept_and_says_so(member, item):
    (saved,) = send(member, a_save(item, level=3, text="Há lista única."))
    answer = Answer.objects.get()
    assert (answer.level, answer.comment, answer.revision, answer.saved_at) == (3, "Há lista única.", 1, make.NOON)
    assert outcome(saved) == "saved"
    assert (saved.submission.revision, saved.submission.received_at) == (1, make.NOON)


def test_the_same_save_again_changes_nothing_and_gets_the_same_answer(member, item):
    save = a_save(item, level=3)
    (first,) = send(member, save)
    send(member, a_save(item, level=4, base=1))
    (again,) = send(member, save | {"device_at": "2030-01-01T00:00:00+00:00"}, at=make.NOON + DAY)
    assert again.submission == first.submission
    assert again.submission.received_at == make.NOON
    assert again.standing.level == 4  # the answer now is told beside it
    assert (Submission.objects.count(), Answer.objects.get().revision) == (2, 2)


def test_other_content_under_the_same_id_is_kept_too_and_asked_about(member, item):
    save = a_save(item, level=3)
    send(member, save)
    (second,) = send(member, save | {"level": 1})
    (third,) = send(member, save | {"level": 1})
    assert second.clash.level == 3
    assert (second.submission.level, outcome(second)) == (1, "conflict")
    assert third.submission == second.submission
    assert open_conflicts([item.pk], member=member) == [second.submission]
    assert Answer.objects.get().level == 3
    send(member, a_save(item, level=1, base=1, resolves=str(second.submission.pk)))
    assert open_conflicts([item.pk], member=member) == []
    assert Answer.objects.get().level == 1


def test_an_id_that_somebody_else_used_does_not_show_what_they_said(member, item, coordinator):
    save = a_save(item, level=3, text="Segredo.")
    send(member, save)
    (mine,) = send(coordinator, save | {"text": "Outro."})
    assert mine.clash is None
    assert outcome(mine) == "conflict"
    (same,) = send(coordinator, save)
    assert same.clash is None
    assert same.submission.member == coordinator


def test_different_fields_from_one_revision_merge(member, item):
    send(member, a_save(item, level=2, text="Antes."))
    send(member, a_save(item, level=3, base=1))
    (merged,) = send(member, a_save(item, text="Depois.", base=1))
    answer = Answer.objects.get()
    assert (outcome(merged), answer.level, answer.comment, answer.revision) == ("merged", 3, "Depois.", 3)


def test_the_same_field_from_one_revision_is_a_conflict_that_keeps_both(member, item):
    send(member, a_save(item, level=2))
    send(member, a_save(item, level=3, base=1))
    (second,) = send(member, a_save(item, level=4, text="Do telefone.", base=1))
    answer = Answer.objects.get()
    assert outcome(second) == "conflict"
    assert (answer.level, answer.comment) == (3, "Do telefone.")  # what nobody else touched is taken
    assert [(one.level, one.applied) for one in open_conflicts([item.pk], member=member)] == [(4, "text")]
    (settled,) = send(member, a_save(item, level=4, base=answer.revision, resolves=str(second.submission.pk)))
    assert outcome(settled) == "saved"
    assert Answer.objects.get().level == 4
    assert open_conflicts([item.pk], member=member) == []


def test_a_conflict_can_be_settled_by_leaving_what_is_there(member, item):
    send(member, a_save(item, level=2))
    (second,) = send(member, a_save(item, level=4))
    send(member, a_save(item, base=1, resolves=str(second.submission.pk)))
    assert Answer.objects.get().level == 2
    assert open_conflicts([item.pk], member=member) == []


def test_the_same_value_twice_is_no_conflict(member, item):
    send(member, a_save(item, level=2))
    (second,) = send(member, a_save(item, level=2))
    assert outcome(second) == "merged"
    assert Answer.objects.get().revision == 1


def test_a_save_typed_over_one_that_is_still_on_its_way_wins_in_either_order(member, item):
    first = a_save(item, level=2, text="Um.")
    second = a_save(item, level=3, after=[first["id"]])
    for order in ((first, second), (second, first)):
        with_new_ids = make.a_member(member.round)
        names = {save["id"]: str(uuid.uuid4()) for save in order}
        for save in order:
            renamed = save | {"id": names[save["id"]], "after": [names[one] for one in save.get("after", [])]}
            (result,) = send(with_new_ids, renamed)
            assert outcome(result) in {"saved", "merged"}
        answer = Answer.objects.get(member=with_new_ids)
        assert (answer.level, answer.comment) == (3, "Um.")


@pytest.mark.parametrize("level", [0, -1, 1, 4])
def test_every_level_there_is_can_be_given(member, item, level):
    send(member, a_save(item, level=level))
    assert Answer.objects.get().level == level


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("level", 5), ("level", -2), ("level", "3"), ("level", True), ("level", 2.0), ("level", 10**30),
        ("text", 7), ("text", "x" * 4001), ("changes", ["weight"]), ("changes", []), ("changes", "level"),
        ("id", "no"), ("id", None), ("id", 7), ("item", -1), ("item", "1"), ("item", 2**70), ("item", None),
        ("base", -1), ("base", 2**40), ("base", None), ("about", "all"), ("about", []), ("after", "x"),
        ("after", ["x"]), ("after", [None]), ("resolves", "x"), ("resolves", 3),
    ],
)  # fmt: skip
def test_what_no_save_can_be_is_named_and_costs_the_others_nothing(member, item, part, value):
    other = member.round.items.last()
    bad, good = send(member, a_save(item, level=2, text="x") | {part: value}, a_save(other, level=3))
    assert bad.problem.field == part
    assert str(bad.problem)
    assert outcome(good) == "saved"


@pytest.mark.parametrize("sent", [None, 7, "x", [], [[]], {}])
def test_what_is_no_save_at_all_is_told_apart(member, item, sent):
    bad, good = send(member, sent, a_save(item, level=3))
    assert bad.problem is not None
    assert outcome(good) == "saved"


def test_characters_that_no_database_keeps_are_shown_as_such(member, item):
    send(member, a_save(item, text="a\x00b\ud800c\r\nd\u202e"))
    assert Answer.objects.get().comment == "a\ufffdb?c\nd\u202e"


@pytest.mark.parametrize("clock", ["", "soon", 12, None, "0001-01-01T00:00:00+14:00", "2026-03-02T12:00:00"])
def test_a_clock_that_makes_no_sense_costs_no_answer(member, item, clock):
    (saved,) = send(member, a_save(item, level=3) | {"device_at": clock})
    assert outcome(saved) == "saved"
    assert saved.submission.device_at is None


def test_more_than_a_batch_is_refused_whole(member, item):
    with pytest.raises(TooManySaves):
        send(member, *[a_save(item, level=3)] * (MAX_SAVES + 1))
    assert Submission.objects.count() == 0


def test_who_never_took_part_saves_nothing(member, item):
    stranger = make.a_round().opened_by
    with pytest.raises(RoundMember.DoesNotExist):
        record_saves(member.round.uid, [a_save(item, level=3)], by=stranger, at=make.NOON)


def test_an_item_of_another_round_is_not_there(member, item):
    (bad,) = send(make.a_member(make.a_round()), a_save(item, level=3))
    assert bad.problem.field == "item"
    assert Submission.objects.count() == 0


# --- the clock ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "received", "refusal"),
    [
        (14 * DAY, 14 * DAY, ""),  # on the last second
        (14 * DAY, 14 * DAY + timedelta(seconds=1), ""),  # given in time, a second on its way
        (13 * DAY, 17 * DAY, ""),  # 72 hours of grace
        (13 * DAY, 17 * DAY + timedelta(seconds=1), Refusal.LATE),
        (14 * DAY + timedelta(seconds=1), 14 * DAY + timedelta(seconds=1), Refusal.LATE),
        (16 * DAY, 13 * DAY, ""),  # a clock two days ahead: the server's decides
        (12 * DAY, 14 * DAY + timedelta(hours=1), ""),
        (None, 13 * DAY, ""),
        (None, 15 * DAY, Refusal.LATE),  # without a time on the device there is no grace
    ],
)
def test_the_server_s_clock_decides_and_grace_is_for_what_was_given_in_time(member, item, given, received, refusal):
    clock = None if given is None else (make.NOON + given).isoformat()
    (result,) = send(member, a_save(item, level=3, device_at=clock), at=make.NOON + received)
    assert result.submission.refusal == refusal
    assert Answer.objects.exists() == (not refusal)


def test_while_the_team_agrees_only_what_was_given_before_counts(member, item):
    agreeing(member.round, make.NOON + DAY)
    other = member.round.items.last()
    before, after = send(
        member,
        a_save(item, level=3),
        a_save(other, level=3, device_at=(make.NOON + 2 * DAY).isoformat()),
        at=make.NOON + 2 * DAY,
    )
    assert outcome(before) == "saved"
    assert after.submission.refusal == Refusal.AGREEING


def test_what_is_refused_is_kept_with_the_reason_and_refused_again(member, item):
    Round.objects.filter(pk=member.round.pk).update(state="submitted", submitted_at=make.NOON)
    save = a_save(item, level=3, text="Cheguei tarde.")
    (refused,) = send(member, save)
    (again,) = send(member, save)
    assert (refused.submission.refusal, refused.submission.text) == (Refusal.SUBMITTED, "Cheguei tarde.")
    assert again.submission == refused.submission
    assert not Answer.objects.exists()
    Round.objects.filter(pk=member.round.pk).update(state="cancelled")
    (cancelled,) = send(member, a_save(item, level=3))
    assert cancelled.submission.refusal == Refusal.CANCELLED


def test_a_member_who_was_removed_or_is_not_asked_any_more_is_told(member, item):
    RoundAssignment.objects.create(member=member, item=item, asked=False)
    (not_asked,) = send(member, a_save(item, level=3))
    member.removed_at = make.NOON
    member.save()
    (removed,) = send(member, a_save(item, level=3))
    assert (not_asked.submission.refusal, removed.submission.refusal) == (Refusal.NOT_ASKED, Refusal.REMOVED)


def test_who_only_reads_does_not_answer(member, item):
    reader = make.a_member(member.round, part="reader")
    (refused,) = send(reader, a_save(item, level=3))
    assert refused.submission.refusal == Refusal.READER


# --- the team -----------------------------------------------------------------------------------------------------


def agree(item: RoundItem, **more: Any) -> dict[str, Any]:
    return a_save(item, about="agreement", **more)


def test_only_a_coordinator_agrees_and_only_while_the_team_does(member, item, coordinator):
    (early,) = send(coordinator, agree(item, level=3, text="Sim."))
    agreeing(member.round)
    (not_theirs,) = send(member, agree(item, level=3, text="Sim."))
    (saved,) = send(coordinator, agree(item, level=3, text="Sim."))
    assert (early.submission.refusal, not_theirs.submission.refusal) == (Refusal.NOT_YET, Refusal.NOT_YOURS)
    assert outcome(saved) == "saved"
    agreement = Agreement.objects.get()
    assert (agreement.level, agreement.reason, agreement.saved_by) == (3, "Sim.", coordinator.user)


@pytest.mark.parametrize(
    ("levels", "agreed", "needed"),
    [
        ((3, 3), 3, False),
        ((2, 3), 2, False),  # the lower median
        ((2, 3), 3, True),  # not the median
        ((1, 3), 1, True),  # two levels apart
        ((3, 3), -1, True),
        ((3, -1), 3, True),  # they do not even agree that it applies
        ((0, 0), 0, False),
        ((), 2, False),  # nobody answered: nothing to explain
    ],
)
def test_a_reason_is_needed_when_people_are_apart_or_the_level_is_not_their_median(
    member, item, coordinator, levels, agreed, needed
):
    for who, level in zip((member, coordinator), levels, strict=False):
        Answer.objects.create(item=item, member=who, level=level, saved_at=make.NOON)
    agreeing(member.round)
    (silent,) = send(coordinator, agree(item, level=agreed))
    assert silent.submission.refusal == (Refusal.REASON if needed else "")
    (said,) = send(coordinator, agree(item, level=agreed, text="Porque sim.", base=0 if needed else 1))
    assert outcome(said) == "saved"
    (unsaid,) = send(coordinator, agree(item, text=" ", base=said.submission.revision))
    assert unsaid.submission.refusal == (Refusal.REASON if needed else "")


def test_two_coordinators_merge_or_see_the_conflict(member, item, coordinator):
    second = make.a_member(member.round, part="coordinator")
    agreeing(member.round)
    send(coordinator, agree(item, level=2, text="Rascunho."))
    send(coordinator, agree(item, level=3, base=1))
    (merged,) = send(second, agree(item, text="Com razão.", base=1))
    (conflict,) = send(second, agree(item, level=1, base=1))
    agreement = Agreement.objects.get()
    assert (outcome(merged), outcome(conflict)) == ("merged", "conflict")
    assert (agreement.level, agreement.reason) == (3, "Com razão.")
    assert open_conflicts([item.pk], member=None) == [conflict.submission]
    send(coordinator, agree(item, base=3, resolves=str(conflict.submission.pk)))
    assert open_conflicts([item.pk], member=None) == []


def test_the_round_submitted_between_reading_and_writing_refuses_the_save(member, item, monkeypatch):
    """The database refuses the answer; the save is then kept with the reason."""
    from trama.diagnose.answers import services

    real = services._Desk._refusal
    submitted = []

    def submit_just_after(desk: Any, save: Any) -> str:
        found = real(desk, save)
        if not submitted:
            submitted.append(True)
            Round.objects.filter(pk=member.round.pk).update(state="submitted", submitted_at=make.NOON)
        return found

    monkeypatch.setattr(services._Desk, "_refusal", submit_just_after)
    (result,) = send(member, a_save(item, level=3))
    assert result.submission.refusal == Refusal.SUBMITTED
    assert not Answer.objects.exists()


def test_the_database_refuses_to_change_or_delete_a_save(member, item):
    from django.db import IntegrityError, transaction

    (saved,) = send(member, a_save(item, level=3))
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=saved.submission.pk).update(level=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=saved.submission.pk).delete()


def test_what_one_save_costs(member, item, django_assert_num_queries):
    """One to read, one to write (SQLite: the answer, then the trail); and the savepoints of a test's transaction."""
    writes = 1 if connection.vendor == "postgresql" else 2
    send(member, a_save(item, level=3))
    with django_assert_num_queries(1 + writes + 4):
        send(member, a_save(item, level=4, base=1))
    others = list(member.round.items.all()[1:])
    with django_assert_num_queries(1 + 2 + (writes + 2) * len(others)):
        send(member, *[a_save(one, level=4) for one in others])
    assert Receipt.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_on_postgresql_a_save_is_its_own_transaction(member, item, django_assert_num_queries):
    """Nothing around it: one statement reads, one writes both rows and commits."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no statement that writes two tables")
    with django_assert_num_queries(2):
        (saved,) = send(member, a_save(item, level=3))
    assert Answer.objects.get().revision == Submission.objects.get().revision == 1
    with django_assert_num_queries(2):
        send(member, a_save(item, text="Depois.", base=1))
    assert Submission.objects.count() == 2
    assert outcome(saved) == "saved"
