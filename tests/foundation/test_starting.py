"""What a process loads when it starts: not the libraries that only few of them ever need."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("polars", "docx", "scipy", "reportlab", "weasyprint", "openpyxl", "pandas", "pyarrow")
"""Each costs a tenth of a second to a second of CPU at every start: of a worker, of a command, of a test."""


def loaded(tmp_path: Path, more: str = "") -> set[str]:
    """The packages at hand once Django stands, with the addresses that a server reads at its first request."""
    code = f"import django, sys; django.setup(); import config.urls; {more}\nprint(*sys.modules)"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "TRAMA_VAR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_a_server_starts_without_the_heavy_libraries(tmp_path: Path):
    assert not loaded(tmp_path) & set(HEAVY)


def test_the_look_finds_one_that_is_loaded(tmp_path: Path):
    """The control."""
    assert loaded(tmp_path, "import trama.know.sources.formats.registry") & set(HEAVY) == {"polars"}
