"""What a plan pulls in from the self-diagnosis it starts from: the level of each area, and the decided priorities."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet

from trama.foundation.localised import in_language, localised
from trama.foundation.prepared import prepared
from trama_measure.diagnosis import DOES_NOT_KNOW, NO_ANSWER, counted_levels, group_profiles, provisional_levels

from .models import Objective, StrategicPlan
from .selectors import rounds_for

SAID_UNKNOWN = 0  # how an answer keeps "I do not know"


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area: how many criteria stand at each level, and its middle level (0: too little was answered)."""

    code: str
    title: str
    counts: tuple[int, int, int, int]
    without_level: int
    level: int


@dataclass(frozen=True, slots=True)
class DiagnosisSummary:
    """The self-diagnosis behind a plan."""

    round: Any
    areas: list[AreaLine]


def diagnosis_of(plan: StrategicPlan, user: Any) -> DiagnosisSummary | None:
    """Levels per area of the plan's round; None where it has none, or the user may not see it. Four queries."""
    if plan.round_id is None:
        return None
    found = rounds_for(plan, user).filter(pk=plan.round_id).first()
    if found is None:
        return None
    items = list(
        found.items.filter(criterion__isnull=False)
        .select_related("criterion__area__dimension", "agreement")
        .prefetch_related("answers")
        .order_by("position")
    )
    return DiagnosisSummary(found, _areas(items))


def _areas(items: list[Any]) -> list[AreaLine]:
    if not items:
        return []
    answered = [[_level(one.level) for one in item.answers.all()] for item in items]
    width = max(1, *(len(levels) for levels in answered))
    table = np.full((width, len(items)), NO_ANSWER, dtype=np.int8)
    for column, levels in enumerate(answered):
        table[: len(levels), column] = levels
    agreed = [getattr(item, "agreement", None) for item in items]
    decided = np.array([_level(one.level if one else None) for one in agreed], dtype=np.int8)
    counted = counted_levels(decided, provisional_levels(table)).levels
    areas: dict[int, Any] = {}
    for item in items:
        areas.setdefault(item.criterion.area_id, item.criterion.area)
    numbers = {key: n for n, key in enumerate(areas)}
    profile = group_profiles(
        counted[np.newaxis, :],
        [float(item.criterion.weight) for item in items],
        [numbers[item.criterion.area_id] for item in items],
    )
    return [
        AreaLine(
            area.code,
            localised(area, "title"),
            tuple(int(count) for count in profile.counts[0, n]),  # type: ignore[arg-type]
            int(profile.without_level[0, n]),
            int(profile.median_level[0, n]),
        )
        for n, area in enumerate(areas.values())
    ]


def _level(kept: int | None) -> int:
    """A level as it is kept, in the numbers of the measure."""
    return NO_ANSWER if kept is None else DOES_NOT_KNOW if kept == SAID_UNKNOWN else kept


def priority_words(priority: Any) -> str:
    """A decided priority as it is named: its criterion, or the owner's own question."""
    item = priority.item
    return localised(item.criterion, "title") if item.criterion is not None else str(item.own_question.title)


def priority_names(keys: set[int]) -> dict[int, str]:
    """Decided priorities, by their keys, as they are named. One query; none where there are none."""
    if not keys:
        return {}
    rows = _priority_titles(keys)
    return {pk: in_language(portuguese or "", english or "") or own for pk, portuguese, english, own in rows}


@prepared
def _priority_titles(keys: Collection[int]) -> QuerySet[Any, Any]:
    model: Any = Objective._meta.get_field("priority").related_model
    titles = ("item__criterion__title_pt", "item__criterion__title_en", "item__own_question__title")
    rows: QuerySet[Any, Any] = model.objects.filter(pk__in=keys).values_list("pk", *titles)
    return rows


def agreed_levels(priorities: list[Any]) -> dict[int, int]:
    """The agreed level of each priority's criterion, by the key of its item. One query."""
    if not priorities:
        return {}
    related = type(priorities[0].item)._meta.get_field("agreement").related_model
    rows = related.objects.filter(item__in=[one.item_id for one in priorities], level__gte=1)
    levels: dict[int, int] = defaultdict(int)
    return levels | dict(rows.values_list("item", "level"))
