"""Reading aloud: rates by hand, profiles at their edges, counts that cannot be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.fluency import (
    UNKNOWN,
    ImpossibleReading,
    all_rules,
    class_profiles,
    class_rates,
    measures,
    profiles_of,
    reading,
)

NAMES = all_rules()["parc-2024"].names
NAN = float("nan")


def one(read, wrong=0, seconds=60.0, passage=200):
    return reading([read], [wrong], [seconds], passage)


def profile(text=None, words=None, pseudowords=None):
    (place,) = profiles_of(measures(text, words, pseudowords)).tolist()
    return "unknown" if place == UNKNOWN else NAMES[place]


def test_the_table_of_the_method():
    made = reading([72, 120, 3, 0], [4, 6, 0, 0], [60, 50, 4, 60], 120)
    assert made.rate == pytest.approx([72, 144, 3, 0])
    assert made.correct_rate == pytest.approx([68, 136.8, 3, 0])
    assert made.accuracy == pytest.approx([68 / 72, 0.95, 1.0, NAN], nan_ok=True)
    assert made.seconds.tolist() == [60, 50, 60, 60]
    assert made.finished.tolist() == [False, True, False, False]


def test_another_cap_and_a_passage_for_each_child():
    made = reading([30, 40], [0, 4], [30, 20], [100, 40], cap=30)
    assert made.rate == pytest.approx([60, 120])
    assert made.correct_rate == pytest.approx([60, 108])


def test_a_part_that_was_not_applied_stays_missing():
    made = reading([NAN, 10], [NAN, 1], [NAN, 60], 50)
    assert np.isnan(made.rate[0])
    assert np.isnan(made.accuracy[0])
    assert not made.finished[0]
    assert made.rate[1] == 10


@given(st.integers(0, 200), st.integers(0, 200), st.floats(1, 60), st.integers(1, 200))
def test_correct_words_never_outrun_words_and_accuracy_is_a_share(read, wrong, seconds, passage):
    read = min(read, passage)
    made = reading([read], [min(wrong, read)], [seconds], passage)
    assert 0 <= made.correct_rate[0] <= made.rate[0]
    assert made.rate[0] >= read or read == 0  # never slower than the cap says
    assert np.isnan(made.accuracy[0]) if read == 0 else 0 <= made.accuracy[0] <= 1


@pytest.mark.parametrize(
    ("read", "wrong", "seconds", "message"),
    [
        (5, 6, 60, r"row 1: found 5 words read, 6 wrong, 60 seconds; expected no more wrong words than words read"),
        (51, 0, 60, "no more words than the passage holds"),
        (5, 0, 0, "some seconds where words were read"),
        (5, 0, 75, "at most the 60 seconds of the cap: count the words read until then"),
        (-1, 0, 60, "whole counts of 0 or more"),
        (5.5, 0, 60, "whole counts of 0 or more"),
        (5, 0, -3, "seconds of 0 or more"),
        (5, 0, np.inf, "seconds of 0 or more"),
        (5, NAN, 60, "some counts are missing and others are not"),
        (NAN, 0, 60, "some counts are missing and others are not"),
    ],
)
def test_readings_that_cannot_be_are_refused_with_their_row(read, wrong, seconds, message):
    with pytest.raises(ImpossibleReading, match=message):
        reading([10, read], [0, wrong], [60, seconds], 50)


def test_shapes_caps_and_passages_are_checked():
    with pytest.raises(ValueError, match=r"found \(2,\) read, \(1,\) wrong"):
        reading([1, 2], [0], [60, 60], 50)
    with pytest.raises(ValueError, match="cap: found 0 seconds"):
        reading([1], [0], [60], 50, cap=0)
    with pytest.raises(ValueError, match="passage: expected the number of its words"):
        reading([1], [0], [60], 0)


# Profiles


@pytest.mark.parametrize(
    ("read", "wrong", "expected"),
    [
        (67, 0, "fluent"),
        (66, 0, "beginner"),  # more than 66, not 66
        (100, 9, "fluent"),
        (100, 10, "beginner"),  # 90 % exactly is not more than 90 %
        (70, 60, "beginner"),
    ],
)
def test_fluent_is_more_than_66_words_with_more_than_nine_tenths_right(read, wrong, expected):
    assert profile(one(read, wrong), one(30), one(20)) == expected


@pytest.mark.parametrize(
    ("words", "pseudowords", "expected"),
    [(11, 0, "beginner"), (10, 0, "pre_reader"), (0, 6, "beginner"), (0, 5, "pre_reader"), (1, 0, "pre_reader")],
)
def test_beginners_read_more_than_ten_words_or_six_invented_ones(words, pseudowords, expected):
    assert profile(one(0), one(words), one(pseudowords)) == expected


def test_words_read_wrong_are_no_words():
    assert profile(one(0), one(20, 10), one(0)) == "pre_reader"
    assert profile(one(0), one(20, 9), one(0)) == "beginner"


def test_who_reads_nothing_did_not_read():
    assert profile(one(0), one(0), one(0)) == "did_not_read"


def test_a_missing_part_that_decides_makes_the_profile_unknown():
    assert profile(None, one(30), one(20)) == "unknown"  # may be fluent
    assert profile(one(NAN, NAN, NAN), one(30), one(20)) == "unknown"
    assert profile(one(20), None, one(3)) == "unknown"  # may be a beginner
    assert profile(one(20), None, one(6)) == "beginner"  # six invented words are enough
    assert profile(one(80, 2), None, None) == "fluent"
    assert profile(one(NAN, NAN, NAN), one(NAN, NAN, NAN), one(NAN, NAN, NAN)) == "unknown"


def test_the_rules_have_a_source_and_say_what_is_not_confirmed():
    rules = all_rules()["parc-2024"]
    assert "PARC" in rules.source
    assert "secondary" in rules.standing
    assert rules.names == ("fluent", "beginner", "pre_reader", "did_not_read")
    with pytest.raises(ValueError, match="no rules 'x'; found parc-2024"):
        profiles_of(measures(one(1)), "x")


@given(st.integers(0, 199), st.integers(0, 20))
def test_reading_more_words_right_is_never_a_lower_profile(read, wrong):
    wrong = min(wrong, read)
    parts = (one(12), one(0))
    before = profiles_of(measures(one(read, wrong), *parts))[0]
    after = profiles_of(measures(one(read + 1, wrong), *parts))[0]
    assert after <= before  # 0 is the best


def test_parts_are_of_the_same_children():
    with pytest.raises(ValueError, match="found parts of"):
        measures(one(1), reading([1, 2], [0, 0], [60, 60], 50))
    with pytest.raises(ValueError, match="at least one part"):
        measures()


# Classes


def test_profiles_of_a_class():
    profiles = np.array([0, 0, 1, 3, UNKNOWN, 2, UNKNOWN])
    table = class_profiles(profiles, np.array(["2A", "2A", "2A", "2A", "2A", "2B", "2C"]))
    rows = {(row["class"], row["profile"]): row for row in table.iter_rows(named=True)}
    assert rows["2A", "fluent"]["students"] == 2
    assert rows["2A", "fluent"]["share"] == 0.5
    assert rows["2A", "pre_reader"]["share"] == 0.0
    assert (rows["2A", "fluent"]["known"], rows["2A", "fluent"]["unknown"]) == (4, 1)
    assert rows["2B", "pre_reader"]["share"] == 1.0
    assert rows["2C", "fluent"]["share"] is None
    assert len(table) == 3 * 4
    with pytest.raises(ValueError, match="found profile 4, expected -1 to 3"):
        class_profiles(np.array([4]), np.array(["a"]))
    with pytest.raises(ValueError, match=r"found \(1,\) profiles and \(2,\) classes"):
        class_profiles(np.array([1]), np.array(["a", "b"]))
    with pytest.raises(ValueError, match="no rules 'x'"):
        class_profiles(np.array([1]), np.array(["a"]), "x")


def test_rates_of_a_class():
    text = reading([10, 20, 30, 40, 0, NAN], [0, 0, 5, 0, 0, NAN], [60, 60, 60, 20, 60, NAN], 40)
    table = class_rates(text, np.array(["a", "a", "a", "a", "b", "b"]))
    first, second = table.rows(named=True)
    # correct per minute 10 20 25 120
    assert (first["readers"], first["median"], first["finished"]) == (4, 22.5, 1)
    assert (first["lower_quartile"], first["upper_quartile"]) == (17.5, 48.75)
    assert first["accuracy"] == pytest.approx(95 / 100)
    assert (second["readers"], second["median"], second["accuracy"]) == (1, 0.0, None)
    with pytest.raises(ValueError, match="expected"):
        class_rates(text, np.array(["a"]))
