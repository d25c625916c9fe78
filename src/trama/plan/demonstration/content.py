"""What the invented adoptions and the invented plan say, read from the content."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

FILE = Path(settings.CONTENT_DIR) / "demonstration" / "plan.toml"
NEEDED = {
    "adoption": ("technology", "priority", "started", "reason", "roles", "step"),
    "objective": ("priority", "title", "goal", "action"),
    "meeting": ("title", "where", "point"),
    "comment": ("by", "ago", "text"),
}
OF_ACTION = {
    "what", "why", "where", "responsible", "who", "how", "cost", "funding", "starts", "due", "adopted", "checks",
    "comments",
}  # fmt: skip


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
    if not raw.get("label") or not {"title", "purpose", "created", "in_force"} <= raw.get("plan", {}).keys():
        raise BrokenDemonstration(f"{path.name}: a label, and a plan with title, purpose, created and in_force")
    for table, keys in NEEDED.items():
        for number, one in enumerate(raw.get(table, []), start=1):
            missing = [key for key in keys if key not in one]
            if missing:
                raise BrokenDemonstration(f"{path.name}: {table} {number} lacks {', '.join(missing)}")
    actions = [action for objective in raw["objective"] for action in objective["action"]]
    for action in actions:
        if not {"what", "starts", "due"} <= action.keys() <= OF_ACTION:
            wrong = sorted({"what", "starts", "due"} - action.keys()) + sorted(action.keys() - OF_ACTION)
            raise BrokenDemonstration(f"{path.name}: action {action.get('what', '')!r}: missing or unknown: {wrong}")
    whats = {action["what"] for action in actions}
    for point in (point for meeting in raw.get("meeting", []) for point in meeting["point"]):
        if "action" in point and point["action"] not in whats:
            raise BrokenDemonstration(f"{path.name}: a point speaks of {point['action']!r}, which is no action")
    return raw
