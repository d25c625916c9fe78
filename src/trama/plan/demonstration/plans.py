"""The invented plan and its follow-up, each act through the service that a page would call."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid5

from trama.accounts.api import DemonstrationTeam

from ..adoptions.models import Adoption
from ..followup import services as followup
from ..followup.models import Meeting
from ..followup.weeks import monday_of
from ..strategy import services, starting
from ..strategy.models import Action, Objective, StrategicPlan
from .adoptions import uid_of

YEARS = 2  # after the one in which it starts
DAYS_OF_WEEK, FRIDAY, SATURDAY = 7, 4, 5
THIS_WEEK = "this week"
AN_HOUR = timedelta(hours=1)
AFTERNOON = time(14)

type Act = tuple[float, Callable[[], object]]
"""Days ago, and what was done then."""


def make_plan(
    team: DemonstrationTeam, raw: Mapping[str, Any], priorities: Mapping[str, Any], adoptions: Mapping[str, Adoption]
) -> StrategicPlan:
    """The plan of the content, in force, with its objectives, goals and actions, and what happened since."""
    plan = _started(team, raw, priorities)
    actions: dict[str, Action] = {}
    acts: list[Act] = []
    for one in raw["objective"]:
        objective = _objective(team, plan, one, priorities)
        acts += _goals(team, plan, objective, one)
        for line in one["action"]:
            actions[line["what"]] = _action(team, plan, objective, line, adoptions)
            acts += _told_of(team, plan, actions[line["what"]], line)
    director = team.people["director"]
    plan = services.set_state(plan, StrategicPlan.State.ACTIVE, by=director, at=team.ago(raw["plan"]["in_force"]))
    for meeting in raw.get("meeting", []):
        days = meeting.get("held", _just_now(team, plan))
        acts.append((days, partial(_meeting, team, plan, meeting, actions)))
    acts += [(line["ago"], partial(_comment, team, plan, "plan", plan, line)) for line in raw.get("comment", [])]
    for _days, act in sorted(acts, key=lambda one: -one[0]):  # what happened first is written first
        act()
    return plan


def _started(team: DemonstrationTeam, raw: Mapping[str, Any], priorities: Mapping[str, Any]) -> StrategicPlan:
    head = raw["plan"]
    at = team.ago(head["created"])
    starts = at.date().replace(day=1)
    ends = date(starts.year + YEARS, 12, 31)
    title = head["title"].format(first=starts.year, last=ends.year)
    first = next(iter(priorities.values()), None)
    values = {
        "title": f"{raw['label']}: {title}", "purpose": head["purpose"], "starts_on": starts, "ends_on": ends,
        "round": first.list.round_id if first is not None else None,
    }  # fmt: skip
    made = services.create_plan(team.network, values, uid=uid_of(team, "plan"), by=team.people["director"], at=at)
    plan: StrategicPlan = made.part
    return plan


def _objective(
    team: DemonstrationTeam, plan: StrategicPlan, one: Mapping[str, Any], priorities: Mapping[str, Any]
) -> Objective:
    priority = priorities.get(one["priority"])
    uid = starting.objective_uid(plan, priority) if priority is not None else uuid5(plan.uid, one["title"])
    values = {"title": one["title"], "description": one.get("description", ""), "priority": priority}
    at = team.ago(43)
    objective: Objective = services.add_part(
        plan, "objective", values, uid=uid, by=team.people["director"], at=at
    ).part  # fmt: skip
    return objective


def _goals(team: DemonstrationTeam, plan: StrategicPlan, objective: Objective, one: Mapping[str, Any]) -> list[Act]:
    """The official figure that the objective's criterion is judged by, where it is loaded, and the team's own goals.

    Gives back what was measured later.
    """
    by = team.people["director"]
    acts: list[Act] = []
    if one.get("official"):
        for proposal in starting.goal_proposals(plan):
            if proposal.objective.pk == objective.pk and proposal.choice is not None:
                value = proposal.choice.value
                targets = {year: value + step for year, step in zip(plan.years, one["official_steps"], strict=False)}
                starting.add_goals(plan, [(proposal, one["official"], targets)], by=by, at=team.ago(42))
    for goal in one["goal"]:
        yearly = {f"target_{year}": value for year, value in zip(plan.years, goal["targets"], strict=False)}
        values = {
            "objective": objective, "title": goal["title"], "unit": goal["unit"], "baseline": goal["baseline"],
            "baseline_year": plan.starts_on.year, **yearly,
        }  # fmt: skip
        uid = uuid5(objective.uid, goal["title"])
        made = services.add_part(plan, "goal", values, uid=uid, by=by, at=team.ago(42)).part
        acts += [(one["ago"], partial(_measure, team, made, one)) for one in goal.get("measures", [])]
    return acts


def _measure(team: DemonstrationTeam, goal: Any, line: Mapping[str, Any]) -> None:
    day = (team.now - timedelta(days=line["ago"])).date()
    services.record_measure(
        goal, measured_on=day, value=Decimal(line["value"]), note=line.get("note", ""),
        by=team.people.get("technician", team.people["director"]), at=team.ago(line["ago"]),
    )  # fmt: skip


def _action(
    team: DemonstrationTeam, plan: StrategicPlan, objective: Objective, line: Mapping[str, Any],
    adoptions: Mapping[str, Adoption],
) -> Action:  # fmt: skip
    today = team.now.astimezone(plan.zone).date()
    values = {name: line.get(name, "") for name in ("what", "why", "where", "who", "how", "cost", "funding")}
    values |= {
        "objective": objective,
        "starts_on": max(today + timedelta(days=line["starts"]), plan.starts_on),
        "due_on": max(_due(line["due"], today), plan.starts_on),
        "responsible": team.people.get(line.get("responsible", "")),
        "adoption": adoptions.get(line.get("adopted", "")),
    }
    uid = uuid5(objective.uid, line["what"])
    action: Action = services.add_part(
        plan, "action", values, uid=uid, by=team.people["director"], at=team.ago(40)
    ).part  # fmt: skip
    return action


def _due(due: int | str, today: date) -> date:
    """So many days from today; "this week": its Friday, or its Sunday where that is past."""
    if due != THIS_WEEK:
        return today + timedelta(days=int(due))
    friday = monday_of(today) + timedelta(days=FRIDAY)
    return friday if friday >= today else friday + timedelta(days=2)


def _told_of(team: DemonstrationTeam, plan: StrategicPlan, action: Action, line: Mapping[str, Any]) -> list[Act]:
    """The weekly checks of an action, by who answers for it, and what was written beside."""
    by = team.people.get(line.get("responsible", ""), team.people["director"])
    acts: list[Act] = []
    for check in line.get("checks", []):
        days = DAYS_OF_WEEK * check["week"] or _just_now(team, plan)
        acts.append((days, partial(_check, action, check, by, team.ago(days))))
    acts += [(told["ago"], partial(_comment, team, plan, "action", action, told)) for told in line.get("comments", [])]
    return acts


def _just_now(team: DemonstrationTeam, plan: StrategicPlan) -> float:
    """An hour ago, in days; less in the first hours of a Monday, so that it is this week where the owner is."""
    now = team.now.astimezone(plan.zone)
    monday = datetime.combine(monday_of(now.date()), time(), plan.zone)
    return min(AN_HOUR, (now - monday) / 2) / timedelta(days=1)


def _check(action: Action, check: Mapping[str, Any], by: Any, at: datetime) -> None:
    followup.check_action(
        action, state=check["state"], done=check.get("done", ""), blocked_by=check.get("blocked_by", ""),
        next_step=check.get("next", ""), uid=uuid5(action.uid, f"week {check['week']}"), by=by, at=at,
    )  # fmt: skip
    action.refresh_from_db()


def _comment(team: DemonstrationTeam, plan: StrategicPlan, kind: str, part: Any, line: Mapping[str, Any]) -> None:
    if line["by"] in team.people:
        followup.comment(
            plan, kind, part.uid, line["text"], uid=uuid5(part.uid, line["text"]), by=team.people[line["by"]],
            at=team.ago(line["ago"]),
        )  # fmt: skip


def _meeting(
    team: DemonstrationTeam, plan: StrategicPlan, one: Mapping[str, Any], actions: Mapping[str, Action]
) -> None:
    director = team.people["director"]
    held = "held" in one
    starts_at = _afternoon(plan, team.ago(one["held"]) if held else team.now + timedelta(days=one["planned"]), held)
    points = [(point["title"], actions.get(point.get("action", ""))) for point in one["point"]]
    values = {"title": one["title"], "starts_at": starts_at, "minutes": 30, "where": one["where"]}
    uid = uuid5(plan.uid, f"meeting {one.get('held', '')} {one.get('planned', '')}")
    asked = starts_at - timedelta(days=1) if held else team.ago(_just_now(team, plan))
    meeting = followup.plan_meeting(plan, values, points, uid=uid, by=director, at=asked)
    if not held:
        return
    told = {"state": Meeting.State.HELD, "present": one["present"], "notes": one["notes"]}
    followup.change_meeting(meeting, told, revision=meeting.revision, by=director, at=starts_at)
    for point, line in zip(meeting.items.order_by("position"), one["point"], strict=True):
        followup.note_point(
            point, notes=line.get("notes", ""), decision=line.get("decision", ""), revision=point.revision,
            by=director, at=starts_at,
        )  # fmt: skip


def _afternoon(plan: StrategicPlan, instant: datetime, before: bool) -> datetime:
    """Two in the afternoon of a working day, where the owner is: the day of ``instant``, or the next to it."""
    day = instant.astimezone(plan.zone).date()
    while day.weekday() >= SATURDAY:
        day += timedelta(days=-1 if before else 1)
    return datetime.combine(day, AFTERNOON, plan.zone)
