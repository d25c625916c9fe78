"""A large census passes through bounded memory, in a process of its own whose peak the system tells."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import migrated

from . import official_layouts as official

SCHOOLS = 30_000
MEBIBYTES = 512
CODE = """
import json, sys
from pathlib import Path
import django
django.setup()
from django.utils import timezone
from django.conf import settings
from trama.foundation.content import load_content
from trama.know.sources.formats.base import PlaceRow
from trama.know.sources.services import import_path
from trama.know.territory.services import derive_networks, save_places
load_content(settings.CONTENT_DIR, at=timezone.now(), only="indicators")
codes = json.loads(sys.argv[2])
save_places([PlaceRow(2, "region", "Nordeste", "NE", 0, None, None, None, None, 1)])
save_places([PlaceRow(c, "state", f"E{c}", "", 2, None, None, None, None, 1) for c in {c // 100_000 for c in codes}])
save_places([PlaceRow(c, "municipality", f"M{c}", "", c // 100_000, None, None, None, None, 1) for c in codes])
derive_networks()
report = import_path(Path(sys.argv[1]), by=None, at=timezone.now())
# The peak of this program alone: getrusage would count what the process that started it held.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) // 1024
print(json.dumps([report.outcome, report.schools, report.observations, peak]))
"""


def test_a_large_census_needs_little_memory(tmp_path: Path):
    path = official.census_single(tmp_path / "microdados_ed_basica_2024.csv", 2024, schools=SCHOOLS)
    codes = sorted({code for _uf, code, _name in official.MUNICIPALITIES})
    environment = {
        **os.environ, "TRAMA_VAR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "PYTHONPATH": str(Path(__file__).resolve().parents[3] / "src"),
    }  # fmt: skip
    environment.pop("TRAMA_DATABASE_URL", None)
    migrated.copy_sqlite(tmp_path / "var" / "trama.sqlite3")
    command = [sys.executable, "-c", CODE, str(path), json.dumps(codes)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    outcome, schools, observations, peak = json.loads(done.stdout.splitlines()[-1])
    assert (outcome, schools) == ("published", SCHOOLS)
    assert observations > 100_000
    assert peak <= MEBIBYTES
