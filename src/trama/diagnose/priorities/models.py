"""What is kept about priorities, and what may never be false."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def _weight_between(name: str, least: float) -> Q:
    return Q(**{f"weight_{name}__gte": least, f"weight_{name}__lte": 2.0})


def _empty_or_1_to_5(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (1, 5)})


class PriorityList(models.Model):
    """The priorities of one submitted round: the weights in use, what was decided, whether the director signed.

    ``revision`` is of the weights, ``decision_revision`` of the decision: people change them apart.
    """

    round = models.OneToOneField("diagnose.Round", models.CASCADE, related_name="priority_list")
    weight_gap = models.FloatField(_("weight of the gap"), default=1.0)
    weight_importance = models.FloatField(_("weight of the criterion's weight"), default=1.0)
    weight_reach = models.FloatField(_("weight of the reach"), default=1.0)
    weight_governability = models.FloatField(_("weight of the governability"), default=1.0)
    weight_gut = models.FloatField(_("weight of gravity, urgency and trend"), default=1.0)
    revision = models.PositiveIntegerField(default=1)
    decision_revision = models.PositiveIntegerField(default=1)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    number_reason = models.CharField(_("why fewer than three or more than five"), max_length=300, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("list of priorities")
        verbose_name_plural = _("lists of priorities")
        constraints = [
            models.CheckConstraint(
                name="signed_list_says_who",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="weights_of_priorities_are_within_bounds",
                condition=_weight_between("gap", 0.5)
                & _weight_between("importance", 0.0)
                & _weight_between("reach", 0.0)
                & _weight_between("governability", 0.0)
                & _weight_between("gut", 0.0),
            ),
        ]

    def __str__(self) -> str:
        return f"priorities of round {self.round_id}"

    @property
    def is_signed(self) -> bool:
        """Whether nothing of the list may change. The database refuses it too."""
        return self.signed_at is not None


class GutPart(models.TextChoices):
    """The three questions of GUT, asked one after the other."""

    GRAVITY = "gravity", _("gravity")
    URGENCY = "urgency", _("urgency")
    TREND = "trend", _("trend")


class GutScore(models.Model):
    """How one member scores one item: gravity, urgency and trend, each 1 to 5; null: not scored yet.

    Personal data: a person's opinion. Purpose: the order of priorities of their institution. Visible to the round after
    they have scored themselves.
    """

    list = models.ForeignKey(PriorityList, models.CASCADE, related_name="scores")
    item = models.ForeignKey("diagnose.RoundItem", models.CASCADE, related_name="+")
    member = models.ForeignKey("diagnose.RoundMember", models.CASCADE, related_name="+")
    gravity = models.PositiveSmallIntegerField(_("gravity"), null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), null=True, blank=True)
    trend = models.PositiveSmallIntegerField(_("trend"), null=True, blank=True)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("score of gravity, urgency and trend")
        verbose_name_plural = _("scores of gravity, urgency and trend")
        constraints = [
            models.UniqueConstraint(fields=["list", "item", "member"], name="one_gut_score_per_item_and_member"),
            models.CheckConstraint(
                name="gut_is_1_to_5",
                condition=_empty_or_1_to_5("gravity") & _empty_or_1_to_5("urgency") & _empty_or_1_to_5("trend"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.gravity}×{self.urgency}×{self.trend}"


class GutChange(models.Model):
    """One score as it was given, and what stood there before. Rows are only added.

    Personal data: as of ``GutScore``.
    """

    list = models.ForeignKey(PriorityList, models.CASCADE, related_name="score_changes")
    item = models.ForeignKey("diagnose.RoundItem", models.CASCADE, related_name="+")
    member = models.ForeignKey("diagnose.RoundMember", models.CASCADE, related_name="+")
    part = models.CharField(max_length=8, choices=GutPart)
    before = models.PositiveSmallIntegerField(null=True, blank=True)
    after = models.PositiveSmallIntegerField()
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a score")
        verbose_name_plural = _("changes of scores")
        indexes = [models.Index(fields=["list", "member"], name="gut_change_of_member")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.part} {self.before} → {self.after}"


class OrderOpened(models.Model):
    """From when a member sees the order and others' scores: they have scored, or chose to look without scoring.

    Personal data: that a person scored, or chose not to. Purpose: independent scores. Visible to the person.
    """

    list = models.ForeignKey(PriorityList, models.CASCADE, related_name="opened")
    member = models.ForeignKey("diagnose.RoundMember", models.CASCADE, related_name="+")
    scored = models.BooleanField(_("after scoring"))
    at = models.DateTimeField(_("when"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "member"], name="order_opens_once_per_member")]

    def __str__(self) -> str:
        return f"{self.list_id}: {self.member_id}"


class Factor(models.Model):
    """Reach and governability of an item as this team sees them, 1 to 5. Null: as the instrument says."""

    list = models.ForeignKey(PriorityList, models.CASCADE, related_name="factors")
    item = models.ForeignKey("diagnose.RoundItem", models.CASCADE, related_name="+")
    reach = models.PositiveSmallIntegerField(_("reach (1 to 5)"), null=True, blank=True)
    governability = models.PositiveSmallIntegerField(_("governability (1 to 5)"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    revision = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "item"], name="one_factor_per_item"),
            models.CheckConstraint(
                name="factor_is_1_to_5", condition=_empty_or_1_to_5("reach") & _empty_or_1_to_5("governability")
            ),
            models.CheckConstraint(name="factor_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}"


class Priority(models.Model):
    """A priority that the team decided, at its place, with the reason where it differs from the computed order.

    One that a later decision leaves out keeps its row (``dropped_at``): plans may stand on it.
    """

    list = models.ForeignKey(PriorityList, models.CASCADE, related_name="priorities")
    item = models.ForeignKey("diagnose.RoundItem", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("position"))  # from 1
    computed_position = models.PositiveSmallIntegerField(_("computed position"), null=True, blank=True)
    reason = models.TextField(_("reason of the team"), blank=True)
    dropped_at = models.DateTimeField(_("no longer a priority since"), null=True, blank=True)

    class Meta:
        verbose_name = _("priority")
        verbose_name_plural = _("priorities")
        constraints = [
            models.UniqueConstraint(fields=["list", "item"], name="one_priority_per_item"),
            models.UniqueConstraint(
                fields=["list", "position"],
                condition=Q(dropped_at__isnull=True),
                name="one_priority_per_position",
            ),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}. {self.item_id}"


class SetAside(models.Model):
    """An item that the rule put among the first and the team did not choose, and why."""

    list = models.ForeignKey(PriorityList, models.CASCADE, related_name="set_aside")
    item = models.ForeignKey("diagnose.RoundItem", models.PROTECT, related_name="+")
    computed_position = models.PositiveSmallIntegerField(_("computed position"))
    reason = models.TextField(_("reason of the team"))

    class Meta:
        verbose_name = _("criterion set aside")
        verbose_name_plural = _("criteria set aside")
        constraints = [models.UniqueConstraint(fields=["list", "item"], name="one_setting_aside_per_item")]
        ordering = ["computed_position"]

    def __str__(self) -> str:
        return f"{self.item_id}"


class PrioritySignature(models.Model):
    """The director's signature under a list. Never changed: the database refuses it.

    ``content`` is the very text that was hashed (``priorities.content``), so that the proof outlives a reopening.

    Personal data: who signed, and when. Purpose: proof for the owner. Visible to the round.
    """

    list = models.ForeignKey(PriorityList, models.CASCADE, related_name="signatures")
    number = models.CharField(_("number"), max_length=24, unique=True)
    content = models.TextField(editable=False)
    content_hash = models.CharField(_("SHA-256 of what was signed"), max_length=64)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("signed list of priorities")
        verbose_name_plural = _("signed lists of priorities")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.number


class PriorityReopening(models.Model):
    """Why a signed list was opened again, by whom. Never changed."""

    signature = models.OneToOneField(PrioritySignature, models.CASCADE, related_name="reopening")
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("reopening of a list of priorities")
        verbose_name_plural = _("reopenings of lists of priorities")
        constraints = [models.CheckConstraint(name="priority_reopening_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.signature_id}"
