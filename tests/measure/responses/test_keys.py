"""Keys in versions: the answers stay, the marks change."""

import csv
import gzip
import json

import numpy as np
import pytest

from trama_measure.responses import Alphabet, Answers, Key, Roster, decode, mark

BLANK, GONE, TWO, ANNULLED, OUT = 251, 252, 253, 254, 255


def answers(rows, items=("p", "q", "r")):
    codes = np.array(rows, dtype=np.uint8)
    n = len(codes)
    return Answers(codes, items, Roster(np.arange(n), np.zeros(n, dtype=np.int64), np.ones(n)))


def test_right_is_what_the_key_says_and_special_codes_stay():
    made = mark(answers([[0, 1, 2], [1, BLANK, TWO], [GONE, OUT, 2]]), Key("v1", {"p": "A", "q": "B", "r": "C"}))
    assert made.codes.tolist() == [[1, 1, 1], [0, BLANK, TWO], [GONE, OUT, 1]]
    assert made.key == "v1"


def test_an_annulled_item_is_annulled_for_everyone_who_had_it():
    first = Key("v1", {"p": "A", "q": "B", "r": "C"})
    second = first.annul("v2", {"q": "printed twice"})
    given = answers([[0, 1, 2], [0, BLANK, 0], [0, OUT, 0]])
    assert mark(given, second).codes[:, 1].tolist() == [ANNULLED, ANNULLED, OUT]
    assert mark(given, first).codes[:, 1].tolist() == [1, BLANK, OUT]
    assert second.reasons == {"q": "printed twice"}
    with pytest.raises(ValueError, match="not in the key: s"):
        first.annul("v3", {"s": ""})
    with pytest.raises(ValueError, match="version v1 exists"):
        first.annul("v1", {"q": ""})


def test_two_options_may_be_right():
    made = mark(answers([[0, 1, 2], [0, 3, 2], [0, 2, 2], [0, TWO, 2]]), Key("v", {"p": "A", "q": "BD", "r": "C"}))
    assert made.codes[:, 1].tolist() == [1, 1, 0, TWO]


def test_keys_that_cannot_be_of_this_test_are_refused():
    with pytest.raises(ValueError, match="key v has no entry for r"):
        mark(answers([[0, 1, 2]]), Key("v", {"p": "A", "q": "B"}))
    with pytest.raises(ValueError, match=r"item r: the right option is E, nobody chose beyond C; is this the key of"):
        mark(answers([[0, 1, 2]]), Key("v", {"p": "A", "q": "B", "r": "E"}))
    with pytest.raises(ValueError, match="found 'aa', expected capital letters"):
        Key("v", {"p": "aa"})
    with pytest.raises(ValueError, match="found 2 letters, expected one for each of the 3 items"):
        Key.from_letters("v", ["p", "q", "r"], "AB")


def test_a_printed_key_with_an_annulled_item():
    key = Key.from_letters("2009", ["p", "q", "r"], "AXC")
    assert key.options == {"p": "A", "q": "", "r": "C"}


@pytest.mark.shared_data
def test_sat12_marked_with_its_key_has_the_published_mean(shared_data):
    rows = list(csv.reader((shared_data / "irt" / "sat12.csv").open()))
    published = json.loads((shared_data / "irt" / "estimativas_publicadas.json").read_text())["sat12"]
    characters = np.array([[ord(cell) for cell in row] for row in rows[1:]], dtype=np.uint8)
    raw = decode(characters, Alphabet(options="12345", omitted="8"))
    items = tuple(rows[0])
    key = Key("TESTFACT", {item: "ABCDE"[right - 1] for item, right in zip(items, published["gabarito"], strict=True)})
    made = mark(answers(raw, items), key)
    assert made.scored().sum(axis=1).mean() == pytest.approx(published["media_acertos"], abs=5e-5)


@pytest.mark.shared_data
def test_enem_keys_and_answers_of_2022_have_no_unknown_character(shared_data):
    """Real answer strings with blanks, two marks and the language not chosen, against the official key."""
    with gzip.open(shared_data / "irt" / "enem_respostas_notas_amostra.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if row["NU_ANO"] == "2022"]
    assert len(rows) > 100
    from trama_measure.responses import ENEM

    for row in rows:
        text = row["TX_RESPOSTAS"]
        raw = decode(np.array([list(text.encode())], dtype=np.uint8), ENEM)[0]
        assert len(raw) in {45, 50}
        assert (raw == OUT).sum() == text.count("9")
