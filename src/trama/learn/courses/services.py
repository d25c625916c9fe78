"""Verbs of those who write courses: create, revise, edit part by part. Each checks, writes and leaves its trace.

Only a draft is edited. Each part has a revision of its own, so two people who write different parts of one course do
not disturb each other, and two who write the same part get a conflict. ``publishing`` holds what moves a version on.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, Max

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import EDIT_COURSE
from .errors import StaleCourse, WrongCourseState
from .models import SEALED, Course, CourseChange, CourseVersion, Part
from .parts import (
    CRITERION,
    KINDS,
    LISTS,
    QUESTION,
    VERSION_FIELDS,
    PartKind,
    as_mapping,
    in_both,
    write_levels,
    write_options,
    write_parts,
)
from .selectors import belongs_to_programme

State = CourseVersion.State
EDITABLE = (*VERSION_FIELDS, *in_both(("what_changed",)))


@transaction.atomic
def create_course(slug: str, organisation: Any, fields: Mapping[str, Any], *, by: Any, at: datetime) -> CourseVersion:
    """A new course with an empty first draft. Only the programme writes for no organisation.

    Raises ``PermissionDenied`` for another organisation.
    """
    require(by, EDIT_COURSE, organisation)
    if organisation is None and not belongs_to_programme(by):
        raise PermissionDenied(EDIT_COURSE.name)
    course = Course.objects.create(slug=slug, organisation=organisation)
    version = CourseVersion.objects.create(
        course=course, version="1.0", created_by=by, created_at=at, changed_at=at,
        **{"hours": 1, "licence": "CC BY-SA 4.0", **_chosen(fields)},
    )  # fmt: skip
    note_changes(version, "", "", {"state": ("", State.DRAFT)}, by=by, at=at)
    record_event("course created", by=by, at=at, target=version)
    return version


@transaction.atomic
def start_revision(course: Course, label: str, *, by: Any, at: datetime) -> CourseVersion:
    """A draft that begins as a copy of the newest published or retired version. One draft of a course at a time.

    Raises ``PermissionDenied``, and ``WrongCourseState`` where there is a draft already, or nothing to copy.
    """
    require(by, EDIT_COURSE, course)
    held = list(Course.objects.select_for_update().get(pk=course.pk).versions.order_by("-pk"))
    source = next((one for one in held if one.state in SEALED), None)
    if source is None or any(one.state == State.DRAFT for one in held):
        raise WrongCourseState()
    data = as_mapping(source)
    version = CourseVersion.objects.create(
        course=course, version=label, created_by=by, created_at=at, changed_at=at,
        **{name: data[name] for name in VERSION_FIELDS},
    )  # fmt: skip
    write_parts(version, data)
    note_changes(version, "", "", {"state": ("", State.DRAFT)}, by=by, at=at, reason=f"{source.version} → {label}")
    record_event("course revision started", by=by, at=at, target=version)
    return version


@transaction.atomic
def change_version(
    version: CourseVersion, fields: Mapping[str, Any], *, revision: int, by: Any, at: datetime
) -> CourseVersion:
    """Change the texts of a draft, its rules and lists, if nobody did since ``revision``.

    Raises ``PermissionDenied``, ``WrongCourseState`` and ``StaleCourse``.
    """
    before = draft_for_update(version, by=by)
    values = _chosen(fields)
    changed = CourseVersion.objects.filter(pk=version.pk, revision=revision).update(
        **values, changed_at=at, revision=F("revision") + 1
    )
    if not changed:
        raise StaleCourse()
    differing = {name: (getattr(before, name), value) for name, value in values.items()}
    for name, (model, key) in LISTS.items():
        if name in fields:
            held = sorted(model.objects.filter(version=before).values_list(key, flat=True))
            model.objects.filter(version=before).delete()
            model.objects.bulk_create(model(version=before, **{key: value}) for value in sorted(set(fields[name])))
            differing[name] = (", ".join(held), ", ".join(sorted(set(fields[name]))))
    note_changes(before, "", "", differing, by=by, at=at)
    version.refresh_from_db()
    record_event("course changed", by=by, at=at, target=version)
    return version


# --- parts --------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_part(
    version: CourseVersion,
    kind: PartKind,
    fields: Mapping[str, Any],
    *,
    of: Any = None,
    inner: Sequence[Mapping[str, Any]] = (),
    by: Any,
    at: datetime,
) -> Any:
    """Add a part at the end of its row. ``of`` is the module, quiz or assignment that it belongs to.

    ``inner``: the options of a question, the levels of a criterion. Raises ``PermissionDenied``, ``WrongCourseState``.
    """
    draft = draft_for_update(version, by=by)
    place = {kind.place: of if kind.parent else draft}
    values = _values(kind, fields)
    more = {"kind": Part.Kind(kind.name)} if kind.is_of_module else {}
    row: Any = kind.model._default_manager.create(**place, **more, **values, position=_last(kind, place) + 1)
    _write_inner(kind, row, inner)
    note_changes(draft, part_key(kind, row), str(row), {n: ("", v) for n, v in values.items()}, by=by, at=at)
    _touch(draft, at)
    record_event("course part added", by=by, at=at, target=draft, detail={"part": part_key(kind, row)})
    return row


@transaction.atomic
def change_part(
    version: CourseVersion,
    kind: PartKind,
    row: Any,
    fields: Mapping[str, Any],
    *,
    revision: int,
    inner: Sequence[Mapping[str, Any]] | None = None,
    by: Any,
    at: datetime,
) -> Any:
    """Change a part if nobody did since ``revision``; ``inner`` replaces its options or levels, if given.

    Raises ``PermissionDenied``, ``WrongCourseState`` and ``StaleCourse``.
    """
    draft = draft_for_update(version, by=by)
    held = kind.model._default_manager.filter(pk=row.pk, revision=revision).first()
    if held is None:
        raise StaleCourse()
    values = _values(kind, fields)
    differing = {name: (getattr(held, name), value) for name, value in values.items()}
    kind.model._default_manager.filter(pk=row.pk).update(**values, revision=F("revision") + 1)
    row.refresh_from_db()
    if inner is not None:
        before = _inner_in_words(kind, row)
        _write_inner(kind, row, inner)
        differing["inner"] = (before, _inner_in_words(kind, row))
    note_changes(draft, part_key(kind, row), str(row), differing, by=by, at=at)
    _touch(draft, at)
    record_event("course part changed", by=by, at=at, target=draft, detail={"part": part_key(kind, row)})
    return row


@transaction.atomic
def remove_part(version: CourseVersion, kind: PartKind, row: Any, *, revision: int, by: Any, at: datetime) -> None:
    """Take a part out of a draft, with all that belongs to it, if nobody changed it since ``revision``.

    Raises ``PermissionDenied``, ``WrongCourseState`` and ``StaleCourse``.
    """
    draft = draft_for_update(version, by=by)
    held = kind.model._default_manager.filter(pk=row.pk, revision=revision).first()
    if held is None:
        raise StaleCourse()
    before = {name: (getattr(held, name), "") for name in kind.fields}
    key, label = part_key(kind, held), str(held)
    held.delete()
    note_changes(draft, key, label, before, by=by, at=at)
    _touch(draft, at)
    record_event("course part removed", by=by, at=at, target=draft, detail={"part": key})


@transaction.atomic
def move_part(version: CourseVersion, kind: PartKind, row: Any, *, up: bool, by: Any, at: datetime) -> None:
    """Exchange a part with its neighbour; at the end of the row nothing changes.

    Lessons, quizzes and assignments of a module stand in one row. Raises ``PermissionDenied``, ``WrongCourseState``.
    """
    draft = draft_for_update(version, by=by)
    model: Any = Part if kind.is_of_module else kind.model
    siblings = model.objects.filter(**{kind.place: getattr(row, f"{kind.place}_id")}).order_by("position", "pk")
    rows = list(siblings.values_list("pk", flat=True))
    place = rows.index(row.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, pk in enumerate(rows, start=1):
        model.objects.filter(pk=pk).exclude(position=position).update(position=position)
    differing = {"position": (place + 1, other + 1)}
    note_changes(draft, part_key(kind, row), str(row), differing, by=by, at=at)
    _touch(draft, at)
    record_event("course part moved", by=by, at=at, target=draft, detail={"part": part_key(kind, row)})


def part_key(kind: PartKind, row: models.Model) -> str:
    """ "lesson 17": how the history names a part."""
    return f"{kind.name} {row.pk}"


def draft_for_update(version: CourseVersion, *, by: Any) -> CourseVersion:
    """The version, locked, if the person may edit it and it is a draft."""
    require(by, EDIT_COURSE, version.course)
    draft = CourseVersion.objects.select_for_update().get(pk=version.pk)
    if draft.state != State.DRAFT:
        raise WrongCourseState()
    return draft


def _chosen(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in EDITABLE if name in fields}


def _values(kind: PartKind, fields: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: fields[name] for name in kind.fields if name in fields}
    return values | ({"lesson": fields["lesson"]} if kind is QUESTION and "lesson" in fields else {})


def _write_inner(kind: PartKind, row: Any, inner: Sequence[Mapping[str, Any]]) -> None:
    if kind is QUESTION:
        write_options(row, inner)
    if kind is CRITERION:
        write_levels(row, inner)


def _inner_in_words(kind: PartKind, row: Any) -> str:
    related = {QUESTION.name: "options", CRITERION.name: "levels"}.get(kind.name)
    if related is None:
        return ""
    fields = KINDS[related[:-1]].fields
    lines = []
    for one in getattr(row, related).all():
        said = [str(getattr(one, name)) for name in fields if getattr(one, name) not in ("", False)]
        lines.append(" | ".join(said))
    return "\n".join(lines)


def _last(kind: PartKind, place: Mapping[str, Any]) -> int:
    model: Any = Part if kind.is_of_module else kind.model
    return int(model.objects.filter(**place).aggregate(last=Max("position"))["last"] or 0)


def _touch(version: CourseVersion, at: datetime) -> None:
    CourseVersion.objects.filter(pk=version.pk).update(changed_at=at)


def note_changes(
    version: CourseVersion,
    part: str,
    label: str,
    differing: Mapping[str, tuple[Any, Any]],
    *,
    by: Any,
    at: datetime,
    reason: str = "",
) -> None:
    """Keep what changed, field by field; what stayed as it was leaves no row."""
    CourseChange.objects.bulk_create(
        CourseChange(
            version=version, part=part, label=label[:200], field=field, before=_kept(before), after=_kept(after),
            reason=reason, by=by, at=at,
        )
        for field, (before, after) in differing.items()
        if _kept(before) != _kept(after)
    )  # fmt: skip


def _kept(value: Any) -> str:
    return "" if value is None else str(value)
