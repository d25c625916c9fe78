"""A cohort: its term, its places, to whom it is open, and who trains it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trama.accounts.api import Role


class Cohort(models.Model):
    """People who take one version of a course together. ``organisation``: who runs it; none: the programme.

    ``parent``: in a cascade, the cohort whose learners train this one. Each level sees its own people only.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open for enrolment")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")

    class Front(models.TextChoices):
        MUNICIPAL = "municipal", _("municipal")
        REGIONAL = "regional", _("regional")

    class Opening(models.TextChoices):
        ALL = "all", _("open to all")
        LISTED = "listed", _("for the networks, groups and states listed")
        INVITED = "invited", _("by invitation only")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey("learn.CourseVersion", models.PROTECT, related_name="cohorts")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(_("name of the cohort"), max_length=160)
    front = models.CharField(_("front"), max_length=10, choices=Front, default=Front.MUNICIPAL)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    opening = models.CharField(_("who may enrol"), max_length=10, choices=Opening, default=Opening.LISTED)
    self_paced = models.BooleanField(_("each at their own pace, without end"), default=False)
    places = models.PositiveIntegerField(
        pgettext_lazy("of a cohort", "places"), null=True, blank=True
    )  # null: as many as come
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    prior_course = models.ForeignKey("learn.Course", models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(_("what people should know before they enrol"), blank=True, max_length=2000)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="cohort_ends_after_it_starts", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="only_a_self_paced_cohort_has_no_end", condition=Q(self_paced=True) | Q(ends_on__isnull=False)
            ),
            models.CheckConstraint(name="a_cohort_has_places", condition=Q(places__isnull=True) | Q(places__gt=0)),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(self_paced=True) & ~Q(state="ended"),
                name="one_self_paced_cohort_per_version",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def takes_people(self) -> bool:
        """Whether people may still come in."""
        return self.state in (self.State.OPEN, self.State.RUNNING)


class CohortOpening(models.Model):
    """A network, a group of networks (a territory) or a state whose people may enrol in a cohort."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="openings")
    network = models.ForeignKey("know.TeachingNetwork", models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey("know.NetworkGroup", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.ForeignKey("know.Place", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_cohort_opens_to_one_thing_a_row",
                condition=Q(network__isnull=False, group__isnull=True, state__isnull=True)
                | Q(network__isnull=True, group__isnull=False, state__isnull=True)
                | Q(network__isnull=True, group__isnull=True, state__isnull=False),
            ),
            models.UniqueConstraint(fields=["cohort", "network"], name="a_cohort_opens_once_to_a_network"),
            models.UniqueConstraint(fields=["cohort", "group"], name="a_cohort_opens_once_to_a_group"),
            models.UniqueConstraint(fields=["cohort", "state"], name="a_cohort_opens_once_to_a_state"),
        ]

    def __str__(self) -> str:
        return str(self.network or self.group or self.state)


class CohortRole(models.Model):
    """A role that a cohort is for. Without a row: for every role."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=30, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "role"], name="a_cohort_names_a_role_once")]

    def __str__(self) -> str:
        return self.get_role_display()


class CohortTrainer(models.Model):
    """Who trains a cohort, and sees its people, from an instant until another.

    Personal data: ties a person to a task. Purpose: access to the cohort. Kept as long as the cohort.
    """

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="trainers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user"], condition=Q(until__isnull=True), name="a_cohort_has_a_trainer_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
