"""Checks of parts that are done in an external tool."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from trama.foundation.documents.errors import DocumentError

from ..lessons import read_task
from ..models import ToolPart
from ..parts import LANGUAGES
from .problem import Known, Problem, check_known, check_readable, is_whole


def check_tool(part: Mapping[str, Any], known: Known) -> Iterator[Problem]:
    name = part["slug"]
    yield from check_known("tool", name, "tool", [part["tool"]], known.tools)
    if part["asks"] not in ToolPart.Asks.values:
        yield Problem("tool", name, "asks", repr(part["asks"]), _("one of %s") % ", ".join(ToolPart.Asks.values))
    if not is_whole(part["pass_percent"]) or not 0 <= part["pass_percent"] <= 100:
        found = repr(part["pass_percent"])
        yield Problem("tool", name, "pass_percent", found, _("a whole number from 0 to 100"))
    if part["target"] and not _is_address(part["target"]):
        yield Problem("tool", name, "target", part["target"][:80], "https://…")
    for language in LANGUAGES:
        field = f"text_{language}"
        try:
            yield from check_readable("tool", name, field, read_task(part[field]))
        except DocumentError as error:
            yield Problem("tool", name, f"{field}, {error.where}", error.found, error.expected)
    for line in str(part["custom"]).splitlines():
        if line.strip() and not line.partition("=")[0].strip().isidentifier():
            yield Problem("tool", name, "custom", line[:80], _("name=value"))


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme == "https" and bool(parts.hostname)
