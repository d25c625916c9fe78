"""Means and shares of groups with standard errors that contain the sample, the measurement and the scale.

``means`` and ``shares`` take plausible values and replicate weights (``jk2``, ``jkn``, ``brr``, or ``census``) and give
tidy tables; ``estimate`` does the same for any figure; ``combine`` is Rubin's rules. Prose: docs/methods/estimates.md.
"""

from .figures import Estimates, Figure, combine, estimate, means, shares
from .replicates import LonelySchools, Replicates, brr, census, jk2, jkn

__all__ = [
    "Estimates",
    "Figure",
    "LonelySchools",
    "Replicates",
    "brr",
    "census",
    "combine",
    "estimate",
    "jk2",
    "jkn",
    "means",
    "shares",
]
