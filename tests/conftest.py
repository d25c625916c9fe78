"""What every test may use."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real public files; tests that need them are skipped where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is absent: the real public files are not on this machine")
    return SHARED_DATA
