"""What is drawn once for the same content: ``{{ form|drawn }}``, ``{{ field|drawn_group }}`` and ``{% part … %}``."""

from collections.abc import Hashable

from django import template
from django.utils.safestring import SafeString

from .. import drawing
from ..drawing import drawn_field, drawn_form

register = template.Library()
register.filter("drawn", drawn_form)
register.filter("drawn_group", drawn_field)


@register.simple_tag
def part(template_name: str, one: Hashable) -> SafeString:
    """A template that is drawn from one frozen value, kept under it: it sees ``one`` and nothing else."""
    return drawing.drawn(template_name, one)
