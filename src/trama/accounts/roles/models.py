"""Who acts where, from when until when."""

import uuid
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .vocabulary import PRINCIPAL_ROLES, SCOPE_OF_ROLE, TEAM_ROLES, AccessLevel, Role, Scope, Tool

_NETWORK_ROLES = ["network_principal", "network_team", "state_principal", "state_team"]
_SCHOOL_ROLES = ["school_principal", "pedagogical_coordinator", "teacher", "school_clerk"]
_ORGANISATION_ROLES = ["trainer", "programme_admin", "programme_team"]


def _scope_fits_role() -> Q:
    """A role is held in exactly one scope, of the kind that ``SCOPE_OF_ROLE`` gives it."""

    def only(field: str) -> Q:
        return Q(**{f"{name}__isnull": name != field for name in ("network", "school", "group", "organisation")})

    return (
        (Q(role__in=_NETWORK_ROLES) & only("network"))
        | (Q(role__in=_SCHOOL_ROLES) & only("school"))
        | (Q(role="group_coordinator") & only("group"))
        | (Q(role__in=_ORGANISATION_ROLES) & only("organisation"))
    )


class Organisation(models.Model):
    """A programme, or a technical partner of it."""

    class Kind(models.TextChoices):
        PROGRAMME = "programme", _("programme")
        PARTNER = "partner", _("technical partner")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class Scoped(models.Model):
    """A role in one network, school, group or organisation: what profiles and invitations share."""

    role = models.CharField(_("role"), max_length=30, choices=Role)
    network = models.ForeignKey("know.TeachingNetwork", models.PROTECT, null=True, blank=True, related_name="+")
    school = models.ForeignKey("know.School", models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey("know.NetworkGroup", models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="%(class)ss")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.scope}"

    @property
    def scope(self) -> models.Model:
        """The network, school, group or organisation the role is held in."""
        scope = self.network or self.school or self.group or self.organisation
        assert scope is not None  # the database holds exactly one
        return scope

    @staticmethod
    def scope_fields(role: str, scope: Any) -> dict[str, Any]:
        """``{"network": scope}`` or its like: the field where ``role`` keeps its scope."""
        return {Scope(SCOPE_OF_ROLE[role]).value: scope}


class Profile(Scoped):
    """A person's role in one network, school, group or organisation, from ``start`` until before ``end``.

    Days begin at midnight where the network or school is: a mandate in Acre ends two hours after one in Brasília.

    Personal data: ties a person to a public post. Purpose: access. Kept as long as the audit trail.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profiles")
    start = models.DateField(_("from"))
    end = models.DateField(_("until (exclusive)"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.CheckConstraint(name="profile_scope_fits_its_role", condition=_scope_fits_role()),
            models.CheckConstraint(
                name="profile_ends_after_start", condition=Q(end__isnull=True) | Q(end__gt=F("start"))
            ),
            models.CheckConstraint(
                name="municipal_profile_ends_with_a_mandate",
                condition=~Q(role__in=["network_principal", "network_team"]) | Q(end__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["network"],
                condition=Q(
                    role__in=["network_principal", "state_principal"],
                    revoked_at__isnull=True,
                    end__isnull=True,
                ),
                name="one_open_principal_user_per_network",
            ),
            models.UniqueConstraint(
                fields=["network", "end"],
                condition=Q(
                    role__in=["network_principal", "state_principal"],
                    revoked_at__isnull=True,
                    end__isnull=False,
                ),
                name="one_principal_user_per_network_and_mandate",
            ),
        ]

    @property
    def time_zone(self) -> ZoneInfo:
        """Where the profile's days begin and end."""
        place: Any = None
        if self.network_id is not None and self.network is not None:
            place = self.network.place
        elif self.school_id is not None and self.school is not None:
            place = self.school.municipality
        return ZoneInfo(place.time_zone if place is not None and place.time_zone else settings.TIME_ZONE)

    @property
    def last_day(self) -> date | None:
        """The last day that counts: the one before ``end``."""
        return self.end - timedelta(days=1) if self.end is not None else None

    @property
    def is_principal(self) -> bool:
        """Whether the role holds every tool of its scope by itself."""
        return self.role in PRINCIPAL_ROLES or self.role == Role.PROGRAMME_ADMIN

    @property
    def holds_grants(self) -> bool:
        """Whether the role works by per-tool grants."""
        return self.role in TEAM_ROLES

    def today(self) -> date:
        """The present day where the profile is held."""
        return timezone.now().astimezone(self.time_zone).date()

    def is_active_on(self, day: date) -> bool:
        return self.revoked_at is None and self.start <= day and (self.end is None or day < self.end)

    def is_active_at(self, instant: datetime) -> bool:
        """Whether the profile counts at an instant (aware)."""
        return self.is_active_on(instant.astimezone(self.time_zone).date())


class ToolGrant(models.Model):
    """What a team member may do with one tool. Without a row: nothing."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="grants")
    tool = models.CharField(_("tool"), max_length=20, choices=Tool)
    access = models.CharField(_("access"), max_length=4, choices=AccessLevel)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [models.UniqueConstraint(fields=["profile", "tool"], name="one_grant_per_tool")]

    def __str__(self) -> str:
        return f"{self.get_tool_display()}: {self.get_access_display()}"


class Invitation(Scoped):
    """An offer of a profile, sent by e-mail. The code itself is not kept, only its hash.

    Personal data: the e-mail of the invited person. Purpose: access. Deleted 90 days after it expires.
    """

    email = models.EmailField(_("e-mail"))
    code_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    profile = models.OneToOneField(Profile, models.SET_NULL, null=True, blank=True, related_name="invitation")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(name="invitation_scope_fits_its_role", condition=_scope_fits_role()),
            models.CheckConstraint(
                name="invitation_is_accepted_or_withdrawn",
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
        ]

    def is_open_at(self, instant: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and instant < self.expires_at


class InvitationGrant(models.Model):
    """What an invitation offers for one tool; becomes a ``ToolGrant`` when it is accepted."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="grants")
    tool = models.CharField(_("tool"), max_length=20, choices=Tool)
    access = models.CharField(_("access"), max_length=4, choices=AccessLevel)

    class Meta:
        verbose_name = _("offered grant")
        verbose_name_plural = _("offered grants")
        constraints = [models.UniqueConstraint(fields=["invitation", "tool"], name="one_offered_grant_per_tool")]

    def __str__(self) -> str:
        return f"{self.get_tool_display()}: {self.get_access_display()}"


def appointment_path(request: "RenewalRequest", filename: str) -> str:
    """Where an appointment document is kept: a name of ours, never the one that came with it."""
    return str(PurePath("appointments", f"{uuid.uuid4().hex}.pdf"))


class RenewalRequest(models.Model):
    """A new director of education asks to be the principal user of a network, showing the act of appointment.

    Personal data: the act and its document name a public servant. Purpose: to check who answers for the network.
    The document is deleted 90 days after the decision.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the programme")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    network = models.ForeignKey("know.TeachingNetwork", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="renewal_requests")
    asked_at = models.DateTimeField(_("asked for at"))
    act_number = models.CharField(_("number of the appointment act"), max_length=60)
    act_date = models.DateField(_("date of the appointment act"))
    document = models.FileField(_("appointment act (PDF)"), upload_to=appointment_path, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("renewal request")
        verbose_name_plural = _("renewal requests")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "asked_by"], condition=Q(state="waiting"), name="one_waiting_request_per_person"
            ),
            models.CheckConstraint(
                name="decided_request_has_its_date", condition=Q(state="waiting") | Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network}: {self.get_state_display()}"


class MandateWarning(models.Model):
    """A warning of the end of a mandate that was sent, so that it is sent once."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="warnings")
    days = models.PositiveSmallIntegerField(_("days before the end"))
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("end of mandate warning")
        verbose_name_plural = _("end of mandate warnings")
        constraints = [models.UniqueConstraint(fields=["profile", "days"], name="one_warning_per_distance")]

    def __str__(self) -> str:
        return f"{self.days}"
