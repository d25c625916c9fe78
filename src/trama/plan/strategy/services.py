"""Verbs on plans and their parts. Each checks who asks, takes the row of the plan, writes, and leaves its history.

The row of the plan is locked first, so two changes of one plan never interleave; the revision in the form says what the
person had seen, and the history says what others did since: different fields are merged, the same field is a conflict.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.policies import require
from trama.know.api import indicators_by_code, scope_fields

from ..policies import EDIT_PLAN
from .errors import (
    AlreadyAdded,
    CannotBeReverted,
    EditConflict,
    FieldConflict,
    IncompletePlan,
    InvalidPart,
    PartChanged,
    PartRemoved,
    PlanClosed,
    WrongState,
)
from .models import Action, Goal, GoalMeasure, Objective, PlanChange, StrategicPlan
from .parts import (
    FIELDS,
    MODELS,
    TARGET,
    TITLES,
    Part,
    as_text,
    columns_of,
    is_field,
    is_number,
    kind_of,
    known_education_goals,
    plan_of,
    texts_of,
    title_of,
    write_virtual,
)
from .selectors import actions_of, base_texts, live_objectives, objectives_of, part_of, people_for, siblings_of

LONGEST_YEARS = 12


@dataclass(frozen=True, slots=True)
class Addition:
    """What an addition led to. ``is_new`` is false where the same form had added it already."""

    part: Any
    is_new: bool


def today_of(plan: StrategicPlan, at: datetime) -> date:
    """The day it is where the owner of the plan is."""
    return at.astimezone(plan.zone).date()


# --- plans ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_plan(scope: Any, values: Mapping[str, Any], *, uid: UUID, by: Any, at: datetime) -> Addition:
    """Start a plan of a network, school or group, as a draft. The same ``uid`` sent again gives the same plan.

    Raises ``PermissionDenied``, ``InvalidPart`` and, if the ``uid`` made another plan, ``AlreadyAdded``.
    """
    require(by, EDIT_PLAN, scope)
    texts = {name: as_text(value) for name, value in values.items()}
    plan = StrategicPlan(uid=uid, created_by=by, created_at=at, **scope_fields(scope))
    _check(plan, plan, "plan", {**dict.fromkeys(FIELDS["plan"], ""), **texts}, set(texts), at)
    for column, value in columns_of("plan", texts).items():
        setattr(plan, column, value)
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        existing = StrategicPlan.objects.filter(uid=uid, removed_at__isnull=True, **plan.scope_filter).first()
        if existing is None or not _made_with(existing, "plan", texts):
            raise AlreadyAdded(existing) from None
        return Addition(existing, False)
    _note(plan, plan, "plan", {"created": ("", plan.title)}, by, at)
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
    _note(plan, plan, "plan", {"state": (before, state)}, by, at, reason)
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
    _flag_removed(plan, plan, "plan", removed=at, revision=revision, by=by, at=at)


@transaction.atomic
def restore_plan(plan: StrategicPlan, *, by: Any, at: datetime) -> None:
    """Put a removed draft back. Doing it twice does it once."""
    require(by, EDIT_PLAN, plan)
    if plan.removed_at is not None:
        _flag_removed(plan, plan, "plan", removed=None, revision=plan.revision, by=by, at=at)


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
        objective = _insert(copy, "objective", texts_of(node.objective), uuid.uuid4(), by, at).part
        for goal in node.goals:
            kept = {name: text for name, text in texts_of(goal).items() if not TARGET.fullmatch(name)}
            blank = {"objective": str(objective.pk), "baseline": "", "baseline_year": ""}
            _insert(copy, "goal", kept | blank, uuid.uuid4(), by, at)
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
                _insert(copy, "action", texts, uuid.uuid4(), by, at)
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
    plan = _opened(plan, by)
    made = _insert(plan, kind, {name: as_text(value) for name, value in values.items()}, uid, by, at)
    if made.is_new:
        record_event("plan part added", by=by, at=at, target=plan, detail={"kind": kind, "part": uid})
    return made


@transaction.atomic
def add_parts(
    plan: StrategicPlan, parts: Iterable[tuple[str, Mapping[str, Any], UUID]], *, by: Any, at: datetime
) -> list[Addition]:
    """Several additions as one: all of them or none. Raises as ``add_part`` does."""
    plan = _opened(plan, by)
    made = [
        _insert(plan, kind, {name: as_text(value) for name, value in values.items()}, uid, by, at)
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
    plan = _opened(plan_of(part), by)
    part = _fresh(plan, kind, part)
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
    return _write(plan, part, kind, now, mine, by=by, at=at, reason=reason)


@transaction.atomic
def set_action_state(action: Action, state: str, *, by: Any, at: datetime, reason: str = "") -> Action:
    """Say how an action stands now, whatever it was: the last word counts. Raises as ``change_part`` does."""
    plan = _opened(plan_of(action), by)
    fresh = _fresh(plan, "action", action)
    changed: Action = _write(
        plan, fresh, "action", texts_of(fresh), {"state": as_text(state)}, by=by, at=at, reason=reason
    )
    return changed


@transaction.atomic
def remove_part(part: Any, *, revision: int, by: Any, at: datetime, reason: str = "") -> None:
    """Take a part away; ``restore_part`` puts it back. What hangs on an objective goes and returns with it.

    Raises ``PermissionDenied``, ``PlanClosed``, and ``PartChanged`` if it changed since ``revision``. Twice is once.
    """
    kind = kind_of(part)
    plan = _opened(plan_of(part), by)
    fresh = part_of(plan, kind, part.uid)
    if fresh.removed_at is None:
        _flag_removed(plan, fresh, kind, removed=at, revision=revision, by=by, at=at, reason=reason)


@transaction.atomic
def restore_part(part: Any, *, by: Any, at: datetime) -> None:
    """Put a removed part back where it was. Twice is once. Raises ``PermissionDenied`` and ``PlanClosed``."""
    kind = kind_of(part)
    plan = _opened(plan_of(part), by)
    fresh = part_of(plan, kind, part.uid)
    if fresh.removed_at is not None:
        _flag_removed(plan, fresh, kind, removed=None, revision=fresh.revision, by=by, at=at)


@transaction.atomic
def move_part(part: Any, before: UUID | None, *, by: Any, at: datetime) -> None:
    """Give a part its place before one of its neighbours, or at the end (None).

    Raises ``PermissionDenied``, ``PlanClosed``, ``PartRemoved`` if it or the neighbour is gone.
    """
    kind = kind_of(part)
    plan = _opened(plan_of(part), by)
    part = _fresh(plan, kind, part)
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
        _note(plan, part, kind, {"position": (str(place + 1), str(target + 1))}, by, at)
        record_event("plan part moved", by=by, at=at, target=plan, detail={"kind": kind, "part": part.uid})


@transaction.atomic
def revert_change(change: PlanChange, *, revision: int, by: Any, at: datetime, reason: str = "") -> None:
    """Give a field the value it had before ``change``, as somebody who saw its part at ``revision``.

    Reverting an addition removes, reverting a removal puts back. Raises ``CannotBeReverted``, ``PartChanged``, and as
    ``change_part`` does.
    """
    plan = _opened(change.plan, by)
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
        _write(
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
    plan = _opened(plan_of(goal), by)
    goal = _fresh(plan, "goal", goal)
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
        _note(plan, goal, "goal", {"measure": ("", f"{measured_on.isoformat()} {as_text(value)}")}, by, at)
        record_event("goal measured", by=by, at=at, target=plan, detail={"goal": goal.uid, "day": measured_on})
    return found


@transaction.atomic
def remove_measure(measure: GoalMeasure, *, by: Any, at: datetime) -> None:
    """Take a measure away; the history keeps it. Raises ``PermissionDenied`` and ``PlanClosed``."""
    plan = _opened(plan_of(measure.goal), by)
    words = f"{measure.measured_on.isoformat()} {as_text(measure.value)}"
    if GoalMeasure.objects.filter(pk=measure.pk).delete()[0]:
        _note(plan, measure.goal, "goal", {"measure": (words, "")}, by, at)
        record_event("measure removed", by=by, at=at, target=plan, detail={"goal": measure.goal.uid})


# --- how it is done ---------------------------------------------------------------------------------------------------


def _opened(plan: StrategicPlan, by: Any) -> StrategicPlan:
    """The plan with its row locked, if ``by`` may edit it and it is not closed or removed."""
    require(by, EDIT_PLAN, plan)
    plan = (
        StrategicPlan.objects.select_for_update(of=("self",))
        .select_related("network__place", "school__place", "school__municipality", "group")
        .get(pk=plan.pk)
    )
    if plan.removed_at is not None:
        raise PartRemoved(plan)
    if plan.state == StrategicPlan.State.CLOSED:
        raise PlanClosed()
    return plan


def _fresh(plan: StrategicPlan, kind: str, part: Any) -> Any:
    """The part as it is now. Raises ``PartRemoved``, also where its objective was removed."""
    fresh: Any = plan if kind == "plan" else part_of(plan, kind, part.uid)
    if fresh is None or fresh.removed_at is not None:
        raise PartRemoved(fresh or part)
    if kind in ("goal", "action") and fresh.objective.removed_at is not None:
        raise PartRemoved(fresh.objective)
    return fresh


def _insert(plan: StrategicPlan, kind: str, texts: dict[str, str], uid: UUID, by: Any, at: datetime) -> Addition:
    """Add one part under the lock of its plan. The unique ``uid`` decides whether it was added before."""
    model = MODELS[kind]
    blank = {**dict.fromkeys(FIELDS[kind], ""), "higher_is_better": "true", "state": "todo"}
    texts = {name: text for name, text in texts.items() if is_field(kind, name)}
    whole = {name: text for name, text in blank.items() if name in FIELDS[kind]} | texts
    whole |= _coupled(plan, kind, whole, set(texts), at)
    part = model(uid=uid, **({"plan": plan} if kind == "objective" else {}))
    _check(plan, part, kind, whole, set(whole), at)
    for column, value in columns_of(kind, whole).items():
        setattr(part, column, value)
    row = (
        Objective.objects.filter(plan=plan)
        if kind == "objective"
        else model.objects.filter(objective=part.objective_id)
    )
    part.position = (row.aggregate(last=Max("position"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            part.save(force_insert=True)
    except IntegrityError:
        existing = part_of(plan, kind, uid)
        if existing is None or not _made_with(existing, kind, texts):
            raise AlreadyAdded(existing) from None
        return Addition(existing, False)
    write_virtual(part, {name: text for name, text in whole.items() if text})
    _note(plan, part, kind, {"created": ("", title_of(part))}, by, at)
    return Addition(part, True)


def _made_with(existing: Any, kind: str, texts: Mapping[str, str]) -> bool:
    """Whether ``existing`` was added with these texts, whatever was changed in it since."""
    first, _last = base_texts(existing, kind, 1, texts_of(existing))
    return all(first.get(name, "") == text for name, text in texts.items() if name in first or text)


def _write(
    plan: StrategicPlan, part: Any, kind: str, now: dict[str, str], wanted: dict[str, str], *, by: Any, at: datetime,
    reason: str = "", reverts: PlanChange | None = None,
) -> Any:  # fmt: skip
    """Give fields of a part their new texts, with history. Nothing that stays the same is written."""
    wanted = wanted | _coupled(plan, kind, now | wanted, set(wanted), at)
    wanted = {name: text for name, text in wanted.items() if text != now.get(name, "")}
    if not wanted:
        return part
    _check(plan, part, kind, now | wanted, set(wanted), at)
    columns = columns_of(kind, wanted)
    if "objective_id" in columns:
        last = type(part).objects.filter(objective=columns["objective_id"]).aggregate(last=Max("position"))["last"]
        columns["position"] = (last or 0) + 1
    changed = (
        type(part).objects.filter(pk=part.pk, revision=part.revision).update(**columns, revision=F("revision") + 1)
    )
    if not changed:
        raise PartChanged()
    write_virtual(part, wanted)
    part.refresh_from_db()
    _note(plan, part, kind, {name: (now.get(name, ""), text) for name, text in wanted.items()}, by, at, reason, reverts)
    detail = {"kind": kind, "part": part.uid, "fields": sorted(wanted), "revision": part.revision}
    record_event("plan changed", by=by, at=at, target=plan, detail=detail)
    return part


def _flag_removed(
    plan: StrategicPlan, part: Any, kind: str, *, removed: datetime | None, revision: int, by: Any, at: datetime,
    reason: str = "",
) -> None:  # fmt: skip
    changed = (
        type(part).objects.filter(pk=part.pk, revision=revision).update(removed_at=removed, revision=F("revision") + 1)
    )
    if not changed:
        raise PartChanged()
    part.revision = revision + 1
    before, after = ("", "true") if removed else ("true", "")
    _note(plan, part, kind, {"removed": (before, after)}, by, at, reason)
    verb = "plan part removed" if removed else "plan part put back"
    record_event(verb, by=by, at=at, target=plan, detail={"kind": kind, "part": part.uid})


def _note(
    plan: StrategicPlan, part: Any, kind: str, fields: Mapping[str, tuple[str, str]], by: Any, at: datetime,
    reason: str = "", reverts: PlanChange | None = None,
) -> None:  # fmt: skip
    PlanChange.objects.bulk_create(
        PlanChange(
            plan=plan, kind=kind, uid=part.uid, revision=part.revision, field=name, before=before, after=after,
            reason=reason.strip()[:300], reverts=reverts, by=by, at=at,
        )
        for name, (before, after) in fields.items()
    )  # fmt: skip


def _coupled(plan: StrategicPlan, kind: str, texts: Mapping[str, str], given: set[str], at: datetime) -> dict[str, str]:
    """What follows from other fields: an action that is done has its day, one that is not has none."""
    if kind != "action":
        return {}
    if texts.get("state") != Action.State.DONE:
        return {"done_on": ""} if texts.get("done_on") else {}
    return {} if texts.get("done_on") else {"done_on": as_text(today_of(plan, at))}


def _check(
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
