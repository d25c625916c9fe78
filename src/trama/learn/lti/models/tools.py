"""External tools that courses use, and what they told of learners."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def new_secret() -> str:
    """What makes the names of people different for every tool."""
    return secrets.token_hex(32)


def new_client_id() -> str:
    return uuid.uuid4().hex


class Tool(models.Model):
    """An external tool, as the programme registered it. Parts of courses name it by ``slug``.

    It learns no name and no e-mail unless ``share_name`` and ``share_email`` say so; people have another opaque name in
    every tool (``secret``). Its keys come from ``jwks_url`` or, where nothing is to be asked, from ``public_key``.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    client_id = models.CharField(max_length=40, unique=True, default=new_client_id, editable=False)
    deployment_id = models.CharField(max_length=40, default="1", editable=False)
    login_url = models.URLField(_("login address (OIDC)"), max_length=500)
    launch_url = models.URLField(_("address of the tool (target link)"), max_length=500)
    redirect_urls = models.TextField(_("redirect addresses"))
    deep_link_url = models.URLField(_("address to choose content (deep linking)"), max_length=500, blank=True)
    jwks_url = models.URLField(_("address of its keys (JWKS)"), max_length=500, blank=True)
    public_key = models.TextField(_("its public key"), blank=True)
    share_name = models.BooleanField(_("tell it the person's name"), default=False)
    share_email = models.BooleanField(_("tell it the person's e-mail"), default=False)
    active = models.BooleanField(_("in use"), default=True)
    secret = models.CharField(max_length=64, default=new_secret, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("registered at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("external tool")
        verbose_name_plural = _("external tools")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_tool_has_one_source_of_keys",
                condition=(Q(jwks_url="") & ~Q(public_key="")) | (~Q(jwks_url="") & Q(public_key="")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def redirects(self) -> list[str]:
        return self.redirect_urls.split()


class UsedOnce(models.Model):
    """Something that another server may say once: a token's number, a nonce. Removed after ``until``."""

    what = models.CharField(max_length=20)
    key = models.CharField(max_length=64)  # a hash: what came is of any length
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "key"], name="nothing_is_used_twice")]

    def __str__(self) -> str:
        return f"{self.what} {self.key[:8]}"


class LineItem(models.Model):
    """A column of grades of a tool in one cohort. The one of a ``part`` counts for progress; the others are kept."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    tool = models.ForeignKey(Tool, models.PROTECT, related_name="line_items")
    cohort = models.ForeignKey("learn.Cohort", models.PROTECT, related_name="+")
    part = models.ForeignKey("learn.ToolPart", models.PROTECT, null=True, blank=True, related_name="+")
    label = models.CharField(_("label"), max_length=200)
    maximum = models.DecimalField(_("most points"), max_digits=9, decimal_places=2, default=100)
    resource_id = models.CharField(max_length=255, blank=True)
    tag = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "part"], name="one_column_of_grades_per_part_and_cohort"),
            models.CheckConstraint(condition=Q(maximum__gt=0), name="a_column_of_grades_has_points"),
        ]

    def __str__(self) -> str:
        return self.label


class ToolOpening(models.Model):
    """A learner opened a part that is done in a tool. The first time stays.

    Personal data: what a person did in a course. Purpose: progress and certificate.
    """

    enrolment = models.ForeignKey("learn.Enrolment", models.CASCADE, related_name="+")
    part = models.ForeignKey("learn.ToolPart", models.PROTECT, related_name="+")
    first_at = models.DateTimeField(_("first opened"))
    last_at = models.DateTimeField(_("last opened"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "part"], name="one_opening_per_tool_and_learner")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.part_id}"


class ToolScore(models.Model):
    """What a tool told of a learner, as it came. The last one told stands; nothing is changed or removed.

    Personal data: a result of a person in a course. Purpose: progress and certificate.
    """

    line_item = models.ForeignKey(LineItem, models.PROTECT, related_name="scores")
    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="+")
    given = models.DecimalField(_("points"), max_digits=12, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(_("of"), max_digits=12, decimal_places=4, null=True, blank=True)
    activity = models.CharField(_("activity"), max_length=20)
    grading = models.CharField(_("grading"), max_length=20)
    comment = models.TextField(_("comment"), blank=True)
    told_at = models.DateTimeField(_("told at"))  # the tool's clock
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        ordering = ["-told_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["line_item", "enrolment", "told_at"], name="one_score_at_a_time"),
            models.CheckConstraint(
                name="points_are_of_something",
                condition=Q(given__isnull=True) | Q(given__gte=0, maximum__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given} / {self.maximum}"
