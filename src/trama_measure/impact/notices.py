"""What the reader of an estimate has to know beside the number. Codes; the texts are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ImpactError(ValueError):
    """A panel, design or setting with which no effect can be estimated; says where, what was found and expected."""


class NoticeCode(StrEnum):
    """Why a figure needs care; the meaning of each is in docs/methods/impact.md, section 5."""

    UNITS_DROPPED = "units_dropped"
    STARTED_AT_ONCE = "started_at_once"
    SMALL_COHORT = "small_cohort"
    FEW_CLUSTERS = "few_clusters"
    NO_COMPARISON = "no_comparison"
    WEAK_OVERLAP = "weak_overlap"
    POOR_FIT = "poor_fit"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know, where, how much, and beyond which limit it would not have been said."""

    code: NoticeCode
    where: str  # a cohort, a period, a unit; empty for the whole
    found: float
    limit: float
