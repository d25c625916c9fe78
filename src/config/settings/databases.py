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
            "OPTIONS": _postgresql_options(parts.query),
        }
    raise ValueError(f"TRAMA_DATABASE_URL: found the scheme {parts.scheme!r}, expected sqlite or postgresql")


def _postgresql_options(query: str) -> dict[str, Any]:
    """Options of psycopg. ``prepare_threshold``: repetitions after which a statement is prepared; "none": never.

    Only statements sent by ``foundation.prepared`` are. A pooler that gives each transaction another connection and
    does not know prepared statements (PgBouncer before 1.21) needs "none".
    """
    options: dict[str, Any] = {"prepare_threshold": "5", **dict(parse_qsl(query))}
    told = options["prepare_threshold"]
    if told != "none" and not told.isdecimal():
        raise ValueError(f"TRAMA_DATABASE_URL, prepare_threshold: found {told!r}, expected a whole number or none")
    return options | {"prepare_threshold": None if told == "none" else int(told)}
