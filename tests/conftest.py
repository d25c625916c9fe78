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


def _emptying_spares_what_is_guarded() -> None:
    """Transactional tests empty every table; guarded ones refuse that, so the guards are lifted for a moment."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from trama.foundation.guards import lifted

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_guards(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with lifted(self.connection):
            flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = flush_without_guards  # type: ignore[method-assign]


_emptying_spares_what_is_guarded()


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
