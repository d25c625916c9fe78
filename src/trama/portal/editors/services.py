"""Giving roles on the site, and telling them to the editor's framework, which knows groups only."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from trama.accounts import api as accounts
from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import APPOINT, PROGRAMME_ADMIN
from .errors import EditorError
from .models import SiteEditor, SiteRole
from .selectors import GROUP_OF_ROLE, role_of


@transaction.atomic
def give_role(profile: Any, role: str, *, by: Any, at: datetime) -> None:
    """Let a member of the team be author, editor or moderator. Raises ``EditorError`` for an administrator's profile,
    ``PermissionDenied`` where ``by`` does not administer the programme."""
    require(by, APPOINT, profile.organisation)
    if profile.role == PROGRAMME_ADMIN:
        raise EditorError(_("Administrators of the programme are moderators."))
    if role not in SiteRole.values:
        raise EditorError(_("Choose one of the three roles."))
    values = {"role": role, "given_by": by, "given_at": at}
    SiteEditor.objects.update_or_create(profile=profile, defaults=values)
    tell_framework(profile.user, accounts.standings_of(_outside_a_request(profile.user)))
    record_event("portal.editors.appoint", by=by, at=at, target=profile, detail={"role": role})


def tell_framework(user: Any, standings: Iterable[Any]) -> None:
    """Put a person in the one group that their profiles give, and in none if they give none. Two queries if it fits."""
    role = role_of(standings)
    wanted = {GROUP_OF_ROLE[role]} if role else set()
    present = set(user.groups.filter(name__in=GROUP_OF_ROLE.values()).values_list("name", flat=True))
    if present != wanted:
        user.groups.remove(*Group.objects.filter(name__in=present - wanted))
        user.groups.add(*Group.objects.filter(name__in=wanted - present))


def _outside_a_request(user: Any) -> Any:
    """The same person, read anew: every profile counts, not only the one chosen in this request."""
    return get_user_model()._default_manager.get(pk=user.pk)


def follow_profile(sender: Any, instance: Any, **kwargs: Any) -> None:
    """A profile changed: what its holder may do to the site follows at once."""
    user = _outside_a_request(instance.user)
    if instance.organisation_id is not None:
        tell_framework(user, accounts.standings_of(user))


def forget_who_left(at: datetime) -> str:
    """Daily: who is in a group of the site although no profile gives it any more, because days passed, leaves it."""
    people = get_user_model()._default_manager.filter(groups__name__in=GROUP_OF_ROLE.values()).distinct()
    for user in people:
        tell_framework(user, accounts.standings_of(user))
    return _("%(n)d people looked at.") % {"n": len(people)}


def listen() -> None:
    """Called once, when the site starts."""
    from django.db.models.signals import post_save

    post_save.connect(
        follow_profile, sender=apps.get_model("accounts", "Profile"), dispatch_uid="portal.follow_profile"
    )
