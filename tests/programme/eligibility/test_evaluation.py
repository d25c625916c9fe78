"""Rules over networks: operators, references, three-valued logic, bounds, and the same answer one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.know import factories as know
from tests.programme.factories import (
    BELOW_COUNTRY,
    BELOW_STATE,
    ENROLMENT,
    POPULATION,
    all_of,
    any_of,
    four_networks,
    indicator,
    observe,
)
from trama.know.api import Cell, IndicatorColumn, MunicipalNetworks, municipal_networks
from trama.programme.eligibility.bounds import parts, wholes
from trama.programme.eligibility.evaluation import World, evaluate, load_world
from trama.programme.eligibility.tree import ConditionNode, GroupNode, Node, conditions_of
from trama_measure.indicators.conditions import Truth

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN


def answers(rule: Node, networks: MunicipalNetworks | None = None) -> dict[int, Truth]:
    """Verdicts by municipality code."""
    world = load_world([rule], networks)
    truth = evaluate(rule, world).truth
    return {int(place): Truth(int(t)) for place, t in zip(world.networks.places, truth, strict=True)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("operator", "below", "equal", "above"),
    [
        ("lt", MET, NOT_MET, NOT_MET),
        ("le", MET, MET, NOT_MET),
        ("gt", NOT_MET, NOT_MET, MET),
        ("ge", NOT_MET, MET, MET),
    ],
)
def test_each_operator_at_below_and_above_the_threshold(operator, below, equal, above):
    for code, value in ((2700201, 99), (2700300, 100), (2700409, 101), (2700508, None)):
        know.network(code)
        observe(code, "population", value, year=2020, dependency="total")
    rule = ConditionNode("population", operator, 100.0, dependency="total", year=2020)
    assert answers(rule) == {2700201: below, 2700300: equal, 2700409: above, 2700508: UNKNOWN}


@pytest.mark.django_db
def test_unknown_is_never_no_but_a_failed_condition_settles_all_of_them():
    four_networks()
    rule = all_of(POPULATION, ENROLMENT, any_of(BELOW_STATE, BELOW_COUNTRY))
    assert answers(rule) == {2700201: MET, 2700300: NOT_MET, 2600054: UNKNOWN, 2600104: NOT_MET}


@pytest.mark.django_db
def test_one_met_condition_settles_any_of_them_though_the_other_is_unknown():
    four_networks()
    unheard_of = ConditionNode("ideb", "lt", 3.0, stage="AF", year=2019)
    assert answers(any_of(BELOW_STATE, unheard_of))[2700201] == MET
    assert answers(any_of(BELOW_STATE, unheard_of))[2600104] == UNKNOWN
    assert answers(all_of(BELOW_STATE, unheard_of))[2600104] == NOT_MET


@pytest.mark.django_db
def test_the_state_reference_is_that_of_the_networks_own_state():
    four_networks()
    observe(2700409, "ideb", 5.15, year=2019, stage="AI")
    observe(2600203, "ideb", 5.15, year=2019, stage="AI")
    know.network(2700409), know.network(2600203)
    found = answers(BELOW_STATE)
    assert found[2700409] == NOT_MET  # 5.15 is not below the 5.1 of state 27
    assert found[2600203] == MET  # and is below the 5.2 of state 26


@pytest.mark.django_db
def test_a_reference_that_nobody_published_leaves_its_networks_unknown():
    four_networks()
    know.network(3500105)
    observe(3500105, "ideb", 1.0, year=2019, stage="AI")  # state 35 has no published figure here
    assert answers(BELOW_STATE)[3500105] == UNKNOWN
    assert answers(BELOW_COUNTRY)[3500105] == MET


@pytest.mark.django_db
def test_a_mean_is_taken_over_the_networks_of_the_state_or_of_the_country():
    four_networks()  # Ideb 4.5 and 4.4 in state 27 (mean 4.45), 5.0 and 6.0 in state 26 (mean 5.5); country 4.975
    of_state = ConditionNode("ideb", "gt", stage="AI", year=2019, reference="state", reference_kind="mean")
    of_country = ConditionNode("ideb", "gt", stage="AI", year=2019, reference="country", reference_kind="mean")
    assert answers(of_state) == {2700201: MET, 2700300: NOT_MET, 2600054: NOT_MET, 2600104: MET}
    assert answers(of_country) == {2700201: NOT_MET, 2700300: NOT_MET, 2600054: MET, 2600104: MET}


@pytest.mark.django_db
def test_a_mean_of_too_few_networks_stands_for_nobody():
    four_networks()
    for code in (2700409, 2700508, 2700607):  # three networks of state 27 without a figure: 2 of 5 have one
        know.network(code)
    of_state = ConditionNode("ideb", "gt", stage="AI", year=2019, reference="state", reference_kind="mean")
    assert answers(of_state)[2700201] == UNKNOWN
    assert answers(of_state)[2600104] == MET


@pytest.mark.django_db
def test_one_network_is_answered_as_in_the_whole_country():
    four_networks()
    of_state = ConditionNode("ideb", "gt", stage="AI", year=2019, reference="state", reference_kind="mean")
    rule = all_of(POPULATION, any_of(ENROLMENT, of_state), any_of(BELOW_STATE, BELOW_COUNTRY))
    whole = answers(rule)
    networks = municipal_networks()
    for position, place in enumerate(networks.places):
        only = slice(position, position + 1)
        one = MunicipalNetworks(networks.ids[only], networks.places[only], networks.names[only], networks.states[only])
        assert answers(rule, one) == {int(place): whole[int(place)]}


@pytest.mark.django_db
def test_a_part_above_the_floor_proves_the_whole_above_it_only_where_the_rule_accepts_it():
    know.network(2700201)
    observe(2700201, "enrolment", 11_835, year=2020, stage="AI")  # early years alone, urban and rural
    plain = ConditionNode("enrolment", "gt", 10_000.0, stage="EF", year=2020)
    bounded = ConditionNode("enrolment", "gt", 10_000.0, stage="EF", year=2020, use_bounds=True)
    urban = ConditionNode("enrolment", "gt", 10_000.0, stage="EF", location="U", year=2020, use_bounds=True)
    assert answers(plain)[2700201] == UNKNOWN
    assert answers(bounded)[2700201] == MET
    assert answers(urban)[2700201] == UNKNOWN  # the early years may all be rural: that is no proof


@pytest.mark.django_db
def test_a_whole_below_the_floor_proves_its_part_below_it():
    know.network(2700201)
    observe(2700201, "enrolment", 9_000, year=2020, stage="EF")
    urban = ConditionNode("enrolment", "gt", 10_000.0, stage="EF", location="U", year=2020, use_bounds=True)
    ceiling = ConditionNode("enrolment", "le", 10_000.0, stage="EF", location="U", year=2020, use_bounds=True)
    assert answers(urban)[2700201] == NOT_MET
    assert answers(ceiling)[2700201] == MET


@pytest.mark.django_db
def test_a_bound_never_overrules_the_figure_itself():
    know.network(2700201)
    observe(2700201, "enrolment", 9_000, year=2020, stage="EF")
    observe(2700201, "enrolment", 11_000, year=2020, stage="AI")  # contradicts it: the figure asked for counts
    bounded = ConditionNode("enrolment", "gt", 10_000.0, stage="EF", year=2020, use_bounds=True)
    assert answers(bounded)[2700201] == NOT_MET


@pytest.mark.django_db
def test_a_fixed_vintage_reads_the_figure_as_it_stood_then():
    know.network(2700201)
    indicator("ideb")
    first, second = know.release(vintage="2020-09"), know.release(vintage="2021-06")
    observe(2700201, "ideb", 4.0, year=2019, stage="AI", release=first)
    observe(2700201, "ideb", 6.0, year=2019, stage="AI", release=second)
    now = ConditionNode("ideb", "lt", 5.0, stage="AI", year=2019)
    then = ConditionNode("ideb", "lt", 5.0, stage="AI", year=2019, release_vintage="2020-12")
    before = ConditionNode("ideb", "lt", 5.0, stage="AI", year=2019, release_vintage="2019-12")
    assert [answers(rule)[2700201] for rule in (now, then, before)] == [NOT_MET, MET, UNKNOWN]


@pytest.mark.django_db
def test_the_latest_edition_is_the_last_one_up_to_the_stated_year():
    know.network(2700201)
    for year, ideb in ((2017, 4.0), (2019, 5.0), (2023, 6.0)):
        observe(2700201, "ideb", ideb, year=year, stage="AI")
    latest = ConditionNode("ideb", "ge", 6.0, stage="AI", year_policy="latest")
    up_to_2021 = ConditionNode("ideb", "ge", 5.0, stage="AI", year_policy="latest", year=2021)
    exactly = ConditionNode("ideb", "gt", 5.0, stage="AI", year_policy="latest", year=2021)
    none = ConditionNode("ideb", "gt", 5.0, stage="AI", year_policy="latest", year=2015)
    assert [answers(r)[2700201] for r in (latest, up_to_2021, exactly, none)] == [MET, MET, NOT_MET, UNKNOWN]


@pytest.mark.django_db
def test_a_group_without_conditions_is_unknown():
    know.network(2700201)
    assert answers(GroupNode("all")) == {2700201: UNKNOWN}


@pytest.mark.django_db
def test_questions_do_not_grow_with_the_networks(django_assert_num_queries):
    four_networks()
    rule = all_of(POPULATION, ENROLMENT, any_of(BELOW_STATE, BELOW_COUNTRY))
    with django_assert_num_queries(5):  # networks; releases and figures; releases and figures of the references
        load_world([rule])
    for code in range(2900000, 2900010):
        know.network(code)
    with django_assert_num_queries(5):
        load_world([rule])


# The vectorised evaluation against a plain recursive one, over invented worlds.

N = 6
NETWORKS = MunicipalNetworks(
    np.arange(N, dtype=np.int64) * 10 + 3,
    np.arange(N, dtype=np.int64),
    [str(i) for i in range(N)],
    np.array([11, 11, 11, 12, 12, 99], dtype=np.int64),  # 99: a state of which nothing is known
)
VALUES = st.lists(st.one_of(st.none(), st.integers(-3, 3)), min_size=N, max_size=N)
NUMBER = st.builds(
    lambda code, op, threshold: ConditionNode(code, op, float(threshold), year=2020),
    st.sampled_from("abc"),
    st.sampled_from(["lt", "le", "gt", "ge"]),
    st.integers(-2, 2),
)
REFERENCE = st.builds(
    lambda code, op, ref: ConditionNode(
        code, op, year=2020, reference=ref, reference_kind="published", reference_dependency="publica"
    ),
    st.sampled_from("abc"),
    st.sampled_from(["lt", "le", "gt", "ge"]),
    st.sampled_from(["state", "country"]),
)
RULES = st.recursive(
    NUMBER | REFERENCE,
    lambda inner: st.builds(
        lambda combine, children: GroupNode(combine, tuple(children)),
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=0, max_size=3),
    ),
    max_leaves=8,
)


def naive(node: Node, values: dict, references: dict, i: int) -> bool | None:
    """True, False or None, network by network, as one would by hand."""
    if isinstance(node, GroupNode):
        found = [naive(child, values, references, i) for child in node.children]
        if not found:
            return None
        decisive = node.combine == "any"
        if decisive in found:
            return decisive
        return None if None in found else not decisive
    value = values[node.indicator][i]
    limit = node.threshold
    if node.reference:
        place = 0 if node.reference == "country" else int(NETWORKS.states[i])
        limit = references[node.indicator].get(place)
    if value is None or limit is None:
        return None
    return {"lt": value < limit, "le": value <= limit, "gt": value > limit, "ge": value >= limit}[node.operator]


def column(values: list[float | None]) -> IndicatorColumn:
    array = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    return IndicatorColumn(array, ["v"] * len(values), np.zeros(len(values), dtype=np.int64))


@settings(max_examples=300, deadline=None)
@given(
    rule=RULES,
    values=st.fixed_dictionaries(dict.fromkeys("abc", VALUES)),
    references=st.fixed_dictionaries(
        {code: st.lists(st.one_of(st.none(), st.integers(-2, 2)), min_size=3, max_size=3) for code in "abc"}
    ),
)
def test_all_networks_at_once_equal_one_by_one(rule, values, references):
    places = np.array([0, 11, 12], dtype=np.int64)
    world = World(NETWORKS, reference_places=places)
    for code in "abc":
        world.columns[Cell(code, 2020, "municipal", "", "")] = column(values[code])
        world.references[Cell(code, 2020, "publica", "", "")] = column(references[code])
    for _, condition in conditions_of(rule):
        world.cells[condition] = Cell(condition.indicator, 2020, "municipal", "", "")
    by_place = {code: dict(zip(places.tolist(), references[code], strict=True)) for code in "abc"}
    expected = [naive(rule, values, by_place, i) for i in range(N)]
    code_of = {True: MET, False: NOT_MET, None: UNKNOWN}
    assert [Truth(int(t)) for t in evaluate(rule, world).truth] == [code_of[e] for e in expected]


@pytest.mark.django_db
def test_a_whole_above_the_floor_proves_nothing_of_its_part():
    know.network(2700201)
    observe(2700201, "enrolment", 12_000, year=2020, stage="EF")  # how many of them urban, nobody knows
    urban = ConditionNode("enrolment", "gt", 10_000.0, stage="EF", location="U", year=2020, use_bounds=True)
    assert answers(urban)[2700201] == UNKNOWN


def test_parts_and_wholes_are_each_others_inverse():
    stages = ("BAS", "INF", "CRE", "PRE", "EF", "AI", "AF", "EM", "EJA")
    cells = [Cell("enrolment", 2020, "municipal", stage, location) for stage in stages for location in ("", "U", "R")]
    for one in cells:
        for other in cells:
            assert (other in parts(one)) == (one in wholes(other)), (one, other)
    assert parts(Cell("population", 2020, "total", "", "")) == []
