"""Loading the templates of plans and the education plans that ship as content.

A template is rewritten whenever its file changes: nobody edits it on the site. Of an education plan the identity is
rewritten, and goals are added and corrected by number; a goal that a plan serves is never taken away.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from trama.foundation.content import ContentError, Outcome, fingerprint
from trama.know.api import ScopeKind, indicators_by_code

from .models import (
    EducationPlan,
    EducationPlanGoal,
    PlanTemplate,
    TemplateAction,
    TemplateGoal,
    TemplateObjective,
)

TEMPLATE_TEXTS = ("title_pt", "title_en", "summary_pt", "summary_en", "purpose_pt", "purpose_en")
OBJECTIVE_TEXTS = ("title_pt", "title_en", "description_pt", "description_en")
GOAL_TEXTS = ("title_pt", "title_en", "indicator", "stage", "unit_pt", "unit_en")
ACTION_TEXTS = ("what_pt", "what_en", "why_pt", "why_en", "who_pt", "who_en", "how_pt", "how_en")
NEEDED = ("title_pt", "title_en", "what_pt", "what_en", "summary_pt", "summary_en")


def load_plan_templates(directory: Path, at: datetime) -> Outcome:
    """Load ``directory/plan_templates``. Raises ``ContentError`` naming the file and what is wrong in it."""
    known = set(indicators_by_code())
    return _load_files(directory / "plan_templates", lambda raw: _load_template(raw, known))


def load_education_plans(directory: Path, at: datetime) -> Outcome:
    """Load ``directory/education_plans``. Raises ``ContentError`` naming the file and what is wrong in it."""
    return _load_files(directory / "education_plans", lambda raw: _load_education_plan(raw, at))


def _load_files(folder: Path, load: Callable[[dict[str, Any]], Outcome]) -> Outcome:
    outcome = Outcome()
    for path in sorted(folder.glob("*.toml")):
        try:
            outcome += load(tomllib.loads(path.read_text(encoding="utf-8")))
        except (KeyError, TypeError, ValueError, ValidationError, tomllib.TOMLDecodeError) as error:
            raise ContentError(f"{path.name}: {error}") from error
    return outcome


def _texts(entry: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    texts = {name: str(entry.get(name, "")).strip() for name in names}
    missing = [name for name, text in texts.items() if name in NEEDED and not text]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing")
    for name in names:
        if name.endswith("_pt") and bool(texts[name]) != bool(texts[name[:-3] + "_en"]):
            raise ValueError(f"{name[:-3]}: written in one language only")
    return texts


def _load_template(raw: dict[str, Any], known: set[str]) -> Outcome:
    mark = fingerprint(raw)
    standing = PlanTemplate.objects.filter(slug=raw["slug"]).first()
    if standing is not None and standing.content_hash == mark:
        return Outcome(unchanged=1)
    scope = raw.get("scope", "")
    if scope and scope not in ScopeKind.values:
        raise ValueError(f"scope: found {scope!r}, expected one of {', '.join(ScopeKind.values)}")
    months = int(raw["months"])
    fields = {"position": int(raw["position"]), "scope": scope, "months": months, "content_hash": mark}
    template, new = PlanTemplate.objects.update_or_create(
        slug=raw["slug"], defaults=fields | _texts(raw, TEMPLATE_TEXTS)
    )
    template.objectives.all().delete()
    for number, entry in enumerate(raw.get("objective", []), start=1):
        objective = TemplateObjective.objects.create(
            template=template, position=number, **_texts(entry, OBJECTIVE_TEXTS)
        )
        _goals(objective, entry.get("goal", []), known)
        _actions(objective, entry.get("action", []), months)
    return Outcome(created=1) if new else Outcome(updated=1)


def _goals(objective: TemplateObjective, entries: list[dict[str, Any]], known: set[str]) -> None:
    for number, entry in enumerate(entries, start=1):
        texts = _texts(entry, GOAL_TEXTS)
        if texts["indicator"] and texts["indicator"] not in known:
            raise ValueError(f"indicator: {texts['indicator']} not known; load the indicators first")
        goal = TemplateGoal(
            objective=objective, position=number, higher_is_better=entry.get("higher_is_better", True), **texts
        )
        goal.full_clean()
        goal.save()


def _actions(objective: TemplateObjective, entries: list[dict[str, Any]], months: int) -> None:
    for number, entry in enumerate(entries, start=1):
        first, last = entry["months"]
        if not 1 <= first <= last <= months:
            raise ValueError(f"months: found {first} to {last}, expected months from 1 to {months}")
        TemplateAction.objects.create(
            objective=objective, position=number, first_month=first, last_month=last, **_texts(entry, ACTION_TEXTS)
        )


def _load_education_plan(raw: dict[str, Any], at: datetime) -> Outcome:
    mark = fingerprint(raw)
    standing = EducationPlan.objects.filter(slug=raw["slug"]).first()
    if standing is not None and standing.content_hash == mark:
        return Outcome(unchanged=1)
    for name in ("valid_from", "valid_to"):
        if raw.get(name) is not None and not isinstance(raw[name], date):
            raise ValueError(f"{name}: found {raw[name]!r}, expected a day such as 2026-04-14")
    fields = {
        "level": raw["level"],
        "place_id": raw.get("place"),
        "title": raw["title"],
        "law": raw["law"],
        "source_address": raw["source_address"],
        "valid_from": raw["valid_from"],
        "valid_to": raw.get("valid_to"),
        "note_pt": raw.get("note_pt", "").strip(),
        "note_en": raw.get("note_en", "").strip(),
        "content_hash": mark,
    }
    plan, new = EducationPlan.objects.update_or_create(
        slug=raw["slug"], defaults=fields, create_defaults=fields | {"added_at": at}
    )
    plan.full_clean(exclude=["place"])
    for number, entry in enumerate(raw.get("goal", []), start=1):
        EducationPlanGoal.objects.update_or_create(
            plan=plan,
            number=str(entry["number"]),
            defaults={"text": entry["text"].strip(), "position": number},
            create_defaults={"text": entry["text"].strip(), "position": number, "added_at": at},
        )
    return Outcome(created=1) if new else Outcome(updated=1)
