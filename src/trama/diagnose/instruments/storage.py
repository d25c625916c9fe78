"""Writing versions to the database, for the loader of content and for the services. Permission is theirs to ask."""

from datetime import datetime
from typing import Any

from django.db import transaction

from trama.foundation.audit import record_event

from .errors import LabelTaken, OtherScope
from .models import (
    Area,
    Criterion,
    CriterionIndicator,
    CriterionTechnology,
    Dimension,
    Instrument,
    InstrumentVersion,
    Level,
    LevelMeaning,
    Respondent,
)
from .selectors import version_data
from .structure import LEVELS, Both, CriterionData, VersionData

State = InstrumentVersion.State
HEAD_TEXTS = ("title", "summary", "guidance", "authors", "note")
MOST_NAMED = 5  # criteria that a refusal names


def _columns(**texts: Both) -> dict[str, str]:
    """``title=Both("Rede", "Network")`` as the two columns."""
    return {f"{name}_{code}": getattr(text, code) for name, text in texts.items() for code in ("pt", "en")}


@transaction.atomic
def store_version(
    data: VersionData, *, by: Any, at: datetime, position: int | None = None
) -> tuple[InstrumentVersion, bool]:
    """Write a checked version as a draft. Returns it, and whether it is new: one that says the same is given back.

    Raises ``LabelTaken`` if the label exists with other content, and ``OtherScope`` if the instrument has another kind
    of owner.
    """
    instrument, _new = Instrument.objects.get_or_create(
        slug=data.slug, defaults={"scope": data.scope, "position": position or _last_position() + 1}
    )
    if instrument.scope != data.scope:
        raise OtherScope(data.slug, data.scope, instrument.scope)
    found = instrument.versions.filter(version=data.version).first()
    if found is not None and found.content_hash == data.content_hash:
        return found, False
    if found is not None:
        draft = found.state == State.DRAFT
        raise LabelTaken(data.slug, data.version, draft=draft, changed=[] if draft else _differences(found, data))
    version = InstrumentVersion.objects.create(
        instrument=instrument,
        version=data.version,
        created_at=at,
        created_by=by,
        content_hash=data.content_hash,
        **_columns(**{name: getattr(data, name) for name in HEAD_TEXTS}),
    )
    _write_parts(version, data)
    record_event("instrument version kept", by=by, at=at, target=version, detail={"hash": data.content_hash})
    return version, True


def _last_position() -> int:
    return Instrument.objects.order_by("-position").values_list("position", flat=True).first() or 0


def _differences(stored: InstrumentVersion, data: VersionData) -> list[str]:
    """The criteria that differ, by key; where none does, the part that does."""
    before = {criterion.key: criterion for criterion in version_data(stored).criteria}
    after = {criterion.key: criterion for criterion in data.criteria}
    keys = sorted(key for key in before | after if before.get(key) != after.get(key))
    more = ["…"] if len(keys) > MOST_NAMED else []
    return keys[:MOST_NAMED] + more or [*HEAD_TEXTS[:2], "…"]


def _write_parts(version: InstrumentVersion, data: VersionData) -> None:
    LevelMeaning.objects.bulk_create(
        LevelMeaning(version=version, level=level, **_columns(meaning=meaning))
        for level, meaning in zip(Level, data.levels, strict=True)
    )
    respondents = {
        row.key: row
        for row in Respondent.objects.bulk_create(
            Respondent(version=version, key=entry.key, position=n, **_columns(name=entry.name))
            for n, entry in enumerate(data.respondents, start=1)
        )
    }
    pairs = list(zip(_write_criteria(version, data), data.criteria, strict=True))
    link: Any = Criterion.respondents.through
    link.objects.bulk_create(
        link(criterion=row, respondent=respondents[key]) for row, criterion in pairs for key in criterion.respondents
    )
    CriterionTechnology.objects.bulk_create(
        CriterionTechnology(criterion=row, technology=slug, position=n)
        for row, criterion in pairs
        for n, slug in enumerate(criterion.technologies, start=1)
    )
    CriterionIndicator.objects.bulk_create(
        CriterionIndicator(
            criterion=row, indicator=figure.indicator, stage=figure.stage, better=figure.better, position=n,
            **_columns(note=figure.note),
            **dict(zip(("cut_basic", "cut_adequate", "cut_exemplary"), figure.cuts or (None,) * 3, strict=True)),
        )
        for row, criterion in pairs
        for n, figure in enumerate(criterion.indicators, start=1)
    )  # fmt: skip


def _write_criteria(version: InstrumentVersion, data: VersionData) -> list[Criterion]:
    """Dimensions, their areas, and the criteria in them, in the order of ``data.criteria``."""
    dimensions = Dimension.objects.bulk_create(
        Dimension(
            version=version, code=part.code, slug=part.slug, position=n,
            **_columns(title=part.title, summary=part.summary),
        )
        for n, part in enumerate(data.dimensions, start=1)
    )  # fmt: skip
    areas = Area.objects.bulk_create(
        Area(
            dimension=dimension, code=area.code, slug=area.slug, position=n,
            **_columns(title=area.title, summary=area.summary),
        )
        for dimension, part in zip(dimensions, data.dimensions, strict=True)
        for n, area in enumerate(part.areas, start=1)
    )  # fmt: skip
    homes = [
        (row, criterion)
        for row, area in zip(areas, (area for part in data.dimensions for area in part.areas), strict=True)
        for criterion in area.criteria
    ]
    return Criterion.objects.bulk_create(
        _criterion_row(version, area, n, criterion) for n, (area, criterion) in enumerate(homes, start=1)
    )


def _criterion_row(version: InstrumentVersion, area: Area, position: int, data: CriterionData) -> Criterion:
    anchors = dict(zip(LEVELS, data.anchors, strict=True))
    evidence = Both("\n".join(line.pt for line in data.evidence), "\n".join(line.en for line in data.evidence))
    return Criterion(
        version=version,
        area=area,
        key=data.key,
        code=data.code,
        position=position,
        starred=data.starred,
        weight=data.weight,
        reach=data.reach,
        governability=data.governability,
        anchors_hash=data.anchors_hash,
        **_columns(title=data.title, question=data.question, evidence=evidence, law=data.law, why=data.why, **anchors),
    )


@transaction.atomic
def make_current(version: InstrumentVersion, *, by: Any, at: datetime) -> bool:
    """Publish a draft, and retire the version that was current. False if it is no draft any more."""
    Instrument.objects.select_for_update().get(pk=version.instrument_id)
    versions = InstrumentVersion.objects.filter(instrument=version.instrument_id)
    if not versions.filter(pk=version.pk, state=State.DRAFT).exists():
        return False
    versions.filter(state=State.PUBLISHED).update(state=State.RETIRED)
    versions.filter(pk=version.pk).update(state=State.PUBLISHED, published_at=at)
    version.refresh_from_db()
    record_event("instrument version published", by=by, at=at, target=version)
    return True
