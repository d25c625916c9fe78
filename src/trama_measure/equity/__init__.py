"""How far apart groups of students are, and where inequality lies. Method: docs/methods/equity.md.

* ``distances``: means, percentiles, Wasserstein, Kolmogorov-Smirnov, overlap, superiority.
* ``inequality``: Theil's indices and variance between and within groups; Gini with its error.
* ``uncertainty``: any of these with its error, from plausible values and replicate weights.
"""

from .distances import (
    StandardisedGap,
    Transport,
    by_chance,
    kolmogorov_smirnov,
    mean_gap,
    overlap,
    percentile_gaps,
    quantiles,
    standardised_gap,
    superiority,
    transport,
)
from .inequality import Gini, Index, Parts, entropy, gini, variance
from .samples import EquityError
from .uncertainty import Combined, Replicates, combine, combine_gap, jackknife_weights

__all__ = [
    "Combined",
    "EquityError",
    "Gini",
    "Index",
    "Parts",
    "Replicates",
    "StandardisedGap",
    "Transport",
    "by_chance",
    "combine",
    "combine_gap",
    "entropy",
    "gini",
    "jackknife_weights",
    "kolmogorov_smirnov",
    "mean_gap",
    "overlap",
    "percentile_gaps",
    "quantiles",
    "standardised_gap",
    "superiority",
    "transport",
    "variance",
]
