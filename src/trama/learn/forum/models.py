"""What is kept of a forum, and what may never be false."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ForumTopic(models.Model):
    """A question or subject in the forum of a cohort, general or of one module. Its text is its first post.

    ``posts`` counts them, hidden ones too; ``last_at`` is when the last was written.

    Personal data: what a public servant asks. Read by the people of the cohort.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey("learn.Cohort", models.PROTECT, related_name="topics")
    module = models.ForeignKey(
        "learn.Module", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("module")
    )
    title = models.CharField(_("subject"), max_length=160)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    last_at = models.DateTimeField(_("last written at"))
    posts_written = models.PositiveIntegerField(default=0)
    pinned_at = models.DateTimeField(_("pinned at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    answer = models.ForeignKey("learn.ForumPost", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        indexes = [models.Index(fields=["cohort", "last_at"], name="forum_by_activity")]

    def __str__(self) -> str:
        return self.title


class ForumPost(models.Model):
    """One text in a topic; number 1 opens it. ``folded``: what the search compares.

    Personal data: free text of a public servant. Read by the people of the cohort; hidden, by its author and leaders.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    topic = models.ForeignKey(ForumTopic, models.PROTECT, related_name="posts")
    number = models.PositiveIntegerField(_("number"))
    submission = models.UUIDField(unique=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("text"), max_length=10_000)
    folded = models.TextField(editable=False)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("created at"))
    edited_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    hidden_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="one_post_per_number_of_a_topic"),
            models.CheckConstraint(
                name="a_hidden_post_says_who_and_why",
                condition=Q(hidden_at__isnull=True, hidden_by__isnull=True, hidden_reason="")
                | (Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.number}"


class ForumPostText(models.Model):
    """A text that a post had before it was changed. Rows are only added.

    Personal data: free text of a public servant. Read by its author and those who lead the cohort.
    """

    post = models.ForeignKey(ForumPost, models.PROTECT, related_name="earlier")
    revision = models.PositiveIntegerField()
    text = models.TextField(_("text"), max_length=10_000)
    until = models.DateTimeField(_("until"))

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["post", "revision"], name="one_earlier_text_per_revision")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.revision}"


class ForumReading(models.Model):
    """How far a person has read a topic: the number of the last post they saw. No row: nothing.

    Personal data: reading of a public servant. Purpose: to show what is new.
    """

    topic = models.ForeignKey(ForumTopic, models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "user"], name="one_reading_per_topic_and_person")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.user_id} {self.number}"


class ForumChoice(models.Model):
    """Of which topics of a cohort letters tell a person. No row: of those they wrote in; who leads: of all.

    Personal data: a preference.
    """

    class Follows(models.TextChoices):
        ALL = "all", _("every topic")
        MINE = "mine", _("topics that I wrote in")
        NONE = "none", _("nothing")

    cohort = models.ForeignKey("learn.Cohort", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    follows = models.CharField(_("letters tell me of"), max_length=4, choices=Follows)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "user"], name="one_forum_choice_per_cohort_and_user")]

    def __str__(self) -> str:
        return self.get_follows_display()
