"""What other phases may ask of plan. Anything else here may change without notice."""

from .adoptions.funnel import adoption_count_band
from .adoptions.selectors import adoptions_of, adoptions_visible_to, due_steps, listed_adopters
from .strategy.selectors import actions_of, objectives_of, plan_visible_to, plans_visible_to

__all__ = [
    "actions_of",
    "adoption_count_band",
    "adoptions_of",
    "adoptions_visible_to",
    "due_steps",
    "listed_adopters",
    "objectives_of",
    "plan_visible_to",
    "plans_visible_to",
]
