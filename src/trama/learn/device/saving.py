"""Takes what a device kept: one save by the service of its room, and what became of it in the client's own words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.translation import gettext as _

from ..assignments.errors import StaleWork, WorkError
from ..assignments.services import save_draft
from ..cohorts.models import Enrolment
from ..courses.lessons import read_lesson, reflections_in
from ..courses.selectors import assignment_of, lesson_of, questions_of
from ..progress.errors import ProgressError, TooLate
from ..progress.selectors import attempt_of_person
from ..progress.services import give_answer, save_reflection
from ..progress.views import LONGEST_REFLECTION, given_in_form

LONGEST = 50_000
LONGEST_ITEM = 200


class NotThere(Exception):
    """What the save is about does not exist for this person."""


@dataclass(frozen=True, slots=True)
class Save:
    """One save as the device sent it. ``item`` says of what: the address of a note, a task, a question."""

    id: UUID
    about: str
    item: str
    base: int
    text: str

    @classmethod
    def read(cls, raw: Any) -> "Save":
        """Raises ``ValueError`` for what is none."""
        if not isinstance(raw, dict):
            raise ValueError("no object")
        about, item, text = raw.get("about"), raw.get("item"), raw.get("text")
        base = raw.get("base")
        if not isinstance(about, str) or about not in TAKERS:
            raise ValueError("unknown")
        if not isinstance(item, str) or len(item) > LONGEST_ITEM or not isinstance(text, str):
            raise ValueError("unknown")
        if not isinstance(base, int) or isinstance(base, bool) or not 0 <= base < 2**31 or len(text) > LONGEST:
            raise ValueError("out of range")
        if "\x00" in text or "\x00" in item:
            raise ValueError("NUL")
        return cls(UUID(str(raw.get("id"))), about, item, base, text)


def _told(save: Save, outcome: str, **more: Any) -> dict[str, Any]:
    return {"id": str(save.id), "outcome": outcome, **more}


def _saved(save: Save, revision: int, text: str) -> dict[str, Any]:
    return _told(save, "saved", receipt={"revision": revision}, now={"revision": revision, "text": text, "level": None})


def _conflict(save: Save, revision: int, text: str, message: str) -> dict[str, Any]:
    now = {"revision": revision, "text": text, "level": None}
    return _told(save, "conflict", conflict={"id": str(save.id), "fields": ["text"]}, now=now, message=message)


def take(save: Save, enrolment: Enrolment, *, language: str, by: Any, at: datetime) -> dict[str, Any]:
    """Save it, and say what became of it. Sent again it gives the same answer and changes nothing."""
    try:
        return TAKERS[save.about](save, enrolment, language, by, at)
    except (ProgressError, WorkError) as problem:
        return _told(save, "refused", message=str(problem))
    except (NotThere, PermissionDenied):
        return _told(save, "refused", message=_("This no longer exists in your course."))


def _reflection(save: Save, enrolment: Enrolment, language: str, by: Any, at: datetime) -> dict[str, Any]:
    slug, _slash, name = save.item.partition("/")
    lesson = lesson_of(enrolment.cohort.version, slug)
    if lesson is None or name not in reflections_in(read_lesson(lesson.body)):
        raise NotThere
    text = save.text[:LONGEST_REFLECTION]
    made = save_reflection(enrolment, lesson, name, text, submission=save.id, base=save.base, by=by, at=at)
    if made.accepted:
        return _saved(save, made.revision or 0, made.text)
    kept = made.reflection
    return _conflict(save, kept.revision, kept.text, _("The text was changed somewhere else meanwhile."))


def _draft(save: Save, enrolment: Enrolment, language: str, by: Any, at: datetime) -> dict[str, Any]:
    assignment = assignment_of(enrolment.cohort.version, save.item)
    if assignment is None:
        raise NotThere
    try:
        work = save_draft(enrolment, assignment, save.text, base=save.base, by=by, at=at)
    except StaleWork as problem:
        return _conflict(save, problem.work.revision, problem.work.text, str(problem))
    return _saved(save, work.revision, work.text)


def _answer(save: Save, enrolment: Enrolment, language: str, by: Any, at: datetime) -> dict[str, Any]:
    uid, _slash, key = save.item.partition("/")
    try:
        attempt = attempt_of_person(by, UUID(uid))
    except ValueError as error:
        raise NotThere from error
    if attempt is None or attempt.enrolment_id != enrolment.pk or not key.isascii() or not key.isdigit():
        raise NotThere
    asked, wanted = questions_of(enrolment.cohort.version, attempt.quiz_id), int(key[:18])
    question = next((one for one in asked if one.pk == wanted), None)
    if question is None:
        raise NotThere
    given = given_in_form(QueryDict(save.text), question.kind, [one.pk for one in question.options.all()])
    made = give_answer(attempt, question, given, submission=save.id, language=language, by=by, at=at)
    if not made.answer.counted:
        return _told(save, "refused", message=str(TooLate()))
    return _saved(save, 0, save.text)


type Taker = Callable[[Save, Enrolment, str, Any, datetime], dict[str, Any]]
TAKERS: dict[str, Taker] = {"reflection": _reflection, "draft": _draft, "answer": _answer}
