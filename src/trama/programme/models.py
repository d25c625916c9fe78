"""Gathers the models of the rooms."""

from .calls.models import Call, CallCategory, CategoryGroup
from .eligibility.models import Condition, ConditionGroup, EligibilityRule, RuleVersion

__all__ = ["Call", "CallCategory", "CategoryGroup", "Condition", "ConditionGroup", "EligibilityRule", "RuleVersion"]
