"""What is kept about shares, consents and published distributions, and what may never be false."""

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

RECEIVERS = ("group", "network", "organisation")


def _one_receiver() -> Q:
    def only(field: str) -> Q:
        return Q(**{f"{other}__isnull": other != field for other in RECEIVERS})

    return only("group") | only("network") | only("organisation")


class Share(models.Model):
    """The owner of a submitted round lets one receiver see its profile, until a day. Never the single answers.

    The receiver is a group of networks, the network of a state, a network (for a school's round) or an organisation.
    A new share with the same receiver ends the one before, so the rows are the history.

    Personal data: who shared and who took back. Purpose: the owner sees who let data out. Five years, as the trail.
    """

    class Detail(models.TextChoices):
        AREAS = "areas", _("levels of the areas")
        CRITERIA = "criteria", _("levels of the criteria and the priorities")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey("diagnose.Round", models.CASCADE, related_name="shares")
    group = models.ForeignKey("know.NetworkGroup", models.PROTECT, null=True, blank=True, related_name="+")
    network = models.ForeignKey("know.TeachingNetwork", models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    detail = models.CharField(_("what is shared"), max_length=10, choices=Detail, default=Detail.CRITERIA)
    named = models.BooleanField(_("with the name of the owner"), default=False)  # else only inside aggregates
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(_("granted at"))
    until = models.DateField(_("until (inclusive)"))  # a day where the owner is
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.CheckConstraint(name="share_has_one_receiver", condition=_one_receiver()),
            models.CheckConstraint(
                name="share_taken_back_after_it_was_granted",
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("granted_at")),
            ),
            *(
                models.UniqueConstraint(
                    fields=["round", field],
                    condition=Q(revoked_at__isnull=True),
                    name=f"one_share_per_round_and_{field}",
                )
                for field in RECEIVERS
            ),
        ]
        indexes = [models.Index(fields=["group", "until"], name="share_group_until")]

    def __str__(self) -> str:
        return f"share {self.uid}"  # the trail names it so: who received what is for the owner

    @property
    def receiver(self) -> Any:
        """The group, network or organisation that receives."""
        return self.group or self.network or self.organisation

    def counts_on(self, day: date) -> bool:
        """Whether nobody took it back and it has not ended, on a day where the owner is."""
        return self.revoked_at is None and day <= self.until


class AnonymousUse(models.Model):
    """The owner of a round agrees that its agreed levels enter distributions of similar networks, never named.

    Personal data: who agreed and who withdrew. Purpose and retention as of shares.
    """

    round = models.ForeignKey("diagnose.Round", models.CASCADE, related_name="anonymous_uses")
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(_("agreed at"))
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent to anonymous distributions")
        verbose_name_plural = _("consents to anonymous distributions")
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(withdrawn_at__isnull=True), name="one_open_anonymous_use_per_round"
            ),
        ]

    def __str__(self) -> str:
        return f"anonymous use of round {self.round_id}"


class PublishedDistribution(models.Model):
    """What was last told to one audience about many networks, and from whose answers it was computed.

    It stands until so many networks came, left or changed that none can be told from the difference
    (``trama_measure.diagnosis.may_be_published_anew``). ``members`` never leaves the server.
    """

    class Kind(models.TextChoices):
        SIMILAR = "similar", _("networks similar to one")
        SHARING = "sharing", _("those that share with a receiver")

    kind = models.CharField(max_length=8, choices=Kind)
    group = models.ForeignKey("know.NetworkGroup", models.CASCADE, null=True, blank=True, related_name="+")
    network = models.ForeignKey("know.TeachingNetwork", models.CASCADE, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, null=True, blank=True, related_name="+")
    version = models.ForeignKey("diagnose.InstrumentVersion", models.PROTECT, related_name="+")
    instrument = models.ForeignKey("diagnose.Instrument", models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    members = models.JSONField()  # owner to a fingerprint of what it contributed
    content = models.JSONField()  # bands only: ``publication.Bands`` as lists
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("published distribution")
        verbose_name_plural = _("published distributions")
        constraints = [
            models.CheckConstraint(name="distribution_has_one_audience", condition=_one_receiver()),
            *(
                models.UniqueConstraint(
                    fields=["kind", field, "instrument"],
                    condition=Q(**{f"{field}__isnull": False}),
                    name=f"one_distribution_per_{field}",
                )
                for field in RECEIVERS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.instrument_id}"
