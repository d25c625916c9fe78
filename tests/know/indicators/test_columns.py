"""Indicators of all municipal networks at once, and the precedence of releases."""

import math

import pytest

from tests.know.indicators import world
from trama.know import api

pytestmark = pytest.mark.django_db


@pytest.fixture
def ideb():
    world.territory()
    world.indicator("ideb")
    return world.release("inep-ideb-municipalities", "2023")


def test_a_column_follows_the_order_of_the_networks_and_leaves_gaps_where_nothing_was_published(ideb):
    world.observe(ideb, "ideb", 1100031, 2023, 5.5)
    world.observe(ideb, "ideb", 1100015, 2023, None, status="d")
    networks = api.municipal_networks()
    values, statuses, releases = api.indicator_column("ideb", 2023, "municipal", "AI")
    assert networks.ids.tolist() == [11000153, 11000233, 11000313]
    assert networks.states.tolist() == [11, 11, 11]
    assert [None if math.isnan(value) else value for value in values] == [None, None, 5.5]
    assert statuses == ["d", api.NO_RECORD, "v"]
    assert releases.tolist() == [ideb.id, 0, ideb.id]


def test_a_later_vintage_wins_whatever_the_order_in_which_files_were_read(ideb):
    world.observe(ideb, "ideb", 1100023, 2021, 5.2)
    older = world.release("inep-ideb-municipalities", "2021")
    world.observe(older, "ideb", 1100023, 2021, 5.1)
    hidden = world.release("inep-ideb-municipalities", "2025", state="withdrawn")
    world.observe(hidden, "ideb", 1100023, 2021, 9.9)
    assert api.indicator_column("ideb", 2021, "municipal", "AI").values[1] == 5.2
    as_it_stood = api.indicator_column("ideb", 2021, "municipal", "AI", release_vintage="2021")
    assert as_it_stood.values[1] == 5.1
    assert api.reference_value("ideb", 1100023, "municipal", "AI", 2021) == api.Value(5.2, "v", ideb.id, 2021)
    assert api.reference_value("ideb", 1100023, "municipal", "AI", 2007) is None


def test_an_advance_sample_never_stands_for_the_country(ideb):
    for code in (1100015, 1100023, 1100031):
        world.observe(ideb, "ideb", code, 2023, 5.0)
    world.observe(ideb, "ideb", 1100023, 2025, 6.0)
    assert api.latest_year("ideb", "municipal", "AI") == 2023
    world.observe(ideb, "ideb", 1100015, 2025, 6.1)
    assert api.latest_year("ideb", "municipal", "AI") == 2025
    assert api.latest_year("ideb", "estadual", "AI") is None
    assert api.indicator_column("ideb", "latest", "estadual", "AI").statuses == [api.NO_RECORD] * 3


def test_a_column_costs_a_constant_number_of_queries(ideb, django_assert_num_queries):
    networks = api.municipal_networks()
    with django_assert_num_queries(2):
        api.indicator_column("ideb", 2023, "municipal", "AI", networks=networks)
    with django_assert_num_queries(1):
        api.release_info([ideb.id, 0, ideb.id])
