"""A rule and its findings in words, in the active language. Every screen, export and print says the same sentences."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from trama.know.api import Cell, Dependency, Location, Stage

from .models import Condition
from .tree import ConditionNode, GroupNode, Node

SMALLEST_SHOWN = 10  # a count of people below this is not printed (minimum cell of public pages)


def formatted(value: float, indicator: Any) -> str:
    """A figure as the reader writes numbers, with its unit where a bare number could be misread."""
    places = 0 if value.is_integer() and indicator.unit in {"persons", "teachers", "schools", "classes"} else None
    decimals = indicator.decimals if places is None else places
    exact = Decimal(repr(value))
    if places is None and exact != exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):
        decimals = min(4, max(decimals, -int(exact.normalize().as_tuple().exponent)))
    text = number_format(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), decimals, force_grouping=True)
    if indicator.unit == "percent":
        return _("%(number)s%%") % {"number": text}
    if indicator.unit in {"reais", "reais_per_person"}:
        return _("R$ %(number)s") % {"number": text}
    return text


def protected(value: float, indicator: Any) -> str:
    """The figure, or "fewer than 10" where it counts a small group of people."""
    if indicator.person_count and 0 < value < SMALLEST_SHOWN:
        return _("fewer than %(limit)d") % {"limit": SMALLEST_SHOWN}
    return formatted(value, indicator)


def figure_name(cell: Cell, indicator: Any, *, year: bool = True) -> str:
    """Which figure: "Enrolments, elementary school, municipal network, urban, 2018"."""
    parts = [indicator.name]
    if cell.stage:
        parts.append(str(Stage(cell.stage).label))
    if cell.dependency != Dependency.TOTAL or cell.stage:
        parts.append(str(Dependency(cell.dependency).label))
    if cell.location:
        parts.append(str(Location(cell.location).label))
    if year and cell.year:
        parts.append(str(cell.year))
    return ", ".join(parts)


def condition_figure(condition: ConditionNode, indicator: Any) -> str:
    """Which figure a condition asks for, with its edition."""
    cell = Cell(condition.indicator, 0, condition.dependency, condition.stage, condition.location)
    name = figure_name(cell, indicator)
    if condition.year_policy == Condition.YearPolicy.FIXED:
        edition = str(condition.year)
    elif condition.year:
        edition = _("latest national edition up to %(year)s") % {"year": condition.year}
    else:
        edition = _("latest national edition")
    if condition.release_vintage:
        edition = _("%(edition)s, as published until %(vintage)s") % {
            "edition": edition,
            "vintage": condition.release_vintage,
        }
    return f"{name}, {edition}"


def operator_words(operator: str) -> str:
    return str(Condition.Operator(operator).label)


def reference_words(condition: ConditionNode) -> str:
    """What a condition compares with, when it is not a number."""
    of_state = condition.reference == Condition.Reference.STATE
    if condition.reference_kind == Condition.ReferenceKind.MEAN:
        if of_state:
            return _("the simple mean of the municipal networks of the same state")
        return _("the simple mean of the municipal networks of Brazil")
    universe = Dependency(condition.reference_dependency).label
    if of_state:
        return _("the figure published for the state (%(universe)s)") % {"universe": universe}
    return _("the figure published for Brazil (%(universe)s)") % {"universe": universe}


def demand(condition: ConditionNode, indicator: Any) -> str:
    """What the condition asks: "above 10,000", "below the figure published for the state (public networks)"."""
    target = reference_words(condition) if condition.threshold is None else formatted(condition.threshold, indicator)
    return _("%(operator)s %(target)s") % {
        "operator": operator_words(condition.operator),
        "target": target,
    }


def condition_words(condition: ConditionNode, indicators: Mapping[str, Any]) -> str:
    """The condition as a sentence: its label where it has one, else which figure and what is asked of it."""
    indicator = indicators[condition.indicator]
    return _("%(figure)s: %(demand)s") % {
        "figure": condition_figure(condition, indicator),
        "demand": demand(condition, indicator),
    }


def group_words(group: GroupNode) -> str:
    """How a group combines what stands below it."""
    if group.label:
        return group.label
    return _("All of these:") if group.combine == "all" else _("At least one of these:")


def joined(sentences: list[str], combine: str) -> str:
    """Sentences joined by "and" or "or"."""
    link = _(" and ") if combine == "all" else _(" or ")
    return link.join(sentences)


def rule_words(node: Node, indicators: Mapping[str, Any]) -> str:
    """The whole rule in one line, with parentheses where groups nest. For exports and comparisons."""
    if isinstance(node, ConditionNode):
        return condition_words(node, indicators)
    inner = [
        f"({rule_words(child, indicators)})"
        if isinstance(child, GroupNode) and len(child.children) > 1
        else rule_words(child, indicators)
        for child in node.children
    ]
    return joined(inner, node.combine)
