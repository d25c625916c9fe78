"""What is kept of work handed in and of the feedback on it, and what may never be false."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AssignmentWork(models.Model):
    """The work of a learner, or of a pair, for one assignment. ``text`` is the draft until it is handed in.

    Personal data: work of public servants. Purpose: training. Read by its authors and the trainers of the cohort.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being written")
        HANDED_IN = "handed_in", _("handed in")
        RETURNED = "returned", _("returned for revision")
        ACCEPTED = "accepted", _("accepted")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey("learn.Assignment", models.PROTECT, related_name="+")
    cohort = models.ForeignKey("learn.Cohort", models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, null=True, blank=True, related_name="works")
    pair = models.ForeignKey("learn.Pair", models.PROTECT, null=True, blank=True, related_name="works")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    text = models.TextField(_("text"), blank=True, max_length=50_000)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))
    waits_since = models.DateTimeField(_("waits for feedback since"), null=True, blank=True)

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("works")
        constraints = [
            models.CheckConstraint(
                name="work_is_of_a_learner_or_of_a_pair",
                condition=Q(enrolment__isnull=False, pair__isnull=True) | Q(enrolment__isnull=True, pair__isnull=False),
            ),
            models.UniqueConstraint(fields=["assignment", "enrolment"], name="one_work_per_assignment_and_learner"),
            models.UniqueConstraint(fields=["assignment", "pair"], name="one_work_per_assignment_and_pair"),
            models.CheckConstraint(
                name="work_waits_while_it_is_handed_in",
                condition=Q(state="handed_in", waits_since__isnull=False)
                | (~Q(state="handed_in") & Q(waits_since__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["cohort", "waits_since"], name="work_queue")]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.get_state_display()}"

    @property
    def can_be_written(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.RETURNED)


class WorkRound(models.Model):
    """Work as it was handed in once, and what the trainer answered. A decided round never changes.

    Personal data: as ``AssignmentWork``; who decided.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("waits for feedback")
        RETURNED = "returned", _("returned for revision")
        ACCEPTED = "accepted", _("accepted")

    work = models.ForeignKey(AssignmentWork, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("number"))
    submission = models.UUIDField(unique=True)
    text = models.TextField(_("text"), blank=True, max_length=50_000)
    content_hash = models.CharField(max_length=64)
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField(_("handed in at"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.WAITING)
    feedback = models.TextField(_("feedback"), blank=True, max_length=10_000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "number"], name="one_round_per_number_of_a_work"),
            models.UniqueConstraint(fields=["work"], condition=Q(outcome="waiting"), name="one_waiting_round_per_work"),
            models.CheckConstraint(
                name="a_decided_round_says_who_and_when",
                condition=Q(outcome="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(outcome="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="what_is_returned_says_why", condition=~Q(outcome="returned") | ~Q(feedback="")
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.work_id} {self.number}"


class RubricMark(models.Model):
    """The level that a trainer saw in one criterion of the rubric, in one round. Rows are only added."""

    round = models.ForeignKey(WorkRound, models.PROTECT, related_name="marks")
    criterion = models.ForeignKey("learn.RubricCriterion", models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "criterion"], name="one_mark_per_criterion_and_round"),
            models.CheckConstraint(name="a_mark_is_one_of_four_levels", condition=Q(level__gte=1, level__lte=4)),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.level}"


def _place(instance: "WorkFile", name: str) -> str:
    """Under a name of ours; the name it came with is kept beside it."""
    return f"learn/work/{instance.uid}"


class WorkFile(models.Model):
    """A file of a piece of work. ``first_round`` is the round it was first handed in with; none: still a draft.

    Personal data: whatever the file holds; its authors are asked to leave students out.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(AssignmentWork, models.PROTECT, related_name="files")
    first_round = models.ForeignKey(WorkRound, models.PROTECT, null=True, blank=True, related_name="+")
    file = models.FileField(_("file"), upload_to=_place)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return self.file_name
