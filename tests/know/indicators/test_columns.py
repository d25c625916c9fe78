"""Indicators of all municipal networks at once, and the precedence of releases."""

import math

import pytest

from tests.know import factories as make
from trama.know import api

pytestmark = pytest.mark.django_db
TOWNS = (1100015, 1100023, 1100031)


@pytest.fixture
def ideb():
    for code in TOWNS:
        make.network(code)
    return make.release("inep-ideb-municipalities", "2023")


def test_a_column_follows_the_order_of_the_networks_and_leaves_gaps_where_nothing_was_published(ideb):
    make.observe(1100031, value=5.5, release=ideb)
    make.observe(1100015, value=None, status="d", release=ideb)
    networks = api.municipal_networks()
    values, statuses, releases = api.indicator_column("ideb", 2023, "municipal", "AI")
    assert networks.ids.tolist() == [11000153, 11000233, 11000313]
    assert networks.states.tolist() == [11, 11, 11]
    assert [None if math.isnan(value) else value for value in values] == [None, None, 5.5]
    assert statuses == ["d", api.NO_RECORD, "v"]
    assert releases.tolist() == [ideb.id, 0, ideb.id]


def test_a_later_vintage_wins_whatever_the_order_in_which_files_were_read(ideb):
    make.observe(1100023, value=5.2, year=2021, release=ideb)
    make.observe(1100023, value=5.1, year=2021, release=make.release("inep-ideb-municipalities", "2021"))
    withdrawn = make.release("inep-ideb-municipalities", "2025", state="withdrawn")
    make.observe(1100023, value=9.9, year=2021, release=withdrawn)
    assert api.indicator_column("ideb", 2021, "municipal", "AI").values[1] == 5.2
    as_it_stood = api.indicator_column("ideb", 2021, "municipal", "AI", release_vintage="2021")
    assert as_it_stood.values[1] == 5.1
    assert api.reference_value("ideb", 1100023, "municipal", "AI", 2021) == api.Value(5.2, "v", ideb.id, 2021)
    assert api.reference_value("ideb", 1100023, "municipal", "AI", 2007) is None


def test_an_advance_sample_never_stands_for_the_country(ideb):
    for code in TOWNS:
        make.observe(code, value=5.0, release=ideb)
    make.observe(1100023, value=6.0, year=2025, release=ideb)
    assert api.latest_year("ideb", "municipal", "AI") == 2023
    make.observe(1100015, value=6.1, year=2025, release=ideb)
    assert api.latest_year("ideb", "municipal", "AI") == 2025
    assert api.latest_year("ideb", "estadual", "AI") is None
    assert api.indicator_column("ideb", "latest", "estadual", "AI").statuses == [api.NO_RECORD] * 3


def test_a_column_costs_a_constant_number_of_queries(ideb, django_assert_num_queries):
    networks = api.municipal_networks()
    with django_assert_num_queries(2):
        api.indicator_column("ideb", 2023, "municipal", "AI", networks=networks)
    with django_assert_num_queries(1):
        api.release_info([ideb.id, 0, ideb.id])
