"""How parts of a plan are written: under the lock of its row, with its history, each form once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import EDIT_PLAN
from .checking import check
from .days import today_of
from .errors import (
    AlreadyAdded,
    PartChanged,
    PartRemoved,
    PlanClosed,
)
from .models import Action, Objective, PlanChange, StrategicPlan
from .parts import (
    FIELDS,
    MODELS,
    as_text,
    columns_of,
    is_field,
    texts_of,
    title_of,
    write_virtual,
)
from .selectors import base_texts, part_of


@dataclass(frozen=True, slots=True)
class Addition:
    """What an addition led to. ``is_new`` is false where the same form had added it already."""

    part: Any
    is_new: bool


def opened(plan: StrategicPlan, by: Any) -> StrategicPlan:
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


def as_it_is(plan: StrategicPlan, kind: str, part: Any) -> Any:
    """The part as it is now. Raises ``PartRemoved``, also where its objective was removed."""
    fresh: Any = plan if kind == "plan" else part_of(plan, kind, part.uid)
    if fresh is None or fresh.removed_at is not None:
        raise PartRemoved(fresh or part)
    if kind in ("goal", "action") and fresh.objective.removed_at is not None:
        raise PartRemoved(fresh.objective)
    return fresh


def insert(plan: StrategicPlan, kind: str, texts: dict[str, str], uid: UUID, by: Any, at: datetime) -> Addition:
    """Add one part under the lock of its plan. The unique ``uid`` decides whether it was added before."""
    model = MODELS[kind]
    blank = {**dict.fromkeys(FIELDS[kind], ""), "higher_is_better": "true", "state": "todo"}
    texts = {name: text for name, text in texts.items() if is_field(kind, name)}
    whole = {name: text for name, text in blank.items() if name in FIELDS[kind]} | texts
    whole |= _coupled(plan, kind, whole, set(texts), at)
    part = model(uid=uid, **({"plan": plan} if kind == "objective" else {}))
    check(plan, part, kind, whole, set(whole), at)
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
        if existing is None or not made_with(existing, kind, texts):
            raise AlreadyAdded(existing) from None
        return Addition(existing, False)
    write_virtual(part, {name: text for name, text in whole.items() if text})
    keep_history(plan, part, kind, {"created": ("", title_of(part))}, by, at)
    return Addition(part, True)


def made_with(existing: Any, kind: str, texts: Mapping[str, str]) -> bool:
    """Whether ``existing`` was added with these texts, whatever was changed in it since."""
    first, _last = base_texts(existing, kind, 1, texts_of(existing))
    return all(first.get(name, "") == text for name, text in texts.items() if name in first or text)


def write(
    plan: StrategicPlan, part: Any, kind: str, now: dict[str, str], wanted: dict[str, str], *, by: Any, at: datetime,
    reason: str = "", reverts: PlanChange | None = None,
) -> Any:  # fmt: skip
    """Give fields of a part their new texts, with history. Nothing that stays the same is written."""
    wanted = wanted | _coupled(plan, kind, now | wanted, set(wanted), at)
    wanted = {name: text for name, text in wanted.items() if text != now.get(name, "")}
    if not wanted:
        return part
    check(plan, part, kind, now | wanted, set(wanted), at)
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
    keep_history(
        plan, part, kind, {name: (now.get(name, ""), text) for name, text in wanted.items()}, by, at, reason, reverts
    )
    detail = {"kind": kind, "part": part.uid, "fields": sorted(wanted), "revision": part.revision}
    record_event("plan changed", by=by, at=at, target=plan, detail=detail)
    return part


def flag_removed(
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
    keep_history(plan, part, kind, {"removed": (before, after)}, by, at, reason)
    verb = "plan part removed" if removed else "plan part put back"
    record_event(verb, by=by, at=at, target=plan, detail={"kind": kind, "part": part.uid})


def keep_history(
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
