"""A network and its director, for every test of adoptions."""

import pytest

from tests.accounts.factories import a_network, person_with


@pytest.fixture
def network():
    return a_network()


@pytest.fixture
def director(network):
    return person_with("network_principal", network)
