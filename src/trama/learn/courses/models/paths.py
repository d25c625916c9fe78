"""Paths: courses and further material that belong together, and when a path is complete."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import Localised

from .course import Course


class Path(models.Model):
    """A path through courses. ``at_least``: how many of its courses complete it (none: all of them).

    Unlike a version of a course, a path can be changed while people are on it: what they completed stays theirs.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position in the catalogue"), default=100)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    summary_pt = models.TextField(_("summary (Portuguese)"))
    summary_en = models.TextField(_("summary (English)"))
    at_least = models.PositiveSmallIntegerField(_("courses that complete it"), null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)  # of its file; "" once edited here
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))

    title = Localised()
    summary = Localised()

    class Meta:
        verbose_name = _("path")
        verbose_name_plural = _("paths")
        constraints = [
            models.CheckConstraint(name="path_asks_some", condition=Q(at_least__isnull=True) | Q(at_least__gte=1))
        ]
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.title_pt


class PathCourse(models.Model):
    """A course on a path, in its place. A required one counts whatever ``at_least`` says."""

    path = models.ForeignKey(Path, models.CASCADE, related_name="courses")
    course = models.ForeignKey(Course, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    required = models.BooleanField(_("required"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "course"], name="one_place_per_course_of_a_path")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.course.slug


class PathMaterial(models.Model):
    """Further material of a path: a page of ours or an official text elsewhere."""

    path = models.ForeignKey(Path, models.CASCADE, related_name="materials")
    position = models.PositiveSmallIntegerField()
    title_pt = models.CharField(_("title (Portuguese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200)
    address = models.CharField(_("address"), max_length=500)
    note_pt = models.TextField(_("note (Portuguese)"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)

    title = Localised()
    note = Localised()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title_pt
