"""What is kept about rounds, and what may never be false."""

import uuid
import zoneinfo
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.fields import zone_name
from trama.know.api import OfOneScope, one_scope


class Round(OfOneScope):
    """One self-diagnosis of one owner. It pins the version of its instrument."""

    class State(models.TextChoices):
        ANSWERING = "answering", _("answering")
        AGREEING = "agreeing", _("agreeing")
        SUBMITTED = "submitted", _("submitted")
        CANCELLED = "cancelled", _("cancelled")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey("diagnose.InstrumentVersion", models.PROTECT, related_name="rounds")
    title = models.CharField(_("title"), max_length=160)
    short = models.BooleanField(_("short version"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ANSWERING)
    answers_until = models.DateTimeField(_("answers until"))
    time_zone = models.CharField(_("time zone of the deadline"), max_length=40, default="America/Sao_Paulo")
    grace_hours = models.PositiveSmallIntegerField(_("hours for answers given offline in time"), default=72)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            one_scope("round_has_one_owner"),
            models.CheckConstraint(
                name="submitted_round_has_its_date",
                condition=Q(state="submitted", submitted_at__isnull=False) | ~Q(state="submitted"),
            ),
        ]
        indexes = [
            models.Index(fields=["network", "state"], name="round_network_state"),
            models.Index(fields=["version", "state"], name="round_version_state"),
        ]

    def __str__(self) -> str:
        return f"round {self.uid}"  # the trail and the logs name it so: its title is the team's own words

    @property
    def clock(self) -> str:
        """The name people use for the owner's clocks: "Brasília time"."""
        return zone_name(self.time_zone)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Where the clock of the deadline hangs: the owner's own place."""
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def answers_until_local(self) -> datetime:
        """The deadline as the owner's clocks show it."""
        return self.answers_until.astimezone(self.zone)

    @property
    def is_frozen(self) -> bool:
        """Whether answers, agreements, evidence and items can no longer change. The database refuses it too."""
        return self.state in {self.State.SUBMITTED, self.State.CANCELLED}


class RoundItem(models.Model):
    """What is asked in a round: a criterion of the version, or a question of the owner's own."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="items")
    criterion = models.ForeignKey("diagnose.Criterion", models.PROTECT, null=True, blank=True, related_name="+")
    own_question = models.ForeignKey("diagnose.OwnQuestion", models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("item of a round")
        verbose_name_plural = _("items of rounds")
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="one_item_per_position"),
            models.UniqueConstraint(fields=["round", "criterion"], name="one_item_per_criterion"),
            models.UniqueConstraint(fields=["round", "own_question"], name="one_item_per_own_question"),
            models.CheckConstraint(
                name="item_is_a_criterion_or_an_own_question",
                condition=Q(criterion__isnull=False, own_question__isnull=True)
                | Q(criterion__isnull=True, own_question__isnull=False),
            ),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"item {self.position} of round {self.round_id}"

    @property
    def code(self) -> str:
        """The number of the criterion; an own question has none."""
        return self.criterion.code if self.criterion is not None else ""

    @property
    def title(self) -> str:
        return str((self.criterion or self.own_question).title)  # type: ignore[union-attr]

    @property
    def question(self) -> str:
        return str((self.criterion or self.own_question).question)  # type: ignore[union-attr]


class RoundMember(models.Model):
    """A person in a round: coordinates it, answers it, or both.

    Personal data: who took part in a self-diagnosis. Purpose: to ask the right people and to show who is missing.
    """

    class Part(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinates and answers")
        RESPONDENT = "respondent", _("answers")
        READER = "reader", _("follows without answering")

    round = models.ForeignKey(Round, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    part = models.CharField(_("part"), max_length=12, choices=Part, default=Part.RESPONDENT)
    respondent = models.ForeignKey("diagnose.Respondent", models.PROTECT, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("said to have finished at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("last reminded at"), null=True, blank=True)
    muted_at = models.DateTimeField(_("asked for no reminders at"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)  # of part, kind and what is asked

    class Meta:
        verbose_name = _("member of a round")
        verbose_name_plural = _("members of rounds")
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.user_id}"


class RoundAssignment(models.Model):
    """An item that a member was asked to answer, where this differs from what their kind of respondent answers."""

    member = models.ForeignKey(RoundMember, models.CASCADE, related_name="assignments")
    item = models.ForeignKey(RoundItem, models.CASCADE, related_name="assignments")
    asked = models.BooleanField(_("asked"), default=True)  # false: taken away although the kind would answer it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "item"], name="one_assignment_per_member_and_item")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.item_id}"


class RoundInvitation(models.Model):
    """A place in one round, offered by e-mail to somebody who may have no account. The code is kept as its hash only.

    Personal data: the e-mail of the invited person. Purpose: to ask councils, families and teachers. Deleted 90 days
    after it expires.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    part = models.CharField(_("part"), max_length=12, choices=RoundMember.Part, default=RoundMember.Part.RESPONDENT)
    respondent = models.ForeignKey("diagnose.Respondent", models.PROTECT, null=True, blank=True, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)
    language = models.CharField(_("language of the letter"), max_length=8)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    member = models.ForeignKey(RoundMember, models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation to a round")
        verbose_name_plural = _("invitations to rounds")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation_per_round_and_email",
            ),
            models.CheckConstraint(
                name="round_invitation_is_accepted_or_withdrawn",
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to round {self.round_id}"

    def is_open_at(self, instant: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and instant < self.expires_at


class RoundStep(models.Model):
    """One move of a round from a state to another, by whom and why. Rows are only added.

    Personal data: who moved the round. Purpose: the team sees what happened; five years, as the audit trail.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="steps")
    from_state = models.CharField(max_length=10, choices=Round.State, blank=True)  # "": the round was opened
    to_state = models.CharField(max_length=10, choices=Round.State)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step of a round")
        verbose_name_plural = _("steps of rounds")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Receipt(models.Model):
    """Proof of a submission: of the round as a whole, or of one member's part. Never changed: the database refuses it.

    ``content`` is the very text that was hashed (``rounds.content``), so that the proof outlives a later reopening.

    Personal data: who submitted, and when; in ``content`` what members answered, without their names. Purpose: proof
    for the person and the owner. Visible as the answers are.
    """

    number = models.CharField(_("number"), max_length=24, unique=True)
    round = models.ForeignKey(Round, models.CASCADE, related_name="receipts")
    member = models.ForeignKey(RoundMember, models.CASCADE, null=True, blank=True, related_name="receipts")
    submission = models.UUIDField(_("submission"), unique=True)  # made by the client: sent again, it gives the same
    content = models.TextField(editable=False)
    content_hash = models.CharField(_("SHA-256 of what was submitted"), max_length=64)
    n_open = models.PositiveSmallIntegerField(_("criteria left open"), default=0)  # not agreed, or not answered
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("submitted at"))

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.number
