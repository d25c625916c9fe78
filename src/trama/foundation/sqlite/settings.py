"""What every SQLite connection promises, and reading it back."""

import sqlite3
from typing import Any

from django.core.exceptions import ImproperlyConfigured

WAL_IS_SAFE_FROM = (3, 51, 3)  # 3.7.0 to 3.51.2: WAL with several processes can corrupt (WAL-reset bug)
SYNCHRONOUS_FULL = 2


def journal_mode(version: tuple[int, ...] | None = None) -> str:
    """The journal that this SQLite library may be trusted with: ``wal``, or ``delete`` (the rollback journal)."""
    return "wal" if (version or sqlite3.sqlite_version_info) >= WAL_IS_SAFE_FROM else "delete"


def promised(version: tuple[int, ...] | None = None) -> dict[str, Any]:
    """The settings of every connection, as ``PRAGMA`` reads them."""
    return {
        "journal_mode": journal_mode(version),
        "synchronous": SYNCHRONOUS_FULL,
        "foreign_keys": 1,
        "mmap_size": 0,
    }


def apply_settings(connection: Any) -> None:
    """Set what is promised, on a raw connection. Raises ``sqlite3.OperationalError`` if the file is in use."""
    for name, value in promised().items():
        connection.execute(f"PRAGMA {name}={value}")
    connection.execute("PRAGMA fullfsync=1")  # macOS: without it the disk may keep a sync in its own memory
    connection.execute("PRAGMA cache_size=-20000")
    connection.execute("PRAGMA temp_store=MEMORY")


def read_settings(connection: Any) -> dict[str, Any]:
    """The promised settings as the live raw connection answers them."""
    found = {}
    for name in promised():
        row = connection.execute(f"PRAGMA {name}").fetchone()
        found[name] = row[0] if row else 0  # a library built without mmap gives no row
    return found


def differences(found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """``{name: (found, expected)}`` of what is not as promised. A database in memory has no journal to keep."""
    return {
        name: (found[name], expected)
        for name, expected in promised().items()
        if found[name] != expected and not (name == "journal_mode" and found[name] == "memory")
    }


def require_settings(connection: Any) -> None:
    """Raise ``ImproperlyConfigured``, naming what was found and expected, unless every promise holds."""
    wrong = differences(read_settings(connection))
    if wrong:
        told = "; ".join(f"{name}: found {found!r}, expected {expected!r}" for name, (found, expected) in wrong.items())
        raise ImproperlyConfigured(f"SQLite does not work as promised, so nothing would be safe in it. {told}.")
