"""What an author chose in a tool comes back (Deep Linking 2.0) and becomes the content of the part."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from ..courses.models import ToolPart
from ..courses.parts import TOOL
from ..courses.services import change_part
from . import vocabulary as lti
from .addresses import issuer
from .errors import LtiError, NotTrusted, TooOld
from .launching import CHOICE_SALT, CHOICE_SECONDS
from .models import Tool
from .selectors import tool_of_client
from .trust import once, read_signed

LONGEST_TITLE = 160


def tool_that_says(token: str) -> Tool:
    """The tool that a message claims to come from. Nothing is believed yet. Raises ``NotTrusted``."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as problem:
        raise NotTrusted from problem
    found = tool_of_client(str(claims.get("iss", "")))
    if found is None:
        raise NotTrusted
    return found


def take_choice(token: str, *, at: datetime) -> ToolPart:
    """Put what was chosen into the part of the draft, in the name of the author who went to choose.

    Raises ``NotTrusted``, ``TooOld``, ``LtiError`` where nothing usable was chosen; ``PermissionDenied``,
    ``WrongCourseState`` and ``StaleCourse`` as ``change_part`` does.
    """
    tool = tool_that_says(token)
    claims = read_signed(tool, token, audience=issuer(), issuer=tool.client_id)
    if claims.get(lti.MESSAGE_TYPE) != lti.CHOICE_ANSWER or claims.get(lti.VERSION) != lti.LTI_VERSION:
        raise NotTrusted
    if claims.get(lti.DEPLOYMENT) != tool.deployment_id:
        raise NotTrusted
    try:
        data = signing.loads(str(claims.get(lti.CHOICE_DATA, "")), salt=CHOICE_SALT, max_age=CHOICE_SECONDS)
    except signing.SignatureExpired as problem:
        raise TooOld from problem
    except signing.BadSignature as problem:
        raise NotTrusted from problem
    if data["tool"] != tool.pk:
        raise NotTrusted
    return _put(tool, data, _chosen(claims), nonce=str(claims.get("nonce", token[-64:])), at=at)


def _chosen(claims: dict[str, Any]) -> dict[str, str]:
    """The fields of the part that the first usable item gives. Raises ``LtiError``."""
    items = claims.get(lti.CHOICE_ITEMS)
    links = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    item = next((one for one in links if one.get("type") == "ltiResourceLink"), None)
    if item is None:
        raise LtiError(_("Nothing was chosen in the tool."))
    target = str(item.get("url") or "")
    if target and not _is_secure(target):
        raise LtiError(_("The tool gave an address that does not begin with https://."))
    given = item.get("custom")
    custom = given.items() if isinstance(given, dict) else ()
    fields = {"target": target, "custom": "\n".join(f"{_line(name)}={_line(value)}" for name, value in custom)}
    if title := _line(item.get("title") or "")[:LONGEST_TITLE]:
        fields["title"] = title
    return fields


def _line(value: Any) -> str:
    """A value as one line of text that any database takes."""
    return " ".join(str(value).replace("\x00", " ").split())


def _is_secure(target: str) -> bool:
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and len(target) <= 1000 and target.isprintable()


@transaction.atomic
def _put(tool: Tool, data: dict[str, Any], chosen: dict[str, str], *, nonce: str, at: datetime) -> ToolPart:
    once("choice", str(tool.pk), nonce, at=at)
    part = ToolPart.objects.select_related("module__version__course").get(pk=data["part"])
    author = get_user_model().objects.get(pk=data["person"], is_active=True)
    title = chosen.pop("title", "")
    named = {f"title_{one}": title for one in ("pt", "en") if title and not getattr(part, f"title_{one}").strip()}
    made: ToolPart = change_part(
        part.module.version, TOOL, part, chosen | named, revision=data["revision"], by=author, at=at
    )
    return made
