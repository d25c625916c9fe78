"""The indicators that ship with Trama, brought to the database and never over what people edited.

A row remembers the fingerprint of what the last load made of it. A row whose present fingerprint is another one was
edited on the site, and is left alone.
"""

import tomllib
from datetime import datetime
from pathlib import Path

from ...foundation.content import ContentError, Outcome, fingerprint
from ..indicators.models import Indicator

FILE = "indicators.toml"
FIELDS = (
    "name_pt", "name_en", "definition_pt", "definition_en", "unit", "decimals", "family", "better", "person_count",
)  # fmt: skip


def load_indicators(directory: Path, at: datetime) -> Outcome:
    """Bring ``indicators.toml`` to the database. Raises ``ContentError`` naming the table that is not sound."""
    try:
        shipped = tomllib.loads((directory / FILE).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ContentError(f"{FILE}: {error}") from error
    known = Indicator.objects.in_bulk(list(shipped))
    outcome = Outcome()
    for code, fields in shipped.items():
        if missing := [name for name in FIELDS if not isinstance(fields, dict) or name not in fields]:
            raise ContentError(f"{FILE} [{code}]: {', '.join(missing)} missing")
        wanted = {name: fields[name] for name in FIELDS}
        mark, row = fingerprint(wanted), known.get(code)
        if row is None:
            Indicator.objects.create(code=code, content_hash=mark, **wanted)
            outcome.created += 1
        elif row.content_hash == mark:
            outcome.unchanged += 1
        elif row.content_hash and fingerprint({name: getattr(row, name) for name in FIELDS}) != row.content_hash:
            outcome.kept += 1
        else:
            Indicator.objects.filter(pk=code).update(content_hash=mark, **wanted)
            outcome.updated += 1
    return outcome
