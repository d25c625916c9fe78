"""Questions about the follow-up: what is late and who holds it, what changed, what waits for a person this week."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from trama.accounts.api import ScopesHeld, scopes_held
from trama.foundation.prepared import prepared

from ..adoptions.models import Adoption, AdoptionStep
from ..strategy.days import OPEN_STATES, days_late, is_open
from ..strategy.models import Action, PlanChange, StrategicPlan
from ..strategy.selectors import visible_plans
from .models import AgendaItem, CalendarFeed, Comment, DigestChoice, Meeting, PlanReview, WeeklyCheck
from .weeks import monday_of, next_review

SOON = timedelta(days=14)
CHANGES_SHOWN = 12


def holder_of(action: Action) -> str:
    """Who answers for an action: an account's name, else what was written; "" if nobody."""
    person = action.responsible
    return (person.name or person.email) if person is not None else action.who


@dataclass(frozen=True, slots=True)
class FollowedAction:
    """An action with its last check, as the views of the follow-up show it."""

    action: Action
    number: str  # "2.3": third action of the second objective
    last: WeeklyCheck | None
    late_days: int
    soon: bool  # due within fourteen days
    quiet: bool  # under way or to do, begun, and not checked this week

    @property
    def holder(self) -> str:
        return holder_of(self.action)


def last_checks(actions: Iterable[Action]) -> dict[int, WeeklyCheck]:
    """The last check of each action, by the action's key. One query."""
    keys = [action.pk for action in actions]
    return {check.action_id: check for check in _last_of_each(keys)}


@prepared
def _last_of_each(actions: Collection[int]) -> QuerySet[WeeklyCheck]:
    last = WeeklyCheck.objects.filter(action__in=actions).values("action").annotate(last=Max("pk")).values("last")
    return WeeklyCheck.objects.filter(pk__in=last)


def followed_actions(plan: StrategicPlan, today: date) -> list[FollowedAction]:
    """Every action of a plan that counts, in its order, with its last check. Two queries."""
    actions = actions_in_order(plan)
    checks = last_checks(actions)
    monday = monday_of(today)
    found: list[FollowedAction] = []
    objective, at, within = None, 0, 0
    for action in actions:
        if action.objective_id != objective:
            objective, at, within = action.objective_id, at + 1, 0
        within += 1
        last = checks.get(action.pk)
        begun = action.starts_on is None or action.starts_on <= today
        found.append(
            FollowedAction(
                action,
                f"{at}.{within}",
                last,
                days_late(action, today),
                _is_soon(action, today),
                is_open(action) and begun and (last is None or last.week < monday),
            )
        )
    return found


def actions_in_order(plan: StrategicPlan) -> list[Action]:
    """Every action of a plan that counts, in its order, with its objective and who answers for it. One query."""
    rows = _actions_in(plan.pk)
    actions = sorted(rows, key=lambda one: (one.objective.position, one.objective_id, one.position, one.pk))
    for action in actions:
        action.objective.plan = plan
    return actions


def _is_soon(action: Action, today: date) -> bool:
    return is_open(action) and action.due_on is not None and today <= action.due_on <= today + SOON


@prepared
def _actions_in(plan: int) -> QuerySet[Action]:
    rows = Action.objects.filter(objective__plan=plan, removed_at__isnull=True, objective__removed_at__isnull=True)
    return rows.order_by().select_related("objective", "responsible")


def checks_of(action: Action) -> QuerySet[WeeklyCheck]:
    """Every check of an action, newest first."""
    return WeeklyCheck.objects.filter(action=action).select_related("by").order_by("-pk")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board."""

    state: str
    label: str
    lines: list[FollowedAction]


def board(lines: Sequence[FollowedAction]) -> list[Column]:
    """The actions by state, in the order of the states; the late ones first, then by day."""
    far = date.max

    def order(line: FollowedAction) -> tuple[int, date]:
        return (-line.late_days, line.action.due_on or far)

    return [
        Column(state.value, str(state.label), sorted((x for x in lines if x.action.state == state.value), key=order))
        for state in Action.State
    ]


@dataclass(slots=True)
class Holder:
    """A person, an office or nobody, with the actions they answer for."""

    name: str  # "" for nobody
    lines: list[FollowedAction] = field(default_factory=list)

    @property
    def n_open(self) -> int:
        return sum(is_open(line.action) for line in self.lines)

    @property
    def n_late(self) -> int:
        return sum(line.late_days > 0 for line in self.lines)


def by_holder(lines: Sequence[FollowedAction]) -> list[Holder]:
    """The actions by who answers for them, in alphabetical order; what nobody holds comes first."""
    holders: dict[str, Holder] = {}
    for line in lines:
        holders.setdefault(line.holder, Holder(line.holder)).lines.append(line)
    return [holders[name] for name in sorted(holders, key=lambda name: (name != "", name.casefold()))]


# --- comments, meetings, reviews --------------------------------------------------------------------------------------


def comments_of(plan: StrategicPlan, part: UUID | None = None) -> QuerySet[Comment]:
    """Comments of a plan, or about one part, oldest first; those taken away keep their place."""
    rows = Comment.objects.filter(plan=plan).select_related("by").order_by("pk")
    return rows if part is None else rows.filter(part=part)


def comment_counts(plan: StrategicPlan) -> dict[UUID, int]:
    """How many comments each part has. One query."""
    counts: dict[UUID, int] = {}
    for part in _commented_parts(plan.pk):
        counts[part] = counts.get(part, 0) + 1
    return counts


@prepared
def _commented_parts(plan: int) -> QuerySet[Comment, UUID]:
    return Comment.objects.filter(plan=plan, removed_at__isnull=True).values_list("part", flat=True)


def meetings_of(plan: StrategicPlan) -> QuerySet[Meeting]:
    return Meeting.objects.filter(plan=plan).order_by("-starts_at", "-pk")


def next_meeting(plan: StrategicPlan, at: datetime) -> Meeting | None:
    """The first meeting that is planned for after an instant. One query."""
    return next(iter(_meetings_to_come(plan.pk, at)), None)


@prepared
def _meetings_to_come(plan: int, at: datetime) -> QuerySet[Meeting]:
    rows = Meeting.objects.filter(plan=plan, state=Meeting.State.PLANNED, starts_at__gte=at)
    return rows.order_by("starts_at", "pk")[:1]


def meeting_of(plan: StrategicPlan, uid: UUID) -> Meeting | None:
    """A meeting of this plan, or None. One query."""
    return next(iter(_meetings_named(plan.pk, uid)), None)


@prepared
def _meetings_named(plan: int, uid: UUID) -> QuerySet[Meeting]:
    return Meeting.objects.filter(plan=plan, uid=uid)


def points_of(meeting: Meeting) -> list[AgendaItem]:
    """The points of a meeting that were not taken off, in their order, each with its action. One query."""
    return _points_in(meeting.pk)


@prepared
def _points_in(meeting: int) -> QuerySet[AgendaItem]:
    return AgendaItem.objects.filter(meeting=meeting, removed_at__isnull=True).select_related("action")


def proposed_points(actions: Sequence[Action], today: date, open_points: Iterable[str]) -> list[tuple[str, Action]]:
    """What a meeting should speak about: blocked actions, then late ones, then those due soon, each once.

    ``open_points``: what is on the agenda already, by title.
    """
    taken = set(open_points)
    late = [action for action in actions if days_late(action, today)]
    order = (
        [action for action in actions if action.state == Action.State.BLOCKED],
        sorted(late, key=lambda action: -days_late(action, today)),
        [action for action in actions if _is_soon(action, today)],
    )
    points: dict[int, tuple[str, Action]] = {}
    for group in order:
        for action in group:
            if action.what not in taken:
                points.setdefault(action.pk, (action.what, action))
    return list(points.values())


def reviews_of(plan: StrategicPlan) -> QuerySet[PlanReview]:
    return PlanReview.objects.filter(plan=plan).select_related("finished_by").order_by("-until")


def review_waiting(plan: StrategicPlan, today: date) -> date | None:
    """The last day of the half year that the next review is about; None when all were held. One query."""
    held = [until for _plan, until in _finished_reviews([plan.pk])]
    return next_review(plan.starts_on, plan.ends_on, held, today)


@prepared
def _finished_reviews(plans: Collection[int]) -> QuerySet[PlanReview, tuple[int, date]]:
    return PlanReview.objects.filter(plan__in=plans, finished_at__isnull=False).values_list("plan", "until")


# --- calendar ---------------------------------------------------------------------------------------------------------


def feed_by_hash(secret_hash: str) -> CalendarFeed | None:
    """The open feed with this secret, or None. One query."""
    return (
        CalendarFeed.objects.filter(secret_hash=secret_hash, ended_at__isnull=True, user__is_active=True)
        .select_related("user", "plan")
        .first()
    )


def open_feed_of(user: Any, plan: StrategicPlan) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user.pk, plan=plan, ended_at__isnull=True).first()


# --- the week ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """Something with a day: an action of a plan or a step of an adoption."""

    thing: Action | AdoptionStep
    title: str
    of: Any  # the plan or the adoption
    due_on: date | None
    late_days: int
    mine: bool
    blocked: bool
    kind: str  # "action" or "step"
    holder: str
    of_title: str


@dataclass(slots=True)
class Week:
    """What a small team looks at on Monday."""

    monday: date
    today: date
    late: list[Task]
    due: list[Task]  # until Sunday
    later: list[Task]  # within fourteen days
    blocked: list[Task]
    unheld: list[Task]  # open, begun or due soon, and nobody answers for it
    meetings: list[Meeting]
    reviews: list[tuple[StrategicPlan, date]]
    changes: list[PlanChange]

    @property
    def is_empty(self) -> bool:
        return not (self.late or self.due or self.later or self.blocked or self.unheld or self.meetings or self.reviews)

    @property
    def mine(self) -> list[Task]:
        """What the person themselves answers for, late and due this week."""
        return [task for task in (*self.late, *self.due) if task.mine]


def week_of(user: Any, *, today: date, since: datetime | None = None) -> Week:
    """The week of everything that the user may see: plans in force and adoptions under way.

    ``since``: changes after it, by others, are listed. At most nine queries, however much there is.
    """
    plans = [plan for plan in visible_plans(user) if plan.state == StrategicPlan.State.ACTIVE]
    tasks = [*_actions(plans, user, today), *_steps(user, today)]
    tasks.sort(key=lambda task: (task.due_on or date.max, task.title))
    sunday = monday_of(today) + timedelta(days=6)
    return Week(
        monday=monday_of(today),
        today=today,
        late=[task for task in tasks if task.late_days],
        due=[task for task in tasks if task.due_on is not None and today <= task.due_on <= sunday],
        later=[task for task in tasks if task.due_on is not None and sunday < task.due_on <= today + SOON],
        blocked=[task for task in tasks if task.blocked],
        unheld=[task for task in tasks if not task.holder and task.due_on is not None and task.due_on <= today + SOON],
        meetings=_meetings(plans, today, sunday),
        reviews=_reviews(plans, today),
        changes=_changes(plans, user, since),
    )


def _actions(plans: Sequence[StrategicPlan], user: Any, today: date) -> list[Task]:
    known = {plan.pk: plan for plan in plans}
    return [
        Task(
            action,
            action.what,
            known[action.objective.plan_id],
            action.due_on,
            days_late(action, today),
            action.responsible_id == user.pk,
            action.state == Action.State.BLOCKED,
            "action",
            holder_of(action),
            known[action.objective.plan_id].title,
        )
        for action in _open_actions(known)
    ]


@prepared
def _open_actions(plans: Collection[int]) -> QuerySet[Action]:
    return Action.objects.filter(
        objective__plan__in=plans, removed_at__isnull=True, objective__removed_at__isnull=True, state__in=OPEN_STATES
    ).select_related("objective", "responsible")


def _steps(user: Any, today: date) -> list[Task]:
    rows = _steps_due(scopes_held(user, "plan"), today + SOON)
    return [
        Task(
            step,
            step.step.title,
            step.adoption,
            step.due_on,
            max(0, (today - step.due_on).days),
            step.responsible_id == user.pk,
            False,
            "step",
            (step.responsible.name or step.responsible.email) if step.responsible is not None else "",
            step.adoption.version.title,
        )
        for step in rows
    ]


@prepared
def _steps_due(held: ScopesHeld, until: date) -> QuerySet[AdoptionStep]:
    adoptions = Adoption.objects.filter(held.owning(), removed_at__isnull=True, state="active")
    rows = AdoptionStep.objects.filter(adoption__in=adoptions, state=AdoptionStep.State.TODO, due_on__lte=until)
    return rows.select_related("adoption__version", "step", "responsible")


def _meetings(plans: Sequence[StrategicPlan], today: date, sunday: date) -> list[Meeting]:
    """Meetings of these plans from today until Sunday, or for a week. One query."""
    known = {plan.pk: plan for plan in plans}
    until = max(sunday, today + timedelta(days=6)) + timedelta(days=1)
    meetings = _meetings_between(known, _midnight(today), _midnight(until))
    for meeting in meetings:
        meeting.plan = known[meeting.plan_id]
    return meetings


def _midnight(day: date) -> datetime:
    """When a day begins, on the clock of the page."""
    return timezone.make_aware(datetime.combine(day, time.min))


@prepared
def _meetings_between(plans: Collection[int], since: datetime, before: datetime) -> QuerySet[Meeting]:
    rows = Meeting.objects.filter(plan__in=plans, state=Meeting.State.PLANNED, starts_at__gte=since)
    return rows.filter(starts_at__lt=before).order_by("starts_at")


def _reviews(plans: Sequence[StrategicPlan], today: date) -> list[tuple[StrategicPlan, date]]:
    """Plans whose half year ended, or ends within fourteen days, without its review. One query."""
    held: dict[int, list[date]] = {}
    for plan, until in _finished_reviews([one.pk for one in plans]):
        held.setdefault(plan, []).append(until)
    waiting = ((plan, next_review(plan.starts_on, plan.ends_on, held.get(plan.pk, ()), today)) for plan in plans)
    return [(plan, day) for plan, day in waiting if day is not None and day <= today + SOON]


def _changes(plans: Sequence[StrategicPlan], user: Any, since: datetime | None) -> list[PlanChange]:
    if since is None:
        return []
    return _changes_since(user.pk, [plan.pk for plan in plans], since)


@prepared
def _changes_since(but: int, plans: Collection[int], since: datetime) -> QuerySet[PlanChange]:
    rows = PlanChange.objects.filter(~Q(by=but), plan__in=plans, at__gt=since)
    return rows.select_related("by", "plan").order_by("-pk")[:CHANGES_SHOWN]


# --- digest -----------------------------------------------------------------------------------------------------------


def frequency_of(user: Any) -> str:
    """How often a person wants the digest. One query."""
    choice = DigestChoice.objects.filter(user=user.pk).first()
    return choice.frequency if choice is not None else DigestChoice.Frequency.WEEKLY.value


def is_digest_day(frequency: str, day: date) -> bool:
    """Whether a digest of this frequency goes out on a day: Mondays, or Monday to Friday."""
    if frequency == DigestChoice.Frequency.WEEKLY:
        return day.weekday() == 0
    return frequency == DigestChoice.Frequency.DAILY and day.weekday() < 5
