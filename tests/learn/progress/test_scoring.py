"""What answers are worth, worked by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from trama.learn.progress.scoring import (
    AnswerUnreadable,
    Key,
    drawn,
    folded,
    percent,
    read_given,
    read_number,
    score,
    shown,
    shuffled,
)

FOUR = (1, 2, 3, 4)


def worth(key: Key, given: object, language: str = "pt") -> Fraction:
    return score(key, read_given(key, given, language), language)


def test_one_right_answer_is_all_or_nothing():
    key = Key("single", FOUR, frozenset({2}))
    assert worth(key, "2") == 1
    assert worth(key, "3") == 0
    assert worth(Key("true_false", (1, 2), frozenset({1})), 1) == 1


def test_several_right_answers_lose_a_point_for_each_wrong_one_and_never_fall_below_nothing():
    key = Key("multiple", FOUR, frozenset({1, 2, 3}))
    assert worth(key, ["1", "2", "3"]) == 1
    assert worth(key, ["1", "2"]) == Fraction(2, 3)
    assert worth(key, ["1", "2", "4"]) == Fraction(1, 3)  # two found, one wrong: (2 - 1) / 3
    assert worth(key, [1, 2, 3, 4]) == Fraction(2, 3)  # all that are right, and one that is not: (3 - 1) / 3
    assert worth(key, ["4"]) == 0
    assert read_given(key, ["2", "1", "2"]) == [1, 2]


def test_an_order_is_worth_the_steps_that_it_keeps():
    key = Key("order", FOUR)
    assert worth(key, [1, 2, 3, 4]) == 1
    assert worth(key, [4, 1, 2, 3]) == Fraction(2, 3)  # one option moved: 1-2 and 2-3 stay, 3-4 is lost
    assert worth(key, [2, 1, 4, 3]) == 0
    assert worth(key, [3, 4, 1, 2]) == Fraction(2, 3)
    assert worth(key, [4, 3, 2, 1]) == 0


def test_pairs_are_worth_their_share_and_equal_pairs_are_equal():
    key = Key("match", (1, 2, 3), pairs={1: "escola", 2: "rede", 3: "Rede"})
    assert worth(key, {1: 1, 2: 3, 3: 2}) == 1
    assert worth(key, {"1": "2", "2": "2", "3": "3"}) == Fraction(2, 3)


@pytest.mark.parametrize(
    ("text", "portuguese", "english"),
    [
        ("30", "30", "30"),
        ("1.234", "1234", "1.234"),
        ("1,234", "1.234", "1234"),
        ("1.234,5", "1234.5", "1234.5"),
        ("1,234.5", "1234.5", "1234.5"),
        ("1.234.567", "1234567", "1234567"),
        ("3.5", "3.5", "3.5"),
        ("3,5 %", "3.5", "3.5"),
        ("\u22121 000", "-1000", "-1000"),
        ("1234.567", "1234.567", "1234.567"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, portuguese: str, english: str):
    assert read_number(text, "pt-br") == Decimal(portuguese)
    assert read_number(text, "en") == Decimal(english)


@pytest.mark.parametrize("text", ["", "abc", "1,,2", "1.23.4567", "NaN", "1e5", "--1", "1,", "9" * 40])
def test_what_is_no_number_is_refused(text: str):
    with pytest.raises(AnswerUnreadable):
        read_given(Key("number", number=Decimal(1)), text)


def test_a_number_is_right_up_to_its_tolerance_and_exactly_at_it():
    key = Key("number", number=Decimal(30), tolerance=Decimal("0.5"))
    assert worth(key, "30,5") == 1
    assert worth(key, "29.5") == 1
    assert worth(key, "30,51") == 0
    assert worth(Key("number", number=Decimal("0.3")), "0,3") == 1


def test_a_short_answer_needs_no_accents_nor_case():
    key = Key("short", accepted=("educação especial", "AEE"))
    assert worth(key, "  Educacao  ESPECIAL. ") == 1
    assert worth(key, "aee") == 1
    assert worth(key, "educação") == 0
    assert folded("“Ação”") == "acao"


@pytest.mark.parametrize(
    ("key", "given", "problem"),
    [
        (Key("single", FOUR), "", "nothing"),
        (Key("single", FOUR), "9", "foreign"),
        (Key("single", FOUR), "²", "nothing"),
        (Key("multiple", FOUR), [], "nothing"),
        (Key("multiple", FOUR), "12", "nothing"),
        (Key("multiple", FOUR), ["9"], "foreign"),
        (Key("order", FOUR), [1, 2, 3, 3], "not every place once"),
        (Key("order", FOUR), [1, 2], "not every place once"),
        (Key("match", (1, 2), pairs={1: "a", 2: "b"}), {1: 1}, "not every pair"),
        (Key("match", (1, 2), pairs={1: "a", 2: "b"}), "x", "nothing"),
        (Key("short"), "   ", "nothing"),
        (Key("short"), "x" * 201, "too long"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_reason(key: Key, given: object, problem: str):
    with pytest.raises(AnswerUnreadable) as refused:
        read_given(key, given)
    assert refused.value.problem == problem


def test_an_attempt_counts_every_question_alike_and_never_rounds_up():
    assert percent([Fraction(1), Fraction(1, 2)], 3) == 50
    assert percent([], 0) == 0
    assert shown(percent([Fraction(2, 3)], 1)) == Decimal("66.66")
    assert shown(Fraction(69996, 1000)) == Decimal("69.99")


def test_the_same_seed_always_draws_the_same_questions():
    assert drawn(range(1, 21), 5, 7) == drawn(reversed(range(1, 21)), 5, 7)
    assert len(drawn(range(1, 21), 5, 7)) == 5
    assert sorted(drawn(range(1, 21), None, 7)) == list(range(1, 21))
    assert shuffled(range(1, 6), 1) == [4, 5, 2, 3, 1]  # by sha256, written down: it may never change
    assert len({tuple(shuffled(range(1, 6), seed)) for seed in range(50)}) > 30


@over(st.permutations(FOUR))
def test_no_order_is_worth_less_than_nothing_or_more_than_all(order: list[int]):
    value = worth(Key("order", FOUR), order)
    assert 0 <= value <= 1
    assert (value == 1) == (tuple(order) == FOUR)


@over(st.text(max_size=40), st.sampled_from(["pt-br", "en"]))
def test_any_text_is_a_number_or_is_refused(text: str, language: str):
    try:
        found = read_number(text, language)
    except AnswerUnreadable:
        return
    assert found.is_finite()
