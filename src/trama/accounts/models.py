"""Gathers the models of the rooms."""

from .people.models import User
from .roles.models import (
    Invitation,
    InvitationGrant,
    MandateWarning,
    Organisation,
    Profile,
    RenewalRequest,
    ToolGrant,
)

__all__ = [
    "Invitation",
    "InvitationGrant",
    "MandateWarning",
    "Organisation",
    "Profile",
    "RenewalRequest",
    "ToolGrant",
    "User",
]
