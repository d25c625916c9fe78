"""PostgreSQL is used only if what it acknowledges survives a crash."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

PROMISED: dict[str, frozenset[str]] = {
    "synchronous_commit": frozenset({"on", "remote_apply"}),
    "fsync": frozenset({"on"}),
    "full_page_writes": frozenset({"on"}),
}


def read_settings(connection: Any) -> dict[str, str]:
    """The promised settings as the live connection answers them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in PROMISED))
        return dict(zip(PROMISED, cursor.fetchone(), strict=True))


def differences(found: dict[str, str]) -> dict[str, tuple[str, str]]:
    """``{name: (found, expected)}`` of what is not as promised."""
    return {
        name: (found[name], " / ".join(sorted(accepted)))
        for name, accepted in PROMISED.items()
        if found[name] not in accepted
    }


def require_settings(connection: Any) -> None:
    """Raise ``ImproperlyConfigured`` and close the connection unless every promise holds."""
    wrong = differences(read_settings(connection))
    if wrong:
        connection.close()
        told = "; ".join(f"{name}: found {found!r}, expected {expected!r}" for name, (found, expected) in wrong.items())
        raise ImproperlyConfigured(f"PostgreSQL would lose acknowledged answers in a crash. {told}.")


def check_new_connection(sender: Any, connection: Any, **_: Any) -> None:
    """Receiver of ``connection_created``."""
    if connection.vendor == "postgresql":
        require_settings(connection)
