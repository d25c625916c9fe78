"""What a round says, in numbers and words still without language: levels, groups, what stands out, what changed.

``facts_of`` reads a round once (three queries); everything else is arithmetic of ``trama_measure.diagnosis``. Two
readings exist: the team's, with the provisional median where nothing is agreed; and the *agreed* one, which is all that
ever leaves the owner: of one respondent, the median would be that person's answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from trama_measure.arrays import FloatArray, IntArray
from trama_measure.diagnosis import (
    DOES_NOT_KNOW,
    NO_ANSWER,
    NOT_APPLICABLE,
    Agreement,
    ChangeKind,
    CountedLevels,
    CriterionChange,
    Level,
    LevelArray,
    RoundComparison,
    RoundLevels,
    Standing,
    compare_rounds,
    counted_levels,
    group_profiles,
    order_of_discussion,
    respondent_divergence,
    standings,
)

from ..answers.selectors import Apart, apart, measured
from ..rounds.models import Round, RoundItem

OWN = "own"  # the slug of the block of an owner's own questions


@dataclass(frozen=True, slots=True)
class Facts:
    """The items of a round with what was given, agreed and shown. One row per item, in order."""

    items: tuple[RoundItem, ...]
    agreed: LevelArray
    apart: tuple[Apart, ...]  # empty where answers were not read
    evidence: IntArray
    given: tuple[tuple[int, ...], ...]  # levels given, in measure codes, one per person who answered

    def only(self, rows: Sequence[int]) -> "Facts":
        """The same of some items."""
        return Facts(
            tuple(self.items[row] for row in rows),
            self.agreed[list(rows)],
            tuple(self.apart[row] for row in rows) if self.apart else (),
            self.evidence[list(rows)],
            tuple(self.given[row] for row in rows) if self.given else (),
        )


def facts_of(of: Round) -> Facts:
    """Read a round. Three queries."""
    items = tuple(
        of.items.select_related("criterion__area__dimension", "own_question", "agreement").order_by("position")
    )
    answers: Any = RoundItem._meta.get_field("answers").related_model
    evidence: Any = RoundItem._meta.get_field("evidence").related_model
    given: dict[int, list[int | None]] = {item.pk: [] for item in items}
    rows = answers.objects.filter(item__round=of, level__isnull=False).order_by("member")
    for item_id, level in rows.values_list("item_id", "level"):
        given[item_id].append(level)
    counts = dict.fromkeys(given, 0)
    for item_id in evidence.objects.filter(item__round=of, removed_at__isnull=True).values_list("item_id", flat=True):
        counts[item_id] += 1
    return Facts(
        items,
        np.array([_agreed(item) for item in items], dtype=np.int8),
        tuple(apart(list(given.values()))),
        np.array(list(counts.values()), dtype=np.int64),
        tuple(tuple(measured(level) for level in levels) for levels in given.values()),
    )


def agreed_facts_of(of: Round) -> Facts:
    """What may leave the owner: agreed levels of the instrument's criteria. No answer is even read. One query."""
    items = tuple(
        of.items.filter(criterion__isnull=False)
        .select_related("criterion__area__dimension", "agreement")
        .order_by("position")
    )
    agreed = np.array([_agreed(item) for item in items], dtype=np.int8)
    return Facts(items, agreed, (), np.zeros(len(items), dtype=np.int64), ())


def _agreed(item: RoundItem) -> int:
    agreement = getattr(item, "agreement", None)
    return NO_ANSWER if agreement is None else measured(agreement.level)


@dataclass(frozen=True, slots=True)
class Line:
    """One item as the page shows it."""

    item: RoundItem
    level: int  # 1 to 4, or 0, -1, -2
    provisional: bool
    standing: int  # ``Standing``
    apart: Apart | None
    evidence: int
    change: CriterionChange | None = None

    @property
    def source(self) -> Any:
        """The criterion, or the owner's own question."""
        return self.item.criterion or self.item.own_question

    @property
    def code(self) -> str:
        return self.item.criterion.code if self.item.criterion is not None else ""

    @property
    def title(self) -> str:
        return str(self.source.title)

    @property
    def anchor(self) -> str:
        """The description of the level that counts; "" without one."""
        if self.level < Level.FRAGILE:
            return ""
        return next((words for level, words in self.source.anchors if level == self.level), "")

    @property
    def reason(self) -> str:
        agreement = getattr(self.item, "agreement", None)
        return agreement.reason if agreement is not None else ""

    @property
    def is_apart(self) -> bool:
        return self.apart is not None and (self.apart.agreement == Agreement.TWO_OR_MORE or self.apart.disputed)


@dataclass(frozen=True, slots=True)
class Group:
    """An area or a dimension: how its criteria are spread over the levels. NaN and 0 where not enough is known."""

    key: str
    source: Any  # Area, Dimension; None for the owner's own questions
    counts: tuple[int, int, int, int]
    not_applicable: int
    without_level: int
    coverage: float
    shown: bool
    median: int
    mean: float
    low: float
    high: float
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class DimensionReading:
    """A dimension with its areas."""

    whole: Group
    areas: tuple[Group, ...]


@dataclass(frozen=True)
class Reading:
    """A round, read."""

    lines: tuple[Line, ...]
    dimensions: tuple[DimensionReading, ...]
    comparison: RoundComparison | None
    discussion: tuple[int, ...]  # rows of the lines, in the order in which a team does well to talk

    def _of(self, *wanted: int) -> list[Line]:
        return [line for line in self.lines if line.standing in wanted]

    @cached_property
    def strengths(self) -> list[Line]:
        return self._of(Standing.STRENGTH)

    @cached_property
    def to_confirm(self) -> list[Line]:
        return self._of(Standing.TO_CONFIRM)

    @cached_property
    def gaps(self) -> list[Line]:
        """Fragile before basic, heavier criteria first, then as in the instrument. No score: the order of a list."""
        return sorted(self._of(Standing.GAP), key=lambda line: (line.level, -_weight(line.item)))

    @cached_property
    def unknown(self) -> list[Line]:
        return [line for line in self.lines if line.level == DOES_NOT_KNOW]

    @cached_property
    def without_level(self) -> list[Line]:
        return [line for line in self.lines if line.level in (NO_ANSWER, DOES_NOT_KNOW)]

    @cached_property
    def not_applicable(self) -> list[Line]:
        return [line for line in self.lines if line.level == NOT_APPLICABLE]

    @cached_property
    def provisional(self) -> list[Line]:
        return [line for line in self.lines if line.provisional]

    @cached_property
    def apart(self) -> list[Line]:
        """Where people are two levels or more apart, or disagree that it applies; the widest first."""
        return [self.lines[row] for row in self.discussion if self.lines[row].is_apart]

    def changed(self, kind: ChangeKind) -> list[Line]:
        return [line for line in self.lines if line.change is not None and line.change.kind == kind]

    @cached_property
    def rose(self) -> list[Line]:
        return self.changed(ChangeKind.ROSE)

    @cached_property
    def fell(self) -> list[Line]:
        return self.changed(ChangeKind.FELL)

    @cached_property
    def counts(self) -> tuple[int, int, int, int]:
        """Criteria at each level, over the whole round: counts only, there is no mean of a network."""
        levels = [line.level for line in self.lines]
        return (levels.count(1), levels.count(2), levels.count(3), levels.count(4))

    def about(self, dimension: str) -> "Reading":
        """Of one dimension only; everything if there is no such dimension."""
        kept = tuple(one for one in self.dimensions if one.whole.key == dimension)
        if not kept:
            return self
        inside = {line.item.pk for one in kept for line in one.whole.lines}
        rows = [row for row, line in enumerate(self.lines) if line.item.pk in inside]
        order = {row: n for n, row in enumerate(rows)}
        discussion = tuple(order[row] for row in self.discussion if row in order)
        return replace(self, lines=tuple(self.lines[row] for row in rows), dimensions=kept, discussion=discussion)


def read(facts: Facts, earlier: Facts | None = None) -> Reading:
    """Everything a page shows of a round, and its change since an earlier one."""
    counted = counted_of(facts)
    standing = standings(counted, facts.evidence > 0)
    comparison = _compare(earlier, facts, counted) if earlier is not None else None
    changes = {change.key: change for change in comparison.changes} if comparison else {}
    lines = tuple(
        Line(
            item,
            int(counted.levels[row]),
            bool(counted.provisional[row]),
            int(standing[row]),
            facts.apart[row] if facts.apart else None,
            int(facts.evidence[row]),
            changes.get(key_of(item)),
        )
        for row, item in enumerate(facts.items)
    )
    return Reading(lines, _dimensions(lines), comparison, _discussion(facts))


def counted_of(facts: Facts) -> CountedLevels:
    """The level that counts for each item: agreed, else the median of those who answered."""
    medians = [measured(one.median) for one in facts.apart] or [NO_ANSWER] * len(facts.items)
    return counted_levels(facts.agreed, np.array(medians, dtype=np.int8))


def _discussion(facts: Facts) -> tuple[int, ...]:
    people = max((len(levels) for levels in facts.given), default=0)
    if not people:
        return ()
    table = np.full((people, len(facts.items)), NO_ANSWER, dtype=np.int8)
    for column, levels in enumerate(facts.given):
        table[: len(levels), column] = levels
    return tuple(order_of_discussion(respondent_divergence(table)).tolist())


def key_of(item: RoundItem) -> str:
    """What names an item over rounds: the key of its criterion, or the own question itself."""
    return item.criterion.key if item.criterion is not None else f"{OWN}-{item.own_question_id}"


def anchors_of(item: RoundItem) -> str:
    """Equal if question and levels are equal. An own question that was asked is never reworded."""
    return item.criterion.anchors_hash if item.criterion is not None else key_of(item)


def _weight(item: RoundItem) -> int:
    return item.criterion.weight if item.criterion is not None else 1


def _compare(earlier: Facts, later: Facts, counted: CountedLevels) -> RoundComparison:
    def levels_of(facts: Facts, levels: CountedLevels) -> RoundLevels:
        keys, anchors = map(key_of, facts.items), map(anchors_of, facts.items)
        return RoundLevels(tuple(keys), tuple(anchors), levels)

    weights = {key_of(item): float(_weight(item)) for item in later.items}
    return compare_rounds(levels_of(earlier, counted_of(earlier)), levels_of(later, counted), weights)


def _dimensions(lines: Sequence[Line]) -> tuple[DimensionReading, ...]:
    """Dimensions and their areas in the order of the instrument; own questions last, as a block of their own."""
    areas: dict[Any, list[int]] = {}
    dimensions: dict[Any, list[int]] = {}
    sources: dict[Any, Any] = {}
    for row, line in enumerate(lines):
        area = line.item.criterion.area if line.item.criterion is not None else None
        dimension = area.dimension if area is not None else None
        for groups, source in ((areas, area), (dimensions, dimension)):
            key = source.pk if source is not None else OWN
            groups.setdefault(key, []).append(row)
            sources[groups is areas, key] = source
    levels = np.array([line.level for line in lines], dtype=np.int8)
    weights = np.array([_weight(line.item) for line in lines], dtype=np.float64)
    whole = _groups(dimensions, {key: sources[False, key] for key in dimensions}, lines, levels, weights)
    parts = _groups(areas, {key: sources[True, key] for key in areas}, lines, levels, weights)
    return tuple(
        DimensionReading(
            group,
            tuple(part for part in parts if part.source is not None and part.source.dimension_id == group.source.pk)
            if group.source is not None
            else (),
        )
        for group in whole
    )


def _groups(
    members: dict[Any, list[int]],
    sources: dict[Any, Any],
    lines: Sequence[Line],
    levels: LevelArray,
    weights: FloatArray,
) -> list[Group]:
    number = np.zeros(len(lines), dtype=np.int64)
    for n, rows in enumerate(members.values()):
        number[rows] = n
    profile = group_profiles(levels[np.newaxis, :], weights, number)
    return [
        Group(
            key=sources[key].slug if sources[key] is not None else OWN,
            source=sources[key],
            counts=tuple(profile.counts[0, n].tolist()),
            not_applicable=int(profile.not_applicable[0, n]),
            without_level=int(profile.without_level[0, n]),
            coverage=float(profile.coverage[0, n]),
            shown=bool(profile.shown[0, n]),
            median=int(profile.median_level[0, n]),
            mean=float(profile.mean_level[0, n]),
            low=float(profile.mean_low[0, n]),
            high=float(profile.mean_high[0, n]),
            lines=tuple(lines[row] for row in rows),
        )
        for n, (key, rows) in enumerate(members.items())
    ]


def starred_rows(items: Iterable[RoundItem]) -> list[int]:
    """The rows of criteria of the short version. Own questions are in no version, so they stay out."""
    return [row for row, item in enumerate(items) if item.criterion is not None and item.criterion.starred]
