"""Modules and their parts: lessons and practice assignments (quizzes have a module of their own)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import Localised

from .course import CourseVersion


class Module(models.Model):
    """A module of a course. ``minutes``: what its parts add up to, as announced."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="modules")
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    summary_pt = models.TextField(_("summary (Portuguese)"))
    summary_en = models.TextField(_("summary (English)"))
    revision = models.PositiveIntegerField(default=1)

    title = Localised()
    summary = Localised()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "slug"], name="one_module_per_slug_of_a_course")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt


class Part(models.Model):
    """One part of a module, in its place among the others; the rest of it is a ``Lesson``, ``Quiz`` and so on.

    ``kind`` and ``slug`` name the part over the versions of its course (``key``): the authors' forms and the loader use
    a slug once in a whole version, so that what a learner did can be compared or carried on.
    """

    class Kind(models.TextChoices):
        LESSON = "lesson", _("lesson")
        QUIZ = "quiz", _("quiz")
        ASSIGNMENT = "assignment", _("practice assignment")
        PACKAGE = "package", _("interactive content")
        TOOL = "tool", _("external tool")

    module = models.ForeignKey(Module, models.CASCADE, related_name="parts")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    revision = models.PositiveIntegerField(default=1)

    title = Localised()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["module", "kind", "slug"], name="one_part_per_slug_of_a_module")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title_pt

    @property
    def key(self) -> str:
        """ "lesson:first-steps": the name of the part in its course, over all versions."""
        return f"{self.kind}:{self.slug}"


class Lesson(Part):
    """A text to read, with questions for the reader's own reflection; Markdown as docs/user/courses.md describes it."""

    body_pt = models.TextField(_("text (Portuguese)"))
    body_en = models.TextField(_("text (English)"))

    body = Localised()


class Assignment(Part):
    """A practice assignment: done in the learner's own network or school, handed in, looked at with a rubric."""

    class Who(models.TextChoices):
        EACH = "each", _("each person")
        PAIR = "pair", _("one for both of a management pair")

    who = models.CharField(_("who hands it in"), max_length=6, choices=Who)
    peers = models.PositiveSmallIntegerField(
        _("peers who give feedback on each piece of work (0 to 3)"), default=0, validators=[MaxValueValidator(3)]
    )
    peers_anonymous = models.BooleanField(_("the authors do not see which peer wrote"), default=True)
    peers_days = models.PositiveSmallIntegerField(
        _("days that a peer has to give feedback"), default=7, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    peers_asked = models.BooleanField(_("giving feedback counts for the certificate"), default=False)
    task_pt = models.TextField(_("task (Portuguese)"))
    task_en = models.TextField(_("task (English)"))
    product_pt = models.TextField(_("what to hand in (Portuguese)"))
    product_en = models.TextField(_("what to hand in (English)"))
    example_pt = models.TextField(_("example of good work (Portuguese)"), blank=True)
    example_en = models.TextField(_("example of good work (English)"), blank=True)

    task = Localised()
    product = Localised()
    example = Localised()

    class Meta:
        constraints = [
            models.CheckConstraint(name="at_most_three_peers_read_a_work", condition=Q(peers__lte=3)),
            models.CheckConstraint(name="peers_have_a_day_at_least", condition=Q(peers_days__gte=1)),
        ]


class ToolPart(Part):
    """Something to do in an external tool (LTI), which ``tool`` names by its slug; ``text`` says how to do it without.

    ``target``: the address inside the tool; "" is its own. ``custom``: what the tool asks to be told, ``name=value``,
    one a line. ``asks``: what has to happen there for the certificate.
    """

    class Asks(models.TextChoices):
        NOTHING = "nothing", _("nothing: it does not count")
        OPEN = "open", _("it was opened")
        COMPLETE = "complete", _("the tool says that it was done")
        SCORE = "score", _("the tool gives enough points")

    tool = models.CharField(_("tool"), max_length=80)
    target = models.CharField(_("address in the tool"), max_length=1000, blank=True)
    custom = models.TextField(_("what the tool is told"), blank=True)
    asks = models.CharField(_("what counts"), max_length=10, choices=Asks, default=Asks.OPEN)
    pass_percent = models.PositiveSmallIntegerField(_("per cent to pass"), default=70)
    text_pt = models.TextField(_("how to do it without the tool (Portuguese)"))
    text_en = models.TextField(_("how to do it without the tool (English)"))

    text = Localised()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pass_percent__lte=100), name="tool_is_passed_at_a_share")]


class RubricCriterion(models.Model):
    """What is looked at in an assignment, in four levels."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    revision = models.PositiveIntegerField(default=1)

    title = Localised()

    class Meta:
        constraints = [models.CheckConstraint(name="rubric_weight_counts", condition=Q(weight__gte=1))]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title_pt


class RubricLevel(models.Model):
    """How work looks at one level of a criterion: 1 is the lowest."""

    criterion = models.ForeignKey(RubricCriterion, models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField(_("level"))
    text_pt = models.TextField(_("text (Portuguese)"))
    text_en = models.TextField(_("text (English)"))

    text = Localised()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["criterion", "level"], name="one_text_per_level_of_a_rubric"),
            models.CheckConstraint(name="rubric_has_four_levels", condition=Q(level__gte=1, level__lte=4)),
        ]
        ordering = ["level"]

    def __str__(self) -> str:
        return f"{self.level}: {self.text_pt[:40]}"
