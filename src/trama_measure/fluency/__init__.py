"""Oral reading fluency: rates, accuracy, profiles of readers, classes. The prose is in docs/methods/fluency.md.

``reading`` turns counts of one part into rates; ``measures`` and ``profiles_of`` give each child's profile by rules
that are data with a source (``profiles.toml``); ``class_profiles`` and ``class_rates`` are tables per class.
"""

from .classes import class_profiles, class_rates
from .profiles import MEASURES, UNKNOWN, Condition, Profile, Rules, all_rules, measures, profiles_of
from .reading import CAP, ImpossibleReading, Reading, reading

__all__ = [
    "CAP",
    "MEASURES",
    "UNKNOWN",
    "Condition",
    "ImpossibleReading",
    "Profile",
    "Reading",
    "Rules",
    "all_rules",
    "class_profiles",
    "class_rates",
    "measures",
    "profiles_of",
    "reading",
]
