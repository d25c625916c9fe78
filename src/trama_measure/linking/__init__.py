"""Linking: two calibrations on one scale, what the anchors did meanwhile, and what the scale means.

``link`` finds the line between two sets of item parameters by one of four methods, ``purify`` takes out anchors that
drifted, ``jackknife`` says how much a figure depends on the anchors, ``level_of`` reads a level off a score.

* ``parameters``: sets of items with D and scale. * ``constants``: the four methods, and reporting scales.
* ``drift``, ``error``: anchors. * ``levels``: official and other cut points, as data. Prose: docs/methods/linking.md.
"""

from .constants import UNIFORM, Link, Method, TooFewAnchors, Weighting, four_methods, link, reporting
from .drift import Drift, DriftLimits, Purified, Step, drift, purify
from .error import Jackknife, jackknife, jackknife_variance, shift_error
from .levels import NO_LEVEL, UPPER_SECONDARY, Standard, level_of, standards
from .parameters import SAEB, STANDARD, ParameterSet, Scale, common, of_calibration, parameter_set

__all__ = [
    "NO_LEVEL",
    "SAEB",
    "STANDARD",
    "UNIFORM",
    "UPPER_SECONDARY",
    "Drift",
    "DriftLimits",
    "Jackknife",
    "Link",
    "Method",
    "ParameterSet",
    "Purified",
    "Scale",
    "Standard",
    "Step",
    "TooFewAnchors",
    "Weighting",
    "common",
    "drift",
    "four_methods",
    "jackknife",
    "jackknife_variance",
    "level_of",
    "link",
    "of_calibration",
    "parameter_set",
    "purify",
    "reporting",
    "shift_error",
    "standards",
]
