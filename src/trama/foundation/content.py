"""Content that ships with the project: files people can review, loaded by one command, editable afterwards on the site.

A phase registers a loader in ``AppConfig.ready``; ``trama content load`` runs all of them, in the order in which the
phases stand. A loader keeps, beside each row, the fingerprint of what it wrote: a row whose fields no longer fit their
fingerprint was edited by a person, and a reload leaves it alone.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction


@dataclass(slots=True)
class Outcome:
    """What a loader did, in rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0  # edited by a person since the last load: not touched

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


class ContentError(Exception):
    """A content file cannot be loaded. The message says which file, where, what was found and what was expected."""


type Loader = Callable[[Path, datetime], Outcome]
"""``loader(directory, at)`` reads its files under ``directory`` and raises ``ContentError`` if one is wrong."""

_loaders: dict[str, Loader] = {}


def register_content(name: str, loader: Loader) -> None:
    """Put a loader in the register. Raises ``ImproperlyConfigured`` if another one has the name."""
    if _loaders.get(name, loader) is not loader:
        raise ImproperlyConfigured(f"Two loaders of content are called {name!r}.")
    _loaders[name] = loader


def content_names() -> list[str]:
    return list(_loaders)


def load_content(directory: Path, *, at: datetime, only: str = "") -> dict[str, Outcome]:
    """Run the loaders, all or nothing. Raises ``ContentError``; then nothing was changed."""
    if only and only not in _loaders:
        raise ContentError(f"There is no content called {only!r}; there is: {', '.join(_loaders)}.")
    with transaction.atomic():
        return {name: load(directory, at) for name, load in _loaders.items() if only in ("", name)}


def fingerprint(values: Mapping[str, Any]) -> str:
    """SHA-256 of named values, the same whatever their order. Dates and decimals count by their text."""
    canonical = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
