"""Texts of drafts whose other language is missing, or that changed in Portuguese after their translation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from .checks.problem import none
from .comparison import field_label
from .models import CourseVersion
from .parts import KINDS
from .publishing import list_before_publishing
from .selectors import versions_visible_to


@dataclass(frozen=True, slots=True)
class TextLine:
    """One text that waits: of which draft, where in it, what its field is called, and where its authors work."""

    version: CourseVersion
    address: str
    where: str
    field: str
    is_missing: bool


def texts_to_translate(user: Any) -> list[TextLine]:
    """The texts of every draft that a person may work on. About twenty queries a draft."""
    drafts = versions_visible_to(user).filter(state=CourseVersion.State.DRAFT).order_by("course__slug")
    return [line for draft in drafts for line in (*_missing(draft), *_outdated(draft))]


def _missing(draft: CourseVersion) -> Iterator[TextLine]:
    for problem in list_before_publishing(draft):
        if problem.field.endswith(("_pt", "_en")) and problem.found == none() and problem.blocks:
            yield _line(draft, problem.kind, problem.name, problem.field, is_missing=True)


def _outdated(draft: CourseVersion) -> Iterator[TextLine]:
    """The last change of each text says when it was written; both languages of a new part are of one moment."""
    written: dict[tuple[str, str], tuple[datetime, bool]] = {}
    labels: dict[str, str] = {}
    rows = draft.changes.filter(Q(field__endswith="_pt") | Q(field__endswith="_en")).order_by("at", "pk")
    for part, label, field, at, after in rows.values_list("part", "label", "field", "at", "after"):
        written[part, field] = (at, bool(after))
        labels[part] = label
    for (part, field), (at, has_text) in written.items():
        if not field.endswith("_pt") or not has_text:
            continue
        translated = written.get((part, f"{field[:-3]}_en"))
        if translated is None or (translated[0] < at and translated[1]):
            kind = part.partition(" ")[0]
            yield _line(draft, kind, labels[part], field, is_missing=False)


def _line(draft: CourseVersion, kind: str, name: str, field: str, *, is_missing: bool) -> TextLine:
    known = kind if kind in KINDS else ""
    where = ": ".join(filter(None, (str(KINDS[known].label) if known else _("Texts"), name)))
    address = reverse("learn:team_version", args=[draft.course.slug, draft.version])
    return TextLine(draft, address, where, field_label(known, field), is_missing)
