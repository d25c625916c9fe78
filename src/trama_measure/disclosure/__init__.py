"""Protection of small groups of people in published tables, and the audit that tries to undo it.

A table of counts is never published as it is: ``protect`` withholds the cells that speak of one to nine people, and
as many others as it takes so that nobody can work them out from the totals. ``audit`` is the attacker: from what is
published it computes the smallest and the largest value each withheld cell can have. ``show_share`` does the same
for a percentage.

* ``tables``: counts with the sums that hold between them; two-way, hierarchical, several joined.
* ``suppression``: which cells to withhold. * ``attack``: what can still be computed. * ``shares``: percentages.
* ``releases``: several releases together: what subtracting one from another tells, and the gate before a new one.
"""

from .attack import Audit, audit, audit_knowing
from .releases import Difference, Figure, Gated, Reason, audit_releases, differences, gate
from .shares import ShareKind, ShownShare, counts_within, show_share
from .suppression import Protected, Status, UnprotectableTable, protect
from .tables import MINIMUM_GROUP, TOTAL, CountTable, hierarchy, join, two_way

__all__ = [
    "MINIMUM_GROUP",
    "TOTAL",
    "Audit",
    "CountTable",
    "Difference",
    "Figure",
    "Gated",
    "Protected",
    "Reason",
    "ShareKind",
    "ShownShare",
    "Status",
    "UnprotectableTable",
    "audit",
    "audit_knowing",
    "audit_releases",
    "counts_within",
    "differences",
    "gate",
    "hierarchy",
    "join",
    "protect",
    "show_share",
    "two_way",
]
