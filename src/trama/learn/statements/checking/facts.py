"""What a statement may be found by: keys of the agents and activities that it names, and in which part of it."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Any

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")


class Role(IntEnum):
    """In which part of a statement somebody or something stands, as the filters of a reading ask."""

    AGENT = 1  # actor or object, members of their groups too
    RELATED_AGENT = 2  # instructor, team, context agents, all of a sub-statement
    ACTIVITY = 3  # the object
    RELATED_ACTIVITY = 4  # of the context, all of a sub-statement


@lru_cache(maxsize=4096)
def key_of(what: str) -> str:
    """24 letters that stand for an identifier of any length: 144 bits of BLAKE2b."""
    return urlsafe_b64encode(hashlib.blake2b(what.encode(), digest_size=18).digest()).decode()


def identifier_of(agent: Mapping[str, Any]) -> str:
    """The one identifier of a checked agent or group, as text; "" for an anonymous group."""
    account = agent.get("account")
    if account is not None:
        return f"account {account['homePage']} {account['name']}"
    for name in ("mbox", "mbox_sha1sum", "openid"):
        if name in agent:
            value = agent[name]
            return f"{name} {value.lower() if name == 'mbox_sha1sum' else value}"
    return ""


def agent_key(agent: Mapping[str, Any]) -> str:
    """The key of a checked agent or identified group; "" for an anonymous group."""
    found = identifier_of(agent)
    return key_of(found) if found else ""


@dataclass(slots=True)
class Facts:
    """Gathered while a statement is checked. ``keys``: (role, key), what else it may be found by."""

    actor: str = ""
    verb: str = ""
    activity: str = ""  # key of the object, where it is an activity
    registration: str = ""
    refers_to: str = ""  # id of the statement that the object is
    voids: str = ""  # the same, where the verb is "voided"
    keys: set[tuple[int, str]] = field(default_factory=set)
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)  # by the IRI of the activity
    hashes: list[str] = field(default_factory=list)  # SHA-2 of attachments whose content must come with it
    files: set[str] = field(default_factory=set)  # SHA-2 of all attachments
    signatures: list[str] = field(default_factory=list)  # SHA-2 of attachments that sign the statement

    def agent(self, agent: Mapping[str, Any], role: Role) -> None:
        found = agent_key(agent)
        if found:
            self.keys.add((role, found))
        for member in agent.get("member", ()):
            self.keys.add((role, agent_key(member)))

    def about(self, activity: Mapping[str, Any], role: Role) -> None:
        self.keys.add((role, key_of(activity["id"])))
        self.define(activity)

    def define(self, activity: Mapping[str, Any]) -> None:
        definition = activity.get("definition")
        if definition:
            self.definitions[activity["id"]] = definition
