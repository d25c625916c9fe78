"""The explanation of one network: sentences in both languages, figures with their source, and what would decide."""

import pytest
from django.utils import translation

from tests.know import factories as know
from tests.programme import factories as make
from tests.programme.factories import BELOW_COUNTRY, BELOW_STATE, ENROLMENT, POPULATION, all_of, any_of
from trama.programme.eligibility.assessment import answer_for_network, answer_of, forget_answers
from trama.programme.eligibility.tree import ConditionNode
from trama_measure.indicators.conditions import Truth

pytestmark = pytest.mark.django_db
RULE = all_of(POPULATION, ENROLMENT, any_of(BELOW_STATE, BELOW_COUNTRY))


@pytest.fixture(autouse=True)
def fresh():
    forget_answers()


@pytest.fixture
def category():
    made = make.category(make.call(state="published"))
    make.version(made, RULE)
    return made


def explained(category, network, language="en"):
    with translation.override(language):
        answer = answer_for_network(category, network)
        assert answer is not None
        assert answer.explanation is not None
        return answer, answer.explanation.root.children


def test_each_condition_says_what_was_asked_and_found_and_where_from(category):
    networks = make.four_networks()
    answer, (population, enrolment, ideb) = explained(category, networks[0])
    assert answer.verdict == Truth.MET
    assert population.words == "Population, 2020: at most 550,000"
    assert (population.found, population.truth) == ("60,000", Truth.MET)
    assert population.source.vintage == "2023"
    assert enrolment.words == "Enrolments, elementary school, municipal network, urban, 2020: above 10,000"
    assert enrolment.found == "12,000"
    state, country = ideb.children
    assert state.words.endswith("2019: below the figure published for the state (public networks)")
    assert (state.found, state.reference, state.truth) == ("4.5", "5.1", Truth.MET)
    assert state.reference_source is not None
    assert (country.reference, country.truth) == ("5.7", Truth.MET)


def test_numbers_are_written_as_the_reader_writes_them(category):
    networks = make.four_networks()
    _, (population, _enrolment, ideb) = explained(category, networks[0], "pt-br")
    assert population.found == "60.000"
    assert "550.000" in population.words
    assert ideb.children[0].found == "4,5"


def test_an_unknown_says_why_and_what_would_decide(category):
    networks = make.four_networks()
    answer, (_population, enrolment, _ideb) = explained(category, networks[2])
    assert answer.verdict == Truth.UNKNOWN
    assert enrolment.found == ""
    assert enrolment.reason.startswith("The official files loaded do not mention this network")
    assert answer.decides == "Enrolments, elementary school, municipal network, urban, 2020 is above 10,000"


def test_a_figure_that_no_file_brings_is_told_from_one_that_misses_this_network(category):
    networks = make.four_networks()
    unheard_of = ConditionNode("enrolment", "gt", 10_000.0, stage="EF", location="U", year=2018)
    make.version(category, all_of(unheard_of), number=2)
    _, (finding,) = explained(category, networks[0])
    assert finding.reason == (
        "No official file with this figure is loaded: Enrolments, elementary school, municipal network, urban, 2018."
    )


def test_a_reason_stated_by_the_source_is_repeated(category):
    networks = make.four_networks()
    make.version(category, all_of(ConditionNode("ideb", "lt", 5.0, stage="AF", year=2019)), number=2)
    know.observe(networks[0].place, "ideb", None, year=2019, stage="AF", status="d")
    _, (finding,) = explained(category, networks[0])
    assert "not disclosed" in finding.reason


def test_a_missing_reference_is_named(category):
    make.four_networks()
    network = know.network(3500105)
    make.observe(3500105, "ideb", 4.0, year=2019, stage="AI")
    make.version(category, all_of(BELOW_STATE), number=2)
    answer, (finding,) = explained(category, network)
    assert finding.found == "4.0"
    assert finding.reason.startswith("The reference is not known")
    assert answer.verdict == Truth.UNKNOWN


def test_what_decides_names_only_the_unknowns_that_still_matter(category):
    make.four_networks()
    network = know.network(3500105)  # nothing is known of it but its population
    make.observe(3500105, "population", 60_000, year=2020, dependency="total")
    answer, _ = explained(category, network)
    assert "Population" not in answer.decides
    assert answer.decides.count(" or ") == 1
    assert "which is 5.7" in answer.decides


def test_an_inference_by_a_part_is_told_as_such(category):
    network = know.network(2700201)
    make.observe(2700201, "enrolment", 11_835, year=2020, stage="AI")
    rule = all_of(ConditionNode("enrolment", "gt", 10_000.0, stage="EF", year=2020, use_bounds=True))
    make.version(category, rule, number=2)
    answer, (finding,) = explained(category, network)
    assert answer.verdict == Truth.MET
    assert finding.found == ""
    assert finding.inference.startswith("At least 11,835: a part of it alone has that many (Enrolments, elementary")


def test_a_small_group_of_people_is_not_printed(category):
    network = know.network(2700201)
    make.observe(2700201, "enrolment", 3, year=2020, stage="EF", location="U")
    _, (_population, enrolment, _ideb) = explained(category, network)
    assert enrolment.found == "fewer than 10"
    assert enrolment.truth == Truth.NOT_MET


def test_a_network_that_is_not_municipal_is_outside(category):
    make.four_networks()
    answer = answer_for_network(category, know.network(27, "estadual"))
    assert answer is not None
    assert answer.verdict == Truth.NOT_MET


@pytest.fixture
def regional():
    made = make.category(make.call("outra"), "regional", admission="groups")
    for code in (2700201, 2700300):
        know.network(code)
    group = know.group("conisul", members=(2700201,))
    made.admitted_groups.create(group=group)
    return made


def test_outside_the_recorded_groups_is_unknown_while_more_groups_are_stated(regional):
    regional.groups_stated = 21
    regional.save()
    member, outsider = know.network(2700201), know.network(2700300)
    assert answer_for_network(regional, member).verdict == Truth.MET
    assert answer_for_network(regional, member).memberships[0].group.slug == "conisul"
    assert answer_for_network(regional, outsider).verdict == Truth.UNKNOWN
    country = answer_of(regional)
    assert country.counts == {Truth.NOT_MET: 0, Truth.MET: 1, Truth.UNKNOWN: 1}


def test_outside_is_not_met_once_all_stated_groups_are_recorded(regional):
    regional.groups_stated = 1
    regional.save()
    assert answer_for_network(regional, know.network(2700300)).verdict == Truth.NOT_MET


def test_membership_counts_on_the_stated_day(regional):
    from datetime import date

    late = know.group("tardio", members=(2700300,), start=date(2022, 1, 1))
    regional.admitted_groups.create(group=late)
    regional.membership_on = date(2021, 3, 10)
    regional.save()
    assert answer_for_network(regional, know.network(2700300)).verdict == Truth.NOT_MET
    assert answer_for_network(regional, know.network(2700201)).verdict == Truth.MET
    regional.membership_on = date(2023, 3, 10)
    regional.save()
    assert answer_for_network(regional, know.network(2700300)).verdict == Truth.MET


def test_the_answer_for_the_country_follows_the_data(category):
    networks = make.four_networks()
    before = answer_of(category)
    assert answer_of(category) is before
    make.observe(networks[2].place_id, "enrolment", 20_000, year=2020, stage="EF", location="U",
                 release=know.release(vintage="2024"))  # fmt: skip
    assert before.truth[before.position_of[networks[2].pk]] == Truth.UNKNOWN
    after = answer_of(category)
    assert after.truth[after.position_of[networks[2].pk]] == Truth.MET
