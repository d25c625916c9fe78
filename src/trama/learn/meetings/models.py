"""What is kept about the meetings of a cohort, and what may never be false."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CohortMeeting(models.Model):
    """A meeting of a cohort, in a place, on the line, or both. ``secret`` makes its codes of presence."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("state of a meeting of a cohort", "planned")
        HELD = "held", pgettext_lazy("state of a meeting of a cohort", "held")
        CANCELLED = "cancelled", pgettext_lazy("state of a meeting of a cohort", "cancelled")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey("learn.Cohort", models.PROTECT, related_name="meetings")
    title = models.CharField(_("title"), max_length=160)
    starts_at = models.DateTimeField(_("begins at"))
    minutes = models.PositiveSmallIntegerField(_("length in minutes"))
    place = models.CharField(pgettext_lazy("of a meeting", "place"), max_length=300, blank=True)
    link = models.URLField(_("link to take part"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    notes = models.TextField(_("what happened"), max_length=10_000, blank=True)
    recording = models.URLField(_("recording"), max_length=500, blank=True)
    secret = models.CharField(max_length=64, editable=False)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("meeting of a cohort")
        verbose_name_plural = _("meetings of cohorts")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(name="a_meeting_of_a_cohort_lasts", condition=Q(minutes__gt=0)),
        ]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """Whether a person was at a meeting, as it was said last. No row: nobody said anything.

    Personal data: presence of a public servant at a training. Purpose: training, certificates.
    """

    class Source(models.TextChoices):
        CODE = "code", _("code of the meeting")
        LIST = "list", _("list")
        FILE = "file", _("spreadsheet")

    meeting = models.ForeignKey(CohortMeeting, models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="attendances")
    present = models.BooleanField(_("present"))
    source = models.CharField(_("how"), max_length=4, choices=Source)
    said_at = models.DateTimeField(_("said at"))
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "enrolment"], name="one_attendance_per_meeting_and_person"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.meeting_id}"


class LearnerFeed(models.Model):
    """An address from which a calendar program reads a person's meetings. Only the hash of its secret is kept.

    Personal data: ties an address to a person. Ended when the person asks; a new one ends the one before.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="one_open_learner_feed_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
