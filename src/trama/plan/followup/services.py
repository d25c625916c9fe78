"""Verbs of the follow-up: check, comment, meet, review. Each checks who asks, writes and leaves its trace."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import EDIT_PLAN, SEE_PLAN
from ..strategy.days import today_of
from ..strategy.figures import standings_of
from ..strategy.models import Action, StrategicPlan
from ..strategy.parts import MODELS
from ..strategy.selectors import actions_of, live_goals, live_objectives, part_of
from ..strategy.services import set_action_state
from .errors import AlreadyUsed, ChangedMeanwhile, InvalidFollowUp, ReviewFinished, ReviewOpen
from .models import (
    AgendaItem,
    CalendarFeed,
    Comment,
    DigestChoice,
    GoalReview,
    Meeting,
    ObjectiveReview,
    PlanReview,
    WeeklyCheck,
)
from .weeks import monday_of

LONGEST_TEXT = 5000
MEETING_FIELDS = ("title", "starts_at", "minutes", "where", "present", "notes")
REVIEW_FIELDS = ("what_worked", "what_did_not", "what_changes")


def new_uid() -> UUID:
    """The ``uid`` that a form carries for what it will make."""
    return uuid.uuid4()


def _texts(values: Mapping[str, str]) -> dict[str, str]:
    """Texts without the blanks around them. Raises ``InvalidFollowUp`` for one that is too long."""
    plain = {name: text.replace("\x00", "").strip() for name, text in values.items()}
    problems = {
        name: _("The text is too long: %(found)s characters, at most %(most)s.")
        % {"found": len(text), "most": LONGEST_TEXT}
        for name, text in plain.items()
        if len(text) > LONGEST_TEXT
    }
    if problems:
        raise InvalidFollowUp(problems)
    return plain


# --- the weekly check -------------------------------------------------------------------------------------------------


@transaction.atomic
def check_action(
    action: Action, *, state: str, done: str = "", blocked_by: str = "", next_step: str = "",
    uid: UUID, by: Any, at: datetime,
) -> WeeklyCheck:  # fmt: skip
    """Say how an action stands this week; its state follows. The same ``uid`` and content sent again is one check.

    The week is that of the owner's own day. Raises ``PermissionDenied``, ``InvalidFollowUp`` (an unknown state, a block
    without a cause), ``AlreadyUsed``, and as ``strategy.services.set_action_state`` does (closed plan, removed action).
    """
    plan = action.objective.plan
    require(by, EDIT_PLAN, plan)
    texts = _texts({"done": done, "blocked_by": blocked_by, "next": next_step})
    if state not in Action.State.values:
        raise InvalidFollowUp({"state": _("Choose one of the states.")})
    if state == Action.State.BLOCKED and not texts["blocked_by"]:
        raise InvalidFollowUp({"blocked_by": _("Say what blocks it: that is what others can help with.")})
    week = monday_of(today_of(plan, at))
    try:
        with transaction.atomic():
            check = WeeklyCheck.objects.create(uid=uid, action=action, week=week, state=state, by=by, at=at, **texts)
    except IntegrityError:
        held = WeeklyCheck.objects.filter(uid=uid, action=action, by=by).first()
        same = held is not None and held.state == state and all(getattr(held, name) == texts[name] for name in texts)
        if held is None or not same:
            raise AlreadyUsed() from None
        return held
    if action.state != state:
        set_action_state(action, state, by=by, at=at, reason=texts["blocked_by"][:300])
    record_event("action checked", by=by, at=at, target=plan, detail={"action": action.uid, "state": state})
    return check


# --- comments ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def comment(plan: StrategicPlan, kind: str, part: UUID, text: str, *, uid: UUID, by: Any, at: datetime) -> Comment:
    """Write about a plan or one of its parts. The same ``uid`` sent again is one comment.

    Raises ``PermissionDenied``, ``AlreadyUsed``, ``InvalidFollowUp`` for an empty text or a part that is not there.
    """
    require(by, EDIT_PLAN, plan)
    texts = _texts({"text": text})
    if not texts["text"]:
        raise InvalidFollowUp({"text": _("Write something.")})
    if kind not in MODELS or part_of(plan, kind, part) is None:
        raise InvalidFollowUp({"part": _("This part is not in the plan.")})
    try:
        with transaction.atomic():
            made = Comment.objects.create(uid=uid, plan=plan, kind=kind, part=part, by=by, at=at, **texts)
    except IntegrityError:
        held = Comment.objects.filter(uid=uid, plan=plan, by=by, **texts).first()
        if held is None:
            raise AlreadyUsed() from None
        return held
    record_event("plan commented", by=by, at=at, target=plan, detail={"kind": kind, "part": part})
    return made


@transaction.atomic
def remove_comment(comment: Comment, *, by: Any, at: datetime) -> None:
    """Take one's own comment away. Raises ``PermissionDenied``. Twice is once."""
    require(by, EDIT_PLAN, comment.plan)
    if comment.by_id != by.pk:
        raise InvalidFollowUp({"text": _("Only who wrote a comment takes it away.")})
    if Comment.objects.filter(pk=comment.pk, removed_at__isnull=True).update(removed_at=at):
        record_event("comment removed", by=by, at=at, target=comment.plan)


# --- meetings ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_meeting(
    plan: StrategicPlan, values: Mapping[str, Any], points: Iterable[tuple[str, Action | None]], *,
    uid: UUID, by: Any, at: datetime,
) -> Meeting:  # fmt: skip
    """Plan a meeting with its points (title, action). The same ``uid`` sent again gives the same meeting.

    Raises ``PermissionDenied``, ``InvalidFollowUp``, ``AlreadyUsed``.
    """
    require(by, EDIT_PLAN, plan)
    fields = _meeting_fields(values)
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(uid=uid, plan=plan, created_by=by, created_at=at, **fields)
    except IntegrityError:
        held = Meeting.objects.filter(uid=uid, plan=plan, created_by=by).first()
        if held is None:
            raise AlreadyUsed() from None
        return held
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=number, title=title[:300], action=action)
        for number, (title, action) in enumerate(points, start=1)
    )
    record_event("meeting planned", by=by, at=at, target=plan, detail={"meeting": uid})
    return meeting


def _meeting_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    texts = _texts({name: str(values.get(name, "")) for name in ("title", "where", "present", "notes")})
    if not texts["title"]:
        raise InvalidFollowUp({"title": _("Give the meeting a title.")})
    if values.get("starts_at") is None:
        raise InvalidFollowUp({"starts_at": _("Say when the meeting is.")})
    minutes = int(values.get("minutes") or 60)
    if not 5 <= minutes <= 1440:
        raise InvalidFollowUp({"minutes": _("A meeting lasts from 5 minutes to a day.")})
    return {**texts, "starts_at": values["starts_at"], "minutes": minutes}


@transaction.atomic
def change_meeting(meeting: Meeting, values: Mapping[str, Any], *, revision: int, by: Any, at: datetime) -> Meeting:
    """Change a meeting as somebody who saw it at ``revision``: its head, who took part, its notes, its state.

    Raises ``PermissionDenied``, ``InvalidFollowUp``, ``ChangedMeanwhile``.
    """
    require(by, EDIT_PLAN, meeting.plan)
    state = values.get("state", meeting.state)
    if state not in Meeting.State.values:
        raise InvalidFollowUp({"state": _("Choose one of the states.")})
    held = {name: getattr(meeting, name) for name in MEETING_FIELDS}
    fields = _meeting_fields({**held, **values})
    if not Meeting.objects.filter(pk=meeting.pk, revision=revision).update(
        **fields, state=state, revision=F("revision") + 1
    ):
        raise ChangedMeanwhile(Meeting.objects.get(pk=meeting.pk))
    meeting.refresh_from_db()
    record_event("meeting changed", by=by, at=at, target=meeting.plan, detail={"meeting": meeting.uid, "state": state})
    return meeting


@transaction.atomic
def add_point(
    meeting: Meeting, title: str, *, action: Action | None = None, uid: UUID, by: Any, at: datetime
) -> AgendaItem:
    """Add a point at the end of a meeting. The same ``uid`` sent again is one point."""
    require(by, EDIT_PLAN, meeting.plan)
    texts = _texts({"title": title})
    if not texts["title"]:
        raise InvalidFollowUp({"title": _("Write what the point is about.")})
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    try:
        with transaction.atomic():
            point = AgendaItem.objects.create(
                uid=uid, meeting=meeting, position=last + 1, title=texts["title"][:300], action=action
            )
    except IntegrityError:
        held = AgendaItem.objects.filter(uid=uid, meeting=meeting).first()
        if held is None:
            raise AlreadyUsed() from None
        return held
    record_event("point added", by=by, at=at, target=meeting.plan, detail={"meeting": meeting.uid})
    return point


@transaction.atomic
def note_point(point: AgendaItem, *, notes: str, decision: str, revision: int, by: Any, at: datetime) -> AgendaItem:
    """Write down what was said and decided about a point. Raises ``ChangedMeanwhile`` and ``InvalidFollowUp``."""
    require(by, EDIT_PLAN, point.meeting.plan)
    texts = _texts({"notes": notes, "decision": decision})
    if not AgendaItem.objects.filter(pk=point.pk, revision=revision, removed_at__isnull=True).update(
        **texts, revision=F("revision") + 1
    ):
        raise ChangedMeanwhile(AgendaItem.objects.get(pk=point.pk))
    point.refresh_from_db()
    record_event("point noted", by=by, at=at, target=point.meeting.plan, detail={"meeting": point.meeting.uid})
    return point


@transaction.atomic
def remove_point(point: AgendaItem, *, by: Any, at: datetime) -> None:
    """Take a point off the agenda. Twice is once."""
    require(by, EDIT_PLAN, point.meeting.plan)
    if AgendaItem.objects.filter(pk=point.pk, removed_at__isnull=True).update(removed_at=at):
        record_event("point removed", by=by, at=at, target=point.meeting.plan, detail={"meeting": point.meeting.uid})


# --- the half-yearly review -------------------------------------------------------------------------------------------


@transaction.atomic
def begin_review(plan: StrategicPlan, until: date, *, uid: UUID, by: Any, at: datetime) -> PlanReview:
    """Begin the review of the time up to ``until``, with a line for every objective. The same ``uid`` gives the same.

    Raises ``PermissionDenied``, ``ReviewOpen`` while another is open, ``InvalidFollowUp`` for a day that has one.
    """
    require(by, EDIT_PLAN, plan)
    held = PlanReview.objects.filter(uid=uid, plan=plan).first()
    if held is not None:
        return held
    StrategicPlan.objects.select_for_update().get(pk=plan.pk)
    if PlanReview.objects.filter(plan=plan, finished_at__isnull=True).exists():
        raise ReviewOpen()
    if PlanReview.objects.filter(plan=plan, until__gte=until).exists():
        raise InvalidFollowUp({"until": _("There is already a review of this time.")})
    review = PlanReview.objects.create(uid=uid, plan=plan, until=until, created_by=by, created_at=at)
    ObjectiveReview.objects.bulk_create(
        ObjectiveReview(review=review, objective=objective) for objective in live_objectives(plan)
    )
    record_event("plan review begun", by=by, at=at, target=plan, detail={"until": until})
    return review


@transaction.atomic
def write_review(
    review: PlanReview, texts: Mapping[str, str], judgements: Mapping[int, tuple[str, str]], *,
    revision: int, by: Any, at: datetime,
) -> PlanReview:  # fmt: skip
    """Write the texts of a review and, by primary key of its objective lines, (judgement, why).

    Raises ``PermissionDenied``, ``ReviewFinished``, ``ChangedMeanwhile``, ``InvalidFollowUp``.
    """
    require(by, EDIT_PLAN, review.plan)
    plain = _texts({name: texts.get(name, "") for name in REVIEW_FIELDS})
    for judgement, _why in judgements.values():
        if judgement and judgement not in ObjectiveReview.Judgement.values:
            raise InvalidFollowUp({"judgement": _("Choose one of the judgements.")})
    changed = PlanReview.objects.filter(pk=review.pk, revision=revision, finished_at__isnull=True)
    if not changed.update(**plain, revision=F("revision") + 1):
        current = PlanReview.objects.get(pk=review.pk)
        raise ReviewFinished() if current.finished_at else ChangedMeanwhile(current)
    lines = {line.pk: line for line in review.objectives.all()}
    for key, (judgement, why) in judgements.items():
        if key in lines:
            note = _texts({"note": why})["note"]
            ObjectiveReview.objects.filter(pk=key).update(judgement=judgement, note=note)
    review.refresh_from_db()
    record_event("plan review written", by=by, at=at, target=review.plan, detail={"until": review.until})
    return review


@transaction.atomic
def finish_review(review: PlanReview, *, revision: int, by: Any, at: datetime) -> PlanReview:
    """Finish a review: the figures of the goals and the counts of the actions are kept as they are today.

    Raises ``PermissionDenied``, ``ReviewFinished``, ``ChangedMeanwhile``, and ``InvalidFollowUp`` while an objective
    has no judgement.
    """
    require(by, EDIT_PLAN, review.plan)
    unjudged = review.objectives.filter(judgement="", objective__removed_at__isnull=True).count()
    if unjudged:
        raise InvalidFollowUp({"judgement": _("Every objective needs a judgement before the review is finished.")})
    changed = PlanReview.objects.filter(pk=review.pk, revision=revision, finished_at__isnull=True)
    if not changed.update(finished_at=at, finished_by=by, revision=F("revision") + 1):
        current = PlanReview.objects.get(pk=review.pk)
        raise ReviewFinished() if current.finished_at else ChangedMeanwhile(current)
    review.refresh_from_db()
    _keep_figures(review, at)
    record_event("plan review finished", by=by, at=at, target=review.plan, detail={"until": review.until})
    return review


def _keep_figures(review: PlanReview, at: datetime) -> None:
    plan = review.plan
    goals = list(live_goals(plan))
    standings = standings_of(plan, goals, today_of(plan, at))
    GoalReview.objects.bulk_create(
        GoalReview(
            review=review,
            goal=goal,
            value=standing.value,
            value_when=standing.when if standing.value is not None else "",
            target=standing.target.value if standing.target else None,
            target_year=standing.target.year if standing.target else None,
        )
        for goal in goals
        for standing in [standings[goal.pk]]
    )
    counted: dict[int, list[Action]] = {}
    for action in actions_of(plan).exclude(state=Action.State.CANCELLED):
        counted.setdefault(action.objective_id, []).append(action)
    for line in review.objectives.all():
        actions = counted.get(line.objective_id, [])
        ObjectiveReview.objects.filter(pk=line.pk).update(
            actions_total=len(actions), actions_done=sum(one.state == Action.State.DONE for one in actions)
        )


# --- calendar and digest ----------------------------------------------------------------------------------------------


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def open_feed(plan: StrategicPlan, *, by: Any, at: datetime) -> str:
    """A new secret for the calendar address of a plan; an earlier one of the same person ends. Shown once, never kept.

    Raises ``PermissionDenied``.
    """
    require(by, SEE_PLAN, plan)
    CalendarFeed.objects.filter(user=by, plan=plan, ended_at__isnull=True).update(ended_at=at)
    secret = secrets.token_urlsafe(24)
    CalendarFeed.objects.create(user=by, plan=plan, secret_hash=secret_hash(secret), created_at=at)
    record_event("calendar feed opened", by=by, at=at, target=plan)
    return secret


@transaction.atomic
def end_feed(plan: StrategicPlan, *, by: Any, at: datetime) -> None:
    """End the calendar address of a person for a plan. Twice is once."""
    if CalendarFeed.objects.filter(user=by, plan=plan, ended_at__isnull=True).update(ended_at=at):
        record_event("calendar feed ended", by=by, at=at, target=plan)


@transaction.atomic
def choose_digest(frequency: str, *, by: Any, at: datetime) -> None:
    """How often a person gets the mail with what waits for them. Raises ``InvalidFollowUp``."""
    if frequency not in DigestChoice.Frequency.values:
        raise InvalidFollowUp({"frequency": _("Choose one of the frequencies.")})
    DigestChoice.objects.update_or_create(user=by, defaults={"frequency": frequency})
    record_event("digest chosen", by=by, at=at, detail={"frequency": frequency})
