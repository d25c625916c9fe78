"""Who acts where, from when until when."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .vocabulary import Role, Tool


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


class Profile(models.Model):
    """A person's role in one network, school, group or organisation, from ``start`` until before ``end``.

    Personal data: ties a person to a public post. Purpose: access. Kept as long as the audit trail.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profiles")
    role = models.CharField(_("role"), max_length=30, choices=Role)
    network = models.ForeignKey("know.TeachingNetwork", models.PROTECT, null=True, blank=True, related_name="+")
    school = models.ForeignKey("know.School", models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey("know.NetworkGroup", models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="profiles")
    start = models.DateField(_("from"))
    end = models.DateField(_("until (exclusive)"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.CheckConstraint(
                name="profile_scope_fits_its_role",
                condition=(
                    Q(
                        role__in=["network_principal", "network_team", "state_principal", "state_team"],
                        network__isnull=False,
                        school__isnull=True,
                        group__isnull=True,
                        organisation__isnull=True,
                    )
                    | Q(
                        role__in=["school_principal", "pedagogical_coordinator", "teacher", "school_clerk"],
                        network__isnull=True,
                        school__isnull=False,
                        group__isnull=True,
                        organisation__isnull=True,
                    )
                    | Q(
                        role="group_coordinator",
                        network__isnull=True,
                        school__isnull=True,
                        group__isnull=False,
                        organisation__isnull=True,
                    )
                    | Q(
                        role__in=["trainer", "programme_admin", "programme_team"],
                        network__isnull=True,
                        school__isnull=True,
                        group__isnull=True,
                        organisation__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="profile_ends_after_start", condition=Q(end__isnull=True) | Q(end__gt=F("start"))
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
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.scope}"

    @property
    def scope(self) -> models.Model:
        """The network, school, group or organisation the role is held in."""
        scope = self.network or self.school or self.group or self.organisation
        assert scope is not None  # the database holds exactly one
        return scope

    def is_active_on(self, day: date) -> bool:
        return self.revoked_at is None and self.start <= day and (self.end is None or day < self.end)


class ToolGrant(models.Model):
    """What a team member may do with one tool. Without a row: nothing."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="grants")
    tool = models.CharField(_("tool"), max_length=20, choices=Tool)
    access = models.CharField(_("access"), max_length=4, choices=[("view", _("view")), ("edit", _("edit"))])

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [models.UniqueConstraint(fields=["profile", "tool"], name="one_grant_per_tool")]

    def __str__(self) -> str:
        return f"{self.tool}: {self.access}"


class Invitation(models.Model):
    """An offer of a profile, sent by e-mail. The code itself is not kept, only its hash.

    Personal data: the e-mail of the invited person. Purpose: access. Deleted 90 days after it expires.
    """

    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=30, choices=Role)
    network = models.ForeignKey("know.TeachingNetwork", models.CASCADE, null=True, blank=True, related_name="+")
    school = models.ForeignKey("know.School", models.CASCADE, null=True, blank=True, related_name="+")
    grants = models.JSONField(default=dict)  # tool -> access, turned into ToolGrant rows on acceptance
    code_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.email
