"""``{% panels "network" network %}``: what later phases have to say about the subject of a page."""

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ..panels import panels_of

register = template.Library()


@register.simple_tag(takes_context=True)
def panels(context: template.Context, place: str, subject: Any) -> SafeString:
    """The panels registered for ``place``, each with what it shows about ``subject``. Nothing if none is."""
    pieces = [panel(context.get("request"), subject) for panel in panels_of(place)]
    return format_html_join("\n", "{}", ((piece,) for piece in pieces if piece))
