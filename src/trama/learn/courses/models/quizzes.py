"""Quizzes: questions, and how their right answers are written."""

from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import Localised

from .modules import Lesson, Part


class Quiz(Part):
    """Questions that a learner answers, as often as ``attempts`` allows (0: without limit).

    ``draw`` says how many of its questions an attempt brings (none: all of them); ``time_limit`` is in minutes.
    """

    instructions_pt = models.TextField(_("instructions (Portuguese)"), blank=True)
    instructions_en = models.TextField(_("instructions (English)"), blank=True)
    pass_percent = models.PositiveSmallIntegerField(_("per cent to pass"), default=70)
    attempts = models.PositiveSmallIntegerField(_("attempts (0: without limit)"), default=0)
    time_limit = models.PositiveSmallIntegerField(_("time limit in minutes"), null=True, blank=True)
    draw = models.PositiveSmallIntegerField(_("questions in each attempt"), null=True, blank=True)

    instructions = Localised()

    class Meta:
        constraints = [
            models.CheckConstraint(name="quiz_is_passed_at_a_share", condition=Q(pass_percent__lte=100)),
            models.CheckConstraint(name="quiz_draws_some", condition=Q(draw__isnull=True) | Q(draw__gte=1)),
            models.CheckConstraint(name="quiz_has_time", condition=Q(time_limit__isnull=True) | Q(time_limit__gte=1)),
        ]


class Question(models.Model):
    """One question of a quiz. Its options hold what is right, but for numbers and short answers.

    ``number``: right within ``tolerance`` of ``answer``. ``short``: right if it equals one line of ``accepted`` of the
    reader's language, without case and accents. ``order``: the options stand in the right order. ``match``: each option
    belongs to its own ``pair``.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("one right answer")
        MULTIPLE = "multiple", _("several right answers")
        TRUE_FALSE = "true_false", _("true or false")
        ORDER = "order", _("put in order")
        MATCH = "match", _("find the pairs")
        NUMBER = "number", _("a number")
        SHORT = "short", _("a short answer")

    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text_pt = models.TextField(_("question (Portuguese)"))
    text_en = models.TextField(_("question (English)"))
    feedback_pt = models.TextField(_("explanation after the answer (Portuguese)"))
    feedback_en = models.TextField(_("explanation after the answer (English)"))
    lesson = models.ForeignKey(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lesson to go back to")
    )
    answer = models.DecimalField(_("right number"), max_digits=16, decimal_places=4, null=True, blank=True)
    tolerance = models.DecimalField(_("tolerance"), max_digits=16, decimal_places=4, null=True, blank=True)
    unit_pt = models.CharField(_("unit (Portuguese)"), max_length=40, blank=True)
    unit_en = models.CharField(_("unit (English)"), max_length=40, blank=True)
    accepted_pt = models.TextField(_("accepted answers (Portuguese)"), blank=True)
    accepted_en = models.TextField(_("accepted answers (English)"), blank=True)
    revision = models.PositiveIntegerField(default=1)

    text = Localised()
    feedback = Localised()
    unit = Localised()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="question_tolerance_is_not_negative", condition=Q(tolerance__isnull=True) | Q(tolerance__gte=0)
            ),
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return Truncator(self.text_pt).chars(80)

    @property
    def has_options(self) -> bool:
        return self.kind not in (self.Kind.NUMBER, self.Kind.SHORT)


class Option(models.Model):
    """One option of a question. ``right`` counts for choices; ``pair`` for matching; the position for ordering."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    text_pt = models.TextField(_("text (Portuguese)"))
    text_en = models.TextField(_("text (English)"))
    right = models.BooleanField(_("right"), default=False)
    pair_pt = models.TextField(_("its pair (Portuguese)"), blank=True)
    pair_en = models.TextField(_("its pair (English)"), blank=True)
    feedback_pt = models.TextField(_("explanation (Portuguese)"), blank=True)
    feedback_en = models.TextField(_("explanation (English)"), blank=True)

    text = Localised()
    pair = Localised()
    feedback = Localised()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "position"], name="one_option_per_place_of_a_question")
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return Truncator(self.text_pt).chars(80)
