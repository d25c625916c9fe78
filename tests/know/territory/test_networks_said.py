"""Networks as a person writes them: one is found, several are told apart, none is invented."""

import pytest

from trama.know.api import networks_said
from trama.know.territory.services import derive_networks

from .. import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    make.municipality(2604106, "Caruaru")
    make.municipality(3550308, "São Paulo")
    for code in (2502201, 2901957, 2602209):
        make.municipality(code, "Bom Jardim")
    derive_networks()


@pytest.mark.parametrize(
    "line",
    [
        "Caruaru (PE)", "caruaru/pe", "CARUARU - PE", "Caruaru", "2604106", "Rede municipal de Caruaru (PE)",
        "  rede MUNICIPAL de  caruaru pe ",
    ],
)  # fmt: skip
def test_a_municipality_is_its_municipal_network(line: str):
    assert [network.name for network in networks_said([line])[line]] == ["Rede municipal de Caruaru (PE)"]


@pytest.mark.parametrize("line", ["Pernambuco", "26", "rede estadual de pernambuco"])
def test_a_state_is_its_own_network_never_a_federal_or_private_one(line: str):
    assert [network.name for network in networks_said([line])[line]] == ["Rede estadual de Pernambuco"]


def test_a_name_of_several_gives_all_of_them_and_the_state_tells_them_apart():
    said = networks_said(["Bom Jardim", "Bom Jardim (BA)", "São Paulo", "São Paulo (SP)"])
    assert [network.place_id for network in said["Bom Jardim"]] == [2901957, 2502201, 2602209]
    assert [network.place_id for network in said["Bom Jardim (BA)"]] == [2901957]
    assert {network.dependency for network in said["São Paulo"]} == {"municipal", "estadual"}
    assert [network.place_id for network in said["São Paulo (SP)"]] == [3550308]


@pytest.mark.parametrize("line", ["Atlântida", "Caruaru (BA)", "260410", "Rede privada em Pernambuco", "—", "9" * 40])
def test_what_nobody_is_called_gives_none(line: str):
    assert networks_said([line]) == {line: []}


def test_many_lines_cost_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        networks_said(["Caruaru", "Bom Jardim", "Pernambuco", "35"])
