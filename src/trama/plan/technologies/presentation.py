"""How technologies are shown: the filters of the catalogue with their counts, the stages in weeks."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from trama.foundation import filters
from trama.foundation.filters import Filter

from .models import Stage, TechnologyAudience, TechnologyVersion


def _values(version: TechnologyVersion) -> Mapping[str, set[str]]:
    """What a version offers to each filter."""
    return {
        "dimensao": {one.code for one in version.dimensions.all()},
        "publico": {one.audience for one in version.audiences.all()},
        "esforco": {version.effort},
    }


FILTERS = ("dimensao", "publico", "esforco")


def narrowed(
    versions: list[TechnologyVersion], asked: Mapping[str, str], dimension_titles: Mapping[str, str]
) -> tuple[list[TechnologyVersion], list[Filter]]:
    """The versions that meet every filter asked for, and the filters with their counts."""
    choices = {
        "dimensao": (_("Dimension"), dict(dimension_titles)),
        "publico": (_("For whom"), {value: str(label) for value, label in TechnologyAudience.Audience.choices}),
        "esforco": (_("Effort"), {value: str(label) for value, label in TechnologyVersion.Effort.choices}),
    }
    return filters.narrowed(versions, asked, choices, _values)


@dataclass(frozen=True, slots=True)
class StageInTime:
    """A stage and its weeks, counted from the beginning of the first cycle; None where stages overlap."""

    stage: Stage
    number: int
    first: int | None
    last: int | None


def in_time(version: TechnologyVersion, stages: list[Stage]) -> list[StageInTime]:
    one_after_another = sum(stage.weeks for stage in stages) == version.weeks
    shown, begun = [], 1
    for number, stage in enumerate(stages, start=1):
        last = begun + stage.weeks - 1
        shown.append(StageInTime(stage, number, *((begun, last) if one_after_another else (None, None))))
        begun = last + 1
    return shown
