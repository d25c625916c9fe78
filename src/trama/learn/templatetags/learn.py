"""``{{ part.minutes|minutes }}``: a workload in words."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def minutes(value: int) -> str:
    """ "45 min", "2 h", "1 h 30 min"."""
    hours, rest = divmod(int(value), 60)
    if not hours:
        return _("%d min") % rest
    if not rest:
        return _("%d h") % hours
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
