"""Questions about strategic plans. Every page starts at ``plans_visible_to``, so none shows a neighbour's."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from trama.accounts.api import ScopesHeld, people_in, scopes_held
from trama.diagnose.api import rounds_visible_to, rounds_within
from trama.foundation.prepared import hang, prepared

from .models import (
    Action,
    EducationPlan,
    EducationPlanGoal,
    Goal,
    GoalMeasure,
    GoalTarget,
    Objective,
    ObjectiveEducationGoal,
    PlanChange,
    PlanTemplate,
    StrategicPlan,
)
from .parts import MODELS, Part, as_text

SHOWN_CHANGES = 20
SCOPE_OF = {
    "network": ("network", ("place",)),
    "school": ("school", ("place", "municipality", "network")),
    "group": ("group", ()),
}


def plans_visible_to(user: Any) -> QuerySet[StrategicPlan]:
    """Plans of the user's networks, schools and groups (with the tool), those in force first."""
    return _plans_within(_seen_by(user))


def visible_plans(user: Any) -> list[StrategicPlan]:
    """The same, read. One query."""
    return _read_plans(_seen_by(user))


def plan_visible_to(user: Any, uid: UUID) -> StrategicPlan | None:
    """One plan, or None where there is none or it belongs to others. One query."""
    return next(iter(_read_plan(_seen_by(user), uid)), None)


def _seen_by(user: Any) -> ScopesHeld:
    """Where the user may see plans: nowhere, if they are not signed in."""
    return scopes_held(user, "plan")


def _plans_within(held: ScopesHeld) -> QuerySet[StrategicPlan]:
    return (
        StrategicPlan.objects.filter(held.owning(), removed_at__isnull=True)
        .select_related("network__place", "school__place", "school__municipality", "group")
        .order_by("state", "-starts_on", "pk")
    )


_read_plans = prepared(_plans_within)


@prepared
def _read_plan(held: ScopesHeld, uid: UUID) -> QuerySet[StrategicPlan]:
    return _plans_within(held).filter(uid=uid).order_by()


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
    objectives = sorted(_objectives_in(plan.pk), key=_place)
    hang(objectives, "education_links", _links_of([one.pk for one in objectives]))
    nodes: dict[int, ObjectiveNode] = {}
    for number, one in enumerate(objectives, start=1):
        one.plan = plan
        nodes[one.pk] = ObjectiveNode(one, number)
    for goal in _goals_with_numbers(plan):
        goal.objective = nodes[goal.objective_id].objective
        nodes[goal.objective_id].goals.append(goal)
    for action in sorted(_actions_in(plan.pk), key=_place):
        action.objective = nodes[action.objective_id].objective
        nodes[action.objective_id].actions.append(action)
    _with_adoptions([action for node in nodes.values() for action in node.actions])
    return list(nodes.values())


def _goals_with_numbers(plan: StrategicPlan) -> list[Goal]:
    """The goals that count, each kind in its order, with targets and measures. Three queries."""
    goals = sorted(_goals_in(plan.pk), key=_place)
    with_numbers(goals)
    return goals


def with_numbers(goals: Collection[Goal]) -> None:
    """Give goals their targets and measures. Two queries."""
    keys = [goal.pk for goal in goals]
    hang(goals, "targets", _targets_of(keys))
    hang(goals, "measures", _measures_of(keys))


@prepared
def _objectives_in(plan: int) -> QuerySet[Objective]:
    return Objective.objects.filter(plan=plan, removed_at__isnull=True)


@prepared
def _links_of(objectives: Collection[int]) -> QuerySet[ObjectiveEducationGoal]:
    rows = ObjectiveEducationGoal.objects.filter(objective__in=objectives).select_related("goal__plan")
    return rows.order_by("goal__plan", "goal__position")


@prepared
def _goals_in(plan: int) -> QuerySet[Goal]:
    return Goal.objects.filter(objective__plan=plan, removed_at__isnull=True, objective__removed_at__isnull=True)


@prepared
def _targets_of(goals: Collection[int]) -> QuerySet[GoalTarget]:
    return GoalTarget.objects.filter(goal__in=goals)


@prepared
def _measures_of(goals: Collection[int]) -> QuerySet[GoalMeasure]:
    return GoalMeasure.objects.filter(goal__in=goals)


@prepared
def _actions_in(plan: int) -> QuerySet[Action]:
    rows = Action.objects.filter(objective__plan=plan, removed_at__isnull=True, objective__removed_at__isnull=True)
    return rows.select_related("responsible")


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
    return next(iter(_PARTS[kind](plan.pk, uid)), None)


def _reader_of(kind: str) -> Any:
    @prepared
    def parts(plan: int, uid: UUID) -> QuerySet[Any]:
        if kind == "objective":
            return MODELS[kind].objects.filter(uid=uid, plan=plan).select_related("plan").order_by("pk")
        rows = MODELS[kind].objects.filter(uid=uid, objective__plan=plan)
        return rows.select_related("objective__plan").order_by("pk")

    return parts


_PARTS = {kind: _reader_of(kind) for kind in ("objective", "goal", "action")}


def objectives_in_order(plan: StrategicPlan) -> list[Objective]:
    """The objectives that count, in their order, and nothing beside them. One query."""
    return sorted(_objectives_in(plan.pk), key=_place)


def goals_in_order(plan: StrategicPlan) -> list[Goal]:
    """The same as ``live_goals``, read. Four queries."""
    objectives = {one.pk: one for one in _objectives_in(plan.pk)}
    goals = _goals_with_numbers(plan)
    for goal in goals:
        goal.objective = objectives[goal.objective_id]
    return sorted(goals, key=lambda one: (one.objective.position, one.objective_id, one.position, one.pk))


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
    if user is None or not user.is_authenticated or not user.is_active:
        return []
    return _priorities_of_owner(user.pk, scopes_held(user, "diagnosis"), plan.network_id, plan.school_id, plan.group_id)


@prepared
def _priorities_of_owner(
    person: int, held: ScopesHeld, network: int | None, school: int | None, group: int | None
) -> QuerySet[Any]:
    """Of the owner that is given."""
    owned = {"network": network, "school": school, "group": group}
    of_owner = {name: key for name, key in owned.items() if key is not None}
    rounds = rounds_within(person, held).filter(state="submitted", **of_owner)
    model: Any = Objective._meta.get_field("priority").related_model
    rows: QuerySet[Any] = model.objects.filter(list__round__in=rounds.values("pk"))
    return rows.select_related("item__criterion__area", "item__own_question", "list__round").order_by(
        "-list__round__submitted_at", "list", "position"
    )


def adoptions_for(plan: StrategicPlan) -> list[Any]:
    """Adoptions of the plan's owner, with their technology. One query."""
    return _adoptions_of(plan.network_id, plan.school_id, plan.group_id)


@prepared
def _adoptions_of(network: int | None, school: int | None, group: int | None) -> QuerySet[Any]:
    """Of the owner that is given."""
    model: Any = Action._meta.get_field("adoption").related_model
    rows: QuerySet[Any] = model.objects.filter(network=network, school=school, group=group)
    return rows.select_related("version__technology").order_by("-starts_on", "pk")


# --- history --------------------------------------------------------------------------------------------------------


def changes_of(plan: StrategicPlan, uid: UUID | None = None) -> QuerySet[PlanChange]:
    """Changes of a plan, or of one part, newest first."""
    rows = PlanChange.objects.filter(plan=plan).select_related("by").order_by("-pk")
    return rows if uid is None else rows.filter(uid=uid)


def last_changes_of(plan: StrategicPlan, part: Any) -> list[PlanChange]:
    """The newest changes of a part, newest first. One query."""
    return _last_changes(plan.pk, part.uid)


@prepared
def _last_changes(plan: int, uid: UUID) -> QuerySet[PlanChange]:
    return PlanChange.objects.filter(plan=plan, uid=uid).select_related("by").order_by("-pk")[:SHOWN_CHANGES]


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
    found: list[tuple[str, Any]] = [("objective", one) for one in _removed_objectives(plan.pk)]
    found.extend(("goal", one) for one in _removed_goals(plan.pk))
    found.extend(("action", one) for one in _removed_actions(plan.pk))
    return sorted(found, key=lambda pair: pair[1].removed_at, reverse=True)


@prepared
def _removed_objectives(plan: int) -> QuerySet[Objective]:
    return Objective.objects.filter(plan=plan, removed_at__isnull=False)


@prepared
def _removed_goals(plan: int) -> QuerySet[Goal]:
    return Goal.objects.filter(objective__plan=plan, removed_at__isnull=False).select_related("objective")


@prepared
def _removed_actions(plan: int) -> QuerySet[Action]:
    return Action.objects.filter(objective__plan=plan, removed_at__isnull=False).select_related("objective")


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
    return _education_goals_in(places_of(plan.scope))


@prepared
def _education_goals_in(places: Collection[int]) -> QuerySet[EducationPlanGoal]:
    national_or_theirs = Q(plan__place__isnull=True) | Q(plan__place__in=places)
    return EducationPlanGoal.objects.filter(national_or_theirs).select_related("plan").order_by("plan", "position")


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
