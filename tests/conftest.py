"""What every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import installation  # noqa: F401  (a fixture for every folder)

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real public files; tests that need them are skipped where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is absent: the real public files are not on this machine")
    return SHARED_DATA


def _emptying_spares_what_is_append_only() -> None:
    """Transactional tests empty every table; the audit trail, submitted rounds, published instruments and signed
    priorities refuse that, so their guards are lifted for a moment."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from trama.diagnose.instruments import freezing as instruments_freezing
    from trama.diagnose.priorities import freezing as priorities_freezing
    from trama.diagnose.rounds import freezing
    from trama.foundation.audit.triggers import install_triggers, remove_triggers
    from trama.plan.strategy import append_only

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        trail = "foundation_event" in self.connection.introspection.table_names()
        rounds = freezing.tables_are_there(self.connection)
        if trail:
            remove_triggers(self.connection)
        if rounds:
            freezing.remove_triggers(self.connection)
            instruments_freezing.remove_triggers(self.connection)
            priorities_freezing.remove_triggers(self.connection)
        if history := append_only.table_is_there(self.connection):
            append_only.remove_triggers(self.connection)
        flush(self, sql_list)
        if trail:
            install_triggers(self.connection)
        if rounds:
            freezing.install_triggers(self.connection)
            instruments_freezing.install_triggers(self.connection)
            priorities_freezing.install_triggers(self.connection)
        if history:
            append_only.install_triggers(self.connection)

    BaseDatabaseOperations.execute_sql_flush = flush_without_triggers  # type: ignore[method-assign]


_emptying_spares_what_is_append_only()


@pytest.fixture(autouse=True)
def _every_test_begins_in_portuguese() -> Iterator[None]:
    """A request in English leaves its language on the thread; the next test must not inherit it."""
    from django.conf import settings
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _every_test_begins_without_a_search_index() -> None:
    """The index follows the data's version, and a test's version may be that of an earlier, rolled back one."""
    from trama.know.search import selectors

    selectors._holder.version = ""
