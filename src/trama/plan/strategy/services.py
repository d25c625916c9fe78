"""Verbs on plans and their parts. Each checks who asks, takes the row of the plan, writes, and leaves its history.

The row of the plan is locked first, so two changes of one plan never interleave; the revision in the form says what the
person had seen, and the history says what others did since: different fields are merged, the same field is a conflict.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.policies import require
from trama.know.api import scope_fields

from ..policies import EDIT_PLAN
from .checking import check
from .errors import (
    AlreadyAdded,
    CannotBeReverted,
    EditConflict,
    FieldConflict,
    IncompletePlan,
    InvalidPart,
    PartChanged,
    PartRemoved,
    WrongState,
)
from .models import Action, Goal, GoalMeasure, PlanChange, StrategicPlan
from .parts import (
    FIELDS,
    TARGET,
    as_text,
    columns_of,
    is_field,
    is_number,
    kind_of,
    plan_of,
    texts_of,
)
from .selectors import actions_of, base_texts, live_objectives, objectives_of, part_of, people_for, siblings_of
from .writing import Addition, as_it_is, flag_removed, insert, keep_history, made_with, opened, write

# --- plans ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_plan(scope: Any, values: Mapping[str, Any], *, uid: UUID, by: Any, at: datetime) -> Addition:
    """Start a plan of a network, school or group, as a draft. The same ``uid`` sent again gives the same plan.

    Raises ``PermissionDenied``, ``InvalidPart`` and, if the ``uid`` made another plan, ``AlreadyAdded``.
    """
    require(by, EDIT_PLAN, scope)
    texts = {name: as_text(value) for name, value in values.items()}
    plan = StrategicPlan(uid=uid, created_by=by, created_at=at, **scope_fields(scope))
    check(plan, plan, "plan", {**dict.fromkeys(FIELDS["plan"], ""), **texts}, set(texts), at)
    for column, value in columns_of("plan", texts).items():
        setattr(plan, column, value)
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        existing = StrategicPlan.objects.filter(uid=uid, removed_at__isnull=True, **plan.scope_filter).first()
        if existing is None or not made_with(existing, "plan", texts):
            raise AlreadyAdded(existing) from None
        return Addition(existing, False)
    keep_history(plan, plan, "plan", {"created": ("", plan.title)}, by, at)
    record_event("plan created", by=by, at=at, target=plan)
    return Addition(plan, True)


@transaction.atomic
def set_state(plan: StrategicPlan, state: str, *, by: Any, at: datetime, reason: str = "") -> StrategicPlan:
    """Put a plan in force, back to draft, close it, or reopen it (with a reason).

    Raises ``PermissionDenied``, ``WrongState`` for a step there is not, and ``IncompletePlan`` for an empty plan.
    """
    require(by, EDIT_PLAN, plan)
    plan = StrategicPlan.objects.select_for_update().get(pk=plan.pk)
    states = StrategicPlan.State
    steps = {(states.DRAFT, states.ACTIVE), (states.ACTIVE, states.DRAFT), (states.ACTIVE, states.CLOSED)}
    reopens = (plan.state, state) == (states.CLOSED, states.ACTIVE)
    if plan.removed_at is not None or ((plan.state, state) not in steps and not reopens):
        raise WrongState()
    if reopens and not reason.strip():
        raise InvalidPart({"reason": _("Say why the plan is reopened.")})
    if state == states.ACTIVE and (problems := missing_before_force(plan)):
        raise IncompletePlan(problems)
    before = plan.state
    StrategicPlan.objects.filter(pk=plan.pk).update(state=state, revision=F("revision") + 1)
    plan.refresh_from_db()
    keep_history(plan, plan, "plan", {"state": (before, state)}, by, at, reason)
    record_event("plan state changed", by=by, at=at, target=plan, detail={"from": before, "to": state})
    return plan


def missing_before_force(plan: StrategicPlan) -> list[str]:
    """What a plan lacks before it can be in force, as sentences."""
    return missing_words(live_objectives(plan).exists(), actions_of(plan).exists())


def missing_words(has_objective: bool, has_action: bool) -> list[str]:
    """The same, where this is known already."""
    if not has_objective:
        return [_("The plan has no objective yet.")]
    return [] if has_action else [_("The plan has no action yet.")]


@transaction.atomic
def remove_plan(plan: StrategicPlan, *, revision: int, by: Any, at: datetime) -> None:
    """Take a draft away. It can be put back. Raises ``PermissionDenied``, ``WrongState`` and ``PartChanged``."""
    require(by, EDIT_PLAN, plan)
    if plan.state != StrategicPlan.State.DRAFT:
        raise WrongState()
    flag_removed(plan, plan, "plan", removed=at, revision=revision, by=by, at=at)


@transaction.atomic
def restore_plan(plan: StrategicPlan, *, by: Any, at: datetime) -> None:
    """Put a removed draft back. Doing it twice does it once."""
    require(by, EDIT_PLAN, plan)
    if plan.removed_at is not None:
        flag_removed(plan, plan, "plan", removed=None, revision=plan.revision, by=by, at=at)


@transaction.atomic
def duplicate_plan(
    plan: StrategicPlan, *, title: str, starts_on: date, ends_on: date, uid: UUID, by: Any, at: datetime
) -> Addition:
    """The same objectives, goals and open actions in a new period, as a draft.

    Dates of actions move by as many days as the start of the plan. Starting points and targets of goals stay behind:
    they belong to their years. Who left stays as a name. Raises as ``create_plan`` does.
    """
    require(by, EDIT_PLAN, plan)
    values = {
        "title": title,
        "purpose": plan.purpose,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "round": plan.round_id,
    }
    made = create_plan(plan.scope, values, uid=uid, by=by, at=at)
    if not made.is_new:
        return made
    copy: StrategicPlan = made.part
    StrategicPlan.objects.filter(pk=copy.pk).update(copied_from=plan)
    shift = starts_on - plan.starts_on
    here = {person.pk for person in people_for(copy, at=at)}
    for node in objectives_of(plan):
        objective = insert(copy, "objective", texts_of(node.objective), uuid.uuid4(), by, at).part
        for goal in node.goals:
            kept = {name: text for name, text in texts_of(goal).items() if not TARGET.fullmatch(name)}
            blank = {"objective": str(objective.pk), "baseline": "", "baseline_year": ""}
            insert(copy, "goal", kept | blank, uuid.uuid4(), by, at)
        for action in node.actions:
            if action.state not in (Action.State.DONE, Action.State.CANCELLED):
                moved = {
                    name: as_text(day + shift if day else None)
                    for name, day in (("starts_on", action.starts_on), ("due_on", action.due_on))
                }
                texts = texts_of(action) | moved | {"objective": str(objective.pk), "state": "todo", "done_on": ""}
                if action.responsible is not None and action.responsible.pk not in here:
                    named = "; ".join(filter(None, [str(action.responsible), action.who]))
                    texts |= {"responsible": "", "who": named[:300]}
                insert(copy, "action", texts, uuid.uuid4(), by, at)
    record_event("plan duplicated", by=by, at=at, target=copy, detail={"from": plan.uid})
    return made


# --- parts ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_part(
    plan: StrategicPlan, kind: str, values: Mapping[str, Any], *, uid: UUID, by: Any, at: datetime
) -> Addition:
    """Add an objective, goal or action at the end of its list. The same ``uid`` and content sent again add it once.

    Raises ``PermissionDenied``, ``PlanClosed``, ``InvalidPart``, and ``AlreadyAdded`` where the ``uid`` was used for
    something else.
    """
    plan = opened(plan, by)
    made = insert(plan, kind, {name: as_text(value) for name, value in values.items()}, uid, by, at)
    if made.is_new:
        record_event("plan part added", by=by, at=at, target=plan, detail={"kind": kind, "part": uid})
    return made


@transaction.atomic
def add_parts(
    plan: StrategicPlan, parts: Iterable[tuple[str, Mapping[str, Any], UUID]], *, by: Any, at: datetime
) -> list[Addition]:
    """Several additions as one: all of them or none. Raises as ``add_part`` does."""
    plan = opened(plan, by)
    made = [
        insert(plan, kind, {name: as_text(value) for name, value in values.items()}, uid, by, at)
        for kind, values, uid in parts
    ]
    new = [addition.part.uid for addition in made if addition.is_new]
    if new:
        record_event("plan parts added", by=by, at=at, target=plan, detail={"parts": new})
    return made


@transaction.atomic
def change_part(
    part: Any, values: Mapping[str, Any], *, revision: int, by: Any, at: datetime, reason: str = "",
    settled: Mapping[str, int] | None = None,
) -> Any:  # fmt: skip
    """Change fields of a part (or of the plan itself) as somebody who saw it at ``revision``.

    A field that only this person changed is written; one that somebody else changed to something different since is a
    conflict, and then nothing is written. ``settled``: fields for which the person chose their own version after seeing
    the part at a later revision. Raises ``PermissionDenied``, ``PlanClosed``, ``PartRemoved``,
    ``EditConflict`` and ``InvalidPart``.
    """
    kind = kind_of(part)
    plan = opened(plan_of(part), by)
    part = as_it_is(plan, kind, part)
    now = texts_of(part)
    base, last = base_texts(part, kind, revision, now)
    chosen = settled or {}
    mine = {
        name: text
        for name, text in ((name, as_text(value)) for name, value in values.items() if is_field(kind, name))
        if name in chosen or text != base.get(name, "")
    }
    conflicts = [
        FieldConflict(name, text, now.get(name, ""), base.get(name, ""), last[name].by, last[name].at)
        for name, text in mine.items()
        if name in last and last[name].revision > chosen.get(name, revision) and text != now.get(name, "")
    ]
    if conflicts:
        raise EditConflict(part, conflicts)
    return write(plan, part, kind, now, mine, by=by, at=at, reason=reason)


@transaction.atomic
def set_action_state(action: Action, state: str, *, by: Any, at: datetime, reason: str = "") -> Action:
    """Say how an action stands now, whatever it was: the last word counts. Raises as ``change_part`` does."""
    plan = opened(plan_of(action), by)
    fresh = as_it_is(plan, "action", action)
    changed: Action = write(
        plan, fresh, "action", texts_of(fresh), {"state": as_text(state)}, by=by, at=at, reason=reason
    )
    return changed


@transaction.atomic
def remove_part(part: Any, *, revision: int, by: Any, at: datetime, reason: str = "") -> None:
    """Take a part away; ``restore_part`` puts it back. What hangs on an objective goes and returns with it.

    Raises ``PermissionDenied``, ``PlanClosed``, and ``PartChanged`` if it changed since ``revision``. Twice is once.
    """
    kind = kind_of(part)
    plan = opened(plan_of(part), by)
    fresh = part_of(plan, kind, part.uid)
    if fresh.removed_at is None:
        flag_removed(plan, fresh, kind, removed=at, revision=revision, by=by, at=at, reason=reason)


@transaction.atomic
def restore_part(part: Any, *, by: Any, at: datetime) -> None:
    """Put a removed part back where it was. Twice is once. Raises ``PermissionDenied`` and ``PlanClosed``."""
    kind = kind_of(part)
    plan = opened(plan_of(part), by)
    fresh = part_of(plan, kind, part.uid)
    if fresh.removed_at is not None:
        flag_removed(plan, fresh, kind, removed=None, revision=fresh.revision, by=by, at=at)


@transaction.atomic
def move_part(part: Any, before: UUID | None, *, by: Any, at: datetime) -> None:
    """Give a part its place before one of its neighbours, or at the end (None).

    Raises ``PermissionDenied``, ``PlanClosed``, ``PartRemoved`` if it or the neighbour is gone.
    """
    kind = kind_of(part)
    plan = opened(plan_of(part), by)
    part = as_it_is(plan, kind, part)
    order = siblings_of(part)
    place = next(n for n, one in enumerate(order) if one.pk == part.pk)
    moved = order.pop(place)
    if before is None:
        target = len(order)
    else:
        found = [n for n, one in enumerate(order) if one.uid == before]
        if not found:
            raise PartRemoved(part)
        target = found[0]
    order.insert(target, moved)
    for number, one in enumerate(order, start=1):
        if one.position != number:
            type(one).objects.filter(pk=one.pk).update(position=number)
    if target != place:
        keep_history(plan, part, kind, {"position": (str(place + 1), str(target + 1))}, by, at)
        record_event("plan part moved", by=by, at=at, target=plan, detail={"kind": kind, "part": part.uid})


@transaction.atomic
def revert_change(change: PlanChange, *, revision: int, by: Any, at: datetime, reason: str = "") -> None:
    """Give a field the value it had before ``change``, as somebody who saw its part at ``revision``.

    Reverting an addition removes, reverting a removal puts back. Raises ``CannotBeReverted``, ``PartChanged``, and as
    ``change_part`` does.
    """
    plan = opened(change.plan, by)
    part = part_of(plan, change.kind, change.uid)
    if part is None:
        raise CannotBeReverted()
    if change.field in ("created", "removed"):
        removes = change.field == "created" or change.after == ""
        if change.kind == "plan":
            raise CannotBeReverted()
        act = {True: lambda: remove_part(part, revision=revision, by=by, at=at, reason=reason),
               False: lambda: restore_part(part, by=by, at=at)}[removes]  # fmt: skip
        act()
        return
    if not is_field(change.kind, change.field):
        raise CannotBeReverted()
    if part.removed_at is not None:
        raise PartRemoved(part)
    if part.revision != revision:
        raise PartChanged()
    try:
        write(
            plan, part, change.kind, texts_of(part), {change.field: change.before},
            by=by, at=at, reason=reason, reverts=change,
        )  # fmt: skip
    except InvalidPart as error:
        raise CannotBeReverted() from error


# --- measures ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_measure(goal: Goal, *, measured_on: date, value: Any, note: str = "", by: Any, at: datetime) -> GoalMeasure:
    """Write down what an own indicator was measured to be. The same measure sent again is kept once.

    Raises ``PermissionDenied``, ``PlanClosed``, ``PartRemoved``, and ``InvalidPart`` for another value of the same day.
    """
    plan = opened(plan_of(goal), by)
    goal = as_it_is(plan, "goal", goal)
    if not is_number(as_text(value)):
        raise InvalidPart({"value": _("Write a number.")})
    found, new = GoalMeasure.objects.get_or_create(
        goal=goal,
        measured_on=measured_on,
        defaults={"value": value, "note": note.strip(), "recorded_by": by, "recorded_at": at},
    )
    if not new and as_text(found.value) != as_text(value):
        raise InvalidPart(
            {"measured_on": _("This day has a measure already. Remove it first, then write the new one.")}
        )
    if new:
        keep_history(plan, goal, "goal", {"measure": ("", f"{measured_on.isoformat()} {as_text(value)}")}, by, at)
        record_event("goal measured", by=by, at=at, target=plan, detail={"goal": goal.uid, "day": measured_on})
    return found


@transaction.atomic
def remove_measure(measure: GoalMeasure, *, by: Any, at: datetime) -> None:
    """Take a measure away; the history keeps it. Raises ``PermissionDenied`` and ``PlanClosed``."""
    plan = opened(plan_of(measure.goal), by)
    words = f"{measure.measured_on.isoformat()} {as_text(measure.value)}"
    if GoalMeasure.objects.filter(pk=measure.pk).delete()[0]:
        keep_history(plan, measure.goal, "goal", {"measure": (words, "")}, by, at)
        record_event("measure removed", by=by, at=at, target=plan, detail={"goal": measure.goal.uid})
