"""The parts of a plan (its head, objectives, goals, actions), and their fields as canonical texts.

A text is what the history keeps and what two versions are compared by: "" is nothing, days are ISO, numbers have a
point and no trailing zeros, a link is the key of what it points to. Virtual fields: ``figure`` of a goal is
``indicator|dependency|stage``, ``target_2027`` its target of a year; ``education_goals`` of an objective are keys.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from .models import Action, EducationPlanGoal, Goal, GoalTarget, Objective, ObjectiveEducationGoal, StrategicPlan

type Part = StrategicPlan | Objective | Goal | Action

MODELS: dict[str, Any] = {"plan": StrategicPlan, "objective": Objective, "goal": Goal, "action": Action}
TITLES = {"plan": "title", "objective": "title", "goal": "title", "action": "what"}
FIELDS: dict[str, tuple[str, ...]] = {
    "plan": ("title", "purpose", "starts_on", "ends_on", "round"),
    "objective": ("title", "description", "priority", "education_goals"),
    "goal": ("objective", "title", "figure", "unit", "higher_is_better", "baseline", "baseline_year"),
    "action": (
        "objective", "what", "why", "where", "starts_on", "due_on", "responsible", "who", "how", "cost", "funding",
        "adoption", "state", "done_on",
    ),
}  # fmt: skip
FIGURE = ("indicator", "dependency", "stage")
TARGET = re.compile(r"target_(\d{4})")
LARGEST = Decimal(10) ** 10


def kind_of(part: Part) -> str:
    return next(kind for kind, model in MODELS.items() if isinstance(part, model))


def plan_of(part: Part) -> StrategicPlan:
    if isinstance(part, StrategicPlan):
        return part
    return part.plan if isinstance(part, Objective) else part.objective.plan


def title_of(part: Part) -> str:
    return str(getattr(part, TITLES[kind_of(part)]))


def is_field(kind: str, name: str) -> bool:
    return name in FIELDS[kind] or (kind == "goal" and TARGET.fullmatch(name) is not None)


def as_text(value: Any) -> str:
    """A value in its canonical form."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            text = f"{value:f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
        case date():
            return value.isoformat()
        case models.Model():
            return str(value.pk)
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
        case int() | float():
            return as_text(Decimal(str(value)))
        case Iterable():
            keys: list[Any] = [getattr(one, "pk", one) for one in value]
            return ",".join(str(key) for key in sorted(keys))
    raise TypeError(f"{value!r} has no canonical text")


def texts_of(part: Part) -> dict[str, str]:
    """Every field of a part. Two more queries for the virtual fields, unless they were prefetched."""
    kind = kind_of(part)
    plain = [name for name in FIELDS[kind] if name not in ("figure", "education_goals")]
    texts = {name: as_text(getattr(part, _column_name(part, name))) for name in plain}
    if isinstance(part, Goal):
        texts["figure"] = "|".join(getattr(part, name) for name in FIGURE) if part.indicator else ""
        texts |= {f"target_{one.year}": as_text(one.value) for one in part.targets.all()}
    if isinstance(part, Objective):
        links = part.education_links.all()
        texts["education_goals"] = as_text([link.goal_id for link in links])
    return texts


def _column_name(part: Part, name: str) -> str:
    field: Any = part._meta.get_field(name)
    return str(field.attname)


def columns_of(kind: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a part's own row that these texts fill. Raises ``ValueError`` for a text that is no value."""
    columns: dict[str, Any] = {}
    for name, text in texts.items():
        if name == "figure":
            columns |= dict(zip(FIGURE, text.split("|") if text else ("", "", ""), strict=True))
        elif name in FIELDS[kind] and name != "education_goals":
            field = MODELS[kind]._meta.get_field(name)
            columns[field.attname] = _column(field, text)
    return columns


def _column(field: Any, text: str) -> Any:
    if isinstance(field, models.CharField | models.TextField):
        return text
    if not text:
        return None
    if isinstance(field, models.BooleanField):
        return text == "true"
    try:
        return field.target_field.to_python(text) if field.is_relation else field.to_python(text)
    except ValidationError as error:
        raise ValueError(text) from error


def write_virtual(part: Any, texts: Mapping[str, str]) -> None:
    """Targets by year and links to education goals, as these texts say."""
    for name, text in texts.items():
        year = TARGET.fullmatch(name)
        if year is not None and not text:
            GoalTarget.objects.filter(goal=part.pk, year=int(year[1])).delete()
        elif year is not None:
            GoalTarget.objects.update_or_create(goal=part, year=int(year[1]), defaults={"value": Decimal(text)})
        elif name == "education_goals":
            wanted = {int(key) for key in text.split(",") if key}
            links = ObjectiveEducationGoal.objects.filter(objective=part.pk)
            links.exclude(goal__in=wanted).delete()
            standing = set(links.values_list("goal_id", flat=True))
            ObjectiveEducationGoal.objects.bulk_create(
                ObjectiveEducationGoal(objective=part, goal_id=key) for key in sorted(wanted - standing)
            )


def is_number(text: str) -> bool:
    """Whether a text can be kept as a number of a goal or a cost."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and abs(number) < LARGEST


def known_education_goals(keys: Iterable[str]) -> set[str]:
    wanted = [int(key) for key in keys if key.isdigit()]
    return {str(key) for key in EducationPlanGoal.objects.filter(pk__in=wanted).values_list("pk", flat=True)}
