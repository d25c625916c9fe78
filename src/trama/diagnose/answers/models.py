"""What is kept about answers, agreements and evidence, and what may never be false."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LEVEL_UNKNOWN = 0  # "I do not know"
LEVEL_NOT_APPLICABLE = -1  # "does not apply here"
_VALID_LEVEL = Q(level__isnull=True) | Q(level__range=(-1, 4))


class Answer(models.Model):
    """What one member says about one item now. ``level`` null: not answered yet (there may be a comment).

    Personal data: a person's opinion about the institution they work in. Purpose: the self-diagnosis of its owner.
    Other members see it only after they have answered; people outside the round never.
    """

    item = models.ForeignKey("diagnose.RoundItem", models.CASCADE, related_name="answers")
    member = models.ForeignKey("diagnose.RoundMember", models.CASCADE, related_name="answers")
    level = models.SmallIntegerField(_("level"), null=True, blank=True)  # 1 to 4, 0 does not know, -1 does not apply
    comment = models.TextField(_("comment"), blank=True)
    revision = models.PositiveIntegerField(default=1)
    level_revision = models.PositiveIntegerField(default=0)  # the revision that last changed the level
    text_revision = models.PositiveIntegerField(default=0)  # and the comment
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["item", "member"], name="one_answer_per_item_and_member"),
            models.CheckConstraint(name="answer_level_is_known", condition=_VALID_LEVEL),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.level}"


class Agreement(models.Model):
    """What the team agrees about one item, and why. ``level`` null: not agreed yet (there may be a draft reason)."""

    item = models.OneToOneField("diagnose.RoundItem", models.CASCADE, related_name="agreement")
    level = models.SmallIntegerField(_("level"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    revision = models.PositiveIntegerField(default=1)
    level_revision = models.PositiveIntegerField(default=0)
    text_revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [models.CheckConstraint(name="agreed_level_is_known", condition=_VALID_LEVEL)]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.level}"


class Submission(models.Model):
    """One save as it arrived, with what became of it. Append-only: nothing that was sent is ever thrown away.

    A second content under an id that is taken is kept too, as a conflict under an id made from both (``clashes_with``).

    Personal data: as of the answer it carries.
    """

    class Outcome(models.TextChoices):
        SAVED = "saved", _("saved")
        MERGED = "merged", _("merged with another change")
        CONFLICT = "conflict", _("in conflict with another change")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True)  # made by the client
    round = models.ForeignKey("diagnose.Round", models.CASCADE, related_name="submissions")
    item = models.ForeignKey("diagnose.RoundItem", models.CASCADE, related_name="submissions")
    member = models.ForeignKey("diagnose.RoundMember", models.CASCADE, related_name="submissions")
    agreement = models.BooleanField(_("about the team's agreement"), default=False)  # else about the member's answer
    base_revision = models.PositiveIntegerField()  # 0: the client knew of no answer
    level = models.SmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)  # comment of an answer, reason of an agreement
    changes = models.CharField(max_length=20, blank=True)  # fields the person changed: "level", "text", "level text"
    applied = models.CharField(max_length=20, blank=True)  # those of them that this save changed
    # Ids of own saves that this one was typed over and that the client had no answer to. They may arrive later than
    # it, or never: hence text, not a relation.
    after = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)
    device_at = models.DateTimeField(_("time on the device"), null=True, blank=True)
    received_at = models.DateTimeField(_("received at"))
    outcome = models.CharField(max_length=8, choices=Outcome)
    refusal = models.CharField(max_length=40, blank=True)  # a code of ``answers.errors.Refusal``
    revision = models.PositiveIntegerField(null=True, blank=True)  # of the answer after this save
    resolves = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="resolved_by")
    clashes_with = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="copies")

    class Meta:
        verbose_name = _("save")
        verbose_name_plural = _("saves")
        indexes = [models.Index(fields=["item", "member", "agreement"], name="submission_of_item")]
        constraints = [
            models.CheckConstraint(name="saved_level_is_known", condition=_VALID_LEVEL),
            models.CheckConstraint(
                name="refused_save_says_why",
                condition=Q(outcome="refused") & ~Q(refusal="") | ~Q(outcome="refused") & Q(refusal=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


def evidence_path(evidence: "Evidence", filename: str) -> str:
    """Where a file of evidence is kept: a name of ours, never the one that came with it."""
    return str(PurePath("evidence", f"{uuid.uuid4().hex}"))


class Evidence(models.Model):
    """A link or a file that shows the level of an item.

    Personal data: may name people, as documents do. Visible to the round only; deleted with it.
    """

    class Kind(models.TextChoices):
        LINK = "link", _("link")
        FILE = "file", _("file")

    item = models.ForeignKey("diagnose.RoundItem", models.CASCADE, related_name="evidence")
    member = models.ForeignKey("diagnose.RoundMember", models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=4, choices=Kind)
    title = models.CharField(_("title"), max_length=160)
    address = models.URLField(_("address"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to=evidence_path, blank=True)
    file_name = models.CharField(max_length=160, blank=True)  # as it came, for the download
    media_type = models.CharField(max_length=80, blank=True)
    size = models.PositiveIntegerField(_("size, bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                name="evidence_is_a_link_or_a_file",
                condition=Q(kind="link", file="") & ~Q(address="") | Q(kind="file", address="") & ~Q(file=""),
            )
        ]

    def __str__(self) -> str:
        return self.title
