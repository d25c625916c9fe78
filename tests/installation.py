"""An installation in a folder of its own, for tests that start the real commands."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import migrated

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a migrated installation: on PostgreSQL too where the suite runs on PostgreSQL."""
    folder = tmp_path_factory.mktemp("installation")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "tests.foundation.sample.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        "TRAMA_VAR": str(folder),
        "TRAMA_DAILY_HOUR": "off",  # a test that wants daily work asks for it
        "LANG": "C.UTF-8",
    }
    url = os.environ.get("TRAMA_TEST_DATABASE_URL", "")
    name = f"trama_installation_{os.getpid()}"
    if url.startswith("postgres"):
        environment["TRAMA_DATABASE_URL"] = migrated.create_postgresql(url, name)
    else:
        migrated.copy_sqlite(folder / "trama.sqlite3")
    try:
        # What the sample application adds.
        subprocess.run([sys.executable, "-m", "config.cli", "migrate", "-v0"], env=environment, cwd=ROOT, check=True)
        yield environment
    finally:
        if url.startswith("postgres"):
            migrated.drop_postgresql(url, name)
