"""What every test may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from tests import migrated
from tests.installation import installation  # noqa: F401  (a fixture for every folder)

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real public files; tests that need them are skipped where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is absent: the real public files are not on this machine")
    return SHARED_DATA


def _emptying_spares_what_is_guarded_and_empty() -> None:
    """Transactional tests empty every table; guarded ones refuse that, so the guards are lifted for a moment.

    On PostgreSQL only tables that hold rows are emptied, row by row: truncating all takes a new file for each.
    """
    from django.db.backends.base.operations import BaseDatabaseOperations

    from trama.foundation.guards import lifted

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_guards(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with lifted(self.connection):
            flush(self, _emptying_what_holds_rows(self.connection) if is_postgresql(self.connection) else sql_list)

    BaseDatabaseOperations.execute_sql_flush = flush_without_guards  # type: ignore[method-assign]


def is_postgresql(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"


def _emptying_what_holds_rows(connection: BaseDatabaseWrapper) -> list[str]:
    """A statement for each table with rows. Foreign keys are checked at the end of the transaction."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [f'DELETE FROM "{name}"' for (name,) in cursor.fetchall()]


_emptying_spares_what_is_guarded_and_empty()


ASKS_A_DATABASE = {"db", "transactional_db", "django_db_setup", "installation"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``TRAMA_TEST_ONLY_DATABASE=yes`` only tests that ask for a database: the others give the same on each."""
    if os.environ.get("TRAMA_TEST_ONLY_DATABASE") != "yes":
        return
    kept, left = [], []
    for item in items:
        asks = item.get_closest_marker("django_db") or ASKS_A_DATABASE & set(getattr(item, "fixturenames", ()))
        (kept if asks else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The test database is there before Django asks for it (below), and we take it away ourselves."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """A copy of the migrated database under the name that Django gives to the test database."""
    from django.db import connections

    default = connections["default"]
    name = str(default.creation._get_test_db_name())
    if default.vendor == "sqlite":
        Path(name).unlink(missing_ok=True)
        migrated.copy_sqlite(Path(name))
        yield
        default.close()
        Path(name).unlink()
        return
    address = os.environ["TRAMA_TEST_DATABASE_URL"]
    migrated.create_postgresql(address, name)
    yield
    default.close()
    migrated.drop_postgresql(address, name)


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
