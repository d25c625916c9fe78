"""Database settings, read from one address: ``TRAMA_DATABASE_URL`` (sqlite:///path or postgresql://…)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings for a database address. Raises ``ValueError`` naming the scheme if it is neither of the two."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "trama.foundation.sqlite",
            "NAME": Path(unquote(url.removeprefix("sqlite:///"))),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"timeout": 30},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ValueError(f"TRAMA_DATABASE_URL: found the scheme {parts.scheme!r}, expected sqlite or postgresql")
