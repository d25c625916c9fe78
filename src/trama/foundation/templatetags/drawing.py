"""``{{ form|drawn }}`` and ``{{ field|drawn_group }}``: drawn once for the same words, choices and values."""

from django import template

from ..drawing import drawn_field, drawn_form

register = template.Library()
register.filter("drawn", drawn_form)
register.filter("drawn_group", drawn_field)
