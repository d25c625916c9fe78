"""The computed order through services: worked by hand, in sentences, with what would change it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.diagnose import factories as make
from tests.diagnose.factories import NOON, before_submission
from trama.diagnose.models import Agreement, PriorityList, Round, RoundItem
from trama.diagnose.priorities import services, wording
from trama.diagnose.priorities.order import Move, Order, computed_order
from trama.diagnose.priorities.scales import ON_FIVE_STEPS
from trama.diagnose.priorities.selectors import list_of, order_of
from trama_measure.diagnosis import Candidacy, PriorityWeights, Tie

from . import worlds

pytestmark = pytest.mark.django_db
USUAL = {"gap": 1.0, "importance": 1.0, "reach": 1.0, "governability": 1.0, "gut": 1.0}


def order_now(of: Round) -> Order:
    return order_of(list_of(of))


def keys(order: Order) -> list[str]:
    return [place.facts.item.criterion.key for place in order.places]


def place(order: Order, key: str) -> Any:
    return next(one for one in order.places if one.facts.item.criterion.key == key)


def test_the_worked_example_of_the_method_comes_out_through_the_round():
    order = order_now(worlds.a_worked_round())
    assert {one.facts.item.criterion.key: one.position for one in order.places} == worlds.POSITIONS
    for key, score in worlds.SCORES.items():
        assert place(order, key).score == pytest.approx(score, abs=0.05)
    assert [(why, [f.item.criterion.key for f in found]) for why, found in order.outside] == [
        (Candidacy.EXEMPLARY, ["meals"])
    ]


def test_three_steps_of_the_instrument_are_the_ends_and_the_middle_of_five():
    assert ON_FIVE_STEPS == {1: 1, 2: 3, 3: 5}
    facts = {one.item.criterion.key: one for one in order_now(worlds.a_worked_round()).facts}
    assert (facts["attendance"].reach, facts["attendance"].governability) == (3, 5)
    assert (facts["buildings"].reach, facts["buildings"].governability) == (5, 1)


def test_without_any_score_gut_stands_in_the_middle_and_every_position_says_its_bounds():
    order = order_now(worlds.a_worked_round(scored=False))
    training = place(order, "training")  # by hand: product 2/3 · u of GUT, here 2/3
    assert training.score == pytest.approx(100 * (2 / 3 * 2 / 3) ** (1 / 5))
    assert order.has_missing
    assert training.first_possible < training.position or training.position < training.last_possible
    with translation.override("en"):
        assert wording.missing_of(training.facts) == ["gravity", "urgency", "trend"]


def test_scores_of_several_people_are_joined_by_the_lower_median_and_their_distance_is_told():
    of = worlds.a_worked_round(scored=False)
    training = worlds.item(of, "training")
    for value in (2, 4, 5, 5):  # the lower of the two in the middle is 4
        member = make.a_member(of)
        services.score(member, training, "gravity", value, before=None, by=member.user, at=NOON)
    gut = place(order_now(of), "training").facts.gut
    assert (gut.medians, gut.people, gut.spread) == ((4, 0, 0), (4, 0, 0), (3, 0, 0))
    assert gut.joined is None


def test_joined_gut_is_read_on_the_scale_of_its_scores():
    of = worlds.a_worked_round(scored=False)
    member = worlds.coordinator(of)
    for part, value in (("gravity", 5), ("urgency", 5), ("trend", 3)):
        services.score(member, worlds.item(of, "training"), part, value, before=None, by=member.user, at=NOON)
    gut = place(order_now(of), "training").facts.gut
    assert gut.joined == pytest.approx(6 * (2 / 3) ** (1 / 3) - 1)  # steps 1, 1 and 2/3
    with translation.override("en"):
        assert wording.gut_text(gut) == "4.2"


def test_a_criterion_the_team_did_not_agree_on_counts_with_the_median_of_its_answers_and_says_so():
    version = worlds.an_instrument_with(worlds.WORKED)
    of = make.a_round(version=version, state="submitted")
    make.agree_all(of, [None, 2, None, None, 4])
    make.answer_all(make.a_member(of), [1, 3, 0, -1, 4])
    make.answer_all(make.a_member(of), [2, 3, 0, -1, 4])
    facts = {one.item.criterion.key: one for one in order_now(of).facts}
    assert (facts["attendance"].level, facts["attendance"].provisional) == (1, True)
    assert (facts["training"].level, facts["training"].provisional) == (2, False)
    outside = {why: [f.item.criterion.key for f in found] for why, found in order_now(of).outside}
    assert outside == {
        Candidacy.EXEMPLARY: ["meals"],
        Candidacy.NO_LEVEL: ["career"],
        Candidacy.NOT_APPLICABLE: ["buildings"],
    }


def test_a_strength_is_never_a_candidate_whatever_its_scores():
    of = worlds.a_worked_round()
    assert "meals" not in keys(order_now(of))
    with pytest.raises(services.NotAScore):
        worlds.score_all(of, worlds.coordinator(of), {"meals": 5})


def test_an_own_question_stands_in_the_middle_until_the_team_says_more():
    from trama.diagnose.models import OwnQuestion

    version = worlds.an_instrument_with(worlds.WORKED)
    of = make.a_round(version=version, state="submitted")
    question = OwnQuestion.objects.create(
        network=of.network, title="Merenda", question="?", created_by=of.opened_by, created_at=NOON
    )
    with before_submission(of):
        RoundItem.objects.create(round=of, own_question=question, position=6)
    make.agree_all(of, [1, 2, 3, 1, 4, 2])
    own = order_now(of).facts[-1]
    assert (own.title, own.importance, own.reach, own.governability) == ("Merenda", 2, 0, 0)
    services.adjust_factor(
        of, own.item, reach=4, governability=None, reason="Alcança a maioria.", revision=0, by=of.opened_by, at=NOON
    )
    assert (order_now(of).facts[-1].reach, order_now(of).facts[-1].governability) == (4, 0)


# --- sentences ----------------------------------------------------------------------------------------------------


def test_a_position_is_explained_in_one_sentence():
    order = order_now(worlds.a_worked_round())
    with translation.override("en"):
        assert wording.why(place(order, "attendance"), order, "network") == (
            "Place 1 because the level is Fragile, it weighs 3 of 3, it depends almost only on the secretariat and GUT "
            "is 5.0 of 5; but it reaches about half of those concerned."
        )
        assert wording.why(place(order, "buildings"), order, "school") == (
            "Place 4 because the level is Fragile, it reaches nearly all of those concerned and GUT is 5.0 of 5; but "
            "it weighs 2 of 3 and almost nothing of it depends on the school."
        )


def test_a_factor_that_the_rule_does_not_count_is_no_reason():
    of = worlds.a_worked_round()
    services.save_weights(of, USUAL | {"governability": 0.0, "gut": 0.0}, revision=1, by=of.opened_by, at=NOON)
    order = order_now(of)
    with translation.override("en"):
        said = wording.why(place(order, "buildings"), order, "network")
    assert "depends" not in said
    assert "GUT" not in said
    assert "weighs 2 of 3" in said


def test_missing_scores_are_said_in_the_sentence():
    order = order_now(worlds.a_worked_round(scored=False))
    with translation.override("en"):
        assert wording.why(place(order, "training"), order, "group").endswith("; GUT not scored yet.")
        assert "GUT" not in wording.why(place(order, "training"), order, "group", with_gut=False)


def test_ties_say_what_decided():
    facts = order_now(worlds.a_worked_round()).facts
    twins = [facts[0], facts[0]]
    order = computed_order(twins, PriorityWeights())
    assert order.places[1].tie == Tie.INSTRUMENT
    with translation.override("en"):
        assert wording.tie_text(order.places[0]) == ""
        assert "questionnaire asks it later" in wording.tie_text(order.places[1])
        assert all(str(text) for text in wording._TIES.values())


@pytest.mark.parametrize("language", ["en", "pt-br"])
def test_every_kind_of_change_has_its_words(language):
    """Each outcome with each change that the rule can name, and nothing left unfilled."""
    order = order_now(worlds.a_worked_round())
    shown = place(order, "career")
    from trama_measure.diagnosis import FACTORS, SCORED, Change

    changes = [(Change("levels", 3, 4, 1), False)]
    changes += [
        (Change(name, before, after, 1), False) for name in SCORED for before, after in ((3, 4), (3, 2), (None, 4))
    ]
    changes += [(Change(name, 1.0, after, 4), True) for name in FACTORS for after in (1.4, 0.6)]
    seen = set()
    with translation.override(language):
        for does in ("leave", "enter", "pass", "fall"):
            for change, of_rule in changes:
                order.__dict__["moves"] = {shown.facts.item.pk: Move(does, change, of_rule, 2)}
                said = wording.what_would_move(shown, order)
                assert said.endswith(".")
                assert "%" not in said
                assert "None" not in said
                seen.add(said)
        order.__dict__["moves"] = {}
        seen.add(wording.what_would_move(shown, order))
    assert len(seen) == 4 * len(changes) + 1


def test_what_would_change_the_worked_example_is_said_in_words():
    of = worlds.a_worked_round()
    services.decide(
        of, worlds.pks(of, "attendance", "training", "career"), reasons={}, number_reason="", revision=1,
        by=of.opened_by, at=NOON,
    )  # fmt: skip
    order = order_now(of)
    with translation.override("en"):
        assert wording.what_would_move(place(order, "buildings"), order) == (
            "It would come into the first 3 if its governability rose to 2."
        )


# --- what is said to change the order does change it, through the services ----------------------------------------


def applied(of: Round, item: RoundItem, move: Move) -> None:
    """Do what the sentence says, as a team would."""
    change, value = move.change, move.change.after
    if move.of_rule:
        kept = list_of(of)
        weights = {name: getattr(kept, f"weight_{name}") for name in USUAL} | {change.name: value}
        services.save_weights(of, weights, revision=kept.revision, by=of.opened_by, at=NOON)
    elif change.name == "levels":
        with before_submission(of):
            Agreement.objects.filter(item=item).update(level=int(value))
    elif change.name in ("reach", "governability"):
        values = {"reach": None, "governability": None, change.name: int(value)}
        services.adjust_factor(of, item, **values, reason="x", revision=0, by=of.opened_by, at=NOON)
    else:
        member = worlds.coordinator(of)
        before = None if change.before is None else int(change.before)
        services.score(member, item, change.name, int(value), before=before, by=member.user, at=NOON)


MANY = {
    f"k{n}": (n % 3 + 1, n % 3 + 1 if n % 2 else 3, (n * 5) % 3 + 1, (n * 7) % 3 + 1, (n * 11) % 5 + 1)
    for n in range(11)
}


def check_the_named_change(rows: dict[str, tuple[int, int, int, int, int]], key: str, *, scored: bool) -> bool:
    """Apply what the sentence of a criterion says, and look whether it happens. False where nothing alone moves it."""
    of = make.a_submitted_round(levels=[row[0] for row in rows.values()], version=worlds.an_instrument_with(rows))
    if scored:
        worlds.score_all(of, worlds.coordinator(of), {name: row[4] for name, row in rows.items()})
    order = order_now(of)
    before = place(order, key)
    move = order.moves.get(before.facts.item.pk)
    if move is None:
        return False
    neighbour = order.places[move.other - 1].facts.item.pk if move.other else 0
    applied(of, before.facts.item, move)
    after = order_now(of)
    position = after.position_of.get(before.facts.item.pk)
    expected: dict[str, Callable[[], bool]] = {
        "leave": lambda: position is None or position > order.top,
        "enter": lambda: position is not None and position <= order.top,
        "pass": lambda: position is not None and position < after.position_of[neighbour],
        "fall": lambda: position is None or position > after.position_of[neighbour],
    }
    assert expected[move.does](), (key, move)
    return True


@pytest.mark.parametrize("key", list(MANY))
@pytest.mark.parametrize("scored", [True, False])
def test_the_change_that_is_named_does_what_is_said(key: str, scored: bool):
    assert check_the_named_change(MANY, key, scored=scored)


step = st.integers(1, 3)


@given(rows=st.lists(st.tuples(step, step, step, step, st.integers(1, 5)), min_size=2, max_size=8), data=st.data())
@examples(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_in_any_round_the_change_that_is_named_does_what_is_said(rows, data):
    named = {f"k{n}": row for n, row in enumerate(rows)}
    key, scored = data.draw(st.sampled_from(list(named))), data.draw(st.booleans())
    check_the_named_change(named, key, scored=scored)


def test_the_order_is_never_older_than_the_last_change(settings):
    """What is kept is kept by what it stands on: each change is seen at once, and taking it back finds the old one."""
    settings.CACHES = {**settings.CACHES, "pages": settings.CACHES["default"] | {"LOCATION": "moves"}}
    of = worlds.a_worked_round()
    three = worlds.pks(of, "attendance", "training", "career")
    services.decide(of, three, reasons={}, number_reason="", revision=1, by=of.opened_by, at=NOON)
    first = dict(order_now(of).moves)
    services.save_weights(of, USUAL | {"gap": 2.0}, revision=1, by=of.opened_by, at=NOON)
    second = dict(order_now(of).moves)
    services.save_weights(of, USUAL, revision=2, by=of.opened_by, at=NOON)
    assert first != second
    assert dict(order_now(of).moves) == first


def test_an_order_costs_the_same_questions_however_many_scored():
    of = worlds.a_worked_round()
    kept = list_of(of)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            order_of(kept)
        return len(asked)

    few = cost()
    for _ in range(4):
        worlds.score_all(of, make.a_member(of), {"attendance": 4, "training": 2})
    assert cost() == few <= 6
    assert PriorityList.objects.count() == 1
