"""The index alone: what it forgives, and what it puts first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama.know.search.index import Entry, SearchIndex
from trama.know.territory.names import search_form

NAMES = [
    ("São Paulo", "SP", 1.3),
    ("São Paulo das Missões", "RS", 0.5),
    ("Santa Luzia", "MG", 0.6),
    ("Santa Luzia", "MA", 0.5),
    ("Alta Floresta D'Oeste", "RO", 0.5),
    ("Belo Horizonte", "MG", 0.9),
    ("Mogi das Cruzes", "SP", 0.6),
    ("Rio de Janeiro", "RJ", 1.1),
    ("Rio Bom", "PR", 0.5),
    ("Mãe do Rio", "PA", 0.5),
    ("Xique-Xique", "BA", 0.5),
]
LIMITS = [(("municipality",), 60)]
INDEX = SearchIndex(Entry("municipality", n, name, uf, weight) for n, (name, uf, weight) in enumerate(NAMES))


def names(query: str) -> list[str]:
    return [f"{NAMES[hit.key][0]} {NAMES[hit.key][1]}" for hit in INDEX.find(query, limits=LIMITS)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("sao paulo", "São Paulo SP"),
        ("SÃO PAOLO", "São Paulo SP"),
        ("belo horisonte", "Belo Horizonte MG"),
        ("moji das cruzes", "Mogi das Cruzes SP"),
        ("alta floresta doeste", "Alta Floresta D'Oeste RO"),
        ("xique xiqe", "Xique-Xique BA"),
        ("sta luzia ma", "Santa Luzia MA"),
        ("rio", "Rio de Janeiro RJ"),
        ("mog", "Mogi das Cruzes SP"),
        ("cidade de belo horizonte", "Belo Horizonte MG"),
    ],
)
def test_accents_slips_beginnings_and_the_states_letters_lead_to_the_place(typed, first):
    assert names(typed)[0] == first


@pytest.mark.parametrize("typed", ["", " ", "a", "qwrtzz", "1234", "%_'"])
def test_too_little_or_nothing_alike_finds_nothing(typed):
    assert names(typed) == []


def test_a_kind_that_was_not_asked_for_is_left_out():
    index = SearchIndex([Entry("school", 1, "Rio Bom", "", 0.0), Entry("municipality", 2, "Rio Bom", "", 0.0)])
    assert [hit.key for hit in index.find("rio bom", limits=[(("school",), 9)])] == [1]


def test_an_empty_index_answers():
    assert SearchIndex(()).find("são paulo", limits=LIMITS) == []


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_an_answer(query):
    assert len(INDEX.find(query, limits=LIMITS)) <= len(NAMES)


@given(st.sampled_from(NAMES), st.data())
def test_a_name_with_one_letter_lost_is_still_among_the_first(entry, data):
    name = search_form(entry[0])
    word = max(name.split(), key=len)
    at = data.draw(st.integers(1, len(word) - 1))
    typed = name.replace(word, word[:at] + word[at + 1 :], 1)
    assert entry[0] in {NAMES[hit.key][0] for hit in INDEX.find(typed, limits=LIMITS)[:3]}
