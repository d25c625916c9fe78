"""The parts of a version, described once: what each holds, in both languages and besides.

``as_mapping`` gives a version as plain values; ``write_parts`` makes the rows of a version from such values. The loader
of content, revisions, the checks and the comparison of versions all use them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import (
    Adaptation,
    ProgressIndicator,
    Risk,
    Stage,
    Step,
    TechnologyAudience,
    TechnologyDimension,
    TechnologyInstrument,
    TechnologyRole,
    TechnologyVersion,
)

LANGUAGES = ("pt", "en")


def in_both(names: tuple[str, ...]) -> tuple[str, ...]:
    """("title",) gives ("title_pt", "title_en")."""
    return tuple(f"{name}_{language}" for name in names for language in LANGUAGES)


@dataclass(frozen=True, slots=True)
class PartKind:
    """A kind of part: its model, the texts it has in both languages, its other values, and how many there should be."""

    name: str
    label: str | Promise
    model: type[models.Model]
    related: str  # of the version (of the stage, for steps)
    texts: tuple[str, ...]
    several: str | Promise  # the heading above all of them
    others: tuple[str, ...] = ()
    at_least: int = 1
    optional: tuple[str, ...] = ()  # values that may be empty

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.others, *in_both(self.texts), *self.optional)


ROLE = PartKind("role", _("Who takes part"), TechnologyRole, "roles", ("name", "task"), _("Who takes part"), at_least=3)
STAGE = PartKind("stage", _("Stage"), Stage, "stages", ("title", "purpose"), _("Stages"), ("slug", "weeks"), at_least=3)
STEP = PartKind(
    "step",
    _("Step"),
    Step,
    "steps",
    ("title", "what", "who", "product"),
    pgettext_lazy("of a stage", "Steps"),
    ("slug", "days"),
    at_least=2,
)
INSTRUMENT = PartKind(
    "instrument",
    _("Instrument"),
    TechnologyInstrument,
    "instruments",
    ("title", "purpose"),
    _("Instruments"),
    ("slug", "kind"),
    at_least=3,
    optional=("body_pt", "body_en", "sheets"),
)
INDICATOR = PartKind(
    "indicator",
    _("Indicator of progress"),
    ProgressIndicator,
    "indicators",
    ("title", "measure", "target"),
    _("Indicators of progress"),
    at_least=3,
)
RISK = PartKind("risk", _("Risk"), Risk, "risks", ("title", "response"), _("Risks"), at_least=3)
ADAPTATION = PartKind(
    "adaptation", _("Adaptation"), Adaptation, "adaptations", ("text",), _("Adaptations"), ("context",), at_least=3
)

OF_VERSION = (ROLE, STAGE, INSTRUMENT, INDICATOR, RISK, ADAPTATION)
KINDS = {kind.name: kind for kind in (*OF_VERSION, STEP)}

VERSION_TEXTS = ("title", "summary", "problem", "goal", "evidence", "preconditions", "authors", "note")
VERSION_OTHERS = ("axis", "effort", "weeks", "team_hours")
VERSION_FIELDS = (*VERSION_OTHERS, *in_both(VERSION_TEXTS))
OPTIONAL_TEXTS = frozenset({"note", "what_changed"})
POSITIONED = (ROLE, STAGE, STEP, INSTRUMENT, INDICATOR, RISK)


def as_mapping(version: TechnologyVersion) -> dict[str, Any]:
    """A version as plain values, in order. Eleven queries, whatever it holds (fewer where parts are prefetched)."""
    data: dict[str, Any] = {name: getattr(version, name) for name in VERSION_FIELDS}
    data["dimensions"] = sorted(one.code for one in version.dimensions.all())
    data["audiences"] = sorted(one.audience for one in version.audiences.all())
    for kind in OF_VERSION:
        if kind is not STAGE:
            data[kind.related] = [_values(row, kind) for row in getattr(version, kind.related).all()]
    data["adaptations"].sort(key=lambda one: one["context"])
    data["stages"] = []
    for stage in version.stages.prefetch_related("steps__instruments"):
        steps = [
            _values(step, STEP) | {"instruments": sorted(one.slug for one in step.instruments.all())}
            for step in stage.steps.all()
        ]
        data["stages"].append(_values(stage, STAGE) | {"steps": steps})
    return data


def _values(row: models.Model, kind: PartKind) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.fields}


def write_parts(version: TechnologyVersion, data: Mapping[str, Any]) -> None:
    """Make the parts of a version that has none yet."""
    TechnologyDimension.objects.bulk_create(
        TechnologyDimension(version=version, code=code) for code in data["dimensions"]
    )
    TechnologyAudience.objects.bulk_create(
        TechnologyAudience(version=version, audience=audience) for audience in data["audiences"]
    )
    for kind in (ROLE, INSTRUMENT, INDICATOR, RISK, ADAPTATION):
        for position, values in enumerate(data[kind.related], start=1):
            place = {"position": position} if kind in POSITIONED else {}
            kind.model._default_manager.create(version=version, **place, **{name: values[name] for name in kind.fields})
    instruments = {one.slug: one for one in version.instruments.all()}
    for position, values in enumerate(data["stages"], start=1):
        stage = Stage.objects.create(
            version=version, position=position, **{name: values[name] for name in STAGE.fields}
        )
        for order, step_values in enumerate(values["steps"], start=1):
            step = Step.objects.create(stage=stage, position=order, **{name: step_values[name] for name in STEP.fields})
            step.instruments.set([instruments[slug] for slug in step_values["instruments"]])
