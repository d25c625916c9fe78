"""The names of people in tools: opaque, and others in every tool, so that two tools cannot compare them."""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from .models import Tool


def subject_of(tool: Tool, person: Any) -> str:
    """The name of a person in a tool: the same each time, and of no use elsewhere."""
    return hmac.new(bytes.fromhex(tool.secret), str(person.pk).encode(), hashlib.sha256).hexdigest()[:40]


def who_is(tool: Tool, subject: str, enrolments: Iterable[Any]) -> Any:
    """The enrolment that a tool means by a name, or None."""
    return next((one for one in enrolments if hmac.compare_digest(subject_of(tool, one.person), subject)), None)


def shared_of(tool: Tool, person: Any) -> dict[str, str]:
    """What a tool learns of a person besides the opaque name: nothing, unless the programme decided otherwise."""
    told: dict[str, str] = {}
    if tool.share_name and person.name.strip():
        first, _space, rest = person.name.strip().partition(" ")
        told |= {"name": person.name.strip(), "given_name": first} | ({"family_name": rest} if rest else {})
    if tool.share_email:
        told["email"] = person.email
    return told
