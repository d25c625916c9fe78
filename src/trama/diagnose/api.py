"""What other phases may ask of diagnose. Anything else here may change without notice."""

from .answers.presentation import person_mark
from .instruments.selectors import (
    criteria_of_technology,
    current_version,
    dimensions_of_networks,
    instruments_state,
    matching_criteria,
    own_questions_of,
)
from .priorities.lines import DecidedPriorities, PriorityLine, latest_priorities, priorities_of, priorities_visible_to
from .rounds.selectors import rounds_visible_to, rounds_within, zone_of

__all__ = [
    "DecidedPriorities",
    "PriorityLine",
    "criteria_of_technology",
    "current_version",
    "dimensions_of_networks",
    "instruments_state",
    "latest_priorities",
    "matching_criteria",
    "own_questions_of",
    "person_mark",
    "priorities_of",
    "priorities_visible_to",
    "rounds_visible_to",
    "rounds_within",
    "zone_of",
]
