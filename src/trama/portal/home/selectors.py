"""What the front page asks of the phases. The figures are asked once per edition of the data, then kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.cache import caches
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trama.know import api as know
from trama.programme import api as programme

from ..pages.selectors import news_of, stories_of
from .content import AUDIENCES, CYCLE

REGIONS = {1: _("North"), 2: _("Northeast"), 3: _("Southeast"), 4: _("South"), 5: _("Centre-West")}
KEPT_SECONDS = 24 * 3600
COUNTRY = 0

NATIONAL = (
    # indicator, network, stage, label, unit
    ("ideb", "publica", "AI", _("Ideb, early years (grades 1 to 5), public networks"), ""),
    ("ideb", "publica", "AF", _("Ideb, final years (grades 6 to 9), public networks"), ""),
    ("ideb", "publica", "EM", _("Ideb, upper secondary, public networks"), ""),
    ("literacy_rate", "publica", "", _("Children who read and write at the end of grade 2"), "%"),
)


@dataclass(frozen=True, slots=True)
class NationalFigure:
    """A figure of the country with its source line."""

    label: str
    value: float
    decimals: int
    unit: str
    source: str


def national_figures() -> list[NationalFigure]:
    """The latest published figures of the country; those that no release has are left out. One query when kept."""
    edition = "-".join(str(part) for part in know.data_version())
    key = f"portal.national.{edition}.{get_language()}"
    found: list[NationalFigure] | None = caches["pages"].get(key)
    if found is None:
        found = _read_national_figures()
        caches["pages"].set(key, found, KEPT_SECONDS)
    return found


def _read_national_figures() -> list[NationalFigure]:
    definitions = know.indicators_by_code()
    figures = know.figures_of([COUNTRY], {spec[0] for spec in NATIONAL})[COUNTRY]
    series = [(spec, figures.series(*spec[:3]).values()) for spec in NATIONAL]
    latest = [(spec, next((v for v in reversed(values) if v.value is not None), None)) for spec, values in series]
    releases = know.release_info(value.release for _spec, value in latest if value is not None)
    answer = []
    for (indicator, _dependency, _stage, label, unit), value in latest:
        if value is None or value.value is None:
            continue
        source = f"{releases[value.release].publisher}, {value.year}."
        answer.append(NationalFigure(str(label), value.value, definitions[indicator].decimals, unit, source))
    return answer


def states_by_region() -> list[tuple[str, list[Any]]]:
    """The states, region by region, in the order of the official codes. One query."""
    states = sorted(know.states(), key=lambda state: (state.region_code or 0, state.name))
    regions = groupby(states, lambda state: state.region_code or 0)
    return [(str(REGIONS.get(region, "")), list(group)) for region, group in regions]


def entry_map(regions: Sequence[tuple[str, Sequence[Any]]]) -> know.Map:
    """The states as areas that lead to their panorama, all in one tone: a way in, not a comparison. Three queries."""
    codes = [state.code for _region, states in regions for state in states]
    tone = [know.MapClass("q2", "")]
    return know.country_map(
        "home-map", str(_("Map of the states")), dict.fromkeys(codes, 0), tone, words=lambda _place: ""
    )


def open_calls(at: datetime) -> list[Any]:
    """Calls that a network can apply to at this moment, those that close first first. One query."""
    return programme.open_calls(at)


def home_context(page: Any) -> dict[str, Any]:
    """What the front page shows beside its editor's texts. Some twenty queries; the page is kept."""
    regions = states_by_region()
    language, _path = page.place
    return {
        "figures": national_figures(),
        "regions": regions,
        "map": entry_map(regions),
        "calls": open_calls(timezone.now()),
        "cycle": CYCLE,
        "audiences": AUDIENCES,
        "news": list(news_of(language)[:3]),
        "stories": list(stories_of(language)[:3]),
    }
