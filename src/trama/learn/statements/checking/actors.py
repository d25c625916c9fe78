"""Agents and groups (xAPI 1.0.3, Data 2.4.2)."""

from typing import Any

from .facts import IDENTIFIERS
from .formats import an_object, fail, iri, mailbox, sha1, text

_AGENT = frozenset({"objectType", "name", *IDENTIFIERS})
_GROUP = _AGENT | {"member"}
_ACCOUNT = frozenset({"homePage", "name"})


def check_actor(value: Any, where: str) -> dict[str, Any]:
    """An agent or a group, as its objectType says; an agent where it says nothing."""
    if isinstance(value, dict) and value.get("objectType") == "Group":
        return check_group(value, where)
    return check_agent(value, where)


def check_agent(value: Any, where: str) -> dict[str, Any]:
    agent = an_object(value, where, _AGENT)
    if agent.get("objectType", "Agent") != "Agent":
        fail(where, "objectType must be Agent")
    if "name" in agent:
        text(agent["name"], where)
    if _identifiers(agent, where) != 1:
        fail(where, "exactly one of mbox, mbox_sha1sum, openid, account is expected")
    return agent


def check_group(value: Any, where: str) -> dict[str, Any]:
    """Identified by exactly one identifier, or anonymous with members, which are agents."""
    group = an_object(value, where, _GROUP)
    if group.get("objectType") != "Group":
        fail(where, "objectType must be Group")
    if "name" in group:
        text(group["name"], where)
    found = _identifiers(group, where)
    if found > 1:
        fail(where, "at most one of mbox, mbox_sha1sum, openid, account is expected")
    members = group.get("member")
    if "member" in group:
        if not isinstance(members, list):
            fail(where, "member must be an array of agents")
        for member in members:
            check_agent(member, f"{where}.member")
    if not found and not members:
        fail(where, "a group without an identifier needs members")
    return group


def check_authority(value: Any) -> None:
    """An agent, or an anonymous group of exactly two: the program and the person (Data 2.4.9)."""
    who = check_actor(value, "authority")
    if who.get("objectType") == "Group" and (_identifiers(who, "authority") or len(who["member"]) != 2):
        fail("authority", "a group must be anonymous and have two members")


def _identifiers(who: dict[str, Any], where: str) -> int:
    found = 0
    if "mbox" in who:
        found += 1
        mailbox(who["mbox"], where)
    if "mbox_sha1sum" in who:
        found += 1
        sha1(who["mbox_sha1sum"], where)
    if "openid" in who:
        found += 1
        iri(who["openid"], where)
    if "account" in who:
        found += 1
        account = an_object(who["account"], where, _ACCOUNT)
        iri(account.get("homePage"), where)
        if not text(account.get("name"), where):
            fail(where, "the account needs a name")
    return found
