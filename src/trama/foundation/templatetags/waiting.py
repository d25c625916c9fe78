"""``{% waiting as groups %}``: what waits for who reads the page, from every phase."""

from django import template
from django.utils import timezone

from ..waiting import WaitingGroup, waiting_for

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting(context: template.Context) -> list[WaitingGroup]:
    """Groups of lines (``foundation.waiting``), those that the reader silenced by letter too."""
    return waiting_for(context["request"].user, at=timezone.now())
