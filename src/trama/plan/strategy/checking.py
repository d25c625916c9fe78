"""Whether the texts of a part are values, fit each other, and are this owner's."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from trama.know.api import indicators_by_code

from .errors import (
    InvalidPart,
)
from .models import Action, Objective, StrategicPlan
from .parts import (
    MODELS,
    TARGET,
    TITLES,
    Part,
    as_text,
    columns_of,
    is_number,
    known_education_goals,
)
from .selectors import live_objectives, people_for

LONGEST_YEARS = 12


def check(
    plan: StrategicPlan, part: Part, kind: str, texts: Mapping[str, str], changed: set[str], at: datetime
) -> None:
    """Raise ``InvalidPart`` where the texts of a part are no values, do not fit each other, or are not this owner's."""
    problems: dict[str, str] = {}
    for name in changed:
        problem = _problem_of_text(kind, name, texts[name])
        if problem:
            problems[name] = problem
    if not texts.get(TITLES[kind]):
        problems[TITLES[kind]] = _("Write something here.")
    if not problems:
        problems = _CHECKS[kind](plan, texts, changed, at)
    if problems:
        raise InvalidPart(problems)


def _problem_of_text(kind: str, name: str, text: str) -> str:
    if TARGET.fullmatch(name) or name == "baseline":
        return "" if not text or is_number(text) else _("Write a number.")
    if name == "education_goals":
        keys = {key for key in text.split(",") if key}
        return "" if known_education_goals(keys) == keys else _("Choose goals of the list.")
    if name == "figure":
        known = not text or (text.count("|") == 2 and text.split("|")[0] in indicators_by_code())
        return "" if known else _("Choose an indicator of the list.")
    field = MODELS[kind]._meta.get_field(name)
    if field.max_length and len(text) > field.max_length:
        return _("Write at most %(count)d characters.") % {"count": field.max_length}
    if field.choices and text and text not in dict(field.flatchoices):
        return _("Choose one of the list.")
    if name == "cost" and text and (not is_number(text) or text.startswith("-")):
        return _("Write an amount of money, zero or more.")
    try:
        columns_of(kind, {name: text})
    except ValueError:
        return _("This is no valid value.")
    return ""


def _check_plan(plan: StrategicPlan, texts: Mapping[str, str], changed: set[str], at: datetime) -> dict[str, str]:
    if not texts["starts_on"] or not texts["ends_on"]:
        return {"starts_on": _("A plan needs its first and its last day.")}
    start, end = date.fromisoformat(texts["starts_on"]), date.fromisoformat(texts["ends_on"])
    if end <= start:
        return {"ends_on": _("The plan ends before it starts.")}
    if end.year - start.year >= LONGEST_YEARS:
        return {"ends_on": _("A plan covers at most %(count)d years.") % {"count": LONGEST_YEARS}}
    asked = {"state": "submitted", **plan.scope_filter}
    return {} if _known(StrategicPlan, "round", texts, changed, asked) else {"round": _("Choose one of the list.")}


def _known(model: Any, name: str, texts: Mapping[str, str], changed: set[str], asked: Mapping[str, Any]) -> bool:
    """Whether a changed link is empty, or points to a row of which ``asked`` is true."""
    if name not in changed or not texts[name]:
        return True
    return bool(model._meta.get_field(name).related_model.objects.filter(pk=texts[name], **asked).exists())


def _check_objective(plan: StrategicPlan, texts: Mapping[str, str], changed: set[str], at: datetime) -> dict[str, str]:
    asked = {f"list__round__{name}": key for name, key in plan.scope_filter.items()}
    return {} if _known(Objective, "priority", texts, changed, asked) else {"priority": _("Choose one of the list.")}


def _check_goal(plan: StrategicPlan, texts: Mapping[str, str], changed: set[str], at: datetime) -> dict[str, str]:
    problems = _check_home(plan, texts, changed)
    if texts["baseline_year"] and not 1990 <= int(texts["baseline_year"]) <= 2100:
        problems["baseline_year"] = _("Write a year with four digits.")
    return problems


def _check_action(plan: StrategicPlan, texts: Mapping[str, str], changed: set[str], at: datetime) -> dict[str, str]:
    problems = _check_home(plan, texts, changed)
    if texts["starts_on"] and texts["due_on"] and texts["due_on"] < texts["starts_on"]:
        problems["due_on"] = _("The action ends before it starts.")
    asks = "responsible" in changed and texts["responsible"]
    if asks and texts["responsible"] not in {as_text(person.pk) for person in people_for(plan, at=at)}:
        problems["responsible"] = _("Choose one of the list.")
    if not _known(Action, "adoption", texts, changed, plan.scope_filter):
        problems["adoption"] = _("Choose one of the list.")
    return problems


def _check_home(plan: StrategicPlan, texts: Mapping[str, str], changed: set[str]) -> dict[str, str]:
    """The objective of a goal or action is one of this plan that counts."""
    if "objective" not in changed:
        return {}
    known = texts["objective"] and live_objectives(plan).filter(pk=texts["objective"]).exists()
    return {} if known else {"objective": _("Choose one of the list.")}


_CHECKS = {"plan": _check_plan, "objective": _check_objective, "goal": _check_goal, "action": _check_action}
