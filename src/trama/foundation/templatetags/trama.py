"""Template tags of the design system. docs/components.md shows each with an example."""

import math
from functools import cache
from typing import Any

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..icons import ICONS

register = template.Library()

NO_VALUE = "—"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One of our icons. Without a label it is decoration, and screen readers pass over it.

    Raises ``KeyError`` for a name that ``foundation.icons`` does not know.
    """
    return _svg(name, format_html('role="img" aria-label="{}"', label)) if label else _decoration(name)


def _svg(name: str, role: SafeString) -> SafeString:
    return format_html('<svg class="icon" viewBox="0 0 24 24" {}><path d="{}"/></svg>', role, ICONS[name])


@cache
def _decoration(name: str) -> SafeString:
    return _svg(name, mark_safe('aria-hidden="true"'))


def missing(reason: object = "") -> SafeString:
    """A dash that says aloud, and on hover, why there is no number."""
    why = str(reason) or _("not available")
    return format_html(
        '<span class="missing" title="{}"><span aria-hidden="true">{}</span><span class="sr-only">{}</span></span>',
        why,
        NO_VALUE,
        why,
    )


def is_missing(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


@register.filter
def number(value: Any, decimals: int = 0) -> str:
    """A number in the reader's language (``1.234,5`` or ``1,234.5``); a dash that explains itself where there is none.

    >>> number(5.86, 1)  # in Portuguese
    '5,9'
    """
    return missing() if is_missing(value) else floatformat(value, f"{decimals}g")


@register.simple_tag
def figure(value: Any, decimals: int = 0, reason: object = "") -> str:
    """Like ``number``, with the reason why a value is missing: ``{% figure o.value 1 o.get_status_display %}``."""
    return missing(reason) if is_missing(value) else floatformat(value, f"{decimals}g")


@register.inclusion_tag("components/figure_card.html")
def figure_card(
    label: str, value: Any, *, decimals: int = 0, unit: str = "", source: str = "", reason: object = "", href: str = ""
) -> dict[str, Any]:
    """A figure that explains itself: label, number, unit, source with vintage, or why there is no number."""
    return {
        "label": label,
        "shown": None if is_missing(value) else floatformat(value, f"{decimals}g"),
        "unit": unit,
        "source": source,
        "reason": str(reason) or _("not available"),
        "href": href,
    }


TONES = {"debug": "info", "info": "info", "success": "success", "warning": "warning", "error": "danger"}


@register.filter
def tone(level_tag: str) -> str:
    """The tone of one of Django's messages: info, success, warning or danger."""
    return TONES.get(level_tag, "info")


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, parameter: str = "pagina") -> dict[str, Any]:
    """Links to the pages of a ``Paginator`` page; the rest of the query is kept."""
    query = context["request"].GET.copy()
    query.pop(parameter, None)
    kept = query.urlencode()
    return {
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "prefix": f"?{kept}&{parameter}=" if kept else f"?{parameter}=",
        "gap": page.paginator.ELLIPSIS,
    }
