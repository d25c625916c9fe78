"""Search over the database: sections, codes, addresses, both languages, what changes after a publication."""

import pytest
from django.utils import timezone, translation

from tests.know import factories
from trama.know.indicators.models import Release
from trama.know.search.selectors import find
from trama.know.territory.models import NetworkGroup, Place, TeachingNetwork
from trama.know.territory.names import search_form

pytestmark = pytest.mark.django_db


def place(code: int, kind: str, name: str, parent: Place | None = None, **fields: object) -> Place:
    return Place.objects.create(code=code, kind=kind, name=name, search_name=search_form(name), parent=parent, **fields)


def publish(title: str = "territory") -> Release:
    now = timezone.now()
    return Release.objects.create(
        source="test",
        title=title,
        publisher="IBGE",
        vintage="2025",
        file_name="f",
        file_sha256=search_form(title).rjust(64, "0"),
        file_bytes=1,
        created_at=now,
        published_at=now,
        state=Release.State.PUBLISHED,
    )


@pytest.fixture
def alagoas() -> Place:
    brazil = place(0, "country", "Brasil", acronym="BR")
    northeast = place(2, "region", "Nordeste", brazil, acronym="NE")
    state = place(27, "state", "Alagoas", northeast, acronym="AL", state_code=27, region_code=2)
    town = place(2700201, "municipality", "Anadia", state, state_code=27, region_code=2)
    place(27000017, "school", "Escola Municipal Graciliano Ramos", town, state_code=27)
    network = TeachingNetwork.objects.create(
        id=27002013,
        place=town,
        dependency="municipal",
        name="Rede municipal de ensino de Anadia",
        search_name="rede municipal de ensino de anadia",
    )
    NetworkGroup.objects.create(
        slug="conisul", kind="consorcio", acronym="CONISUL", name="Consórcio do Sul", search_name="consorcio do sul"
    )
    publish()
    assert network.pk
    return state


def test_each_kind_comes_in_its_own_section_with_its_address(alagoas):
    found = find("anadia")
    assert [result.name for result in found["place"]] == ["Anadia"]
    assert found["place"][0].address == "/panorama/2700201/"
    assert found["network"][0].address == "/redes/27002013/"
    assert find("graciliano")["school"][0].detail.endswith("Anadia")
    assert find("conisul")["group"][0].address == "/territorios/conisul/"


@pytest.mark.parametrize("typed", ["2700201", "270020"])
def test_the_ibge_code_is_found_with_and_without_its_check_digit(alagoas, typed):
    assert [result.key for result in find(typed)["place"]] == [2700201]


def test_what_is_published_later_is_found_without_a_restart(alagoas):
    assert "place" not in find("maceio")
    place(2704302, "municipality", "Maceió", alagoas, state_code=27, region_code=2)
    publish("more places")
    assert [result.name for result in find("maceio")["place"]] == ["Maceió"]


def test_the_page_and_the_suggestions_answer_in_both_languages(client, alagoas):
    page = client.get("/buscar/", {"q": "anadia"})
    assert page.status_code == 200
    assert "/panorama/2700201/" in page.content.decode()
    assert client.get("/en/buscar/", {"q": "anadia"}).context["sections"]
    answer = client.get("/en/buscar/sugestoes/", {"q": "anad", "only": "network"}).json()
    assert [section["section"] for section in answer["sections"]] == ["network"]
    assert answer["sections"][0]["results"][0]["address"] == "/en/redes/27002013/"


def test_a_field_that_asks_for_networks_of_a_dependency_gets_no_others(client, alagoas):
    for dependency in ("estadual", "privada"):
        factories.network(27, dependency, f"Rede {dependency} de Alagoas")
    publish("more networks")

    def offered(**asked: object) -> list[int]:
        answer = client.get("/buscar/sugestoes/", {"q": "rede alagoas", "only": "network", **asked}).json()
        return sorted(line["key"] for section in answer["sections"] for line in section["results"])

    assert {272, 274} <= set(offered())
    assert offered(dependency=["estadual", "municipal"]) == [line for line in offered() if line % 10 in (2, 3)]
    assert 272 in offered(dependency=["estadual"])
    assert offered(dependency=["federal"]) == []


def test_however_much_is_found_the_queries_stay_few(client, alagoas, django_assert_max_num_queries):
    find("anadia")  # builds the index
    with django_assert_max_num_queries(6):
        client.get("/buscar/sugestoes/", {"q": "a municipal"})


def test_a_query_is_shown_as_text_and_never_as_markup(client, alagoas):
    page = client.get("/buscar/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_an_indicator_is_found_by_either_name_and_shown_in_the_language_of_the_page(alagoas):
    factories.indicator("approval_rate", name_pt="Taxa de aprovação", name_en="Approval rate")
    publish("with indicators")
    assert [(line.name, line.address) for line in find("aprovacao")["indicator"]] == [
        ("Taxa de aprovação", "/indicadores/approval_rate/")
    ]
    with translation.override("en"):
        assert [line.name for line in find("approval")["indicator"]] == ["Approval rate"]
