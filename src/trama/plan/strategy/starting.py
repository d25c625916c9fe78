"""Starting a plan: from a template, or from priorities in a few steps.

Every proposal has a ``uid`` made from what it comes from, so a step sent twice adds once, and a step taken up again
later knows what is there already.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.apps import apps
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from trama.foundation.localised import in_language, localised

from .diagnosis import agreed_levels, priority_words
from .figures import FigureChoice, figure_choices, own_dependency
from .models import Action, Objective, PlanTemplate, StrategicPlan
from .selectors import adoptions_for, live_goals, live_objectives, priorities_for
from .services import add_parts, create_plan
from .writing import Addition

LEVELS = ("fragile", "basic", "adequate", "exemplary")


@transaction.atomic
def plan_from_template(
    template: PlanTemplate | None, scope: Any, values: Mapping[str, Any], *, uid: UUID, by: Any, at: datetime
) -> Addition:
    """A new plan with what the template proposes, in the language of the page.

    Starting points come from official figures.

    Raises as ``create_plan`` does.
    """
    purpose = {"purpose": localised(template, "purpose")} if template is not None else {}
    made = create_plan(scope, purpose | dict(values), uid=uid, by=by, at=at)
    if template is None or not made.is_new:
        return made
    plan: StrategicPlan = made.part
    choices = {(one.key.split("|")[0], one.key.split("|")[2]): one for one in reversed(figure_choices(plan))}
    for entry in template.objectives.prefetch_related("goals", "actions"):
        texts = {"title": localised(entry, "title"), "description": localised(entry, "description")}
        objective = add_parts(plan, [("objective", texts, uuid5(uid, f"objective {entry.position}"))], by=by, at=at)[
            0
        ].part
        goals = [
            ("goal", _goal_of(goal, objective, plan, choices), uuid5(objective.uid, f"goal {goal.position}"))
            for goal in entry.goals.all()
        ]
        actions = [
            ("action", _action_of(action, objective, plan), uuid5(objective.uid, f"action {action.position}"))
            for action in entry.actions.all()
        ]
        add_parts(plan, [*goals, *actions], by=by, at=at)
    return made


def _goal_of(
    entry: Any, objective: Objective, plan: StrategicPlan, choices: Mapping[tuple[str, str], FigureChoice]
) -> dict[str, Any]:
    values: dict[str, Any] = {"objective": objective, "title": localised(entry, "title")}
    values["higher_is_better"] = entry.higher_is_better
    if not entry.indicator:
        return values | {"unit": in_language(entry.unit_pt, entry.unit_en)}
    choice = choices.get((entry.indicator, entry.stage))
    if choice is None:
        return values | {"figure": f"{entry.indicator}|{own_dependency(plan)}|{entry.stage}"}
    return values | with_figure(choice)


def with_figure(choice: FigureChoice) -> dict[str, Any]:
    """What a goal takes over from an official figure: itself, its direction, its last value as the starting point."""
    return {
        "figure": choice.key,
        "higher_is_better": choice.higher_is_better,
        "baseline": choice.value,
        "baseline_year": choice.year,
    }


def _action_of(entry: Any, objective: Objective, plan: StrategicPlan) -> dict[str, Any]:
    return {
        "objective": objective,
        "what": localised(entry, "what"),
        "why": localised(entry, "why"),
        "who": localised(entry, "who"),
        "how": localised(entry, "how"),
        "starts_on": min(month_of(plan.starts_on, entry.first_month - 1), plan.ends_on),
        "due_on": min(month_of(plan.starts_on, entry.last_month) - timedelta(days=1), plan.ends_on),
    }


def month_of(start: date, months: int) -> date:
    """The day so many months after ``start``; the last of the month where that one is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


# --- from priorities ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ObjectiveProposal:
    """A decided priority, and the objective that it suggests."""

    priority: Any
    words: str
    title: str
    description: str
    existing: Objective | None


@dataclass(frozen=True, slots=True)
class GoalProposal:
    """An objective without a goal yet, and the official figures that its criterion is judged by."""

    objective: Objective
    title: str
    choice: FigureChoice | None


@dataclass(frozen=True, slots=True)
class ActionProposal:
    """A stage of a technology that answers the priority of an objective, as an action."""

    objective: Objective
    key: str
    what: str
    how: str
    technology: str
    adoption: Any
    starts_on: date
    due_on: date
    existing: bool


def objective_proposals(plan: StrategicPlan, user: Any) -> list[ObjectiveProposal]:
    """An objective for each priority of the plan's round (of the newest decided one, if it has none). Four queries."""
    priorities = priorities_for(plan, user)
    round_id = plan.round_id or (priorities[0].list.round_id if priorities else None)
    chosen = [one for one in priorities if one.list.round_id == round_id]
    levels = agreed_levels(chosen)
    existing = {one.priority_id: one for one in live_objectives(plan) if one.priority_id}
    return [
        ObjectiveProposal(one, priority_words(one), *_wanted(one, levels.get(one.item_id, 0)), existing.get(one.pk))
        for one in chosen
    ]


def _wanted(priority: Any, level: int) -> tuple[str, str]:
    """Title and description: the criterion, and what the next level looks like."""
    subject = priority_words(priority)
    if priority.item.criterion is None or not 1 <= level < len(LEVELS):
        return _("Move forward in: %(criterion)s") % {"criterion": subject}, ""
    names = (_("Fragile"), _("Basic"), _("Adequate"), _("Exemplary"))
    words = {"criterion": subject, "from": names[level - 1], "to": names[level]}
    title = _("Move from %(from)s to %(to)s in: %(criterion)s") % words
    return title[:300], localised(priority.item.criterion, LEVELS[level])


def objective_uid(plan: StrategicPlan, priority: Any) -> UUID:
    return uuid5(plan.uid, f"priority {priority.pk}")


def goal_proposals(plan: StrategicPlan) -> list[GoalProposal]:
    """A goal for each objective that has none: the first official figure of its criterion known here. Seven queries."""
    with_goal = {goal.objective_id for goal in live_goals(plan)}
    objectives = (
        live_objectives(plan)
        .exclude(pk__in=with_goal)
        .select_related("priority__item__criterion")
        .prefetch_related("priority__item__criterion__indicators")
    )
    choices = {(one.key.split("|")[0], one.key.split("|")[2]): one for one in reversed(figure_choices(plan))}
    proposals = []
    for objective in objectives:
        criterion = objective.priority.item.criterion if objective.priority is not None else None
        judged = criterion.indicators.all() if criterion is not None else []
        choice = next((choices[key] for one in judged if (key := (one.indicator, one.stage)) in choices), None)
        title = ""
        if choice is not None:
            pattern = _("Raise: %(figure)s") if choice.higher_is_better else _("Lower: %(figure)s")
            title = (pattern % {"figure": choice.label})[:300]
        proposals.append(GoalProposal(objective, title, choice))
    return proposals


def goal_uid(objective: Objective) -> UUID:
    return uuid5(objective.uid, "first goal")


def action_proposals(plan: StrategicPlan) -> list[ActionProposal]:
    """Stages of the technologies that answer the priorities: those adopted first. At most seven queries."""
    objectives = list(
        live_objectives(plan)
        .filter(priority__isnull=False)
        .select_related("priority__item__criterion")
        .prefetch_related("priority__item__criterion__technologies")
    )
    linked = {one.pk: _technologies_of(one) for one in objectives}
    adoptions = {
        adoption.version.technology.slug: adoption
        for adoption in reversed(adoptions_for(plan))
        if adoption.state not in ("finished", "given_up")
    }
    versions = _versions({slug for slugs in linked.values() for slug in slugs}, adoptions)
    standing = set(Action.objects.filter(objective__in=objectives).values_list("uid", flat=True))
    proposals: list[ActionProposal] = []
    for objective in objectives:
        by_adoption = sorted(linked[objective.pk], key=lambda slug: slug not in adoptions)
        for slug in by_adoption:
            if slug in versions:
                proposals.extend(_stages(plan, objective, slug, versions[slug], adoptions.get(slug), standing))
    return proposals


def _technologies_of(objective: Objective) -> list[str]:
    criterion = objective.priority.item.criterion if objective.priority is not None else None
    return [one.technology for one in criterion.technologies.all()] if criterion is not None else []


def _versions(slugs: set[str], adoptions: Mapping[str, Any]) -> dict[str, Any]:
    """The version of each technology: the adopted one, else the published one. Two queries."""
    model = apps.get_model("plan", "TechnologyVersion")
    stages = Prefetch("stages", apps.get_model("plan", "Stage").objects.order_by("position"))
    pinned = {adoptions[slug].version_id for slug in slugs if slug in adoptions}
    published = model.objects.filter(technology__slug__in=slugs - set(adoptions), state="published")
    found = (published | model.objects.filter(pk__in=pinned)).select_related("technology").prefetch_related(stages)
    return {one.technology.slug: one for one in found}


def _stages(
    plan: StrategicPlan, objective: Objective, slug: str, version: Any, adoption: Any, standing: set[UUID]
) -> list[ActionProposal]:
    made = []
    first = max(adoption.starts_on if adoption else plan.starts_on, plan.starts_on)
    for stage in version.stages.all():
        last = first + timedelta(weeks=stage.weeks) - timedelta(days=1)
        key = f"{slug} {stage.slug}"
        made.append(
            ActionProposal(
                objective,
                key,
                localised(stage, "title"),
                localised(stage, "purpose"),
                localised(version, "title"),
                adoption,
                min(first, plan.ends_on),
                min(max(last, first), plan.ends_on),
                action_uid(objective, key) in standing,
            )
        )
        first = last + timedelta(days=1)
    return made


def action_uid(objective: Objective, key: str) -> UUID:
    return uuid5(objective.uid, f"stage {key}")


def add_goals(
    plan: StrategicPlan, chosen: Sequence[tuple[GoalProposal, str, Mapping[int, Decimal]]], *, by: Any, at: datetime
) -> list[Addition]:
    """The goals that the team kept, each with its title and targets by year. Raises as ``add_parts`` does."""
    parts = []
    for proposal, title, targets in chosen:
        values: dict[str, Any] = {"objective": proposal.objective, "title": title}
        values |= with_figure(proposal.choice) if proposal.choice is not None else {}
        values |= {f"target_{year}": value for year, value in targets.items()}
        parts.append(("goal", values, goal_uid(proposal.objective)))
    return add_parts(plan, parts, by=by, at=at)
