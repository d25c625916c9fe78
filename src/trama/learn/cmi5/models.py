"""What is kept of courses of cmi5 and of those who take them, and what may never be false of it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Cmi5Course(models.Model):
    """A course structure as it was brought in (``structure.as_json``). Another file is another row."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    publisher_id = models.TextField()
    structure = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))

    def __str__(self) -> str:
        return self.publisher_id


class Cmi5Registration(models.Model):
    """A learner's way through a course, once. ``uid`` is the registration of the specification; who begins again has
    another. The actor is the learner's pseudonym.

    Personal data: that a person takes a course. Purpose: training. Kept as long as the course's records.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Cmi5Course, models.PROTECT, related_name="registrations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))

    def __str__(self) -> str:
        return str(self.uid)


class Cmi5Session(models.Model):
    """One launch of a unit. Only the hash of its fetch address is kept; ``client`` is there once it was fetched.

    Personal data: when a person worked on a unit. Purpose: training. Kept as long as the course's records.
    """

    class Mode(models.TextChoices):
        NORMAL = "Normal"
        BROWSE = "Browse"
        REVIEW = "Review"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Cmi5Registration, models.PROTECT, related_name="sessions")
    unit = models.CharField(max_length=20)
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.NORMAL)
    fetch_hash = models.CharField(max_length=64, unique=True)
    client = models.OneToOneField(
        "learn.StatementClient", models.PROTECT, null=True, blank=True, related_name="cmi5_session"
    )
    said = models.CharField(max_length=400, blank=True)  # verbs of cmi5 that it used, with spaces
    launched_at = models.DateTimeField()
    last_at = models.DateTimeField()
    terminated_at = models.DateTimeField(null=True, blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.uid} {self.unit}"


class Cmi5Mark(models.Model):
    """A verb that holds for a unit, a block or the course of a registration. Rows are only added.

    Personal data: result of a public servant. Purpose: completion. Kept as long as the course's records.
    """

    registration = models.ForeignKey(Cmi5Registration, models.PROTECT, related_name="marks")
    part = models.CharField(max_length=20)  # key of a unit or a block; "course"
    verb = models.CharField(max_length=60)
    scaled = models.FloatField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "part", "verb"], name="one_mark_per_part_and_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.verb}"
