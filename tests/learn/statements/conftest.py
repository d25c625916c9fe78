"""What the tests of the store share: programs with tokens, and statements to begin from."""

import pytest

from trama.learn.statements import definitions

from .programs import Program, a_program


@pytest.fixture
def program(db) -> Program:
    """A program that may do everything, speaking 1.0.3."""
    return a_program()


@pytest.fixture
def second(db) -> Program:
    """The same, speaking 2.0.0."""
    return a_program(version="2.0.0")


@pytest.fixture(autouse=True)
def _nothing_is_known_of_activities():
    """What a process remembers to have stored is taken back with each test."""
    definitions.forget()
    yield
    definitions.forget()
