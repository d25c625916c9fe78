"""Gathers the models of the rooms."""

from .people.models import User
from .roles.models import Invitation, Organisation, Profile, ToolGrant

__all__ = ["Invitation", "Organisation", "Profile", "ToolGrant", "User"]
