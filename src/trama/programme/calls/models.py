"""What is kept about calls, and what may never be false."""

import zoneinfo
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import in_language


def validate_time_zone(name: str) -> None:
    """Refuse a name that the time zone database does not have."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as America/Sao_Paulo."), params={"name": name}
        )


class Call(models.Model):
    """One call of a programme. ``revision`` grows with each change, so that two editors cannot overwrite each other."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        CLOSED = "closed", _("closed")
        ARCHIVED = "archived", _("archived")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programme"),
    )
    title_pt = models.CharField(_("title in Portuguese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    summary_pt = models.TextField(_("summary in Portuguese"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    text_pt = models.TextField(_("text in Portuguese"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    time_zone = models.CharField(
        _("time zone of the dates"), max_length=40, default="America/Sao_Paulo", validators=[validate_time_zone]
    )
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)  # null: not recorded
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    source_note = models.TextField(_("where the text comes from"), blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)  # what `content load` wrote; "" by hand

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.CheckConstraint(
                name="call_state_is_known", condition=Q(state__in=["draft", "published", "closed", "archived"])
            ),
            models.CheckConstraint(
                name="call_closes_after_it_opens",
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="call_beyond_draft_was_published", condition=Q(state="draft") | Q(published_at__isnull=False)
            ),
            models.CheckConstraint(
                name="public_call_speaks_both_languages",
                condition=Q(state="draft") | (~Q(title_pt="") & ~Q(title_en="")),
            ),
            models.CheckConstraint(name="call_has_a_time_zone", condition=~Q(time_zone="")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self.title_pt, self.title_en)

    @property
    def summary(self) -> str:
        return in_language(self.summary_pt, self.summary_en)

    @property
    def text(self) -> str:
        return in_language(self.text_pt, self.text_en)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def opens_at_local(self) -> datetime | None:
        """The opening as the clocks of the call's own time zone show it."""
        return self.opens_at.astimezone(self.zone) if self.opens_at else None

    @property
    def closes_at_local(self) -> datetime | None:
        return self.closes_at.astimezone(self.zone) if self.closes_at else None

    def is_open(self, at: datetime) -> bool:
        """Whether a network can still apply at this moment: published, begun, and not past its end."""
        return (
            self.state == self.State.PUBLISHED
            and (self.opens_at is None or self.opens_at <= at)
            and self.closes_at is not None
            and at <= self.closes_at
        )

    def is_coming(self, at: datetime) -> bool:
        return self.state == self.State.PUBLISHED and self.opens_at is not None and at < self.opens_at


class CallCategory(models.Model):
    """One way of taking part in a call, with its own rule: municipal, regional, …"""

    class Admission(models.TextChoices):
        RULE = "rule", _("networks that meet an eligibility rule")
        GROUPS = "groups", _("networks that belong to stated groups")

    call = models.ForeignKey(Call, models.CASCADE, related_name="categories")
    slug = models.SlugField(_("address"), max_length=60)
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    name_pt = models.CharField(_("name in Portuguese"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    text_pt = models.TextField(_("text in Portuguese"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    admission = models.CharField(_("who is admitted"), max_length=6, choices=Admission, default=Admission.RULE)
    groups_stated = models.PositiveSmallIntegerField(_("groups that the call names"), null=True, blank=True)
    membership_on = models.DateField(_("membership on the day"), null=True, blank=True)  # null: at any time

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "slug"], name="one_category_per_slug"),
            models.CheckConstraint(name="category_admission_is_known", condition=Q(admission__in=["rule", "groups"])),
            models.CheckConstraint(
                name="only_a_category_of_groups_counts_groups",
                condition=Q(admission="groups") | (Q(groups_stated__isnull=True) & Q(membership_on__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.name}"

    @property
    def name(self) -> str:
        return in_language(self.name_pt, self.name_en)

    @property
    def text(self) -> str:
        return in_language(self.text_pt, self.text_en)


class CategoryGroup(models.Model):
    """A group of networks that a category admits.

    Where fewer groups are linked than ``CallCategory.groups_stated``, a network outside the linked ones is unknown,
    not refused: it may belong to one that nobody has recorded yet.
    """

    category = models.ForeignKey(CallCategory, models.CASCADE, related_name="admitted_groups")
    group = models.ForeignKey("know.NetworkGroup", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("admitted group")
        verbose_name_plural = _("admitted groups")
        constraints = [models.UniqueConstraint(fields=["category", "group"], name="a_group_is_admitted_once")]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.group_id}"
