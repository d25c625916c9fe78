"""What every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real public files; tests that need them are skipped where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is absent: the real public files are not on this machine")
    return SHARED_DATA


def _emptying_spares_the_append_only_audit_trail() -> None:
    """Transactional tests empty every table; the audit trail refuses that, so its guard is lifted for a moment."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from trama.foundation.audit.triggers import install_triggers, remove_triggers

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        trail = "foundation_event" in self.connection.introspection.table_names()
        if trail:
            remove_triggers(self.connection)
        flush(self, sql_list)
        if trail:
            install_triggers(self.connection)

    BaseDatabaseOperations.execute_sql_flush = flush_without_triggers  # type: ignore[method-assign]


_emptying_spares_the_append_only_audit_trail()


@pytest.fixture(autouse=True)
def _every_test_begins_in_portuguese() -> Iterator[None]:
    """A request in English leaves its language on the thread; the next test must not inherit it."""
    from django.conf import settings
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield
