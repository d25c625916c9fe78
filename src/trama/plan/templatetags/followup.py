"""Filters of the pages of the follow-up."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import template

register = template.Library()


@register.filter
def of_part(counts: Mapping[UUID, int] | Any, part: UUID) -> int:
    """How many of something a part has: ``comments|of_part:action.uid``."""
    return counts.get(part, 0) if isinstance(counts, Mapping) else 0
