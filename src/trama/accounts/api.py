"""What later phases may ask of accounts. Anything else here may change without notice."""

from .people.demo import (
    DemonstrationAccount,
    DemonstrationTeam,
    create_demonstration_accounts,
    demonstration_team,
)
from .people.mail import absolute, send_letter
from .people.services import reinstate, suspend
from .roles.calendar import mandate_end
from .roles.invitations import invite, owns_email
from .roles.models import Scoped
from .roles.selectors import (
    ScopesHeld,
    acting_profile_of,
    active_profiles_of,
    people_in,
    principals_of,
    scopes_held,
    standings_of,
)
from .roles.services import open_profile
from .roles.vocabulary import AccessLevel, Role, Scope, Tool

__all__ = [
    "AccessLevel",
    "DemonstrationAccount",
    "DemonstrationTeam",
    "Role",
    "Scope",
    "Scoped",
    "ScopesHeld",
    "Tool",
    "absolute",
    "acting_profile_of",
    "active_profiles_of",
    "create_demonstration_accounts",
    "demonstration_team",
    "invite",
    "mandate_end",
    "open_profile",
    "owns_email",
    "people_in",
    "principals_of",
    "reinstate",
    "scopes_held",
    "send_letter",
    "standings_of",
    "suspend",
]
