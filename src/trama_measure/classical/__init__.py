"""Classical test theory: how hard each item is, how well it tells students apart, and what is wrong with it.

``tally`` counts students once; ``analyse`` turns the counts into tidy tables with flags and their reasons. Tallies of
partitions add up. The prose, with definitions and thresholds, is in docs/methods/classical_test_theory.md.
"""

from .analysis import POOLED, Analysis, analyse
from .flags import FLAGS, Flag, PositionEffect, Thresholds, position_effects
from .statistics import PooledAlpha, biserial, pooled_alpha
from .tally import BookletTally, Tally, tally, tally_all

__all__ = [
    "FLAGS",
    "POOLED",
    "Analysis",
    "BookletTally",
    "Flag",
    "PooledAlpha",
    "PositionEffect",
    "Tally",
    "Thresholds",
    "analyse",
    "biserial",
    "pooled_alpha",
    "position_effects",
    "tally",
    "tally_all",
]
