"""Small worlds for imports."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from trama.foundation.content import load_content
from trama.know.sources.report import ImportReport
from trama.know.sources.services import import_path

from .. import factories

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

type Import = Callable[..., ImportReport]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    """Raw files of a test go to its own folder."""
    settings.RAW_FILES_DIR = tmp_path / "raw"
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture
def indicators(db: None) -> None:
    load_content(settings.CONTENT_DIR, at=NOON, only="indicators")


@pytest.fixture
def territory(indicators: None) -> None:
    """Two states, four municipalities with their networks."""
    for code, name in ((2600054, "Abreu e Lima"), (2600104, "Afogados"), (2700102, "Água Branca"), (2700201, "Anadia")):
        factories.network(factories.municipality(code, name))


@pytest.fixture
def bring(territory: None) -> Import:
    """Import as the machine's administrator, at noon."""

    def imported(path: Path, **options: Any) -> ImportReport:
        return import_path(path, **{"by": None, "at": NOON, **options})

    return imported


def table(path: Path, *rows: str) -> Path:
    """A text table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def population(path: Path, *rows: str) -> Path:
    """A population table of municipality and year."""
    return table(path, "id_municipio,ano,populacao,tipo", *rows)
