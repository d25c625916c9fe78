"""Questions about strategic plans. Every page starts at ``plans_visible_to``, so none shows a neighbour's."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from trama.accounts.api import ScopesHeld, people_in, scopes_held
from trama.diagnose.api import rounds_visible_to

from .models import (
    Action,
    EducationPlan,
    EducationPlanGoal,
    Goal,
    Objective,
    ObjectiveEducationGoal,
    PlanChange,
    PlanTemplate,
    StrategicPlan,
)
from .parts import MODELS, Part, as_text

SCOPE_OF = {
    "network": ("network", ("place",)),
    "school": ("school", ("place", "municipality", "network")),
    "group": ("group", ()),
}


def plans_visible_to(user: Any) -> QuerySet[StrategicPlan]:
    """Plans of the user's networks, schools and groups (with the tool), those in force first."""
    if user is None or not user.is_authenticated or not user.is_active:
        return StrategicPlan.objects.none()
    return (
        StrategicPlan.objects.filter(scopes_held(user, "plan").owning(), removed_at__isnull=True)
        .select_related("network__place", "school__place", "school__municipality", "group")
        .order_by("state", "-starts_on", "pk")
    )


def plan_visible_to(user: Any, uid: UUID) -> StrategicPlan | None:
    """One plan, or None where there is none or it belongs to others. One query."""
    return next(iter(plans_visible_to(user).filter(uid=uid).order_by()), None)


def removed_plans_of(user: Any) -> QuerySet[StrategicPlan]:
    """Drafts that were removed and that the user may put back, newest first."""
    if user is None or not user.is_authenticated or not user.is_active:
        return StrategicPlan.objects.none()
    held = scopes_held(user, "plan", "edit").owning()
    return StrategicPlan.objects.filter(held, removed_at__isnull=False).order_by("-removed_at")


def plan_lines(user: Any) -> QuerySet[StrategicPlan]:
    """Plans for a list, each with ``n_actions``, ``n_done`` and ``last_change``. One query.

    Each number is counted apart: actions and changes joined would be as many rows as their product.
    """
    live = Action.objects.filter(
        objective__plan=OuterRef("pk"), removed_at__isnull=True, objective__removed_at__isnull=True
    )
    counted = live.exclude(state=Action.State.CANCELLED)
    changes = PlanChange.objects.filter(plan=OuterRef("pk")).order_by("-at")
    return plans_visible_to(user).annotate(
        n_actions=_number_of(counted),
        n_done=_number_of(live.filter(state=Action.State.DONE)),
        last_change=Subquery(changes.values("at")[:1]),
    )


def _number_of(rows: QuerySet[Action]) -> Any:
    """How many rows a subquery finds."""
    counted = rows.order_by().values("objective__plan").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def scopes_to_plan_for(user: Any) -> list[Any]:
    """The networks, schools and groups for which the user may start a plan. At most three queries."""
    return _scopes(scopes_held(user, "plan", "edit"))


def scopes_seen_by(user: Any) -> list[Any]:
    """The networks, schools and groups whose plans the user may see. At most three queries."""
    return _scopes(scopes_held(user, "plan"))


def _scopes(held: ScopesHeld) -> list[Any]:
    found: list[Any] = []
    for keys, (column, related) in zip((held.networks, held.schools, held.groups), SCOPE_OF.values(), strict=True):
        if keys:
            model: Any = StrategicPlan._meta.get_field(column).related_model
            rows = model.objects.filter(pk__in=keys).order_by("pk")
            found.extend(rows.select_related(*related) if related else rows)
    return found


def live_objectives(plan: StrategicPlan) -> QuerySet[Objective]:
    return Objective.objects.filter(plan=plan, removed_at__isnull=True).order_by("position", "pk")


def live_goals(plan: StrategicPlan) -> QuerySet[Goal]:
    """Goals that count, with their targets and measures. Three queries."""
    return (
        Goal.objects.filter(objective__plan=plan, removed_at__isnull=True, objective__removed_at__isnull=True)
        .select_related("objective")
        .prefetch_related("targets", "measures")
        .order_by("objective__position", "objective_id", "position", "pk")
    )


def actions_of(plan: StrategicPlan) -> QuerySet[Action]:
    """Actions that count, in the order of the plan, with objective, responsible person and adoption. One query."""
    return live_actions(plan).select_related("objective__plan", "responsible", "adoption__version__technology")


def live_actions(plan: StrategicPlan) -> QuerySet[Action]:
    """Actions that count, in the order of the plan, and nothing beside them. One query."""
    return Action.objects.filter(
        objective__plan=plan, removed_at__isnull=True, objective__removed_at__isnull=True
    ).order_by("objective__position", "objective_id", "position", "pk")


@dataclass(slots=True)
class ObjectiveNode:
    """An objective with what hangs on it, numbered from 1 as the page and the exports show it."""

    objective: Objective
    number: int
    goals: list[Goal] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


def objectives_of(plan: StrategicPlan) -> list[ObjectiveNode]:
    """The whole plan, in its order. Seven queries at most, however large.

    Every part knows its objective, and that the plan: nothing is read twice. They are put in order here: a plan has
    few parts, and saying the order in SQL costs more than sorting them.
    """
    links = ObjectiveEducationGoal.objects.select_related("goal__plan").order_by("goal__plan", "goal__position")
    objectives = live_objectives(plan).order_by().prefetch_related(Prefetch("education_links", links))
    nodes: dict[int, ObjectiveNode] = {}
    for number, one in enumerate(sorted(objectives, key=_place), start=1):
        one.plan = plan
        nodes[one.pk] = ObjectiveNode(one, number)
    goals = Goal.objects.filter(objective__plan=plan, removed_at__isnull=True, objective__removed_at__isnull=True)
    for goal in sorted(goals.order_by().prefetch_related("targets", "measures"), key=_place):
        goal.objective = nodes[goal.objective_id].objective
        nodes[goal.objective_id].goals.append(goal)
    for action in sorted(live_actions(plan).order_by().select_related("responsible"), key=_place):
        action.objective = nodes[action.objective_id].objective
        nodes[action.objective_id].actions.append(action)
    _with_adoptions([action for node in nodes.values() for action in node.actions])
    return list(nodes.values())


def _place(part: Any) -> tuple[int, int]:
    """Where a part stands among its own kind."""
    return part.position, part.pk


def _with_adoptions(actions: list[Action]) -> None:
    """Give the actions their adoptions. One query; none where no action has one."""
    model: Any = Action._meta.get_field("adoption").related_model
    asked = {one.adoption_id for one in actions if one.adoption_id is not None}
    adoptions = model.objects.select_related("version").in_bulk(asked)
    for action in actions:
        if action.adoption_id is not None:
            action.adoption = adoptions[action.adoption_id]


def part_of(plan: StrategicPlan, kind: str, uid: UUID) -> Any:
    """A part of this plan, removed ones too; None if it has no such part. One query."""
    if kind == "plan":
        return plan if plan.uid == uid else None
    within = {"plan": plan} if kind == "objective" else {"objective__plan": plan}
    related = ("plan",) if kind == "objective" else ("objective__plan",)
    return MODELS[kind].objects.filter(uid=uid, **within).select_related(*related).first()


def siblings_of(part: Any) -> list[Any]:
    """The parts among which this one has its place, in their order, itself included. One query."""
    if isinstance(part, Objective):
        rows = Objective.objects.filter(plan=part.plan_id, removed_at__isnull=True)
    else:
        rows = type(part).objects.filter(objective=part.objective_id, removed_at__isnull=True)
    return list(rows.order_by("position", "pk"))


def people_for(plan: StrategicPlan, *, at: datetime) -> list[Any]:
    """People of the owner who can answer for an action, by name, each once. Two queries."""
    return list({profile.user_id: profile.user for profile in people_in(plan.scope, at=at)}.values())


def rounds_for(plan: StrategicPlan, user: Any) -> Any:
    """Submitted self-diagnoses of the plan's owner that the user may see, newest first."""
    return rounds_visible_to(user).filter(state="submitted", **plan.scope_filter).order_by("-submitted_at", "-pk")


def priorities_for(plan: StrategicPlan, user: Any) -> list[Any]:
    """Decided priorities of the owner's submitted self-diagnoses that the user may see, newest first. One query."""
    model: Any = Objective._meta.get_field("priority").related_model
    return list(
        model.objects.filter(list__round__in=rounds_for(plan, user).values("pk"))
        .select_related("item__criterion__area", "item__own_question", "list__round")
        .order_by("-list__round__submitted_at", "list", "position")
    )


def adoptions_for(plan: StrategicPlan) -> list[Any]:
    """Adoptions of the plan's owner, with their technology. One query."""
    model: Any = Action._meta.get_field("adoption").related_model
    return list(
        model.objects.filter(**plan.scope_filter).select_related("version__technology").order_by("-starts_on", "pk")
    )


# --- history --------------------------------------------------------------------------------------------------------


def changes_of(plan: StrategicPlan, uid: UUID | None = None) -> QuerySet[PlanChange]:
    """Changes of a plan, or of one part, newest first."""
    rows = PlanChange.objects.filter(plan=plan).select_related("by").order_by("-pk")
    return rows if uid is None else rows.filter(uid=uid)


def base_texts(
    part: Part, kind: str, revision: int, now: dict[str, str]
) -> tuple[dict[str, str], dict[str, PlanChange]]:
    """What the fields were at ``revision``, and the last later change of each. One query.

    The first change of a field after the revision says what was there before it.
    """
    base, last = dict(now), {}
    later = (
        PlanChange.objects.filter(uid=part.uid, kind=kind, revision__gt=revision).select_related("by").order_by("pk")
    )
    for change in later:
        if change.field not in last:
            base[change.field] = change.before
        last[change.field] = change
    return base, last


def removed_parts(plan: StrategicPlan) -> list[tuple[str, Any]]:
    """(kind, part) of everything that was removed from a plan and can be put back. Three queries."""
    found: list[tuple[str, Any]] = [
        ("objective", one) for one in Objective.objects.filter(plan=plan, removed_at__isnull=False)
    ]
    for kind in ("goal", "action"):
        rows = MODELS[kind].objects.filter(objective__plan=plan, removed_at__isnull=False).select_related("objective")
        found.extend((kind, one) for one in rows)
    return sorted(found, key=lambda pair: pair[1].removed_at, reverse=True)


# --- education plans ------------------------------------------------------------------------------------------------


def places_of(scope: Any) -> set[int]:
    """The places whose education plans concern an owner: its municipality, its state. A group: those of its members."""
    name = scope._meta.model_name
    if name == "networkgroup":
        places = set(scope.memberships.filter(end__isnull=True).values_list("network__place", flat=True))
    else:
        places = {scope.place_id if name == "teachingnetwork" else scope.municipality_id}
    return places | {place // 100_000 for place in places if place > 1_000_000}


def education_plans_for(scopes: Iterable[Any]) -> QuerySet[EducationPlan]:
    """The national plans, and those of the places of these owners."""
    places = {place for scope in scopes for place in places_of(scope)}
    return (
        EducationPlan.objects.filter(Q(place__isnull=True) | Q(place__in=places))
        .select_related("place")
        .prefetch_related("goals")
        .order_by(F("place").desc(nulls_last=True), "-valid_from")
    )


def education_goals_for(plan: StrategicPlan) -> list[EducationPlanGoal]:
    """Goals of education plans that an objective of this plan can serve, by plan."""
    plans = education_plans_for([plan.scope])
    return list(
        EducationPlanGoal.objects.filter(plan__in=plans.values("pk"))
        .select_related("plan")
        .order_by("plan", "position")
    )


def networks_that_write(user: Any) -> list[Any]:
    """Municipal and state networks whose education plan the user may write down."""
    return [
        scope
        for scope in scopes_to_plan_for(user)
        if scope._meta.model_name == "teachingnetwork" and scope.dependency in ("municipal", "estadual")
    ]


def grouped_goals(goals: Iterable[EducationPlanGoal]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Goals as choices of a form, under the law they stand in."""
    return [
        (plan.law, [(as_text(goal), f"{goal.number}. {goal.text}") for goal in those])
        for plan, those in groupby(goals, key=lambda goal: goal.plan)
    ]


# --- templates ------------------------------------------------------------------------------------------------------


def templates_for(scopes: Iterable[Any]) -> list[PlanTemplate]:
    """Templates for owners of these kinds. One query."""
    column = {"teachingnetwork": "network", "school": "school", "networkgroup": "group"}
    kinds = {column[scope._meta.model_name] for scope in scopes}
    return list(PlanTemplate.objects.filter(Q(scope="") | Q(scope__in=kinds)))
