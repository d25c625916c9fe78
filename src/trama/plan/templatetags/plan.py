"""Template filters of plan."""

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from ..technologies.documents.workbook import Column
from ..technologies.documents.xlsx import about_column

register = template.Library()


@register.filter
def of_language(both: Mapping[str, str]) -> str:
    """The text in the reader's language of a pair such as ``{"pt": …, "en": …}``."""
    return both["en" if (get_language() or "").startswith("en") else "pt"]


@register.filter
def about(column: Column) -> str:
    """What goes in a column of a spreadsheet, in a sentence."""
    return about_column(column, "en" if (get_language() or "").startswith("en") else "pt")
