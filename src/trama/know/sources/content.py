"""Content that ships with Trama, brought to the database and never over what people edited.

A row remembers the hash of what the last load made of it. A row whose present hash is another one was edited on the
site, and is left alone.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from ..indicators.models import Indicator

FIELDS = (
    "name_pt", "name_en", "definition_pt", "definition_en", "unit", "decimals", "family", "better", "person_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContentReport:
    """What became of the rows of one content file."""

    name: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    edited: tuple[str, ...] = ()  # left alone, because someone edited them


def _hash(fields: dict[str, Any]) -> str:
    text = json.dumps({name: fields[name] for name in FIELDS}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def load_indicators() -> ContentReport:
    """Bring ``content/indicators.toml`` to the database. Raises ``ValueError`` naming the table that lacks a field."""
    shipped = tomllib.loads((settings.CONTENT_DIR / "indicators.toml").read_text(encoding="utf-8"))
    known = Indicator.objects.in_bulk(list(shipped))
    created = updated = unchanged = 0
    edited: list[str] = []
    for code, fields in shipped.items():
        if missing := [name for name in FIELDS if name not in fields]:
            raise ValueError(f"content/indicators.toml [{code}]: {', '.join(missing)} missing")
        wanted = {name: fields[name] for name in FIELDS}
        new_hash, row = _hash(wanted), known.get(code)
        if row is None:
            Indicator.objects.create(code=code, content_hash=new_hash, **wanted)
            created += 1
        elif row.content_hash == new_hash:
            unchanged += 1
        elif row.content_hash and _hash({name: getattr(row, name) for name in FIELDS}) != row.content_hash:
            edited.append(code)
        else:
            Indicator.objects.filter(pk=code).update(content_hash=new_hash, **wanted)
            updated += 1
    return ContentReport("indicators.toml", created, updated, unchanged, tuple(edited))
