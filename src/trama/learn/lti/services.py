"""Verbs on the register of tools and platforms. What tools and platforms may do begins and ends here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..keys.models import SigningKey
from ..keys.services import signing_key
from ..policies import REGISTER_LTI
from .models import Platform, PlatformLink, Tool

TOOL_FIELDS = (
    "name", "slug", "login_url", "launch_url", "redirect_urls", "deep_link_url", "jwks_url", "public_key",
    "share_name", "share_email", "active",
)  # fmt: skip
PLATFORM_FIELDS = (
    "name", "issuer", "client_id", "deployment_ids", "auth_url", "token_url", "jwks_url", "public_key", "active",
)  # fmt: skip


@transaction.atomic
def register_tool(fields: Mapping[str, Any], *, by: Any, at: datetime) -> Tool:
    """Let courses use a tool. Raises ``PermissionDenied``."""
    require(by, REGISTER_LTI)
    values = {name: fields[name] for name in TOOL_FIELDS if name in fields}
    made = Tool.objects.create(**values, created_by=by, created_at=at, changed_at=at)
    signing_key(SigningKey.Purpose.LTI, at=at)  # so that the address of the keys has one to show
    shared = {name: values.get(name, False) for name in ("share_name", "share_email")}
    record_event("external tool registered", by=by, at=at, target=made, detail=shared)
    return made


@transaction.atomic
def change_tool(tool: Tool, fields: Mapping[str, Any], *, by: Any, at: datetime) -> Tool:
    """Change what is known of a tool, what it may learn, or put it out of use. Its short name stays.

    Raises ``PermissionDenied``.
    """
    require(by, REGISTER_LTI)
    held = Tool.objects.select_for_update().get(pk=tool.pk)
    return _changed(held, [name for name in TOOL_FIELDS if name != "slug"], fields, "external tool changed", by, at)


@transaction.atomic
def register_platform(fields: Mapping[str, Any], *, by: Any, at: datetime) -> Platform:
    """Let another learning platform open courses here. Raises ``PermissionDenied``."""
    require(by, REGISTER_LTI)
    values = {name: fields[name] for name in PLATFORM_FIELDS if name in fields}
    made = Platform.objects.create(**values, created_by=by, created_at=at, changed_at=at)
    signing_key(SigningKey.Purpose.LTI, at=at)
    record_event("learning platform registered", by=by, at=at, target=made)
    return made


@transaction.atomic
def change_platform(platform: Platform, fields: Mapping[str, Any], *, by: Any, at: datetime) -> Platform:
    """Change what is known of a platform, or put it out of use. Raises ``PermissionDenied``."""
    require(by, REGISTER_LTI)
    held = Platform.objects.select_for_update().get(pk=platform.pk)
    return _changed(held, PLATFORM_FIELDS, fields, "learning platform changed", by, at)


def _changed(held: Any, names: Any, fields: Mapping[str, Any], verb: str, by: Any, at: datetime) -> Any:
    differing = {}
    for name in names:
        if name in fields and getattr(held, name) != fields[name]:
            differing[name] = fields[name] if isinstance(fields[name], bool) else "…"
            setattr(held, name, fields[name])
    held.changed_at = at
    held.save()
    record_event(verb, by=by, at=at, target=held, detail={"changed": differing})
    return held


@transaction.atomic
def unlink(link: PlatformLink, *, by: Any, at: datetime) -> None:
    """A person takes the link of their account back. Raises ``PlatformLink.DoesNotExist`` for another's."""
    held = PlatformLink.objects.select_for_update().select_related("platform").get(pk=link.pk, person=by.pk)
    record_event("platform account unlinked", by=by, at=at, target=held.platform)
    held.delete()
