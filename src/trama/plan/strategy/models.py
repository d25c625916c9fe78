"""What is kept about strategic plans, and what may never be false."""

import uuid
import zoneinfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trama.foundation.localised import localised
from trama.know.api import Dependency, OfOneScope, Stage, one_scope


class StrategicPlan(OfOneScope):
    """The plan of one owner for some years. ``round``: the diagnosis that it starts from."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("in force")
        CLOSED = "closed", _("closed")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160)
    purpose = models.TextField(_("purpose"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DRAFT)
    round = models.ForeignKey(
        "diagnose.Round", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("self-diagnosis")
    )
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    revision = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("strategic plan")
        verbose_name_plural = _("strategic plans")
        constraints = [
            one_scope("plan_has_one_owner"),
            models.CheckConstraint(name="plan_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return f"plan {self.uid}"  # the trail and the logs name it so: its title is the team's own words

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Where the plan's days begin and end: the owner's own place; Brasília for a group."""
        place = getattr(self.scope, "municipality", None) or getattr(self.scope, "place", None)
        return zoneinfo.ZoneInfo(getattr(place, "time_zone", "") or settings.TIME_ZONE)

    @property
    def years(self) -> range:
        """The calendar years that the plan touches."""
        return range(self.starts_on.year, self.ends_on.year + 1)


class Objective(models.Model):
    """What the plan wants to reach. ``priority``: the decided priority it comes from."""

    plan = models.ForeignKey(StrategicPlan, models.CASCADE, related_name="objectives")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("objective"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    priority = models.ForeignKey(
        "diagnose.Priority",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("priority of the self-diagnosis"),
    )
    revision = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"objective {self.uid}"


class EducationPlan(models.Model):
    """A national, state or municipal education plan, as its law identifies it. ``place`` is empty for the national one.

    What ships with Trama comes from ``content/education_plans``; the others are written down by the network of the
    place.
    """

    class Level(models.TextChoices):
        NATIONAL = "national", _("national plan")
        STATE = "state", _("state plan")
        MUNICIPAL = "municipal", _("municipal plan")

    slug = models.SlugField(max_length=60, unique=True)
    level = models.CharField(_("level"), max_length=9, choices=Level)
    place = models.ForeignKey("know.Place", models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(_("name"), max_length=200)
    law = models.CharField(_("law"), max_length=160)
    source_address = models.URLField(_("address of the law"), max_length=400)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    note_pt = models.TextField(_("note (Portuguese)"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)  # "": a network wrote it
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("education plan")
        verbose_name_plural = _("education plans")
        constraints = [
            models.UniqueConstraint(fields=["place", "law"], name="one_education_plan_per_law"),
            models.CheckConstraint(
                name="education_plan_has_its_place",
                condition=Q(level="national", place__isnull=True) | (~Q(level="national") & Q(place__isnull=False)),
            ),
            models.CheckConstraint(
                name="education_plan_ends_after_it_starts",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        ]
        ordering = ["level", "-valid_from"]

    def __str__(self) -> str:
        return self.title

    @property
    def note(self) -> str:
        return localised(self, "note")


class EducationPlanGoal(models.Model):
    """A goal of an education plan, in the words of its law."""

    plan = models.ForeignKey(EducationPlan, models.CASCADE, related_name="goals")
    number = models.CharField(_("number"), max_length=20)
    text = models.TextField(_("text"))
    position = models.PositiveSmallIntegerField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("goal of an education plan")
        verbose_name_plural = _("goals of education plans")
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_education_goal_per_number")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"


class ObjectiveEducationGoal(models.Model):
    """An objective serves a goal of an education plan."""

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="education_links")
    goal = models.ForeignKey(EducationPlanGoal, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["objective", "goal"], name="one_link_per_objective_and_goal")]

    def __str__(self) -> str:
        return f"{self.objective_id}: {self.goal_id}"


class Goal(models.Model):
    """How the plan knows that an objective is reached: an official indicator (``indicator``) or one of its own."""

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="goals", verbose_name=_("objective"))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("goal"), max_length=300)
    indicator = models.CharField(_("official indicator"), max_length=40, blank=True)  # a code of know.Indicator
    dependency = models.CharField(_("schools counted"), max_length=10, choices=Dependency, blank=True)
    stage = models.CharField(_("stage"), max_length=4, choices=Stage, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)  # of an own indicator
    higher_is_better = models.BooleanField(_("higher is better"), default=True)
    baseline = models.DecimalField(_("starting point"), max_digits=14, decimal_places=4, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(_("year of the starting point"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"goal {self.uid}"


class GoalTarget(models.Model):
    """The value a goal should have in a year."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="targets")
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("target"), max_digits=14, decimal_places=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["goal", "year"], name="one_target_per_year")]
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year}: {self.value}"


class GoalMeasure(models.Model):
    """What an own indicator of a goal was measured to be. Official ones are read from ``know`` instead."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="measures")
    measured_on = models.DateField(_("measured on"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=4)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("measure of a goal")
        verbose_name_plural = _("measures of goals")
        constraints = [models.UniqueConstraint(fields=["goal", "measured_on"], name="one_measure_per_day")]
        ordering = ["measured_on"]

    def __str__(self) -> str:
        return f"{self.measured_on}: {self.value}"


class Action(models.Model):
    """What will be done, in 5W2H: what, why, where, when, who, how, how much."""

    class State(models.TextChoices):
        TODO = "todo", _("to do")
        DOING = "doing", _("under way")
        BLOCKED = "blocked", _("blocked")
        DONE = "done", pgettext_lazy("state of an action", "done")
        CANCELLED = "cancelled", _("cancelled")

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="actions", verbose_name=_("objective"))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField()
    what = models.CharField(_("what"), max_length=300)
    why = models.TextField(_("why"), blank=True)
    where = models.CharField(_("where"), max_length=300, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    due_on = models.DateField(_("until"), null=True, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    who = models.CharField(_("who"), max_length=300, blank=True)  # people without an account, offices
    how = models.TextField(_("how"), blank=True)
    cost = models.DecimalField(_("how much, in reais"), max_digits=14, decimal_places=2, null=True, blank=True)
    funding = models.CharField(_("source of the money"), max_length=200, blank=True)
    adoption = models.ForeignKey(
        "plan.Adoption", models.SET_NULL, null=True, blank=True, related_name="actions", verbose_name=_("adoption")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.TODO)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            models.CheckConstraint(
                name="action_ends_after_it_starts",
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="done_action_has_its_day", condition=~Q(state="done") | Q(done_on__isnull=False)
            ),
            models.CheckConstraint(
                name="action_costs_nothing_or_more", condition=Q(cost__isnull=True) | Q(cost__gte=0)
            ),
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"action {self.uid}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """The state in words. Django's own compares all choices anew, and a plan shows it forty times."""
        return str(self.State(self.state).label)


class PlanChange(models.Model):
    """One change of one field of a part of a plan: who, when, from what, to what, why. The database only adds rows.

    ``before`` and ``after`` are canonical texts (``parts.as_text``), from which any earlier state of a part is rebuilt;
    ``revision`` is the one that the change made. ``field`` is "created", "removed" or "position" for what is no field.

    Personal data: who changed a plan. Purpose: memory and accountability of the owner.
    """

    plan = models.ForeignKey(StrategicPlan, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=9)  # plan, objective, goal, action
    uid = models.UUIDField()  # of the changed part
    revision = models.PositiveIntegerField()
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reverts = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a plan")
        verbose_name_plural = _("changes of plans")
        indexes = [
            models.Index(fields=["plan", "at"], name="plan_change_at"),
            models.Index(fields=["uid", "revision"], name="plan_change_of_part"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.field}"


class PlanTemplate(models.Model):
    """A plan to start from, with objectives, goals and actions in both languages. Ships as content."""

    slug = models.SlugField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField()
    scope = models.CharField(_("for"), max_length=10, blank=True)  # of know.ScopeKind; "" for all
    months = models.PositiveSmallIntegerField(_("months"))
    title_pt = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    summary_pt = models.TextField()
    summary_en = models.TextField()
    purpose_pt = models.TextField(blank=True)
    purpose_en = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("template of a plan")
        verbose_name_plural = _("templates of plans")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def title(self) -> str:
        return localised(self, "title")

    @property
    def summary(self) -> str:
        return localised(self, "summary")


class TemplateObjective(models.Model):
    """An objective of a template."""

    template = models.ForeignKey(PlanTemplate, models.CASCADE, related_name="objectives")
    position = models.PositiveSmallIntegerField()
    title_pt = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    description_pt = models.TextField(blank=True)
    description_en = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt


class TemplateGoal(models.Model):
    """A goal of a template: an official indicator and stage, or an own one with its unit. Never a value."""

    objective = models.ForeignKey(TemplateObjective, models.CASCADE, related_name="goals")
    position = models.PositiveSmallIntegerField()
    title_pt = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    indicator = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=4, choices=Stage, blank=True)
    unit_pt = models.CharField(max_length=40, blank=True)
    unit_en = models.CharField(max_length=40, blank=True)
    higher_is_better = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt


class TemplateAction(models.Model):
    """An action of a template, between two months of the plan (the first month is 1)."""

    objective = models.ForeignKey(TemplateObjective, models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField()
    what_pt = models.CharField(max_length=300)
    what_en = models.CharField(max_length=300)
    why_pt = models.TextField(blank=True)
    why_en = models.TextField(blank=True)
    who_pt = models.CharField(max_length=300, blank=True)
    who_en = models.CharField(max_length=300, blank=True)
    how_pt = models.TextField(blank=True)
    how_en = models.TextField(blank=True)
    first_month = models.PositiveSmallIntegerField()
    last_month = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                name="template_action_has_its_months",
                condition=Q(first_month__gte=1) & Q(last_month__gte=F("first_month")),
            )
        ]

    def __str__(self) -> str:
        return self.what_pt
