"""Scoring, deciding and signing: who may, what needs a reason, what never changes again, who was first."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from tests.diagnose.factories import NOON
from trama.diagnose.api import latest_priorities, priorities_of, priorities_visible_to
from trama.diagnose.models import (
    CriterionIndicator,
    CriterionTechnology,
    Factor,
    GutChange,
    GutScore,
    Priority,
    PriorityList,
    PrioritySignature,
    Round,
    SetAside,
)
from trama.diagnose.priorities import errors, services
from trama.diagnose.priorities.content import said_in
from trama.diagnose.priorities.decision_selectors import differences, submitted_after_signing
from trama.diagnose.priorities.selectors import list_of, order_of, viewer_of
from trama.diagnose.rounds.content import hash_of
from trama.foundation.audit.models import Event

from . import worlds

pytestmark = pytest.mark.django_db
FIRST_THREE = ("attendance", "training", "career")
USUAL = {"gap": 1.0, "importance": 1.0, "reach": 1.0, "governability": 1.0, "gut": 1.0}


def decide(of: Round, *keys: str, by: Any = None, revision: int | None = None, number: str = "", **reasons: str) -> Any:
    """Choose items by name, with reasons by name."""
    return services.decide(
        of,
        worlds.pks(of, *keys),
        reasons={worlds.item(of, key).pk: text for key, text in reasons.items()},
        number_reason=number,
        revision=list_of(of).decision_revision if revision is None else revision,
        by=by or of.opened_by,
        at=NOON,
    )


def sign(of: Round, by: Any = None) -> PrioritySignature:
    return services.sign(of, revision=list_of(of).decision_revision, by=by or of.opened_by, at=NOON)


def score(of: Round, member: Any, key: str, value: int, *, before: int | None = None, part: str = "gravity") -> Any:
    return services.score(member, worlds.item(of, key), part, value, before=before, by=member.user, at=NOON)


# --- scoring ------------------------------------------------------------------------------------------------------


def test_only_members_who_answer_score_and_only_for_themselves():
    of = worlds.a_worked_round(scored=False)
    reader, member, other = make.a_member(of, part="reader"), make.a_member(of), make.a_member(of)
    score(of, member, "training", 4)
    with pytest.raises(PermissionDenied):
        score(of, reader, "training", 4)
    with pytest.raises(PermissionDenied):
        services.score(
            member, worlds.item(of, "training"), "gravity", 5, before=4, by=other.user, at=NOON
        )  # fmt: skip
    member.removed_at = NOON
    with pytest.raises(PermissionDenied):
        score(of, member, "training", 5, before=4)


@pytest.mark.parametrize("value", [0, 6, -1])
def test_a_score_is_1_to_5(value):
    of = worlds.a_worked_round(scored=False)
    with pytest.raises(errors.NotAScore):
        score(of, worlds.coordinator(of), "training", value)
    with pytest.raises(errors.NotAScore):
        score(of, worlds.coordinator(of), "training", 3, part="saved_at")
    assert not GutScore.objects.exists()


def test_a_change_keeps_what_was_there_and_the_same_again_changes_nothing():
    of = worlds.a_worked_round(scored=False)
    me = worlds.coordinator(of)
    for before, value in ((None, 2), (2, 4), (4, 4), (2, 4)):  # the last two: sent again
        score(of, me, "training", value, before=before)
    assert [(c.before, c.after) for c in GutChange.objects.all()] == [(None, 2), (2, 4)]
    assert GutScore.objects.get().gravity == 4


def test_two_devices_of_one_person_meet_a_conflict_and_nothing_is_overwritten():
    of = worlds.a_worked_round(scored=False)
    me = worlds.coordinator(of)
    score(of, me, "training", 2)
    with pytest.raises(errors.ScoreChanged) as conflict:
        score(of, me, "training", 5, before=None)
    assert conflict.value.there == 2
    assert GutScore.objects.get().gravity == 2


def test_who_scores_sees_the_others_only_after_scoring_all_that_is_proposed():
    of = worlds.a_worked_round(scored=False)
    me, other = worlds.coordinator(of), make.a_member(of)
    worlds.score_all(of, other, {"attendance": 5, "training": 5, "career": 5})
    assert not viewer_of(me.user, list_of(of)).sees_order
    assert not viewer_of(other.user, list_of(of)).sees_order  # one criterion still to score
    worlds.score_all(of, other, {"buildings": 1})
    assert viewer_of(other.user, list_of(of)).sees_order
    assert not viewer_of(me.user, list_of(of)).sees_order
    outsider = accounts.person_with("network_team", of.network, tools={"diagnosis": "view"})
    assert viewer_of(outsider, list_of(of)).sees_order  # does not score


def test_who_looks_without_scoring_scores_no_more():
    of = worlds.a_worked_round(scored=False)
    me = worlds.coordinator(of)
    services.look_without_scoring(me, by=me.user, at=NOON)
    viewer = viewer_of(me.user, list_of(of))
    assert viewer.sees_order
    assert not viewer.may_score
    with pytest.raises(errors.ChoseNotToScore):
        score(of, me, "training", 3)


def test_nothing_happens_before_the_round_is_submitted():
    version = worlds.an_instrument_with(worlds.WORKED)
    of = make.a_round(version=version, state="agreeing")
    me = worlds.coordinator(of)
    with pytest.raises(errors.NotSubmitted):
        score(of, me, "training", 3)
    with pytest.raises(errors.NotSubmitted):
        services.save_weights(of, USUAL, revision=1, by=me.user, at=NOON)
    assert not PriorityList.objects.exists()


# --- weights and factors ------------------------------------------------------------------------------------------


def test_two_editors_of_weights_and_factors_meet_a_conflict():
    of = worlds.a_worked_round()
    services.save_weights(of, USUAL | {"reach": 0.5}, revision=1, by=of.opened_by, at=NOON)
    with pytest.raises(errors.StaleList):
        services.save_weights(of, USUAL | {"reach": 2.0}, revision=1, by=of.opened_by, at=NOON)
    assert list_of(of).weight_reach == 0.5
    adjust = {"item": worlds.item(of, "training"), "by": of.opened_by, "at": NOON, "reason": "Rede pequena."}
    services.adjust_factor(of, **adjust, reach=2, governability=None, revision=0)
    for stale in (0, 2):
        with pytest.raises(errors.StaleList):
            services.adjust_factor(of, **adjust, reach=4, governability=4, revision=stale)
    services.adjust_factor(of, **adjust, reach=None, governability=None, revision=1)  # as the instrument again
    factor = Factor.objects.get()
    assert (factor.reach, factor.governability, factor.revision) == (None, None, 2)


@pytest.mark.parametrize("weights", [{"gap": 0.4}, {"reach": 2.1}, {"gut": 0.55}, {"gut": -0.1}, {"gap": float("nan")}])
def test_weights_outside_the_rule_are_refused(weights):
    of = worlds.a_worked_round()
    with pytest.raises(errors.WeightOutside):
        services.save_weights(of, USUAL | weights, revision=1, by=of.opened_by, at=NOON)
    assert list_of(of).revision == 1


def test_a_factor_needs_a_reason_and_stays_on_its_scale():
    of = worlds.a_worked_round()
    adjust = {"item": worlds.item(of, "training"), "by": of.opened_by, "at": NOON, "revision": 0}
    with pytest.raises(errors.ReasonMissing):
        services.adjust_factor(of, **adjust, reach=2, governability=None, reason="  ")
    with pytest.raises(errors.NotAScore):
        services.adjust_factor(of, **adjust, reach=6, governability=None, reason="x")


def test_who_only_answers_neither_weighs_nor_adjusts_nor_decides_nor_signs():
    of = worlds.a_worked_round()
    respondent = make.a_member(of)
    worlds.score_all(of, respondent, dict.fromkeys(worlds.POSITIONS, 3))
    by = respondent.user
    with pytest.raises(PermissionDenied):
        services.save_weights(of, USUAL, revision=1, by=by, at=NOON)
    with pytest.raises(PermissionDenied):
        services.adjust_factor(
            of, worlds.item(of, "training"), reach=2, governability=None, reason="x", revision=0, by=by, at=NOON
        )
    with pytest.raises(PermissionDenied):
        decide(of, *FIRST_THREE, by=by)
    decide(of, *FIRST_THREE)
    with pytest.raises(PermissionDenied):
        sign(of, by=by)


# --- deciding -----------------------------------------------------------------------------------------------------


def test_the_computed_order_needs_no_reason():
    of = worlds.a_worked_round()
    decide(of, *FIRST_THREE)
    assert [(one.title, one.position, one.computed_position, one.reason) for one in priorities_of(of)] == [
        (key, n, n, "") for n, key in enumerate(FIRST_THREE, start=1)
    ]
    assert not SetAside.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "need"),
    [
        (("career", "attendance", "training"), {"career"}),  # put first: the others only make room
        (("training", "career", "attendance"), {"attendance"}),  # put last
        (("training", "attendance", "career"), {"training"}),  # a swap: the one that gains
        (("attendance", "training", "buildings"), {"buildings", "career"}),  # one in, one out
        (("buildings", "career", "training"), {"buildings", "attendance", "career"}),
        (("attendance", "training", "career", "buildings"), set()),
    ],
)
def test_what_is_decided_otherwise_needs_a_reason_each(chosen, need):
    of = worlds.a_worked_round()
    if need:
        with pytest.raises(errors.ReasonsMissing) as missing:
            decide(of, *chosen)
        assert missing.value.items == set(worlds.pks(of, *need))
        assert not Priority.objects.exists()
    decide(of, *chosen, **dict.fromkeys(need, "Porque a rede decidiu."))
    assert [one.title for one in priorities_of(of)] == list(chosen)


def test_fewer_than_three_or_more_than_five_needs_a_reason():
    of = worlds.a_worked_round()
    with pytest.raises(errors.ReasonsMissing) as missing:
        decide(of, "attendance", "training")
    assert missing.value.number
    assert list_of(decide(of, "attendance", "training", number="Só temos fôlego para duas.").round).number_reason


@pytest.mark.parametrize(
    ("chosen", "error"),
    [((), errors.NothingChosen), (("training", "training"), errors.SamePlace), (("meals",), errors.NotACandidate)],
)
def test_what_cannot_be_chosen(chosen, error):
    of = worlds.a_worked_round()
    with pytest.raises(error):
        decide(of, *chosen)


def test_who_has_to_score_decides_after_scoring():
    of = worlds.a_worked_round(scored=False)
    with pytest.raises(errors.StillToScore):
        decide(of, *FIRST_THREE)


def test_two_people_deciding_meet_a_conflict_and_the_first_stays():
    of = worlds.a_worked_round()
    decide(of, *FIRST_THREE, revision=1)
    with pytest.raises(errors.StaleList):
        decide(of, "training", "attendance", "career", revision=1, training="Outra ordem.")
    assert [one.title for one in priorities_of(of)] == list(FIRST_THREE)


def test_a_priority_keeps_its_row_through_later_decisions_so_that_plans_can_stand_on_it():
    of = worlds.a_worked_round()
    decide(of, *FIRST_THREE)
    career = Priority.objects.get(item=worlds.item(of, "career"))
    decide(of, "attendance", "training", "buildings", buildings="Chove dentro.", career="Depende do estado.")
    career.refresh_from_db()
    assert career.dropped_at == NOON
    assert career not in priorities_visible_to(of.opened_by)
    decide(of, *FIRST_THREE)
    career.refresh_from_db()
    assert (career.dropped_at, career.position, SetAside.objects.count()) == (None, 3, 0)


@given(st.permutations(range(8)), st.integers(1, 8))
def test_what_counts_as_moved_is_the_least_that_explains_the_choice(order, n):
    """Taking out what was moved or added leaves the computed order; taking out fewer never does."""
    from itertools import combinations
    from types import SimpleNamespace

    chosen = list(order[:n])
    places = [SimpleNamespace(facts=SimpleNamespace(item=SimpleNamespace(pk=pk))) for pk in range(8)]
    computed: Any = SimpleNamespace(position_of={pk: pk + 1 for pk in range(8)}, places=places)
    found = differences(chosen, computed)
    stayed = [pk for pk in chosen if pk not in found.added and pk not in found.moved]
    assert stayed == sorted(stayed)
    assert found.added == {pk for pk in chosen if pk >= n}
    assert set(found.left_out) == set(range(n)) - set(chosen)
    inside = [pk for pk in chosen if pk < n]
    longer = combinations(inside, len(stayed) + 1)
    assert not any(list(run) == sorted(run) for run in longer)


# --- signing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["network_team", "teacher", "programme_admin", "network_principal"])
def test_only_the_principal_of_the_owner_signs(role):
    of = worlds.a_worked_round()
    decide(of, *FIRST_THREE)
    tools = {"diagnosis": "edit"} if role == "network_team" else None
    where = of.network if role == "network_team" else None  # another principal: of another network
    person = accounts.person_with(role, where, tools=tools) if where else accounts.person_with(role)
    with pytest.raises(PermissionDenied):
        sign(of, by=person)
    assert sign(of).signed_by == of.opened_by


def test_a_signature_freezes_the_list_in_service_and_in_database():
    of = worlds.a_worked_round()
    me = worlds.coordinator(of)
    decide(of, "career", "attendance", "training", career="O prazo é agora.")
    services.adjust_factor(
        of, worlds.item(of, "training"), reach=5, governability=None, reason="x", revision=0, by=me.user, at=NOON
    )
    made = sign(of)
    kept = list_of(of)
    assert (kept.signed_hash, kept.signed_by) == (made.content_hash, of.opened_by)
    for change in (
        lambda: score(of, me, "training", 5, before=3),
        lambda: services.save_weights(of, USUAL, revision=1, by=me.user, at=NOON),
        lambda: decide(of, *FIRST_THREE),
        lambda: sign(of),
        lambda: services.adjust_factor(
            of, worlds.item(of, "career"), reach=5, governability=1, reason="x", revision=0, by=me.user, at=NOON
        ),
    ):
        with pytest.raises(errors.AlreadySigned):
            change()
    writes = [
        lambda: Priority.objects.update(position=9),
        lambda: Priority.objects.all().delete(),
        lambda: Priority.objects.create(list=kept, item=worlds.item(of, "buildings"), position=9),
        lambda: GutScore.objects.update(gravity=1),
        lambda: GutScore.objects.all().delete(),
        lambda: GutChange.objects.update(after=1),
        lambda: Factor.objects.update(reach=1),
        lambda: PriorityList.objects.update(weight_gap=2.0),
        lambda: PriorityList.objects.update(signed_at=None, signed_by=None),
        lambda: PriorityList.objects.filter(pk=kept.pk).delete(),
        lambda: PrioritySignature.objects.update(content="{}"),
        lambda: PrioritySignature.objects.all().delete(),
    ]
    for write in writes:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    assert said_in(PrioritySignature.objects.get()).hash_fits


def test_scores_and_signatures_as_given_are_never_changed_even_before_signing():
    worlds.a_worked_round()
    with pytest.raises(DatabaseError), transaction.atomic():
        GutChange.objects.update(after=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        GutChange.objects.all().delete()


def test_what_was_signed_holds_the_facts_the_order_and_the_reasons_and_nobody_by_name():
    of = worlds.a_worked_round()
    decide(of, "career", "attendance", "training", career="O prazo é agora.")
    made = sign(of)
    assert made.number.startswith("PR-2026-")
    assert made.content_hash == hash_of(made.content)
    said = json.loads(made.content)
    assert [(one["title"]["pt"], one["computed"], one["reason"]) for one in said["decided"]] == [
        ("career", 3, "O prazo é agora."),
        ("attendance", 1, ""),
        ("training", 2, ""),
    ]
    facts = {one["criterion"]: one for one in said["items"]}
    assert facts["attendance"]["position"] == 1
    assert facts["attendance"]["score"] == pytest.approx(92.2, abs=0.05)
    assert facts["meals"]["position"] is None
    assert of.opened_by.name not in made.content


def test_reopening_needs_a_reason_and_keeps_what_was_signed():
    of = worlds.a_worked_round()
    decide(of, *FIRST_THREE)
    first = sign(of)
    with pytest.raises(errors.ReasonMissing):
        services.reopen_list(of, reason=" ", by=of.opened_by, at=NOON)
    respondent = make.a_member(of).user
    with pytest.raises(PermissionDenied):
        services.reopen_list(of, reason="x", by=respondent, at=NOON)
    services.reopen_list(of, reason="O conselho pediu.", by=of.opened_by, at=NOON)
    with pytest.raises(errors.NotSigned):
        services.reopen_list(of, reason="x", by=of.opened_by, at=NOON)
    decide(of, "training", "attendance", "career", training="O conselho pediu.")
    second = sign(of)
    first.refresh_from_db()
    assert first.reopening.reason == "O conselho pediu."
    assert [one["title"] for one in said_in(first).lines] != [one["title"] for one in said_in(second).lines]
    assert PrioritySignature.objects.count() == 2


def test_the_order_moving_away_from_the_decision_is_told_before_signing():
    of = worlds.a_worked_round()
    decide(of, *FIRST_THREE)
    services.save_weights(of, USUAL | {"gap": 2.0}, revision=1, by=of.opened_by, at=NOON)  # buildings pass the career
    with pytest.raises(errors.ReasonsMissing) as missing:
        sign(of)
    assert missing.value.items == set(worlds.pks(of, "career", "buildings"))
    assert not PrioritySignature.objects.exists()


def test_the_director_signs_the_decision_that_was_read():
    of = worlds.a_worked_round()
    read = decide(of, *FIRST_THREE).decision_revision
    decide(of, "training", "attendance", "career", training="Outra ordem.")
    with pytest.raises(errors.StaleList):
        services.sign(of, revision=read, by=of.opened_by, at=NOON)
    with pytest.raises(errors.NothingDecided):
        sign(worlds.a_worked_round())


def test_a_round_reopened_after_the_signature_is_told():
    of = worlds.a_worked_round()
    decide(of, *FIRST_THREE)
    sign(of)
    kept = list_of(of)
    kept.round = of
    assert not submitted_after_signing(kept)
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    kept.round.refresh_from_db()
    assert submitted_after_signing(kept)
    assert priorities_of(kept.round) == []  # nobody plans on a round that is open


def test_the_trail_tells_the_moves_without_anybodys_words_or_scores():
    of = worlds.a_worked_round()
    decide(of, "career", "attendance", "training", career="Segredo da equipe.")
    sign(of)
    verbs = list(Event.objects.values_list("verb", flat=True))
    assert {"priority scored", "priorities decided", "priorities signed"} <= set(verbs)
    assert "Segredo" not in str(list(Event.objects.values_list("detail", flat=True)))


# --- for other phases ---------------------------------------------------------------------------------------------


def test_other_phases_get_the_latest_decided_list_with_technologies_and_indicators():
    version = worlds.an_instrument_with(worlds.WORKED)
    network = accounts.a_network()
    of = make.a_submitted_round(network, [row[0] for row in worlds.WORKED.values()], version=version)
    worlds.score_all(of, worlds.coordinator(of), dict.fromkeys(worlds.POSITIONS, 3))
    order = [place.facts.item for place in order_of(list_of(of)).places]
    services.decide(
        of, [one.pk for one in order[:3]], reasons={}, number_reason="", revision=1, by=of.opened_by, at=NOON
    )
    lines = latest_priorities(network)
    assert [line.position for line in lines] == [1, 2, 3]
    assert lines[0].level in (1, 2, 3)
    assert not lines[0].signed
    newer = make.a_submitted_round(network, [1, 2, 3, 1, 4], version=version, by=of.opened_by)
    assert [line.priority.list.round_id for line in latest_priorities(network)] == [of.pk] * 3  # nothing decided yet
    assert newer.pk != of.pk
    assert latest_priorities(accounts.a_network()) == []
    assert set(priorities_visible_to(of.opened_by)) == {line.priority for line in lines}
    assert not priorities_visible_to(accounts.person_with("network_principal")).exists()


def test_technologies_and_indicators_come_in_the_order_of_the_criterion():
    version = make.an_instrument((3,), published=False)
    criterion = version.criteria.get(key="c1")
    for n, slug in enumerate(("zeta", "alfa"), start=1):
        CriterionTechnology.objects.create(criterion=criterion, technology=slug, position=n)
    CriterionIndicator.objects.create(criterion=criterion, indicator="approval_rate", stage="AI")
    of = make.a_submitted_round(levels=[1, 2, 2], version=make.publish(version))
    worlds.coordinator(of)
    services.look_without_scoring(worlds.coordinator(of), by=of.opened_by, at=NOON)
    order = order_of(list_of(of))
    chosen = [place.facts.item.pk for place in order.places]
    services.decide(of, chosen, reasons={}, number_reason="", revision=1, by=of.opened_by, at=NOON)
    line = next(one for one in priorities_of(of) if one.criterion.key == "c1")
    assert (line.technologies, line.indicators) == (("zeta", "alfa"), (("approval_rate", "AI"),))


def test_the_database_holds_the_bounds_whoever_writes():
    of = worlds.a_worked_round()
    kept = list_of(of)
    for write in (
        lambda: PriorityList.objects.filter(pk=kept.pk).update(weight_gap=0.4),
        lambda: PriorityList.objects.filter(pk=kept.pk).update(weight_gut=2.1),
        lambda: GutScore.objects.update(gravity=6),
        lambda: PriorityList.objects.filter(pk=kept.pk).update(signed_at=NOON),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
