"""What is kept about the follow-up of plans, and what may never be false."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WeeklyCheck(models.Model):
    """How an action stood in one week, as somebody said: done, blocked by, next. The last one counts; all are kept.

    Rows are only added, so two people who check the same action at once both leave their word. ``uid`` is made by the
    form: sent twice, it is kept once.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    action = models.ForeignKey("plan.Action", models.CASCADE, related_name="checks")
    week = models.DateField(_("week of (Monday)"))
    state = models.CharField(_("state"), max_length=9)  # of Action.State
    done = models.TextField(_("done"), blank=True)
    blocked_by = models.TextField(_("blocked by"), blank=True)
    next = models.TextField(_("next"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("weekly check")
        verbose_name_plural = _("weekly checks")
        constraints = [
            models.CheckConstraint(
                name="blocked_check_says_by_what", condition=~Q(state="blocked") | ~Q(blocked_by="")
            ),
        ]
        indexes = [models.Index(fields=["action", "week"], name="check_of_action")]

    def __str__(self) -> str:
        return f"{self.week}: {self.action_id}"


class Comment(models.Model):
    """What somebody writes about a plan or a part of it. Taken away by its author, it leaves its place empty.

    Personal data: who said what at work. Purpose: the team's own work; never leaves the owner of the plan.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey("plan.StrategicPlan", models.CASCADE, related_name="comments")
    kind = models.CharField(max_length=9)  # plan, objective, goal, action
    part = models.UUIDField()
    text = models.TextField(_("comment"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    removed_at = models.DateTimeField(_("taken away at"), null=True, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["plan", "at"], name="comment_of_plan")]

    def __str__(self) -> str:
        return f"{self.kind} {self.part}"


class Meeting(models.Model):
    """A meeting about a plan: agenda before, notes and decisions after."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey("plan.StrategicPlan", models.CASCADE, related_name="meetings")
    title = models.CharField(_("title"), max_length=160)
    starts_at = models.DateTimeField(_("day and time"))
    minutes = models.PositiveSmallIntegerField(_("length, minutes"), default=60)
    where = models.CharField(_("place or link"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED)
    present = models.TextField(_("who took part"), blank=True)
    notes = models.TextField(_("notes"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [models.CheckConstraint(name="meeting_lasts_up_to_a_day", condition=Q(minutes__range=(5, 1440)))]
        ordering = ["starts_at"]

    def __str__(self) -> str:
        return f"meeting {self.uid}"


class AgendaItem(models.Model):
    """A point of a meeting: what, about which action if any, what was said and decided."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("point"), max_length=300)
    action = models.ForeignKey("plan.Action", models.SET_NULL, null=True, blank=True, related_name="+")
    notes = models.TextField(_("what was said"), blank=True)
    decision = models.TextField(_("decision"), blank=True)
    revision = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("point of a meeting")
        verbose_name_plural = _("points of meetings")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.position}"


class PlanReview(models.Model):
    """The half-yearly review of a plan, kept as it was finished: a judgement per objective, and the day's figures."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey("plan.StrategicPlan", models.CASCADE, related_name="reviews")
    until = models.DateField(_("period until"))
    what_worked = models.TextField(_("what worked"), blank=True)
    what_did_not = models.TextField(_("what did not work"), blank=True)
    what_changes = models.TextField(_("what will change"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("begun at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("review of a plan")
        verbose_name_plural = _("reviews of plans")
        constraints = [
            models.UniqueConstraint(fields=["plan", "until"], name="one_review_per_period"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(finished_at__isnull=True), name="one_open_review_per_plan"
            ),
        ]
        ordering = ["-until"]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.until}"


class ObjectiveReview(models.Model):
    """How the team judges one objective in a review, and why."""

    class Judgement(models.TextChoices):
        REACHED = "reached", _("reached")
        ON_TRACK = "on_track", _("on track")
        AT_RISK = "at_risk", _("at risk")
        OFF_TRACK = "off_track", _("off track")

    review = models.ForeignKey(PlanReview, models.CASCADE, related_name="objectives")
    objective = models.ForeignKey("plan.Objective", models.CASCADE, related_name="+")
    judgement = models.CharField(_("judgement"), max_length=9, choices=Judgement, blank=True)
    note = models.TextField(_("why"), blank=True)
    actions_done = models.PositiveSmallIntegerField(null=True, blank=True)  # as they stood when the review was finished
    actions_total = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "objective"], name="one_judgement_per_objective")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.objective_id}"


class GoalReview(models.Model):
    """The figure of a goal on the day a review was finished: value, its date, the target of that time."""

    review = models.ForeignKey(PlanReview, models.CASCADE, related_name="goals")
    goal = models.ForeignKey("plan.Goal", models.CASCADE, related_name="+")
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    value_when = models.CharField(max_length=20, blank=True)  # year of an official figure, day of an own measure
    target = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    target_year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "goal"], name="one_figure_per_goal_and_review")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.goal_id}"


class DigestChoice(models.Model):
    """How often a person gets the mail with what waits for them. No row: weekly."""

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", _("once a week, on Monday")
        DAILY = "daily", _("on each working day when something is due")
        NEVER = "never", _("never")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    frequency = models.CharField(_("how often"), max_length=6, choices=Frequency, default=Frequency.WEEKLY)

    class Meta:
        verbose_name = _("choice of digest")
        verbose_name_plural = _("choices of digest")

    def __str__(self) -> str:
        return self.frequency


class DigestSent(models.Model):
    """A digest that was sent to a person on a day, so that it is sent once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_digest_per_day")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.day}"


class CalendarFeed(models.Model):
    """An address from which a calendar program reads the dates of one plan. Only the hash of its secret is kept.

    Whoever has the address reads the dates for as long as the person who made it may see the plan. It can be ended.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    plan = models.ForeignKey("plan.StrategicPlan", models.CASCADE, related_name="feeds")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "plan"], condition=Q(ended_at__isnull=True), name="one_open_feed_per_person_and_plan"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.user_id}"
