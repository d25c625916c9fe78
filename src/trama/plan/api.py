"""What other phases may ask of plan. Anything else here may change without notice."""

from .adoptions.funnel import adoption_count_band
from .adoptions.selectors import adoptions_of, adoptions_visible_to, due_steps, listed_adopters
from .strategy.selectors import actions_of, objectives_of, plan_visible_to, plans_visible_to
from .technologies.selectors import catalogue as technologies_in_catalogue
from .technologies.selectors import versions_by_slug
from .technologies.selectors import versions_state as catalogue_state

__all__ = [
    "actions_of",
    "adoption_count_band",
    "adoptions_of",
    "adoptions_visible_to",
    "catalogue_state",
    "due_steps",
    "listed_adopters",
    "objectives_of",
    "plan_visible_to",
    "plans_visible_to",
    "technologies_in_catalogue",
    "versions_by_slug",
]
