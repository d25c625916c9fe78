"""Whether two statements say the same (xAPI 1.0.3, Data 2.3.1), and what a signature signs (Data 2.6)."""

from typing import Any

from .checking.attachments import SIGNATURE
from .checking.formats import instant

_SET_BY_STORES = ("id", "stored", "authority", "version")


def same(kept: dict[str, Any], sent: dict[str, Any]) -> bool:
    """Whether ``sent`` is the statement that is ``kept``, but for what a store sets or may know better."""
    first, second = _plain(kept), _plain(sent)
    given = second.pop("timestamp", None)
    held = first.pop("timestamp", None)
    if given is not None and (held is None or instant(given, "") != instant(held, "")):
        return False
    return first == second


def signed(statement: dict[str, Any]) -> dict[str, Any]:
    """What its signature stands for: the statement without the signature, and without what a store sets."""
    found = _plain(statement)
    others = [one for one in statement.get("attachments", []) if one.get("usageType") != SIGNATURE]
    found.pop("attachments", None)
    if others:
        found["attachments"] = [_without(one, "fileUrl") for one in others]
    if "timestamp" in found:
        found["timestamp"] = instant(found["timestamp"], "timestamp").isoformat()
    return found


def _plain(statement: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in statement.items() if name not in _SET_BY_STORES}
    if "attachments" in found:
        found["attachments"] = sorted((_without(one, "fileUrl") for one in found["attachments"]), key=str)
    for name in ("actor", "object"):
        if isinstance(found.get(name), dict):
            found[name] = _who_or_what(found[name])
    if isinstance(found.get("verb"), dict):
        found["verb"] = {"id": found["verb"].get("id")}
    if isinstance(found.get("context"), dict):
        found["context"] = _context(found["context"])
    return found


def _who_or_what(thing: dict[str, Any]) -> dict[str, Any]:
    kind = thing.get("objectType")
    if kind == "SubStatement":
        return _plain(thing)
    if kind == "Group" and "member" in thing:
        return {**thing, "member": sorted((_without(one, "objectType") for one in thing["member"]), key=str)}
    if kind in ("Activity", "Agent"):
        thing = _without(thing, "objectType")
    return _without(thing, "definition")


def _context(context: dict[str, Any]) -> dict[str, Any]:
    found = dict(context)
    for name in ("instructor", "team"):
        if name in found:
            found[name] = _who_or_what(found[name])
    places = found.get("contextActivities")
    if isinstance(places, dict):
        found["contextActivities"] = {
            name: [_who_or_what(one) for one in (these if isinstance(these, list) else [these])]
            for name, these in places.items()
        }
    return found


def _without(thing: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name not in names}
