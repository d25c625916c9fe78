"""How technologies are shown: the filters of the catalogue with their counts, the stages in weeks."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .models import Stage, TechnologyAudience, TechnologyVersion


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    count: int  # technologies that would be shown with it, the other filters staying
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow the catalogue: its query parameter, label and options."""

    name: str
    label: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.chosen), None)


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
    """The versions that meet every filter asked for, and the filters with their counts. Unknown values ask nothing."""
    choices = {
        "dimensao": (_("Dimension"), dict(dimension_titles)),
        "publico": (_("For whom"), {value: str(label) for value, label in TechnologyAudience.Audience.choices}),
        "esforco": (_("Effort"), {value: str(label) for value, label in TechnologyVersion.Effort.choices}),
    }
    offered = {version.pk: _values(version) for version in versions}
    chosen = {name: value for name in FILTERS if (value := asked.get(name, "")) in choices[name][1]}

    def meets(version: TechnologyVersion, wanted: Mapping[str, str]) -> bool:
        return all(value in offered[version.pk][name] for name, value in wanted.items())

    def counted(name: str, value: str) -> int:
        return sum(meets(version, {**chosen, name: value}) for version in versions)

    filters = [
        Filter(
            name,
            label,
            tuple(
                Option(value, text, counted(name, value), chosen.get(name) == value) for value, text in labels.items()
            ),
        )
        for name, (label, labels) in choices.items()
    ]
    return [version for version in versions if meets(version, chosen)], filters


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
