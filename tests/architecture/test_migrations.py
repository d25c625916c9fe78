"""A migration that makes many tables makes them together (decision 0220)."""

import importlib
from pathlib import Path

import pytest
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel

SOURCE = Path(__file__).resolve().parents[2] / "src"
MIGRATIONS = [
    ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    for path in sorted(SOURCE.glob("trama/*/migrations/[0-9]*.py"))
]
MOST_ALONE = 3


def made_alone(operations: list[Operation]) -> int:
    """How many tables a migration makes one by one."""
    return sum(isinstance(operation, CreateModel) for operation in operations)


@pytest.mark.parametrize("name", MIGRATIONS)
def test_many_tables_are_made_together(name: str):
    operations = importlib.import_module(name).Migration.operations
    assert made_alone(operations) <= MOST_ALONE, "wrap them in foundation.tables.CreateTables (decision 0220)"


def test_tables_made_together_do_not_count():
    first = importlib.import_module("trama.learn.migrations.0001_initial").Migration.operations
    assert made_alone(first) == 0
    assert made_alone(first[0].operations) > MOST_ALONE
