"""PostgreSQL is used only if what it acknowledges survives a crash."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from trama.foundation import postgresql

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="the suite runs on SQLite")


@pytest.fixture(autouse=True)
def _may_connect(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def connect(options: str) -> DatabaseWrapper:
    settings = connection.settings_dict
    settings = {**settings, "OPTIONS": {**settings["OPTIONS"], "options": options}}
    return DatabaseWrapper(settings, "default")


def test_a_live_connection_answers_with_the_settings_that_were_promised():
    wrapper = connect("")
    wrapper.ensure_connection()
    assert postgresql.read_settings(wrapper) == {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
    wrapper.close()


def test_a_connection_that_would_lose_acknowledged_answers_is_refused():
    wrapper = connect("-c synchronous_commit=off")
    with pytest.raises(ImproperlyConfigured, match="synchronous_commit: found 'off'"):
        wrapper.ensure_connection()
    assert wrapper.connection is None


def test_a_stricter_setting_is_welcome():
    wrapper = connect("-c synchronous_commit=remote_apply")
    wrapper.ensure_connection()
    wrapper.close()
