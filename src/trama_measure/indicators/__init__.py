"""Indicators of education networks: recomputed, placed among peers, compared with a rule.

* ``ideb``: the Ideb from its parts, and the difference from the published value.
* ``position``: where a value lies in a distribution, in bands, never as a rank.
* ``similarity``: networks that resemble one, and what makes each of them resemble it.
* ``conditions``: met, not met or unknown, over all networks at once.
* ``schooling``: flow rates and age-grade distortion. * ``literacy``: the share at 743 points, its targets, its two
  instruments. * ``participation``: who was there, and what the absent leave open.
* ``trend``: change between the first and the last edition.
"""
