"""What is kept of reminders and of messages to a cohort, and what may never be false."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Nudge(models.Model):
    """A reminder that a letter brought: of how many days, counted from which day. Rows are only added.

    Personal data: that a public servant was reminded. Purpose: to remind once.
    """

    class Kind(models.TextChoices):
        IDLE = "idle", _("days without activity")
        DUE = "due", _("days past a planned day")

    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="nudges")
    kind = models.CharField(max_length=4, choices=Kind)
    since = models.DateField(_("counted from"))
    step = models.PositiveSmallIntegerField(_("days"))
    at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "kind", "since", "step"], name="one_nudge_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.kind} {self.step}"


class NudgeMute(models.Model):
    """A person wants no reminders: of one cohort, or (``cohort`` null) of any.

    Personal data: a preference.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    cohort = models.ForeignKey("learn.Cohort", models.CASCADE, null=True, blank=True, related_name="+")
    since = models.DateTimeField(_("since"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "cohort"], name="one_mute_per_person_and_cohort"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(cohort__isnull=True), name="one_mute_of_everything_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.cohort_id or '*'}"


class CohortMessage(models.Model):
    """What a trainer wrote to some people of a cohort. Rows are only added.

    Personal data: who wrote; the text is asked to name nobody.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey("learn.Cohort", models.PROTECT, related_name="messages")
    submission = models.UUIDField(unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    text = models.TextField(_("message"), max_length=3_000)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.at:%Y-%m-%d}"


class CohortMessageTo(models.Model):
    """A person whom a message was for. ``mailed``: a letter went out; not to who silenced reminders.

    Personal data: that a public servant was written to. Purpose: to show them the message.
    """

    message = models.ForeignKey(CohortMessage, models.PROTECT, related_name="recipients")
    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="messages")
    mailed = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "enrolment"], name="a_message_reaches_a_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.enrolment_id}"
