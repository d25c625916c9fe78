"""What is kept of packages that speak by xAPI, of a learner's way through a package, and what may never be false."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PackageStructure(models.Model):
    """What a package of cmi5 is made of: its file, and the course structure that sessions and rules go by."""

    file = models.OneToOneField("learn.PackageFile", models.PROTECT, related_name="structure")
    course = models.OneToOneField("learn.Cmi5Course", models.PROTECT, related_name="package")

    def __str__(self) -> str:
        return f"{self.file_id} {self.course_id}"


class PackageAttempt(models.Model):
    """One way of a learner through a package. Results only go forward: what was completed stays completed.

    ``percent`` is the best score that was told, rounded down; ``passed`` None: the package never said.
    ``registration``: what the units of a package of cmi5 know the attempt by; None of other kinds.

    Personal data: results of a public servant. Purpose: learning, completion. Read by the trainers of the cohort.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="package_attempts")
    package = models.ForeignKey("learn.Package", models.PROTECT, related_name="+")
    registration = models.OneToOneField(
        "learn.Cmi5Registration", models.PROTECT, null=True, blank=True, related_name="attempt"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    began_at = models.DateTimeField(_("began at"))
    changed_at = models.DateTimeField(_("changed at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    launches = models.PositiveIntegerField(_("launches"), default=0)
    completed = models.BooleanField(_("gone through"), default=False)
    passed = models.BooleanField(_("passed"), null=True)
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2, null=True, blank=True)
    seconds = models.PositiveIntegerField(_("seconds"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "package", "number"], name="one_package_attempt_per_number"),
            models.UniqueConstraint(
                fields=["enrolment", "package"], condition=Q(ended_at__isnull=True), name="one_open_package_attempt"
            ),
            models.CheckConstraint(
                name="a_package_gives_a_share",
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100),
            ),
            models.CheckConstraint(
                name="a_package_attempt_ends_later", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at"))
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.package_id} {self.number}"


class PackageLaunch(models.Model):
    """One opening of a package. The place of the latest launch is the one to resume from.

    Personal data: hours at which a public servant learned. Purpose: to go on where one stopped.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attempt = models.ForeignKey(PackageAttempt, models.PROTECT, related_name="opened")
    number = models.PositiveIntegerField(_("number"))
    at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "number"], name="one_package_launch_per_number")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.number}"


class PackageState(models.Model):
    """Where an item of a package stands: what its standard calls the run-time data, as they were last given.

    ``launch`` and ``number`` say which commit it is from; ``seconds`` are those of all launches.

    Personal data: answers and results of a public servant. Read by the learner alone.
    """

    attempt = models.ForeignKey(PackageAttempt, models.PROTECT, related_name="states")
    item = models.CharField(_("item"), max_length=200)
    launch = models.ForeignKey(PackageLaunch, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"))
    data: Any = models.JSONField(_("state"))
    completed = models.BooleanField(_("gone through"), default=False)
    passed = models.BooleanField(_("passed"), null=True)
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2, null=True, blank=True)
    seconds = models.PositiveIntegerField(_("seconds"), default=0)
    at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "item"], name="one_state_per_item_of_a_package")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.item}"


class PackageCommit(models.Model):
    """One saving as the device sent it: which, what it said of the result, whether it moved the place. Only added.

    Personal data: results of a public servant. Purpose: proof of what was acknowledged.
    """

    launch = models.ForeignKey(PackageLaunch, models.PROTECT, related_name="commits")
    item = models.CharField(_("item"), max_length=200)
    number = models.PositiveIntegerField(_("number"))
    content_hash = models.CharField(max_length=64)
    moved = models.BooleanField(_("moved the place"))
    completed = models.BooleanField(_("gone through"))
    passed = models.BooleanField(_("passed"), null=True)
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2, null=True, blank=True)
    session = models.PositiveIntegerField(_("seconds of this launch"))
    at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["launch", "item", "number"], name="one_package_commit_per_number")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.launch_id} {self.item} {self.number}"
