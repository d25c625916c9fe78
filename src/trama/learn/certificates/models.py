"""What a certificate states, and what may never be false of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import Localised


class Certificate(models.Model):
    """A certificate as it was issued. Only its revocation and its replacement are added later.

    ``hours`` are those of the course; of a partial certificate, those that the person attended. ``code`` is what the
    paper and its QR code carry: whoever holds it may read what is stated here, and nothing more.

    Personal data: name of a person and that they took a course, shown to whoever holds the code. Purpose: proof of
    training. Kept as long as the course's records.
    """

    class Kind(models.TextChoices):
        COMPLETE = "complete", _("completion")
        PARTIAL = "partial", _("partial participation")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("verification code"), max_length=20, unique=True)
    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="certificates")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=160)
    course_pt = models.CharField(_("course (Portuguese)"), max_length=160)
    course_en = models.CharField(_("course (English)"), max_length=160)
    version = models.CharField(_("version"), max_length=20)
    hours = models.PositiveSmallIntegerField(_("hours"))
    cohort = models.CharField(_("cohort"), max_length=160)
    pair = models.CharField(_("pair"), max_length=200, blank=True)
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"))
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    course = Localised()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "kind"],
                condition=Q(revoked_at__isnull=True, replaced_at__isnull=True),
                name="one_valid_certificate_per_enrolment_and_kind",
            ),
            models.CheckConstraint(name="a_certificate_has_hours", condition=Q(hours__gt=0)),
            models.CheckConstraint(
                name="a_certificate_ends_after_it_starts", condition=Q(ended_on__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="a_revoked_certificate_says_who_and_why",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.replaced_at is None
