"""Self-diagnosis in numbers: levels, how far people are apart, profiles, rounds, many networks, priorities.

* ``levels``: the four levels, the median of respondents, the level that counts, gaps and strengths.
* ``divergence``: how far the people of one round are apart.
* ``profile``: areas and dimensions as distributions, with coverage and an interval for what is missing.
* ``comparison``: one round and the next, over what stayed the same.
* ``aggregates``: similar networks and territories in bands; common priorities; when to publish anew.
* ``priorities``: the rule, score by score; ``sensitivity``: what would change a position.

The prose is in ``docs/methods/self_diagnosis.md`` and ``docs/methods/priorities.md``.
"""

from .aggregates import (
    MINIMUM_CHANGED,
    MINIMUM_MEMBERS,
    MINIMUM_PEERS,
    BandedShares,
    CommonPriorities,
    banded_shares,
    common_priorities,
    level_distribution,
    may_be_published_anew,
)
from .comparison import ChangeKind, CriterionChange, RoundComparison, RoundLevels, compare_rounds
from .divergence import Agreement, Divergence, order_of_discussion, respondent_divergence
from .levels import (
    DOES_NOT_KNOW,
    NO_ANSWER,
    NOT_APPLICABLE,
    CountedLevels,
    Level,
    LevelArray,
    Standing,
    count_steps,
    counted_levels,
    lower_median,
    provisional_levels,
    standings,
)
from .priorities import (
    FACTORS,
    SCORED,
    Candidacy,
    CriterionFactors,
    PriorityList,
    PriorityWeights,
    Tie,
    allowed_weights,
    priority_scores,
    rank_priorities,
)
from .profile import MINIMUM_COVERAGE, Profile, group_profiles
from .sensitivity import Change, Moves, WhatWouldChange, what_would_change

__all__ = [
    "DOES_NOT_KNOW",
    "FACTORS",
    "MINIMUM_CHANGED",
    "MINIMUM_COVERAGE",
    "MINIMUM_MEMBERS",
    "MINIMUM_PEERS",
    "NOT_APPLICABLE",
    "NO_ANSWER",
    "SCORED",
    "Agreement",
    "BandedShares",
    "Candidacy",
    "Change",
    "ChangeKind",
    "CommonPriorities",
    "CountedLevels",
    "CriterionChange",
    "CriterionFactors",
    "Divergence",
    "Level",
    "LevelArray",
    "Moves",
    "PriorityList",
    "PriorityWeights",
    "Profile",
    "RoundComparison",
    "RoundLevels",
    "Standing",
    "Tie",
    "WhatWouldChange",
    "allowed_weights",
    "banded_shares",
    "common_priorities",
    "compare_rounds",
    "count_steps",
    "counted_levels",
    "group_profiles",
    "level_distribution",
    "lower_median",
    "may_be_published_anew",
    "order_of_discussion",
    "priority_scores",
    "provisional_levels",
    "rank_priorities",
    "respondent_divergence",
    "standings",
    "what_would_change",
]
