"""A real process is killed in the middle of an import: nobody may see a part of it, ever.

The negative control does the same to an importer that shows rows as they come, and must be caught: otherwise this
test would prove nothing.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tests import migrated

ROWS = 100_000
IMPORT = """
import sys
from pathlib import Path
import django
django.setup()
from django.utils import timezone
from trama.know.sources import services, staging
staging.CHUNK_ROWS = 500
if sys.argv[2] == "shown at once":  # the negative control
    def careless(work, report, state):
        release = original(work, report, "published" if state == "staged" else state)
        return release
    original = services._release
    services._release = careless
    from trama.know.indicators.models import Release
    from django.db.models import F
    create = Release.objects.create
    def with_date(**fields):
        if fields.get("state") == "published":
            fields["published_at"] = fields["created_at"]
        return create(**fields)
    Release.objects.create = with_date
report = services.import_path(Path(sys.argv[1]), by=None, at=timezone.now())
print(report.outcome)
"""


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """An installation of its own, with a small territory, on SQLite."""
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL the whole import is one transaction")
    environment = {
        **os.environ, "TRAMA_VAR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "PYTHONPATH": str(Path(__file__).resolve().parents[3] / "src"),
    }  # fmt: skip
    environment.pop("TRAMA_DATABASE_URL", None)
    migrated.copy_sqlite(tmp_path / "var" / "trama.sqlite3")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "estados.csv").write_text(
        "codigo_uf,uf,nome,latitude,longitude,regiao\n26,PE,Pernambuco,-8.3,-37.9,Nordeste\n", encoding="utf-8"
    )
    towns = "".join(f"{2600000 + n},Vila {n},-8.0,-36.0,0,26,1,81,America/Recife\n" for n in range(54, 1054))
    (folder / "municipios.csv").write_text(
        f"codigo_ibge,nome,latitude,longitude,capital,codigo_uf,siafi_id,ddd,fuso_horario\n{towns}", encoding="utf-8"
    )
    _trama(environment, "load", "--from", str(folder))
    return environment


def _trama(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "django", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def _big_file(folder: Path) -> Path:
    path = folder / "populacao.csv"
    rows = (f"{2600054 + n % 1000},{1990 + n // 1000},{n + 1},t" for n in range(ROWS))
    path.write_text("id_municipio,ano,populacao,tipo\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def _count(environment: dict[str, str], where: str) -> int:
    path = Path(environment["TRAMA_VAR"]) / "trama.sqlite3"
    query = f"SELECT count(*) FROM know_observation o JOIN know_release r ON r.id = o.release_id WHERE {where}"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as database:
        return int(database.execute(query).fetchone()[0])


def _kill_half_way(environment: dict[str, str], path: Path, how: str) -> int:
    """Start an import, kill -9 it once some rows are in; returns how many rows then were visible to everyone."""
    process = subprocess.Popen([sys.executable, "-c", IMPORT, str(path), how], env=environment)
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if _count(environment, "r.source = 'ibge-population'") > 5_000:
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.02)
    assert process.wait() == -signal.SIGKILL, "the import ended before it could be killed"
    assert 5_000 < _count(environment, "r.source = 'ibge-population'") < ROWS
    return _count(environment, "r.state = 'published' AND r.source = 'ibge-population'")


def test_a_killed_import_is_never_seen_and_the_next_one_clears_it_away(installation: dict[str, str], tmp_path: Path):
    path = _big_file(tmp_path)
    assert _kill_half_way(installation, path, "as it is") == 0
    answer = _trama(installation, "data", "import", "auto", str(path)).stdout
    assert "100" in answer
    assert _count(installation, "r.state = 'published'") == ROWS
    assert _count(installation, "r.state <> 'published'") == 0


def test_the_doctor_clears_a_killed_import_away_too(installation: dict[str, str], tmp_path: Path):
    _kill_half_way(installation, _big_file(tmp_path), "as it is")
    subprocess.run([sys.executable, "-m", "django", "doctor"], env=installation, capture_output=True)
    assert _count(installation, "1 = 1") == 0


def test_negative_control_an_importer_that_shows_rows_as_they_come_is_caught(
    installation: dict[str, str], tmp_path: Path
):
    assert _kill_half_way(installation, _big_file(tmp_path), "shown at once") > 0
