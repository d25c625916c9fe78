"""Flags: raised for what was planted, silent where nothing was."""

import csv
import gzip

import numpy as np
import polars as pl
import pytest

from trama_measure.classical import FLAGS, Thresholds, analyse, position_effects, tally
from trama_measure.responses import Answers, Design, Key, Roster, from_arrays, mark

N, K = 4000, 12


def simulated(seed=7):
    """Options of 12 items: A is right more often the abler the student; the others are guesses."""
    generator = np.random.default_rng(seed)
    ability = generator.normal(size=N)
    right = generator.random((N, K)) < 1 / (1 + np.exp(-1.4 * (ability[:, None] - np.linspace(-1.2, 1.2, K))))
    return np.where(right, 0, generator.integers(1, 5, (N, K))).astype(np.uint8), ability, generator


def flags_of(raw, key=None, positions=None, **limits):
    items = tuple(f"q{place}" for place in range(raw.shape[1]))
    answers = Answers(raw, items, Roster(np.arange(len(raw)), np.zeros(len(raw), dtype=np.int64), np.ones(len(raw))))
    key = key or Key("v", dict.fromkeys(items, "A"))
    found = analyse(
        tally(mark(answers, key), answers=answers, key=key), positions=positions, limits=Thresholds(**limits)
    )
    return found.flags.select("item", "code", "option").rows(), found


def test_a_sound_test_raises_nothing():
    assert flags_of(simulated()[0])[0] == []


def test_a_wrong_key_is_suspected_and_the_better_option_named():
    raw, _, _ = simulated()
    key = Key("v", {f"q{place}": "C" if place == 4 else "A" for place in range(K)})
    found, analysis = flags_of(raw, key)
    assert ("q4", "key_suspected", "A") in found
    assert ("q4", "negative_discrimination", None) in found
    assert {item for item, _, _ in found} == {"q4"}
    (detail,) = analysis.flags.filter(pl.col("code") == "key_suspected")["detail"]
    assert detail.startswith("option A r 0.")
    assert "key C r -0." in detail


def test_a_distractor_a_little_better_than_the_key():
    raw, ability, generator = simulated()
    raw[:, 2] = np.where(generator.random(N) < 0.5, 0, 1)
    raw[(ability > 0) & (generator.random(N) < 0.06), 2] = 1
    found, _ = flags_of(raw, rival=0.2)
    assert ("q2", "distractor_better_than_key", "B") in found
    assert not any(code == "key_suspected" for _, code, _ in found)


def test_hard_easy_constant_omitted_and_not_reached():
    raw, _, generator = simulated()
    raw[:, 0] = np.where(generator.random(N) < 0.03, 0, 1)
    raw[:, 1] = np.where(generator.random(N) < 0.98, 0, 1)
    raw[:, 2] = 0
    raw[generator.random(N) < 0.12, 3] = 251
    raw[generator.random(N) < 0.12, 4] = 252
    found = {(item, code) for item, code, _ in flags_of(raw)[0]}
    assert {
        ("q0", "too_hard"),
        ("q1", "too_easy"),
        ("q2", "constant"),
        ("q3", "omission"),
        ("q4", "not_reached"),
    } <= found
    assert not any(item in {"q5", "q6", "q7"} for item, _ in found)


def test_with_few_students_nothing_is_accused():
    raw, _, _ = simulated()
    key = Key("v", {f"q{place}": "C" if place == 4 else "A" for place in range(K)})
    assert {code for _, code, _ in flags_of(raw[:60], key)[0]} == {"few_students"}


def test_an_annulled_item_raises_nothing():
    raw, _, _ = simulated()
    key = Key("v", {f"q{place}": "A" for place in range(K)} | {"q4": ""})
    found, analysis = flags_of(raw, key)
    assert found == []
    shown = analysis.options.filter((pl.col("item") == "q4") & (pl.col("booklet") == "all"))
    assert shown["right"].any() is False
    assert shown["share"].sum() == pytest.approx(1.0)


def test_an_item_that_suffers_at_the_end_has_a_position_effect():
    design = Design({"x": ("A", "B"), "y": ("B", "A")}, {"A": ("a0", "a1", "a2"), "B": ("b0", "b1", "b2")})
    generator = np.random.default_rng(1)
    ability = generator.normal(size=N)
    codes = (generator.random((N, 6)) < 1 / (1 + np.exp(-1.3 * ability[:, None]))).astype(int)
    booklet = np.where(np.arange(N) % 2 == 0, "x", "y")
    codes[(booklet == "y") & (generator.random(N) < 0.3), 2] = 0  # a2 is last in y
    one = tally(from_arrays(codes, items=design.items, booklet=booklet))
    effects = position_effects(one, design.positions())
    assert (effects["a2"].first, effects["a2"].last) == (3, 6)
    means = [codes[booklet == label, 2].mean() for label in ("x", "y")]
    assert effects["a2"].change == pytest.approx(means[1] - means[0])
    found = analyse(one, positions=design.positions()).flags
    assert found.filter(pl.col("code") == "position_effect")["item"].to_list() == ["a2"]
    assert "from position 3 to 6" in found["detail"][0]
    with pytest.raises(ValueError, match="booklet y: no position for b0"):
        position_effects(one, {"x": design.positions()["x"], "y": {"a0": 1, "a1": 2, "a2": 3}})


@pytest.mark.shared_data
def test_the_key_printed_in_saeb_1995_is_suspected_where_answers_contradict_it(shared_data):
    """Block 5 of Saeb 1995 with the key of the file: where the file and the answers disagree, the flag says so.

    The independent source is the option most related to the official proficiency (shared data, derived file).
    """
    folder = shared_data / "irt"
    with (folder / "saeb_1995_matematica_3em_chave_empirica.csv").open() as file:
        empirical = {row["posicao"]: row for row in csv.DictReader(file) if row["bloco"] == "5"}
    with gzip.open(folder / "saeb_1995_matematica_3em_respostas.csv.gz", "rt") as file:
        texts = [
            row[f"RESP_BL{place}"][:11]
            for row in csv.DictReader(file) for place in (1, 2, 3) if row[f"BLOCO{place}"] == "5"
        ]  # fmt: skip
    from trama_measure.responses import SAEB_1995, decode

    raw = decode(np.array([list(text.encode()) for text in texts], dtype=np.uint8), SAEB_1995)
    items = {
        f"q{place - 1}": row for place, row in ((int(place), row) for place, row in empirical.items()) if place <= 11
    }
    key = Key("file", {item: row["gabarito_no_arquivo"] for item, row in items.items()})
    clear = {
        item: row["letra_mais_associada"] for item, row in items.items()
        if float(row["r_ponto_bisserial"]) > 0.30 and row["letra_mais_associada"] != row["gabarito_no_arquivo"]
    }  # fmt: skip
    true_key = Key("answers", {item: row["letra_mais_associada"] for item, row in items.items()})
    found = {(item, option) for item, code, option in flags_of(raw, true_key)[0] if code == "key_suspected"}
    assert found == set()
    mixed = Key("one wrong", true_key.options | {next(iter(clear)): key.options[next(iter(clear))]})
    wrong = [(item, option) for item, code, option in flags_of(raw, mixed)[0] if code == "key_suspected"]
    assert wrong == [(next(iter(clear)), clear[next(iter(clear))])]


def test_every_flag_has_a_name():
    assert len(set(FLAGS)) == len(FLAGS) == 11
