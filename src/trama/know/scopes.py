"""What belongs to exactly one network, school or group of networks: a round of self-diagnosis, a plan, an adoption.

The base class holds the three columns; ``one_scope(name)`` is the constraint that exactly one of them is filled.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

SCOPE_FIELDS = ("network", "school", "group")


class ScopeKind(models.TextChoices):
    """The kinds of owner. The codes are the names of the columns."""

    NETWORK = "network", _("teaching network")
    SCHOOL = "school", _("school")
    GROUP = "group", _("group of networks")


class OfOneScope(models.Model):
    """A row that one network, one school or one group of networks owns.

    ``confined`` is true: what a school keeps here is the school's, and its network sees it only when it is shared
    (``accounts.roles.relations`` asks for this attribute).
    """

    network = models.ForeignKey("know.TeachingNetwork", models.PROTECT, null=True, blank=True, related_name="+")
    school = models.ForeignKey("know.School", models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey("know.NetworkGroup", models.PROTECT, null=True, blank=True, related_name="+")

    confined = True

    class Meta:
        abstract = True

    @property
    def scope(self) -> Any:
        """The network, school or group that owns the row."""
        return self.network or self.school or self.group

    @property
    def scope_kind(self) -> ScopeKind:
        """Which of the three it is. No query."""
        return next(ScopeKind(name) for name in SCOPE_FIELDS if getattr(self, f"{name}_id") is not None)

    @property
    def scope_filter(self) -> dict[str, int]:
        """``{"network_id": 26116063}`` or its like: rows of the same owner. No query."""
        return {f"{self.scope_kind}_id": getattr(self, f"{self.scope_kind}_id")}


def one_scope(name: str) -> models.CheckConstraint:
    """The constraint that exactly one of network, school and group is filled. ``name`` is unique in the database."""

    def only(field: str) -> Q:
        return Q(**{f"{other}__isnull": other != field for other in SCOPE_FIELDS})

    return models.CheckConstraint(name=name, condition=only("network") | only("school") | only("group"))


def scope_fields(scope: models.Model) -> dict[str, Any]:
    """``{"network": scope, "school": None, "group": None}`` or its like, by the model of ``scope``.

    Raises ``TypeError`` for anything that is not a network, a school or a group.
    """
    column = {"teachingnetwork": "network", "school": "school", "networkgroup": "group"}.get(
        getattr(scope._meta.concrete_model, "__name__", "").lower()
    )
    if column is None:
        raise TypeError(f"{scope!r} is no network, school or group of networks.")
    return {name: scope if name == column else None for name in SCOPE_FIELDS}
