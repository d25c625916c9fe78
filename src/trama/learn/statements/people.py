"""What statements say of an agent: the names under which they know it."""

import json
from typing import Any

from .checking import agent_key
from .reading import Filters, find
from .scopes import READ_MINE
from .selectors import Client

LOOKED_AT = 50  # the latest statements


def names_of(agent: dict[str, Any], *, by: Client) -> list[str]:
    """Names of an agent in the latest statements that the token may see, and the one it was asked with."""
    found = [agent["name"]] if "name" in agent else []
    key = agent_key(agent)
    if key and by.may(READ_MINE):
        rows, _ = find(Filters(agent=key, limit=LOOKED_AT), by=by)
        for row in rows:
            actor = json.loads(row.body)["actor"]
            if "name" in actor and agent_key(actor) == key:
                found.append(actor["name"])
    return list(dict.fromkeys(found))
