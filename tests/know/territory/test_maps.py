"""Maps: every place in its class, "no data" told, the same as a list."""

import json

import numpy as np
import pytest

from tests.know import factories as make
from trama.know.territory.maps import MapClass, class_of, country_map, quantile_classes, state_map, view_of


def test_classes_hold_about_as_many_places_each_and_a_break_belongs_above():
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, np.nan])
    breaks, classes = quantile_classes(values, lambda v: f"{v:g}")
    assert [class_of(float(v), breaks) for v in values[:10]] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert class_of(float("nan"), breaks) is None
    assert class_of(breaks[0], breaks) == 1
    assert len(classes) == 5
    assert [one.css for one in classes] == ["q1", "q2", "q3", "q4", "q5"]


def test_repeated_values_make_fewer_classes_and_none_is_empty():
    breaks, classes = quantile_classes(np.array([5.0] * 9 + [6.0]))
    assert len(classes) == len(breaks) + 1
    used = {class_of(v, breaks) for v in (5.0, 6.0)}
    assert used == set(range(len(classes)))


def test_nothing_published_gives_no_classes():
    assert quantile_classes(np.array([np.nan])) == ([], [])


def test_the_view_is_the_smallest_around_the_outlines():
    assert view_of(["M100 200h300v400h-300z", "m500 700l10 20-5 5z"]) == "40 140 530 645"
    assert view_of([]) == "0 0 10000 10000"


@pytest.mark.django_db
def test_states_are_painted_with_links_and_the_list_says_the_same(django_assert_max_num_queries):
    for code in (11, 26):
        make.boundary(make.state(code))
    make.state(27)
    classes = [MapClass("q1", "low"), MapClass("q5", "high")]
    with django_assert_max_num_queries(2):
        drawn = country_map("m", "Title", {11: 0, 26: None}, classes)
    assert {(s.code, s.css, s.href) for s in drawn.shapes} == {
        (11, "q1", "/panorama/11/"),
        (26, "q-none", "/panorama/26/"),
    }
    assert [(name, said) for name, _href, said in drawn.rows] == [
        ("Alagoas", drawn.classes[-1].label),
        ("Pernambuco", drawn.classes[-1].label),
        ("Rondônia", "low"),
    ], "a state without outline is still in the list"


@pytest.mark.django_db
def test_municipalities_are_painted_by_one_character_each_in_the_order_of_the_shapes_file(client):
    make.boundary(make.state(11))
    for code in (1100031, 1100015, 1100023):
        make.boundary(make.municipality(code), path=f"M{code % 100} 0h1v1z")
    drawn = country_map("m", "T", {1100015: 1, 1100031: 0, 1100023: None}, [MapClass("a", "A"), MapClass("b", "B")])
    response = client.get(drawn.shapes_address)
    shapes = json.loads(response.content)
    assert shapes["codes"] == [1100015, 1100023, 1100031]
    assert drawn.painted == "1-0"
    assert shapes["paths"][2] == "M31 0h1v1z"
    assert "immutable" in response.headers["Cache-Control"]
    assert {shape.css for shape in drawn.shapes} == {"outline"}


@pytest.mark.django_db
def test_the_municipality_of_the_page_is_drawn_last_and_the_others_together():
    for code in (1100015, 1100023, 1100031):
        make.boundary(make.municipality(code), path=f"M{code % 100} 0h1v1z", drawing="state")
    drawn = state_map("m", "T", 11, {1100015: 0, 1100031: 0, 1100023: 0}, [MapClass("q1", "low")], here=1100023)
    assert [(shape.code, shape.path) for shape in drawn.shapes] == [
        (0, "M15 0h1v1zM31 0h1v1z"),
        (1100023, "M23 0h1v1z"),
    ]
    assert len(state_map("m", "T", 11, {}, []).shapes) == 3
