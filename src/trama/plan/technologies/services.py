"""Verbs of those who write technologies: create, revise, edit part by part. Each checks, writes and leaves its trace.

Only a draft is edited. Each part has a revision of its own, so two people who write different parts of one technology
do not disturb each other, and two who write the same part get a conflict. ``reviewing`` holds what moves a version on.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, Max

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import EDIT_TECHNOLOGY
from .errors import StaleTechnology, WrongTechnologyState
from .models import (
    SEALED,
    Technology,
    TechnologyAudience,
    TechnologyChange,
    TechnologyDimension,
    TechnologyInstrument,
    TechnologyVersion,
)
from .parts import POSITIONED, STEP, VERSION_FIELDS, PartKind, as_mapping, in_both, write_parts
from .selectors import reviews

State = TechnologyVersion.State
EDITABLE = (*VERSION_FIELDS, *in_both(("what_changed",)))
LISTS = {"dimensions": (TechnologyDimension, "code"), "audiences": (TechnologyAudience, "audience")}


@transaction.atomic
def create_technology(
    slug: str, organisation: Any, fields: Mapping[str, Any], *, by: Any, at: datetime
) -> TechnologyVersion:
    """A new technology with an empty first draft. Only the programme writes for no organisation.

    Raises ``PermissionDenied`` for another organisation.
    """
    require(by, EDIT_TECHNOLOGY, organisation)
    if organisation is None and not reviews(by):
        raise PermissionDenied(EDIT_TECHNOLOGY.name)
    technology = Technology.objects.create(slug=slug, organisation=organisation)
    version = TechnologyVersion.objects.create(
        technology=technology, version="1.0", created_by=by, created_at=at, changed_at=at,
        **{"axis": "planning", "effort": "medium", "weeks": 12, "team_hours": 4, **_chosen(fields)},
    )  # fmt: skip
    note_changes(version, "", "", {"state": ("", State.DRAFT)}, by=by, at=at)
    record_event("technology created", by=by, at=at, target=version)
    return version


@transaction.atomic
def start_revision(technology: Technology, label: str, *, by: Any, at: datetime) -> TechnologyVersion:
    """A draft that begins as a copy of the newest sealed version. One draft of a technology at a time.

    Raises ``PermissionDenied``, and ``WrongTechnologyState`` if there is nothing to revise, a draft is open, or the
    label is taken.
    """
    require(by, EDIT_TECHNOLOGY, technology)
    technology = Technology.objects.select_for_update().get(pk=technology.pk)
    versions = list(technology.versions.order_by("-pk"))
    source = next((one for one in versions if one.state == State.PUBLISHED), None)
    source = source or next((one for one in versions if one.state in SEALED), None)
    is_open = any(one.state not in SEALED for one in versions)
    if source is None or is_open or any(one.version == label for one in versions):
        raise WrongTechnologyState()
    data = as_mapping(source)
    version = TechnologyVersion.objects.create(
        technology=technology, version=label, created_by=by, created_at=at, changed_at=at,
        **{name: data[name] for name in VERSION_FIELDS},
    )  # fmt: skip
    write_parts(version, data)
    note_changes(version, "", "", {"state": ("", State.DRAFT)}, by=by, at=at, reason=f"{source.version} → {label}")
    record_event("technology revision started", by=by, at=at, target=version)
    return version


@transaction.atomic
def change_version(
    version: TechnologyVersion, fields: Mapping[str, Any], *, revision: int, by: Any, at: datetime
) -> TechnologyVersion:
    """Change the texts of a draft, its dimensions and audiences, if nobody did since ``revision``.

    Raises ``PermissionDenied``, ``WrongTechnologyState`` and ``StaleTechnology``.
    """
    before = draft_for_update(version, by=by)
    held = {name: [getattr(row, key) for row in getattr(before, name).all()] for name, (_model, key) in LISTS.items()}
    values = _chosen(fields)
    changed = TechnologyVersion.objects.filter(pk=version.pk, revision=revision).update(
        **values, changed_at=at, revision=F("revision") + 1
    )
    if not changed:
        raise StaleTechnology()
    differing = {name: (getattr(before, name), value) for name, value in values.items()}
    for name, (model, key) in LISTS.items():
        if name in fields:
            getattr(before, name).all().delete()
            model._default_manager.bulk_create(model(version=before, **{key: value}) for value in fields[name])
            differing[name] = (", ".join(sorted(held[name])), ", ".join(sorted(fields[name])))
    note_changes(before, "", "", differing, by=by, at=at)
    version.refresh_from_db()
    record_event("technology changed", by=by, at=at, target=version)
    return version


@transaction.atomic
def save_part(
    version: TechnologyVersion,
    kind: PartKind,
    fields: Mapping[str, Any],
    *,
    by: Any,
    at: datetime,
    row: Any = None,
    revision: int = 0,
    stage: Any = None,
    instruments: Iterable[TechnologyInstrument] | None = None,
) -> Any:
    """Add a part to a draft (``row`` None; a step goes to ``stage``), or change one if nobody did since ``revision``.

    Raises ``PermissionDenied``, ``WrongTechnologyState`` and ``StaleTechnology``.
    """
    draft = draft_for_update(version, by=by)
    values = {name: fields[name] for name in kind.fields if name in fields}
    if row is None:
        place = {"stage": stage} if kind is STEP else {"version": draft}
        before: dict[str, Any] = dict.fromkeys(values, "")
        row = kind.model._default_manager.create(**place, **values, **_last(kind, place))
    else:
        before = {name: getattr(row, name) for name in values}
        changed = kind.model._default_manager.filter(pk=row.pk, revision=revision).update(
            **values, revision=F("revision") + 1
        )
        if not changed:
            raise StaleTechnology()
        row.refresh_from_db()
    differing = {name: (before[name], value) for name, value in values.items()}
    if instruments is not None:
        chosen = list(instruments)
        held = ", ".join(sorted(one.slug for one in row.instruments.all()))
        row.instruments.set(chosen)
        differing["instruments"] = (held, ", ".join(sorted(one.slug for one in chosen)))
    note_changes(draft, part_key(kind, row), str(row), differing, by=by, at=at)
    _touch(draft, at)
    record_event("technology part saved", by=by, at=at, target=draft, detail={"part": part_key(kind, row)})
    return row


@transaction.atomic
def remove_part(version: TechnologyVersion, kind: PartKind, row: Any, *, revision: int, by: Any, at: datetime) -> None:
    """Take a part out of a draft, if nobody changed it since ``revision``; a stage goes with its steps.

    Raises ``PermissionDenied``, ``WrongTechnologyState`` and ``StaleTechnology``.
    """
    draft = draft_for_update(version, by=by)
    held = kind.model._default_manager.select_for_update().filter(pk=row.pk, revision=revision).first()
    if held is None:
        raise StaleTechnology()
    before = {name: (getattr(held, name), "") for name in kind.fields}
    key, label = part_key(kind, held), str(held)
    held.delete()
    note_changes(draft, key, label, before, by=by, at=at)
    _touch(draft, at)
    record_event("technology part removed", by=by, at=at, target=draft, detail={"part": key})


@transaction.atomic
def move_part(version: TechnologyVersion, kind: PartKind, row: Any, *, up: bool, by: Any, at: datetime) -> None:
    """Exchange a part with its neighbour; at the end of the row nothing changes.

    Raises ``PermissionDenied`` and ``WrongTechnologyState``.
    """
    draft = draft_for_update(version, by=by)
    siblings = kind.model._default_manager.filter(stage=row.stage) if kind is STEP else None
    rows = list((siblings or kind.model._default_manager.filter(version=draft)).order_by("position", "pk"))
    place = [one.pk for one in rows].index(row.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, one in enumerate(rows, start=1):
        kind.model._default_manager.filter(pk=one.pk).update(position=position)
    differing = {"position": (place + 1, other + 1)}
    note_changes(draft, part_key(kind, row), str(row), differing, by=by, at=at)
    _touch(draft, at)
    record_event("technology part moved", by=by, at=at, target=draft, detail={"part": part_key(kind, row)})


def part_key(kind: PartKind, row: models.Model) -> str:
    """ "stage 17": how comments and changes name a part."""
    return f"{kind.name} {row.pk}"


def draft_for_update(version: TechnologyVersion, *, by: Any) -> TechnologyVersion:
    """The version, locked, if the person may edit it and it is a draft."""
    require(by, EDIT_TECHNOLOGY, version.technology)
    draft = TechnologyVersion.objects.select_for_update().get(pk=version.pk)
    if draft.state != State.DRAFT:
        raise WrongTechnologyState()
    return draft


def _chosen(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in EDITABLE if name in fields}


def _last(kind: PartKind, place: Mapping[str, Any]) -> dict[str, int]:
    if kind not in POSITIONED:
        return {}
    last = kind.model._default_manager.filter(**place).aggregate(last=Max("position"))["last"]
    return {"position": (last or 0) + 1}


def _touch(version: TechnologyVersion, at: datetime) -> None:
    TechnologyVersion.objects.filter(pk=version.pk).update(changed_at=at)


def note_changes(
    version: TechnologyVersion,
    part: str,
    label: str,
    differing: Mapping[str, tuple[Any, Any]],
    *,
    by: Any,
    at: datetime,
    reason: str = "",
) -> None:
    """Keep what changed, field by field; what stayed as it was leaves no row."""
    TechnologyChange.objects.bulk_create(
        TechnologyChange(
            version=version, part=part, label=label[:200], field=field, before=str(before), after=str(after),
            reason=reason, by=by, at=at,
        )
        for field, (before, after) in differing.items()
        if str(before) != str(after)
    )  # fmt: skip
