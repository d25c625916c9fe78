"""What the answering pages show: the items of a member in their areas, with what was answered and what is missing."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from trama.foundation.prepared import prepared
from trama.know.api import data_version

from ..instruments.models import Criterion, CriterionIndicator, Level
from ..keeping import Memory
from ..rounds.models import Round, RoundItem, RoundMember
from ..rounds.selectors import items_asked
from .models import LEVEL_NOT_APPLICABLE, LEVEL_UNKNOWN, Answer, Evidence, Submission
from .official import Beside, figures_beside
from .selectors import open_conflicts

OWN_AREA = "proprias"  # the address of the owner's own questions
UNKNOWN_LABEL, NOT_APPLICABLE_LABEL = gettext_lazy("I do not know"), gettext_lazy("Does not apply here")
_ITEM_FIELDS = ("position", "round_id", "criterion_id", "own_question__title")
_HEAD_FIELDS = (
    "code",
    "starred",
    "title_pt",
    "title_en",
    "area__code",
    "area__title_pt",
    "area__title_en",
    "area__summary_pt",
    "area__summary_en",
    "area__dimension__code",
    "area__dimension__title_pt",
    "area__dimension__title_en",
)


def level_label(level: int | None) -> str:
    """The name of a level as a person reads it."""
    if level is None:
        return _("not answered")
    if level == LEVEL_UNKNOWN:
        return str(UNKNOWN_LABEL)
    return str(NOT_APPLICABLE_LABEL) if level == LEVEL_NOT_APPLICABLE else str(Level(level).label)


def person_mark(user: Any) -> str:
    """Stands for a person on a device: what is kept there says whose it is without saying who that is."""
    return salted_hmac("diagnose.answers.device", str(user.pk), algorithm="sha256").hexdigest()[:24]


def text_mark(text: str) -> str:
    """Whether a form brings a text back as it was shown."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:16]


@dataclass(slots=True)
class Line:
    """One item as a member sees it."""

    item: RoundItem
    code: str
    title: str
    area: str
    starred: bool
    level: int | None = None
    text: str = ""
    revision: int = 0
    conflicts: list[Submission] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.item.pk

    @property
    def is_answered(self) -> bool:
        return self.level is not None

    @property
    def level_label(self) -> str:
        return level_label(self.level)

    @property
    def text_mark(self) -> str:
        return text_mark(self.text)

    @property
    def subject(self) -> Any:
        """The criterion or the owner's own question."""
        return self.item.criterion or self.item.own_question

    @property
    def choices(self) -> list[tuple[int, str, str]]:
        """The four levels with what each looks like; an own question may have names only."""
        described = dict(self.subject.anchors)
        return [(int(level), str(level.label), described.get(level, "")) for level in Level]

    @property
    def extra_choices(self) -> list[tuple[int, str]]:
        return [(LEVEL_UNKNOWN, str(UNKNOWN_LABEL)), (LEVEL_NOT_APPLICABLE, str(NOT_APPLICABLE_LABEL))]

    @property
    def contrasts(self) -> list[tuple[int, str, bool]]:
        """What official figures say against a level: (level, sentence, whether it is the level given)."""
        return [(level, text, level == self.level) for one in self.beside for level, text in one.contrasts.items()]


@dataclass(slots=True)
class AreaBlock:
    """An area with the items that a member is asked."""

    code: str
    title: str
    summary: str
    lines: list[Line]

    @property
    def done(self) -> int:
        return sum(line.is_answered for line in self.lines)


@dataclass(slots=True)
class DimensionBlock:
    """A dimension with its areas."""

    code: str
    title: str
    areas: list[AreaBlock]

    @property
    def done(self) -> int:
        return sum(area.done for area in self.areas)

    @property
    def total(self) -> int:
        return sum(len(area.lines) for area in self.areas)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a member is asked in a round, in order."""

    dimensions: list[DimensionBlock]

    @property
    def areas(self) -> list[AreaBlock]:
        return [area for dimension in self.dimensions for area in dimension.areas]

    @property
    def lines(self) -> list[Line]:
        return [line for area in self.areas for line in area.lines]

    @property
    def done(self) -> int:
        return sum(line.is_answered for line in self.lines)


def sheet_of(member: RoundMember) -> Sheet:
    """The items of a member with their answers, without the long texts. Two queries."""
    asked = [] if member.part == RoundMember.Part.READER else _asked(member.pk, member.respondent_id, member.round_id)
    items = with_heads(asked, member.round)
    answers = {item: (level, revision) for item, level, revision in _levels_of(member.pk)}
    lines = []
    for item in items:
        line = line_of(item)
        line.level, line.revision = answers.get(item.pk, (None, 0))
        lines.append(line)
    return Sheet(blocks(lines))


_heads: Memory[dict[int, Criterion]] = Memory(300)


@prepared
def _asked(member: int, respondent: int | None, round_: int) -> QuerySet[RoundItem]:
    return items_asked(member, respondent, round_).select_related("own_question").only(*_ITEM_FIELDS)


@prepared
def _levels_of(member: int) -> QuerySet[Answer, tuple[int, int | None, int]]:
    return Answer.objects.filter(member=member).values_list("item_id", "level", "revision")


def all_items(of: Round) -> list[RoundItem]:
    """Every item of a round, in order, with what a list shows of it. One query."""
    return with_heads(_items_in(of.pk), of)


@prepared
def _items_in(round_: int) -> QuerySet[RoundItem]:
    return RoundItem.objects.filter(round=round_).select_related("own_question").only(*_ITEM_FIELDS)


def with_heads(items: list[RoundItem], of: Round) -> list[RoundItem]:
    """Items of a round, given what a list shows of their criteria, without the long texts.

    The criteria of a round's version are frozen: they are read once for a round.
    """
    heads = _heads.get((of.uid, of.revision, of.version_id), lambda: _read_heads(of))
    for item in items:
        if item.criterion_id is not None:
            item.criterion = heads[item.criterion_id]
    return items


def _read_heads(of: Round) -> dict[int, Criterion]:
    rows = Criterion.objects.filter(version=of.version_id).select_related("area__dimension").only(*_HEAD_FIELDS)
    return {row.pk: row for row in rows}


def line_of(item: RoundItem) -> Line:
    """An item before anybody's answer is put in it."""
    if item.criterion is None:
        number = f"P{item.position}"
        return Line(item, number, str(item.own_question and item.own_question.title), OWN_AREA, starred=True)
    criterion = item.criterion
    return Line(item, criterion.code, str(criterion.title), criterion.area.code, criterion.starred)


def blocks(lines: Iterable[Line]) -> list[DimensionBlock]:
    """Lines in their areas and dimensions; the owner's own questions come last, as a part of their own."""
    found: dict[str, DimensionBlock] = {}
    areas: dict[str, AreaBlock] = {}
    for line in lines:
        criterion = line.item.criterion
        area = criterion.area if criterion else None
        code, title = (area.dimension.code, str(area.dimension.title)) if area else ("", _("Our own questions"))
        dimension = found.setdefault(code, DimensionBlock(code, title, []))
        if line.area not in areas:
            block = AreaBlock(line.area, str(area.title) if area else title, str(area.summary) if area else "", [])
            areas[line.area] = block
            dimension.areas.append(block)
        areas[line.area].lines.append(line)
    return sorted(found.values(), key=lambda one: one.code == "")


def has_unsettled(member: RoundMember) -> bool:
    """Whether anything that a member sent was refused or met another change: of nearly nobody. One query."""
    return bool(_unsettled(member.pk))


@prepared
def _unsettled(member: int) -> QuerySet[Submission, int | None]:
    outcomes = [Submission.Outcome.CONFLICT, Submission.Outcome.REFUSED]
    rows = Submission.objects.filter(member=member, outcome__in=outcomes).order_by()
    return rows.values_list("revision", flat=True)[:1]


def fill_area(lines: list[Line], member: RoundMember, of: Round) -> None:
    """Put texts, answers, conflicts and official figures into the lines of one page. Eight queries at most."""
    full = {item.pk: item for item in _whole_items([line.pk for line in lines])}
    answers = {answer.item_id: answer for answer in _given(member.pk, full)}
    conflicts = open_conflicts(full, member=member) if has_unsettled(member) else []
    beside = beside_items(full.values(), of)
    for line in lines:
        line.item = full[line.pk]
        answer = answers.get(line.pk)
        if answer is not None:
            line.level, line.text, line.revision = answer.level, answer.comment, answer.revision
        line.conflicts = [one for one in conflicts if one.item_id == line.pk]
        line.beside = beside.get(line.pk, [])


@prepared
def _whole_items(keys: Collection[int]) -> QuerySet[RoundItem]:
    return RoundItem.objects.filter(pk__in=keys).select_related("criterion", "own_question")


@prepared
def _given(member: int, items: Collection[int]) -> QuerySet[Answer]:
    return Answer.objects.filter(member=member, item__in=items)


_beside: Memory[dict[int, list[Beside]]] = Memory(500)


def beside_items(items: Iterable[RoundItem], of: Round) -> dict[int, list[Beside]]:
    """Item to the official figures beside it, read once while nothing else is published. Five queries at most."""
    criteria = {item.criterion_id: item.pk for item in items if item.criterion_id is not None}
    found = _beside.get(
        (data_version(), of.uid, get_language(), tuple(sorted(criteria))),
        lambda: figures_beside(CriterionIndicator.objects.filter(criterion__in=criteria), of),
    )
    return {criteria[criterion]: figures for criterion, figures in found.items()}


def grace_ends(of: Round) -> datetime:
    """Until when an answer given in time, without connection, may still arrive."""
    return (of.answers_until + timedelta(hours=of.grace_hours)).astimezone(of.zone)
