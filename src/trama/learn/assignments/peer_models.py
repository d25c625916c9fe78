"""What is kept of feedback among peers, and what may never be false."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PeerPool(models.Model):
    """An assignment in a cohort whose work is given out among peers. Its row is locked while that is done."""

    cohort = models.ForeignKey("learn.Cohort", models.PROTECT, related_name="+")
    assignment = models.ForeignKey("learn.Assignment", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "assignment"], name="one_pool_per_cohort_and_assignment")
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.assignment_id}"


class PeerFeedback(models.Model):
    """A piece of work given to a peer, and what they answered. Once given, feedback never changes.

    ``round`` is the version of the work that was read, known when the feedback is given. Set aside by a trainer, it is
    not shown to the authors and does not count; the peer is told why.

    Personal data: what a public servant says of another's work. Read by its giver, the authors and the trainers.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey("learn.AssignmentWork", models.PROTECT, related_name="peer_feedback")
    giver = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="peer_feedback")
    given_out_at = models.DateTimeField(_("given out at"))
    due_at = models.DateTimeField(_("until"))
    round = models.ForeignKey("learn.WorkRound", models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("feedback"), blank=True, max_length=10_000)
    given_at = models.DateTimeField(_("given at"), null=True, blank=True)
    set_aside_at = models.DateTimeField(_("set aside at"), null=True, blank=True)
    set_aside_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    set_aside_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("peer feedback")
        verbose_name_plural = _("peer feedback")
        ordering = ["given_out_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["work", "giver"], name="a_peer_reads_a_work_once"),
            models.CheckConstraint(
                name="given_peer_feedback_has_words",
                condition=Q(given_at__isnull=True, round__isnull=True)
                | (Q(given_at__isnull=False, round__isnull=False) & ~Q(text="")),
            ),
            models.CheckConstraint(
                name="peer_feedback_set_aside_says_who_and_why",
                condition=Q(set_aside_at__isnull=True, set_aside_by__isnull=True, set_aside_reason="")
                | (Q(set_aside_at__isnull=False, set_aside_by__isnull=False) & ~Q(set_aside_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_id} {self.giver_id}"


class PeerMark(models.Model):
    """The level that a peer saw in one criterion of the rubric. Rows are only added."""

    feedback = models.ForeignKey(PeerFeedback, models.PROTECT, related_name="marks")
    criterion = models.ForeignKey("learn.RubricCriterion", models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feedback", "criterion"], name="one_peer_mark_per_criterion"),
            models.CheckConstraint(name="a_peer_mark_is_one_of_four_levels", condition=Q(level__gte=1, level__lte=4)),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.level}"
