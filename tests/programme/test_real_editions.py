"""The three known editions on the real public files, and the seven municipalities of 2019 under each.

Figures asserted here stand in the files of ``../shared/data``; docs/methods/eligibility.md tells the story.
"""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import translation

from trama.foundation.content import load_content
from trama.know.api import network_by_id
from trama.programme.eligibility.assessment import NetworkAnswer, answer_for_network, answer_of, forget_answers
from trama.programme.eligibility.explanation import Finding
from trama.programme.models import CallCategory
from trama_measure.indicators.conditions import Truth

from .factories import NOON

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]

SEVEN = {
    "Itapecerica da Serra": 3522208, "Itapevi": 3522505, "São Vicente": 3551009, "Suzano": 3552502,
    "Várzea Grande": 5108402, "Paulista": 2610707, "Juazeiro": 2918407,
}  # fmt: skip
# Population estimate of 2018; Ideb 2017 of the municipal network, early years; Ideb 2017 published for the state.
FIGURES = {
    "Itapecerica da Serra": ("173,672", "6.3", "6.5"),
    "Itapevi": ("234,352", "5.9", "6.5"),
    "São Vicente": ("363,173", "5.8", "6.5"),
    "Suzano": ("294,638", "6.3", "6.5"),
    "Várzea Grande": ("282,009", "5.3", "5.7"),
    "Paulista": ("329,117", "4.7", "4.8"),
    "Juazeiro": ("215,183", "5.4", "4.7"),
}
BRAZIL_2017 = 5.5  # public networks, early years


@pytest.fixture(scope="module")
def editions(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any, shared_data: Path) -> Any:
    """Territory, populations, early years and Ideb of Brazil and the states, and the shipped calls, once."""
    from django.db import connection, transaction

    from trama.know.sources.loading import load_folder
    from trama.know.sources.services import import_path

    folder = tmp_path_factory.mktemp("editions")
    kept = (django_settings.RAW_FILES_DIR, django_settings.VAR_DIR)
    django_settings.RAW_FILES_DIR, django_settings.VAR_DIR = folder / "raw", folder / "var"
    with django_db_blocker.unblock(), transaction.atomic():
        load_content(django_settings.CONTENT_DIR, at=NOON, only="indicators")
        for part in ("territorio", "colaboracao", "populacao"):
            for step in load_folder(shared_data / part, at=NOON):
                assert step.report is not None, step.path
        for name in (
            "matriculas/matriculas_docentes_ideb_ai_municipal_2007_2019.csv.gz",
            "ideb/ideb_brasil_2005_2021_basedosdados.csv",
            "ideb/ideb_uf_2005_2021_basedosdados.csv",
        ):
            import_path(shared_data / name, by=None, at=NOON)
        load_content(django_settings.CONTENT_DIR, at=NOON, only="calls")
        forget_answers()
        connection.check_constraints()  # now, once: PostgreSQL would ask again after each test
        yield
        transaction.set_rollback(True)
    django_settings.RAW_FILES_DIR, django_settings.VAR_DIR = kept
    forget_answers()


@pytest.fixture
def ask(editions: None, django_db_blocker: Any) -> Any:
    """``ask(edition, municipality)``: the answer of the municipal category, explained in English."""

    def answered(edition: str, municipality: str) -> NetworkAnswer:
        category = CallCategory.objects.get(call__slug=f"melhoria-da-educacao-{edition}", slug="municipal")
        network = network_by_id(SEVEN[municipality] * 10 + 3)
        with translation.override("en"):
            answer = answer_for_network(category, network)
        assert answer is not None
        return answer

    with django_db_blocker.unblock():
        yield answered


def conditions(answer: NetworkAnswer) -> tuple[Finding, ...]:
    assert answer.explanation is not None
    return answer.explanation.root.children


@pytest.mark.parametrize("name", SEVEN)
def test_the_seven_of_2019_meet_population_and_ideb_and_nobody_knows_their_urban_enrolments(ask, name):
    answer = ask("2019", name)
    population, enrolment, ideb = conditions(answer)
    people, own, state = FIGURES[name]
    assert (population.truth, population.found) == (Truth.MET, people)
    assert population.source.publisher == "IBGE"
    assert enrolment.truth == Truth.UNKNOWN
    assert enrolment.found == ""
    assert enrolment.reason.startswith("No official file with this figure is loaded: Enrol")
    assert ideb.truth == Truth.MET
    of_country, of_state, *_final_years = ideb.children
    assert (of_country.found, of_country.reference) == (own, str(BRAZIL_2017))
    assert (of_state.found, of_state.reference) == (own, state)
    assert of_country.truth == (Truth.MET if float(own) < BRAZIL_2017 else Truth.NOT_MET)
    assert of_state.truth == (Truth.MET if float(own) < float(state) else Truth.NOT_MET)
    assert answer.verdict == Truth.UNKNOWN
    assert answer.decides.endswith("urban, 2018 is above 10,000")
    assert "Ideb" not in answer.decides


@pytest.mark.parametrize("name", SEVEN)
def test_under_the_rule_of_2020_the_early_years_alone_prove_six_of_them(ask, name):
    answer = ask("2020", name)
    _population, enrolment, _ideb = conditions(answer)
    if name == "Paulista":  # 9,700 in the early years: that proves nothing either way
        assert (answer.verdict, enrolment.truth) == (Truth.UNKNOWN, Truth.UNKNOWN)
    else:
        assert answer.verdict == Truth.MET
        assert enrolment.inference.startswith("At least ")
        assert enrolment.found == ""
    if name == "Suzano":
        assert enrolment.inference.startswith("At least 11,394: a part of it alone")


def test_over_the_country_nobody_is_refused_for_a_missing_figure(ask):
    category = CallCategory.objects.get(call__slug="melhoria-da-educacao-2021-2024", slug="municipal")
    answer = answer_of(category)
    assert answer is not None
    assert len(answer.networks.ids) > 5_500
    assert answer.counts[Truth.MET] == 0  # urban enrolments are in no file
    assert answer.evaluated is not None
    population, _enrolment, ideb = answer.evaluated.children
    refused = answer.truth == Truth.NOT_MET
    decided = (population.truth == Truth.NOT_MET) | (ideb.truth == Truth.NOT_MET)
    assert refused.any()
    assert (refused == decided).all()


def test_conisul_is_admitted_to_the_regional_category_and_the_rest_is_unknown(ask):
    category = CallCategory.objects.get(call__slug="melhoria-da-educacao-2021-2024", slug="regional")
    answer = answer_of(category)
    assert answer is not None
    assert answer.counts[Truth.MET] == 17
    assert answer.counts[Truth.NOT_MET] == 0
