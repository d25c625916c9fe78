"""Filters of the answering pages."""

from collections.abc import Mapping
from typing import Any

from django import template

from ..answers import presentation

register = template.Library()


@register.filter
def of(mapping: Mapping[Any, Any], key: Any) -> Any:
    """``{{ new_ids|of:line.pk }}``: the entry of a mapping, or nothing."""
    return mapping.get(key, "")


@register.filter
def level_label(level: int | None) -> str:
    """The name of a level as a person reads it."""
    return presentation.level_label(level)
