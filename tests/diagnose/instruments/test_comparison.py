"""What changed between versions: criteria by their key, texts word by word, and what may be compared."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnose import factories as make
from trama.diagnose.api import matching_criteria
from trama.diagnose.instruments.comparison import changed_words, compare_versions
from trama.diagnose.instruments.searching import plain
from trama.diagnose.instruments.structure import Both
from trama.diagnose.models import Criterion

from .worlds import a_criterion, a_version, both


def test_every_criterion_of_either_version_is_in_one_list():
    before = a_version(a_criterion("same"), a_criterion("moved", "1.1.2"), a_criterion("worded", "1.1.3"),
                       a_criterion("gone", "1.1.4"))  # fmt: skip
    after = a_version(
        a_criterion("same"),
        a_criterion("moved", "1.1.3", weight=3),
        a_criterion("worded", "1.1.2", question=Both("Pergunta nova?", "Pergunta worded? in English")),
        a_criterion("fresh", "1.1.4"),
    )
    with translation.override("pt-br"):
        found = compare_versions(before, after)
    assert [c.key for c in found.same] == ["same"]
    assert [(was.code, now.code) for was, now, _ in found.moved] == [("1.1.2", "1.1.3")]
    assert [c.key for c in found.new] == ["fresh"]
    assert [c.key for c in found.removed] == ["gone"]
    [change] = found.changed
    assert change.after.key == "worded"
    assert not change.other_language
    [text] = change.texts
    assert text.pieces == [
        ("same", "Pergunta "), ("out", "worded"), ("in", "nova"), ("same", "?"), ("out", " em português"),
    ]  # fmt: skip


def test_details_that_changed_are_named():
    before, after = a_version(a_criterion()), a_version(a_criterion(weight=3, law=both("Outra lei")))
    with translation.override("en"):
        [(_was, _now, words)] = compare_versions(before, after).moved
    assert words == "weight, legal basis"


def test_a_change_in_the_other_language_only_is_said_and_still_ends_comparability():
    plain_one = a_criterion()
    anchors = (Both(plain_one.anchors[0].pt, "Changed"), *plain_one.anchors[1:])
    with translation.override("pt-br"):
        [change] = compare_versions(a_version(plain_one), a_version(a_criterion(anchors=anchors))).changed
    assert (change.texts, change.other_language) == ([], True)


@given(st.text("ab é,.\n", max_size=40), st.text("ab é,.\n", max_size=40))
def test_the_pieces_hold_both_texts_whole(before, after):
    pieces = changed_words(before, after)
    assert "".join(text for kind, text in pieces if kind != "in") == before
    assert "".join(text for kind, text in pieces if kind != "out") == after
    if before == after:
        assert all(kind == "same" for kind, _ in pieces)


@pytest.mark.django_db
def test_answers_are_compared_where_key_and_words_are_the_same():
    first = make.an_instrument((2, 2), version="1.0", slug="um")
    second = make.an_instrument((2, 2), version="2.0", slug="um")
    same = {c.pk: second.criteria.get(key=c.key).pk for c in first.criteria.all()}
    assert matching_criteria(first, second) == same
    third = make.an_instrument((2, 1), version="3.0", slug="um")
    assert len(matching_criteria(first, third)) == 3
    other = make.an_instrument((2, 2), slug="outro")
    assert matching_criteria(first, other) == {}


@pytest.mark.django_db
def test_a_criterion_with_other_words_is_not_compared(django_assert_num_queries):
    first = make.an_instrument((2,), version="1.0", slug="um")
    from trama.diagnose.instruments.storage import store_version

    data = a_version(a_criterion("c1", "1.1.1"), slug="um", version="2.0")
    second, _new = store_version(data, by=None, at=make.NOON)
    with django_assert_num_queries(2):
        assert matching_criteria(first, second) == {}
    assert Criterion.objects.filter(version=second, key="c1").exists()


def test_searching_forgets_accents_and_case():
    assert plain("Educação ÉTNICO-racial") == "educacao etnico-racial"
