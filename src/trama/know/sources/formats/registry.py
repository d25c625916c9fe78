"""Every layout that Trama reads, and which of them a file has."""

from django.utils.translation import gettext as _

from .base import Format, Member
from .ideb import IDEB_FORMATS
from .ideb_longo import LONG_FORMATS
from .problems import refuse

FORMATS: list[Format] = [*IDEB_FORMATS, *LONG_FORMATS]


def detect(members: list[Member]) -> Format:
    """The layout these files have, from their content. Raises ``UnreadableFile`` if none or several fit."""
    name = members[0].name if members else ""
    fitting = [layout for layout in FORMATS if layout.recognises(members)]
    if not fitting:
        known = ", ".join(layout.source for layout in FORMATS)
        refuse(name, ", ".join(member.name for member in members[:5]), _("one of the layouts known here: %s") % known)
    if len(fitting) > 1:
        found = ", ".join(layout.source for layout in fitting)
        refuse(name, found, _("files of one layout at a time; these fit several"))
    return fitting[0]
