"""What each person of the programme's team does for the site."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteRole(models.TextChoices):
    """Each may do what the one before may, and more."""

    AUTHOR = "author", _("author: writes own pages and sends them to be approved")
    EDITOR = "editor", _("editor: changes, translates and publishes every page")
    MODERATOR = "moderator", _("moderator: also approves, removes and redirects")


class SiteEditor(models.Model):
    """The role that an administrator gave a profile of the team. Who has none is an author.

    Personal data: public post. Kept while the profile is.
    """

    profile = models.OneToOneField("accounts.Profile", models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=10, choices=SiteRole)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("editor of the site")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(role__in=SiteRole.values), name="site_role_is_one_of_three")
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.role}"
