"""The one real panel that every package of the field prints its figures for."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trama_measure.impact.panel import Panel


@pytest.fixture(scope="session")
def mpdta_columns(shared_data: Path) -> dict[str, Any]:
    """500 counties, 2003-2007: teenage employment and minimum wages."""
    with (shared_data / "impacto" / "mpdta.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@pytest.fixture(scope="session")
def mpdta(mpdta_columns: dict[str, Any]) -> Panel:
    return Panel.from_columns(mpdta_columns, unit="countyreal", period="year", outcome="lemp", start="first.treat")


@pytest.fixture(scope="session")
def mpdta_with_population(mpdta_columns: dict[str, Any]) -> Panel:
    return Panel.from_columns(
        mpdta_columns, unit="countyreal", period="year", outcome="lemp", start="first.treat", covariates=["lpop"]
    )
