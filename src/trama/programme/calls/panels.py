"""What programme says on the page of a network: its answer in each open call, and where to read about the others."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from ..eligibility.assessment import answer_for_network
from .presentation import standing
from .selectors import calls_state, categories_of, public_calls

SHOWN = 3


def calls_of_network(request: HttpRequest | None, network: Any) -> SafeString | str:
    """A panel for a municipal network: its answer in each open call, and links for the last ones. Nothing otherwise."""
    if getattr(network, "dependency", "") != "municipal":
        return ""
    now = timezone.now()
    lines = []
    for call in public_calls()[:SHOWN]:
        answers = []
        if call.is_open(now):
            found = [answer_for_network(category, network) for category in categories_of(call)]
            answers = [answer for answer in found if answer is not None]
        lines.append({"call": call, "standing": standing(call, now), "answers": answers})
    if not lines:
        return ""
    return render_to_string("programme/calls/_panel.html", {"lines": lines, "network": network})


def panel_state() -> str:
    """Changes whenever the panel may show something else."""
    return calls_state(timezone.now())
