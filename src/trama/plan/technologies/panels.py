"""What technologies say on the page of a criterion of the self-diagnosis: which of them answer it."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .selectors import versions_by_slug, versions_state


def technologies_of_criterion(request: HttpRequest | None, criterion: Any) -> SafeString | str:
    """A panel with a card for each technology that the criterion names and the catalogue shows. Nothing otherwise."""
    slugs = [link.technology for link in criterion.technologies.all()]
    versions = versions_by_slug(slugs) if slugs else []
    return render_to_string("plan/technologies/_panel.html", {"versions": versions}) if versions else ""


def panel_state() -> str:
    """Changes whenever the panel may show something else: it names nobody who adopts. One query."""
    return versions_state()
