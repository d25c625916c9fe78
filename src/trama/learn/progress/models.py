"""What is kept of a learner's way through a course, and what may never be false."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LessonVisit(models.Model):
    """A lesson that a learner opened, and when first and last.

    Personal data: reading habits of a public servant. Purpose: to go on where one stopped, completion.
    """

    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="visits")
    lesson = models.ForeignKey("learn.Lesson", models.PROTECT, related_name="+")
    first_at = models.DateTimeField(_("first opened at"))
    last_at = models.DateTimeField(_("last opened at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson"], name="one_visit_row_per_lesson_and_learner"),
            models.CheckConstraint(name="a_visit_does_not_end_before", condition=Q(last_at__gte=F("first_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.lesson_id}"


class Reflection(models.Model):
    """What a learner wrote below a question of a lesson, as it stands now. ``revision`` counts its savings.

    Personal data: free text of a learner. Read by the learner alone. Kept as long as the enrolment.
    """

    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="reflections")
    lesson = models.ForeignKey("learn.Lesson", models.PROTECT, related_name="+")
    name = models.SlugField(_("question"), max_length=80)
    text = models.TextField(_("text"), blank=True, max_length=10_000)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson", "name"], name="one_reflection_per_question"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.name}"


class ReflectionSave(models.Model):
    """One saving of a reflection as the device sent it. Rows are only added.

    ``submission`` is made by the device and decides whether this was heard before. One that came from an older
    ``base`` than the text had is kept and not ``accepted``: the learner is shown both.

    Personal data: free text of a learner. Read by the learner alone. Kept as long as the enrolment.
    """

    reflection = models.ForeignKey(Reflection, models.PROTECT, related_name="saves")
    submission = models.UUIDField(unique=True)
    base = models.PositiveIntegerField(_("revision it began from"))
    revision = models.PositiveIntegerField(_("revision it made"), null=True, blank=True)
    accepted = models.BooleanField(_("accepted"))
    text = models.TextField(_("text"), blank=True, max_length=10_000)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reflection", "revision"], name="one_save_per_revision_of_a_reflection"),
            models.CheckConstraint(
                name="an_accepted_save_made_a_revision",
                condition=Q(accepted=True, revision__isnull=False) | Q(accepted=False, revision__isnull=True),
            ),
        ]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return str(self.submission)


class QuizAttempt(models.Model):
    """One attempt of a learner at a quiz. ``seed`` gives the order of its questions and options.

    ``percent`` is rounded down, so that comparing it with a whole number of per cent is exact.

    Personal data: results of a public servant. Purpose: learning, completion. Read by the trainers of the cohort.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="attempts")
    quiz = models.ForeignKey("learn.Quiz", models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("number"))
    seed = models.BigIntegerField()
    started_at = models.DateTimeField(_("started at"))
    deadline = models.DateTimeField(_("ends at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "quiz", "number"], name="one_attempt_per_number"),
            models.UniqueConstraint(
                fields=["enrolment", "quiz"], condition=Q(finished_at__isnull=True), name="one_open_attempt_per_quiz"
            ),
            models.CheckConstraint(
                name="a_finished_attempt_has_its_result",
                condition=Q(finished_at__isnull=True, percent__isnull=True)
                | Q(finished_at__isnull=False, percent__gte=0, percent__lte=100),
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.quiz_id} {self.number}"


class QuizAnswer(models.Model):
    """An answer as it was given, in the language it was given in, with what it is worth. Rows are only added.

    The first answer to a question counts; one that arrived after the end of the attempt is kept and does not.

    Personal data: answers of a public servant. Purpose: learning. Read by the learner alone.
    """

    attempt = models.ForeignKey(QuizAttempt, models.PROTECT, related_name="answers")
    question = models.ForeignKey("learn.Question", models.PROTECT, related_name="+")
    submission = models.UUIDField(unique=True)
    given = models.JSONField(_("answer"))
    content_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    counted = models.BooleanField(_("counts"))
    points = models.PositiveSmallIntegerField(_("points"))
    points_of = models.PositiveSmallIntegerField(_("of"))
    at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question"], condition=Q(counted=True), name="one_counted_answer_per_question"
            ),
            models.CheckConstraint(
                name="an_answer_is_worth_a_share", condition=Q(points_of__gte=1, points__lte=F("points_of"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.question_id}"


class ExtraAttempt(models.Model):
    """One more attempt at a quiz that a trainer gave a learner, with the reason, which the learner reads. Only added.

    Personal data: a decision on a public servant's learning. Read by the learner and the trainers of the cohort.
    """

    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="extra_attempts")
    quiz = models.ForeignKey("learn.Quiz", models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="an_extra_attempt_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.quiz_id}"


class CompletionChange(models.Model):
    """A course became complete for a learner, or is no longer. Rows are only added.

    Personal data: result of a public servant. Purpose: certificates. Kept with the enrolment.
    """

    enrolment = models.ForeignKey("learn.Enrolment", models.PROTECT, related_name="completion_changes")
    complete = models.BooleanField(_("complete"))
    met = models.PositiveSmallIntegerField(_("met"))
    asked = models.PositiveSmallIntegerField(_("asked"))
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.complete}"
