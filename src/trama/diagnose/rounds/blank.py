"""The blank form: what is asked, ready for paper. The same data make the print page and the PDF."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ..instruments.models import InstrumentVersion, Level
from .models import Round
from .selectors import items_of


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form. ``levels``: name and description; the description is "" in some own questions."""

    code: str
    title: str
    text: str
    starred: bool
    who: str
    levels: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """An area, with the questions under it."""

    dimension: str
    title: str
    questions: list[Question]


@dataclass(frozen=True, slots=True)
class BlankForm:
    """A form to print."""

    title: str
    eyebrow: str
    guidance: list[str]
    note: str
    meanings: list[tuple[str, str]]
    parts: list[Part]
    short: bool

    @property
    def n(self) -> int:
        return sum(len(part.questions) for part in self.parts)


def _of_criterion(criterion: Any) -> Question:
    return Question(
        criterion.code,
        criterion.title,
        criterion.question,
        criterion.starred,
        ", ".join(kind.name for kind in criterion.respondents.all()),
        [(str(level.label), getattr(criterion, level.field)) for level in Level],
    )


def _of_own(question: Any) -> Question:
    levels = [(str(level.label), str(getattr(question, level.field))) for level in Level]
    return Question("", question.title, question.question, False, "", levels)


def _form(version: InstrumentVersion, questions: list[tuple[Any, Question]], eyebrow: str, *, short: bool) -> BlankForm:
    parts: dict[int | None, Part] = {}
    for area, question in questions:
        key = area.pk if area is not None else None
        if key not in parts:
            own = _("Questions of our own")
            dimension = f"{area.dimension.code}. {area.dimension.title}" if area is not None else own
            parts[key] = Part(dimension, f"{area.code} {area.title}" if area is not None else own, [])
        parts[key].questions.append(question)
    return BlankForm(
        title=version.title,
        eyebrow=eyebrow,
        guidance=[one.strip() for one in version.guidance.split("\n\n") if one.strip()],
        note=version.note,
        meanings=[(str(Level(row.level).label), row.meaning) for row in version.levels.all()],
        parts=list(parts.values()),
        short=short,
    )


def form_of_version(version: InstrumentVersion, *, short: bool) -> BlankForm:
    """The form of a version, whole or only its starred criteria. Three queries."""
    criteria = version.criteria.select_related("area__dimension").prefetch_related("respondents").order_by("position")
    chosen = [one for one in criteria if one.starred or not short]
    eyebrow = _("Version %(version)s") % {"version": version.version}
    return _form(version, [(one.area, _of_criterion(one)) for one in chosen], eyebrow, short=short)


def form_of_round(of: Round) -> BlankForm:
    """The form of a round, with the owner's own questions."""
    items = items_of(of)
    kinds = of.version.criteria.prefetch_related("respondents").in_bulk(
        [i.criterion_id for i in items if i.criterion_id]
    )
    questions: list[tuple[Any, Question]] = []
    for item in items:
        if item.criterion is not None:
            questions.append((item.criterion.area, _of_criterion(kinds[item.criterion.pk])))
        else:
            questions.append((None, _of_own(item.own_question)))
    return _form(of.version, questions, f"{of.scope} · {of.title}", short=of.short)
