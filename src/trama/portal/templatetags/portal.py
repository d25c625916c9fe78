"""Template filters of the public site."""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ..pages.addresses import ENGLISH, active_language

register = template.Library()
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.filter
def in_reader_language(address: str) -> str:
    """An address of this site in the reader's language; others stay as they are."""
    if address.startswith("/") and active_language() == ENGLISH and not address.startswith(("/en/", "/documentos/")):
        return "/en" + address
    return address


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """Structured data for search engines: data, which no browser runs, so the content policy has no part in it."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308  (escaped above)
