"""Gathers the models of the rooms."""

from .indicators.models import Indicator, Observation, Release
from .sources.models import RejectedRow, ReleaseIndicator
from .territory.models import (
    Boundary,
    Drawing,
    GroupMembership,
    Municipality,
    NetworkGroup,
    Place,
    Region,
    School,
    State,
    TeachingNetwork,
)

__all__ = [
    "Boundary",
    "Drawing",
    "GroupMembership",
    "Indicator",
    "Municipality",
    "NetworkGroup",
    "Observation",
    "Place",
    "Region",
    "RejectedRow",
    "Release",
    "ReleaseIndicator",
    "School",
    "State",
    "TeachingNetwork",
]
