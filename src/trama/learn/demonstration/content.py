"""What the invented cohorts say, read from the content."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

FILE = Path(settings.CONTENT_DIR) / "demonstration" / "training.toml"
NEEDED = {
    "person": ("who", "parts"),
    "meeting": ("title", "minutes"),
    "topic": ("by", "ago", "title", "text"),
}


class BrokenDemonstration(ValueError):
    """The content of the demonstration does not fit itself or what is loaded. Says where, and what was expected."""


@cache
def script() -> Mapping[str, Any]:
    """The content of the demonstration, as its file has it. Raises ``BrokenDemonstration``."""
    return read_script(FILE)


def read_script(path: Path) -> Mapping[str, Any]:
    """The content of one file. Raises ``BrokenDemonstration`` naming the file and what is missing or unknown."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BrokenDemonstration(f"{path.name}: {error}") from error
    if not raw.get("label") or not raw.get("cohort"):
        raise BrokenDemonstration(f"{path.name}: a label, and at least one cohort")
    for cohort in raw["cohort"]:
        if missing := {"course", "name", "begins", "enrolled"} - cohort.keys():
            raise BrokenDemonstration(f"{path.name}: a cohort lacks {', '.join(sorted(missing))}")
        for table, keys in NEEDED.items():
            for number, one in enumerate(cohort.get(table, []), start=1):
                if absent := [key for key in keys if key not in one]:
                    where = f"{path.name}: {cohort['name']!r}, {table} {number}"
                    raise BrokenDemonstration(f"{where} lacks {', '.join(absent)}")
    return raw
