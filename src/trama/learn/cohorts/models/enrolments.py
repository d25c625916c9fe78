"""A person in a cohort: what became of it, the offer that came before, and the fact that is counted later."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trama.accounts.api import Role

from .cohort import Cohort


class Enrolment(models.Model):
    """A person in a cohort, once: who withdraws and comes back has the same row, and what they did stays theirs.

    ``role``, ``network``, ``school`` and ``municipality`` are those of the post the person enrolled with. A waiting
    person stands in line by ``asked_at``.

    Personal data: that a public servant takes a course. Purpose: training. Basis: public policy (LGPD art. 7 III).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("on the waiting list")
        ENROLLED = "enrolled", _("enrolled")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of an enrolment", "withdrawn")

    class Source(models.TextChoices):
        SELF = "self", _("enrolled alone")
        NETWORK = "network", _("enrolled by the network")
        TRAINER = "trainer", _("enrolled by the trainers")
        FILE = "file", _("from a spreadsheet")
        INVITATION = "invitation", _("by invitation")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State)
    source = models.CharField(_("how"), max_length=10, choices=Source)
    role = models.CharField(_("role"), max_length=30, choices=Role, blank=True)
    network = models.ForeignKey("know.TeachingNetwork", models.PROTECT, null=True, blank=True, related_name="+")
    school = models.ForeignKey("know.School", models.PROTECT, null=True, blank=True, related_name="+")
    municipality = models.ForeignKey("know.Place", models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("asked for at"))
    enrolled_at = models.DateTimeField(_("enrolled at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "person"], name="one_enrolment_per_cohort_and_person"),
            models.CheckConstraint(
                name="who_is_enrolled_has_the_date", condition=~Q(state="enrolled") | Q(enrolled_at__isnull=False)
            ),
            models.CheckConstraint(
                name="who_withdrew_has_the_date",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["cohort", "state", "asked_at"], name="enrolment_line")]

    def __str__(self) -> str:
        return f"{self.person} · {self.cohort}"


class EnrolmentChange(models.Model):
    """What happened to an enrolment, in order. Rows are only added.

    Personal data: why a person left a course, in their own or the trainer's words.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="changes")
    state = models.CharField(_("state"), max_length=10, choices=Enrolment.State)
    source = models.CharField(_("how"), max_length=10, choices=Enrolment.Source)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )  # null: the list moved
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.at:%Y-%m-%d}"


class CohortInvitation(models.Model):
    """An offer of a place in a cohort, sent by e-mail. The code itself is not kept, only its hash.

    Personal data: the e-mail of the invited person. Purpose: training. Deleted 90 days after it expires.
    """

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    code_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    enrolment = models.ForeignKey(Enrolment, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "email"],
                condition=Q(accepted_at__isnull=True),
                name="one_open_invitation_per_cohort_and_email",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.cohort}"


class Participation(models.Model):
    """The fact that is counted later: a person learned in a cohort, for a network, from a day until another.

    Written by the services in the transaction of the act. A person with several rows is counted once.

    Personal data: pseudonymous use in counts; the person is kept so that nobody is counted twice.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="participations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="+")
    front = models.CharField(_("front"), max_length=10, choices=Cohort.Front)
    role = models.CharField(_("role"), max_length=30, choices=Role, blank=True)
    network = models.ForeignKey("know.TeachingNetwork", models.PROTECT, null=True, blank=True, related_name="+")
    municipality = models.ForeignKey("know.Place", models.PROTECT, null=True, blank=True, related_name="+")
    school = models.ForeignKey("know.School", models.PROTECT, null=True, blank=True, related_name="+")
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(ended_on__isnull=True), name="one_open_participation_per_enrolment"
            ),
            models.CheckConstraint(
                name="participation_ends_after_it_starts",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.cohort_id}"
