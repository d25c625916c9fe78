"""Rounds from opening to receipt: who may, what is refused, what stays."""

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from trama.diagnose.models import Agreement, Answer, Evidence, OwnQuestion, Receipt, RoundItem, RoundStep
from trama.diagnose.rounds import services
from trama.diagnose.rounds.errors import (
    DeadlineInThePast,
    InstrumentDoesNotFit,
    NotAllAgreed,
    QuestionOfOthers,
    ReasonMissing,
    StaleRound,
    SubmissionOfAnother,
    WrongState,
)
from trama.diagnose.rounds.numbers import ALPHABET, is_well_formed, new_number, tidy
from trama.diagnose.rounds.selectors import verify_receipt, zone_of
from trama.foundation.audit.models import Event

pytestmark = pytest.mark.django_db
NOON = make.NOON
LATER = NOON + timedelta(days=10)


def opened(scope=None, *, by=None, version=None, **fields):
    network = scope or accounts.a_network()
    director = by or accounts.person_with("network_principal", network)
    pinned = version or make.an_instrument()
    return services.open_round(
        network, version=pinned, title="Rodada", answers_until=LATER, by=director, at=NOON, **fields
    )


def agreeing(levels=(1, 2, 3, 4), **fields):
    round_ = make.a_round(state="agreeing", **fields)
    make.agree_all(round_, levels)
    return round_


def submit(round_, *, by=None, **fields):
    fields.setdefault("submission", uuid.uuid4())
    return services.submit_round(round_, by=by or round_.opened_by, at=NOON, **fields)


# --- opening ------------------------------------------------------------------------------------------------------


def test_a_director_opens_a_round_of_the_own_network_only():
    network, other = accounts.a_network(), accounts.a_network()
    director = accounts.person_with("network_principal", network)
    version = make.an_instrument()
    made = opened(network, by=director, version=version)
    assert [item.criterion.key for item in made.items.all()] == ["c1", "c2", "c3", "c4"]
    assert [(member.user, member.part) for member in made.members.all()] == [(director, "coordinator")]
    assert [step.to_state for step in made.steps.all()] == ["answering"]
    with pytest.raises(PermissionDenied):
        opened(other, by=director, version=version)


def test_who_only_views_the_tool_does_not_open():
    network = accounts.a_network()
    viewer = accounts.person_with("network_team", network, tools={"diagnosis": "view"})
    editor = accounts.person_with("network_team", network, tools={"diagnosis": "edit"})
    with pytest.raises(PermissionDenied):
        opened(network, by=viewer)
    assert opened(network, by=editor).opened_by == editor


def test_the_short_version_asks_the_starred_criteria_and_own_questions_come_last():
    network = accounts.a_network()
    director = accounts.person_with("network_principal", network)
    own = OwnQuestion.objects.create(
        network=network, title="Transporte", question="Como é?", created_by=director, created_at=NOON
    )
    made = opened(network, by=director, short=True, own_questions=[own])
    assert [(item.code, item.title) for item in made.items.all()] == [
        ("1.1.1", "Critério 1"),
        ("1.2.1", "Critério 3"),
        ("", "Transporte"),
    ]


def test_an_instrument_of_another_scope_one_retired_and_a_foreign_question_are_refused():
    network = accounts.a_network()
    director = accounts.person_with("network_principal", network)
    for_schools, old = make.an_instrument(scope="school"), make.an_instrument()
    type(old).objects.filter(pk=old.pk).update(state="retired")
    for version in (for_schools, old):
        with pytest.raises(InstrumentDoesNotFit):
            opened(network, by=director, version=version)
    foreign = OwnQuestion.objects.create(
        network=accounts.a_network(), title="x", question="x", created_by=director, created_at=NOON
    )
    with pytest.raises(QuestionOfOthers):
        opened(network, by=director, own_questions=[foreign])
    with pytest.raises(DeadlineInThePast):
        services.open_round(network, version=make.an_instrument(), title="x", answers_until=NOON, by=director, at=NOON)


def test_a_group_and_a_school_open_rounds_of_their_own_instruments():
    group = accounts.a_group(accounts.a_network(12), accounts.a_network(12))
    coordinator = accounts.person_with("group_coordinator", group)
    assert opened(group, by=coordinator, version=make.an_instrument(scope="territory")).group == group
    school = accounts.a_school()
    principal = accounts.person_with("school_principal", school)
    assert opened(school, by=principal, version=make.an_instrument(scope="school")).school == school


def test_the_clock_of_the_deadline_hangs_where_the_owner_is():
    acre, bahia = accounts.a_network(12), accounts.a_network(29)
    assert opened(acre).time_zone == "America/Rio_Branco"
    assert opened(bahia).time_zone == "America/Sao_Paulo"
    assert zone_of(accounts.a_group(accounts.a_network(12), accounts.a_network(12))) == "America/Rio_Branco"
    assert zone_of(accounts.a_group(acre, bahia)) == "America/Sao_Paulo"  # over two zones: Brasília


def test_until_23_59_in_acre_is_two_hours_later_than_in_brasilia():
    from trama.diagnose.rounds.forms import in_zone

    wall = datetime(2026, 3, 10, 23, 59)
    assert in_zone(wall, "America/Rio_Branco") == datetime(2026, 3, 11, 4, 59, 59, tzinfo=UTC)
    assert in_zone(wall, "America/Sao_Paulo") == datetime(2026, 3, 11, 2, 59, 59, tzinfo=UTC)


# --- changing -----------------------------------------------------------------------------------------------------


def test_two_coordinators_who_change_at_once_do_not_overwrite_each_other():
    round_ = make.a_round()
    other = accounts.a_person()
    make.a_member(round_, other, part="coordinator")
    values = {"answers_until": LATER, "grace_hours": 24, "at": NOON, "revision": 1}
    services.change_round(round_, title="Primeira", by=round_.opened_by, **values)
    with pytest.raises(StaleRound):
        services.change_round(round_, title="Segunda", by=other, **values)
    round_.refresh_from_db()
    assert (round_.title, round_.revision, round_.answers_until) == ("Primeira", 2, LATER)


def test_a_deadline_that_passed_may_stay_but_not_be_set():
    round_ = make.a_round(answers_until=NOON - timedelta(hours=1))
    keep = {"grace_hours": 72, "by": round_.opened_by, "at": NOON}
    services.change_round(round_, title="Outro nome", answers_until=round_.answers_until, revision=1, **keep)
    with pytest.raises(DeadlineInThePast):
        services.change_round(round_, title="x", answers_until=NOON - timedelta(minutes=1), revision=2, **keep)
    services.change_round(round_, title="x", answers_until=LATER, revision=2, **keep)


def test_who_only_answers_moves_nothing():
    round_ = make.a_round()
    teacher = make.a_member(round_).user
    for refused in (
        lambda: services.start_agreement(round_, by=teacher, at=NOON),
        lambda: services.cancel_round(round_, reason="x", by=teacher, at=NOON),
        lambda: submit(round_, by=teacher),
        lambda: services.change_round(
            round_, title="x", answers_until=LATER, grace_hours=0, revision=1, by=teacher, at=NOON
        ),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    round_.refresh_from_db()
    assert (round_.state, round_.revision) == ("answering", 1)


def test_reopening_and_cancelling_ask_for_a_reason_which_the_history_shows():
    round_ = make.a_submitted_round()
    by = round_.opened_by
    with pytest.raises(ReasonMissing):
        services.reopen_round(round_, reason="  ", by=by, at=NOON)
    services.reopen_round(round_, reason="Faltou a escola do campo", by=by, at=NOON)
    with pytest.raises(ReasonMissing):
        services.cancel_round(round_, reason="", by=by, at=NOON)
    services.cancel_round(round_, reason="Recomeçar em agosto", by=by, at=NOON)
    assert list(RoundStep.objects.filter(round=round_).values_list("from_state", "to_state", "reason")) == [
        ("submitted", "agreeing", "Faltou a escola do campo"),
        ("agreeing", "cancelled", "Recomeçar em agosto"),
    ]


def test_the_trail_holds_no_word_of_the_team():
    round_ = make.a_round(title="PALAVRA-DA-EQUIPE")
    services.start_agreement(round_, by=round_.opened_by, at=NOON)
    services.cancel_round(round_, reason="PALAVRA-DA-EQUIPE", by=round_.opened_by, at=NOON)
    assert Event.objects.filter(verb="round cancelled").count() == 1
    assert not any("PALAVRA" in f"{event.target_label}{event.detail}" for event in Event.objects.all())


# --- submitting ---------------------------------------------------------------------------------------------------


def test_the_same_submission_sent_again_gives_the_same_receipt():
    round_ = agreeing()
    once = uuid.uuid4()
    first, second = submit(round_, submission=once), submit(round_, submission=once)
    assert first == second
    assert Receipt.objects.count() == 1
    assert is_well_formed(first.number)
    with pytest.raises(WrongState):
        submit(round_)  # another one finds the round submitted


def test_a_submission_belongs_to_one_round_and_one_part():
    round_, other = agreeing(), agreeing()
    once = submit(round_).submission
    with pytest.raises(SubmissionOfAnother):
        submit(other, submission=once)
    answering = make.a_round()
    member = make.a_member(answering)
    with pytest.raises(SubmissionOfAnother):
        services.finish_part(member, submission=once, by=member.user, at=NOON)


def test_what_is_not_agreed_is_acknowledged_by_number_or_refused():
    round_ = agreeing((1, None, 3, None))
    for wrong in (0, 1, 3):
        with pytest.raises(NotAllAgreed) as refusal:
            submit(round_, acknowledged=wrong)
        assert refusal.value.n == 2
    assert submit(round_, acknowledged=2).n_open == 2
    assert submit(agreeing((1, 0, -1, 4))).n_open == 0  # "does not know" and "does not apply" are agreements


def test_a_round_that_is_being_answered_cannot_be_submitted():
    with pytest.raises(WrongState):
        submit(make.a_round(), acknowledged=4)


def test_the_receipt_goes_to_who_submitted_and_to_the_principal_in_their_language(
    mailoutbox, django_capture_on_commit_callbacks
):
    network = accounts.a_network(12)
    principal = accounts.person_with("network_principal", network, language="pt-br")
    round_ = agreeing(scope=network, by=accounts.person_with("network_team", network, tools={"diagnosis": "edit"}))
    type(principal).objects.filter(pk=round_.opened_by.pk).update(language="en")
    round_.opened_by.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        receipt = submit(round_)
    letters = {letter.to[0]: letter for letter in mailoutbox}
    assert set(letters) == {principal.email, round_.opened_by.email}
    for letter in letters.values():
        assert receipt.number in letter.subject
        assert receipt.content_hash in letter.body
        assert "Acre" in letter.body
        assert f"/recibos/{receipt.number}/" in letter.body
    assert "was submitted" in letters[round_.opened_by.email].body
    assert "/en/" in letters[round_.opened_by.email].body
    assert "/en/" not in letters[principal.email].body


def test_the_hash_can_be_computed_again_from_the_text_that_was_kept():
    round_ = agreeing()
    member = make.a_member(round_)
    make.answer_all(member, (4, 3, 2, 0))
    receipt = submit(round_)
    assert hashlib.sha256(receipt.content.encode()).hexdigest() == receipt.content_hash
    text = json.loads(receipt.content)
    assert text["round"] == str(round_.uid)
    assert [item["agreed"]["level"] for item in text["items"]] == [1, 2, 3, 4]
    assert text["items"][0]["answers"] == [{"member": 2, "as": "dme", "level": 4, "comment": "", "revision": 1}]
    assert member.user.name not in receipt.content
    checked = verify_receipt(receipt)
    assert (checked.text_fits, checked.unchanged) == (True, True)


def test_a_change_behind_the_back_is_found_by_checking():
    receipt = submit(agreeing())
    with make.before_submission(receipt.round):  # as somebody with full power over the database would
        Agreement.objects.filter(item__round=receipt.round, level=4).update(level=3)
    checked = verify_receipt(receipt)
    assert (checked.text_fits, checked.unchanged) == (True, False)
    receipt.content = receipt.content.replace('"level":4', '"level":3')
    assert verify_receipt(receipt).text_fits is False


def test_reopened_and_submitted_again_there_are_two_receipts():
    round_ = agreeing()
    first = submit(round_)
    services.reopen_round(round_, reason="Corrigir", by=round_.opened_by, at=NOON)
    Agreement.objects.filter(item__round=round_, level=4).update(level=3)
    second = submit(round_)
    assert first.content_hash != second.content_hash
    assert [one.unchanged for one in map(verify_receipt, (first, second))] == [False, True]
    assert verify_receipt(first).text_fits


# --- frozen -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["submitted", "cancelled"])
def test_the_database_refuses_to_change_what_a_closed_round_holds(state):
    round_ = make.a_round()
    member = make.a_member(round_)
    make.answer_all(member, (1, 2, 3, 4))
    make.agree_all(round_, (1, 2, 3, 4))
    item = round_.items.first()
    shown = Evidence.objects.create(
        item=item, member=member, kind="link", title="Ata", address="https://exemplo.org/", added_at=NOON
    )
    type(round_).objects.filter(pk=round_.pk).update(state=state, submitted_at=NOON)
    writes = [
        lambda: Answer.objects.filter(member=member).update(level=1),
        lambda: Answer.objects.filter(member=member).delete(),
        lambda: Answer.objects.create(item=item, member=round_.members.first(), level=1, saved_at=NOON),
        lambda: Agreement.objects.filter(item=item).update(reason="outra"),
        lambda: Agreement.objects.filter(item=item).delete(),
        lambda: Evidence.objects.filter(pk=shown.pk).update(removed_at=NOON),
        lambda: Evidence.objects.filter(pk=shown.pk).delete(),
        lambda: RoundItem.objects.filter(pk=item.pk).update(position=99),
        lambda: RoundItem.objects.create(round=round_, criterion=make.an_instrument().criteria.first(), position=98),
    ]
    for write in writes:
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            write()
    type(round_).objects.filter(pk=round_.pk).update(state="agreeing")  # the control: the same writes on an open round
    for write in writes[:4]:
        write()


def test_receipts_and_steps_are_only_added():
    round_ = agreeing()
    receipt = submit(round_)
    writes = [
        lambda: Receipt.objects.filter(pk=receipt.pk).update(submitted_at=NOON),
        lambda: Receipt.objects.filter(pk=receipt.pk).delete(),
        lambda: RoundStep.objects.filter(round=round_).update(reason="outra"),
        lambda: RoundStep.objects.filter(round=round_).delete(),
    ]
    for write in writes:
        with pytest.raises(IntegrityError, match="only added"), transaction.atomic():
            write()


# --- one's own part -----------------------------------------------------------------------------------------------


def test_a_member_finishes_with_a_receipt_of_the_own_answers_and_may_go_on():
    round_ = make.a_round()
    member, other = make.a_member(round_), make.a_member(round_)
    make.answer_all(member, (1, None, 3, 4))
    once = uuid.uuid4()
    receipt = services.finish_part(member, submission=once, by=member.user, at=NOON)
    assert receipt.n_open == 1
    assert [answer["level"] for answer in json.loads(receipt.content)["answers"]] == [1, None, 3, 4]
    assert services.finish_part(member, submission=once, by=member.user, at=NOON) == receipt
    with pytest.raises(PermissionDenied):
        services.finish_part(member, submission=uuid.uuid4(), by=other.user, at=NOON)
    services.continue_part(member, by=member.user, at=NOON)
    member.refresh_from_db()
    assert member.finished_at is None
    services.start_agreement(round_, by=round_.opened_by, at=NOON)
    with pytest.raises(WrongState):
        services.finish_part(member, submission=uuid.uuid4(), by=member.user, at=NOON)
    assert services.finish_part(member, submission=once, by=member.user, at=NOON) == receipt  # a late copy of the first


# --- numbers ------------------------------------------------------------------------------------------------------


def test_a_number_notices_every_wrong_symbol_and_every_swap():
    number = new_number(2026)
    assert number.startswith("AD-2026-")
    assert is_well_formed(number)
    assert is_well_formed(tidy(f" {number.lower()} "))
    places = [n for n, symbol in enumerate(number) if n > 2 and symbol != "-"]
    for place in places:
        wrong = [s for s in (ALPHABET if place > 7 else "0123456789") if s != number[place]]
        assert not any(is_well_formed(number[:place] + symbol + number[place + 1 :]) for symbol in wrong)
    body = [n for n in places if n > 7]
    for first in body:
        for second in body:
            if number[first] != number[second]:
                swapped = list(number)
                swapped[first], swapped[second] = number[second], number[first]
                assert not is_well_formed("".join(swapped))


def test_the_year_of_a_number_is_the_owner_s():
    new_year_in_brasilia = datetime(2026, 12, 31, 23, 30, tzinfo=ZoneInfo("America/Rio_Branco"))
    round_ = agreeing(scope=accounts.a_network(12))
    receipt = services.submit_round(round_, submission=uuid.uuid4(), by=round_.opened_by, at=new_year_in_brasilia)
    assert receipt.number.startswith("AD-2026-")
