"""What a course may name of the rest of the site: technologies, and criteria of the self-diagnosis of a network."""

import re
from collections.abc import Mapping
from typing import Any

from trama.diagnose.api import current_version
from trama.plan.api import technologies_in_catalogue, versions_by_slug

from ..lti.models import Tool
from .checks import Known
from .parts import parts_of

INSTRUMENT = "rede"
_TECHNOLOGY = re.compile(r"trama:technologies/([a-z0-9-]+)")


def known_of(data: Mapping[str, Any]) -> Known:
    """What the site knows of the technologies and criteria that a course may name. At most six queries."""
    slugs = {str(slug) for slug in data["technologies"]} | _linked(data)
    technologies = frozenset(one.technology.slug for one in versions_by_slug(sorted(slugs)))
    instrument = current_version(INSTRUMENT)
    criteria = frozenset(instrument.criteria.values_list("code", flat=True)) if instrument is not None else None
    tools = frozenset(Tool.objects.filter(active=True).values_list("slug", flat=True))
    return Known(technologies, criteria, tools)


def _linked(data: Mapping[str, Any]) -> set[str]:
    """Slugs of technologies that lessons lead to."""
    texts = (part.get(field, "") for _kind, part in parts_of(data) for field in ("body_pt", "body_en"))
    return {slug for text in texts for slug in _TECHNOLOGY.findall(text)}


def technology_titles() -> dict[str, str]:
    """{slug: title} of the technologies of the catalogue, in the language of the page. Three queries."""
    return {version.technology.slug: version.title for version in technologies_in_catalogue()}
