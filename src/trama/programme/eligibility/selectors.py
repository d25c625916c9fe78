"""Questions about rules: their versions as trees, and what they answer for networks."""

from collections import defaultdict
from typing import Any

from ..calls.models import CallCategory
from .models import ConditionGroup, RuleVersion
from .tree import Combine, ConditionNode, GroupNode, Node

CONDITION_FIELDS = (
    "indicator_id",
    "operator",
    "threshold",
    "dependency",
    "stage",
    "location",
    "year_policy",
    "year",
    "release_vintage",
    "reference",
    "reference_kind",
    "reference_dependency",
    "use_bounds",
    "label_pt",
    "label_en",
)


def tree_of(version: RuleVersion) -> GroupNode:
    """The whole rule of a version, as a value. Two queries."""
    groups = list(version.groups.all())
    conditions = version.conditions.values_list("group_id", "position", *CONDITION_FIELDS)
    children: dict[int, list[tuple[int, int, Node | ConditionGroup]]] = defaultdict(list)
    for group_id, position, *values in conditions:
        children[group_id].append((position, 0, ConditionNode(*_in_node_order(values))))
    for group in groups:
        if group.parent_id is not None:
            children[group.parent_id].append((group.position, 1, group))
    root = next((group for group in groups if group.parent_id is None), None)
    return GroupNode("all") if root is None else _assembled(root, children)


def _in_node_order(values: list[Any]) -> list[Any]:
    """Both orders are the same by construction; asserted so that a new field cannot shift the others."""
    names = ["indicator" if name == "indicator_id" else name for name in CONDITION_FIELDS]
    assert names == list(ConditionNode.__match_args__)
    return values


def _assembled(group: ConditionGroup, children: dict[int, list[tuple[int, int, Node | ConditionGroup]]]) -> GroupNode:
    inner = tuple(
        _assembled(child, children) if isinstance(child, ConditionGroup) else child
        for _position, _order, child in sorted(children[group.pk], key=lambda item: item[:2])
    )
    combine: Combine = "any" if group.combine == ConditionGroup.Combine.ANY else "all"
    return GroupNode(combine, inner, group.label_pt, group.label_en)


def current_version(category: CallCategory) -> RuleVersion | None:
    """The published version with the greatest number: the one in force."""
    return RuleVersion.objects.filter(rule__category=category, published_at__isnull=False).order_by("-number").first()


def draft_version(category: CallCategory) -> RuleVersion | None:
    return RuleVersion.objects.filter(rule__category=category, published_at__isnull=True).first()


def versions_of(category: CallCategory) -> list[RuleVersion]:
    """All versions, newest first."""
    return list(
        RuleVersion.objects.filter(rule__category=category)
        .select_related("created_by", "published_by", "rule__category__call")
        .order_by("-number")
    )
