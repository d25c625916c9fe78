"""Other learning platforms that open courses here, the accounts people linked, and the grades sent back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Platform(models.Model):
    """Another learning platform, as the programme registered it. ``deployment_ids``: one a line."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=160)
    issuer = models.CharField(_("issuer"), max_length=300)
    client_id = models.CharField(_("client id"), max_length=200)
    deployment_ids = models.TextField(_("deployment ids"))
    auth_url = models.URLField(_("authorisation address"), max_length=500)
    token_url = models.URLField(_("token address"), max_length=500)
    jwks_url = models.URLField(_("address of its keys (JWKS)"), max_length=500, blank=True)
    public_key = models.TextField(_("its public key"), blank=True)
    active = models.BooleanField(_("in use"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("registered at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("learning platform")
        verbose_name_plural = _("learning platforms")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "client_id"], name="one_platform_per_issuer_and_client"),
            models.CheckConstraint(
                name="a_platform_has_one_source_of_keys",
                condition=(Q(jwks_url="") & ~Q(public_key="")) | (~Q(jwks_url="") & Q(public_key="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def deployments(self) -> list[str]:
        return [line.strip() for line in self.deployment_ids.splitlines() if line.strip()]


class PlatformLink(models.Model):
    """An account here that a person linked, by themselves, to the name they have on a platform.

    Personal data: that two accounts are one person's. Purpose: their own course and grade. Until taken back.
    """

    platform = models.ForeignKey(Platform, models.PROTECT, related_name="links")
    subject = models.CharField(max_length=255)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    linked_at = models.DateTimeField(_("linked at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "subject"], name="one_account_per_name_on_a_platform"),
            models.UniqueConstraint(fields=["platform", "person"], name="one_name_on_a_platform_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.subject}"


class PlatformLaunch(models.Model):
    """Somebody was sent here by a platform: to a course, or to choose one. The newest per place and person is kept.

    Name and e-mail that a platform may send are not kept. Personal data: the opaque name of a person on a platform, and
    that they opened a course. Purpose: sending the grade back. Kept for as long as the grade may be sent.
    """

    class Kind(models.TextChoices):
        RESOURCE = "resource", _("opens a course")
        CHOOSE = "choose", _("chooses a course")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    platform = models.ForeignKey(Platform, models.PROTECT, related_name="launches")
    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=255)
    deployment_id = models.CharField(max_length=255)
    context_id = models.CharField(max_length=255, blank=True)
    context_title = models.CharField(max_length=300, blank=True)
    resource_link = models.CharField(max_length=255, blank=True)
    course = models.SlugField(max_length=80, blank=True)
    part = models.CharField(max_length=100, blank=True)  # "aulas/first-steps"
    teaches = models.BooleanField(default=False)
    line_item_url = models.CharField(max_length=1000, blank=True)
    members_url = models.CharField(max_length=1000, blank=True)
    return_url = models.CharField(max_length=1000, blank=True)  # of a choice
    data = models.TextField(blank=True)  # what a platform wants back with a choice
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.platform} {self.course}"


class GradePassback(models.Model):
    """A completion that is to be told to the platform that sent the person; tried until it is taken or given up.

    Personal data: that a person completed a course. Purpose: their record on the platform they came from.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    launch = models.ForeignKey(PlatformLaunch, models.PROTECT, related_name="grades")
    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    completed_at = models.DateTimeField(_("completed at"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"))
    problem = models.CharField(_("what went wrong"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        ordering = ["-next_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["launch", "enrolment"], name="one_grade_per_place_and_enrolment"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent"), name="a_sent_grade_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.launch} {self.state}"
