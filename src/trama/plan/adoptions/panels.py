"""What adoptions say elsewhere: on priorities, which technologies answer them; on a technology, how to carry it out."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from trama.diagnose.api import DecidedPriorities

from .selectors import adoptions_answering, adopts_for, offered_by_slug


def adoptions_of_priorities(request: HttpRequest | None, chosen: DecidedPriorities) -> SafeString | str:
    """A panel on the priorities of a round: under each, the adoptions that answer it, and, for who may, links to open
    one. Nothing otherwise. Two queries, however many priorities.
    """
    if request is None:
        return ""
    keys = [line.priority.pk for line in chosen.lines]
    may_open = adopts_for(request.user, chosen.round)
    answering = adoptions_answering(request.user, keys)
    if not answering and not may_open:
        return ""
    slugs = {slug for line in chosen.lines for slug in line.technologies}
    offered = offered_by_slug(slugs) if may_open and slugs else {}
    lines = [
        {
            "line": line,
            "adoptions": answering.get(line.priority.pk, []),
            "versions": [offered[slug] for slug in line.technologies if slug in offered],
        }
        for line in chosen.lines
    ]
    return render_to_string("plan/adoptions/_priorities_panel.html", {"lines": lines, "may_open": may_open})


def link_of_technology(request: HttpRequest | None, technology: Any) -> SafeString | str:
    """A panel on the public page of a technology, the same for everybody: a link to a page that asks who it is."""
    return render_to_string("plan/adoptions/_technology_panel.html", {"technology": technology})


def panel_state() -> str:
    """The panels never change of themselves: one is asked anew each time, the other says one thing."""
    return ""
