"""What every test here begins with: nothing kept from another, by us (keys) or by pylti1p3 (tokens)."""

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _nothing_kept():
    caches["default"].clear()
