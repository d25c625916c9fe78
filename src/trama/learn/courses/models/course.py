"""A course, its versions, and what a version holds besides its modules."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import Localised


class Course(models.Model):
    """A course on one subject, over all its versions. ``organisation``: who writes it; none: the programme."""

    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position in the catalogue"), default=100)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug


class CourseVersion(models.Model):
    """One version of a course, with its texts in both languages. Lists are kept one item a line.

    A draft can be edited. Once published, neither its texts nor its parts ever change (a trigger refuses it): cohorts
    stand on it and certificates state its hours. Its state may still go on, from published to retired.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    class LessonsRule(models.TextChoices):
        ALL = "all", _("every lesson opened")
        NONE = "none", _("lessons do not count")

    class QuizzesRule(models.TextChoices):
        PASS = "pass", _("every quiz passed")
        ANSWER = "answer", _("every quiz answered")
        NONE = "none", _("quizzes do not count")

    class AssignmentsRule(models.TextChoices):
        ACCEPTED = "accepted", _("every assignment accepted")
        SUBMITTED = "submitted", _("every assignment handed in")
        NONE = "none", _("assignments do not count")

    course = models.ForeignKey(Course, models.PROTECT, related_name="versions")
    version = models.CharField(_("version"), max_length=20)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    hours = models.PositiveSmallIntegerField(_("workload in hours, as certificates state it"))
    licence = models.CharField(_("licence"), max_length=60)
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    summary_pt = models.TextField(_("summary (Portuguese)"))
    summary_en = models.TextField(_("summary (English)"))
    objectives_pt = models.TextField(_("objectives (Portuguese)"))
    objectives_en = models.TextField(_("objectives (English)"))
    what_you_need_pt = models.TextField(_("what it needs (Portuguese)"), blank=True)
    what_you_need_en = models.TextField(_("what it needs (English)"), blank=True)
    authors_pt = models.CharField(_("authors (Portuguese)"), max_length=300)
    authors_en = models.CharField(_("authors (English)"), max_length=300)
    note_pt = models.TextField(_("note (Portuguese)"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)
    what_changed_pt = models.TextField(_("what changed (Portuguese)"), blank=True)
    what_changed_en = models.TextField(_("what changed (English)"), blank=True)
    lessons_rule = models.CharField(_("lessons"), max_length=10, choices=LessonsRule, default=LessonsRule.ALL)
    quizzes_rule = models.CharField(_("quizzes"), max_length=10, choices=QuizzesRule, default=QuizzesRule.PASS)
    assignments_rule = models.CharField(
        _("assignments"), max_length=10, choices=AssignmentsRule, default=AssignmentsRule.ACCEPTED
    )
    attendance_percent = models.PositiveSmallIntegerField(_("meetings attended, in per cent"), default=0)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)  # of its files; "" on the site
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    title = Localised()
    summary = Localised()
    objectives = Localised()
    what_you_need = Localised()
    authors = Localised()
    note = Localised()
    what_changed = Localised()

    class Meta:
        verbose_name = _("version of a course")
        verbose_name_plural = _("versions of courses")
        constraints = [
            models.UniqueConstraint(fields=["course", "version"], name="one_course_version_per_label"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(state="published"), name="one_published_version_per_course"
            ),
            models.CheckConstraint(
                name="published_course_has_its_date", condition=Q(state="draft") | Q(published_at__isnull=False)
            ),
            models.CheckConstraint(name="course_attendance_is_a_share", condition=Q(attendance_percent__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.title_pt} {self.version}"

    @property
    def is_sealed(self) -> bool:
        return self.state in SEALED

    @property
    def objective_list(self) -> list[str]:
        return [line for line in self.objectives.splitlines() if line.strip()]


SEALED = (CourseVersion.State.PUBLISHED, CourseVersion.State.RETIRED)


class CourseAudience(models.Model):
    """Whom a version is for."""

    class Audience(models.TextChoices):
        SECRETARIAT = "secretariat", _("secretariat")
        PRINCIPALS = "principals", _("school principals")
        COORDINATORS = "coordinators", _("pedagogical coordinators")
        TEACHERS = "teachers", _("teachers")
        FAMILIES = "families", _("families")
        STATE = "state", _("state secretariat")
        TERRITORY = "territory", _("territory")

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="audiences")
    audience = models.CharField(_("audience"), max_length=12, choices=Audience)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "audience"], name="one_audience_per_course_version")]

    def __str__(self) -> str:
        return self.get_audience_display()


class CourseTechnology(models.Model):
    """A technology of the catalogue that a version serves, by its slug."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="technologies")
    slug = models.SlugField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "slug"], name="one_technology_per_course_version")]

    def __str__(self) -> str:
        return self.slug


class CourseCriterion(models.Model):
    """A criterion of the self-diagnosis of a network that a version serves, by its code."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="criteria")
    code = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_criterion_per_course_version")]

    def __str__(self) -> str:
        return self.code


class GlossaryTerm(models.Model):
    """A word of the field as a course uses it."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="glossary")
    position = models.PositiveSmallIntegerField()
    term_pt = models.CharField(_("term (Portuguese)"), max_length=120)
    term_en = models.CharField(_("term (English)"), max_length=120)
    definition_pt = models.TextField(_("definition (Portuguese)"))
    definition_en = models.TextField(_("definition (English)"))
    revision = models.PositiveIntegerField(default=1)

    term = Localised()
    definition = Localised()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.term_pt


class LibraryItem(models.Model):
    """A paper of a course to download and fill in: Markdown in both languages, as documents of technologies are."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="library")
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    summary_pt = models.TextField(_("summary (Portuguese)"))
    summary_en = models.TextField(_("summary (English)"))
    body_pt = models.TextField(_("text (Portuguese)"))
    body_en = models.TextField(_("text (English)"))
    revision = models.PositiveIntegerField(default=1)

    title = Localised()
    summary = Localised()
    body = Localised()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "slug"], name="one_paper_per_slug_of_a_course")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt


class FurtherReading(models.Model):
    """An official text elsewhere, and what it is good for."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="further")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=300)
    address = models.URLField(_("address"), max_length=500)
    note_pt = models.TextField(_("note (Portuguese)"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)
    revision = models.PositiveIntegerField(default=1)

    note = Localised()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class CourseChange(models.Model):
    """One change of one field of a version while it was written: who, when, from what to what.

    ``part`` is "" for the version itself, else kind and key of the part: "lesson 17".

    Personal data: who changed a course. Purpose: memory of the authors. Kept with the version.
    """

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="changes")
    part = models.CharField(_("part"), max_length=40, blank=True)
    label = models.CharField(_("name of the part"), max_length=200, blank=True)
    field = models.CharField(_("field"), max_length=40)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a course")
        verbose_name_plural = _("changes of courses")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["version", "at"], name="course_change_at")]

    def __str__(self) -> str:
        return f"{self.part} {self.field}"
