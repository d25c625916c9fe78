"""A rule as a value: what is evaluated, compared, put into words and loaded from files, whether saved or not."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from trama.foundation.localised import in_language

type Combine = Literal["all", "any"]

type Path = tuple[int, ...]
"""Where a node stands: the positions of its ancestors and its own, from the root (the empty path)."""

MAX_DEPTH = 4
MAX_CONDITIONS = 40


@dataclass(frozen=True, slots=True)
class ConditionNode:
    """One comparison. The fields are those of ``models.Condition``."""

    indicator: str
    operator: str
    threshold: float | None = None
    dependency: str = "municipal"
    stage: str = ""
    location: str = ""
    year_policy: str = "fixed"
    year: int | None = None
    release_vintage: str = ""
    reference: str = ""
    reference_kind: str = ""
    reference_dependency: str = ""
    use_bounds: bool = False
    label_pt: str = ""
    label_en: str = ""

    @property
    def label(self) -> str:
        return in_language(self.label_pt, self.label_en)


@dataclass(frozen=True, slots=True)
class GroupNode:
    """Nodes combined: "all" or "any"."""

    combine: Combine
    children: tuple["Node", ...] = ()
    label_pt: str = ""
    label_en: str = ""

    @property
    def label(self) -> str:
        return in_language(self.label_pt, self.label_en)


type Node = ConditionNode | GroupNode


def conditions_of(node: Node, path: Path = ()) -> Iterator[tuple[Path, ConditionNode]]:
    """Every condition with its path, in reading order."""
    if isinstance(node, ConditionNode):
        yield path, node
        return
    for position, child in enumerate(node.children):
        yield from conditions_of(child, (*path, position))


def groups_of(node: Node, path: Path = ()) -> Iterator[tuple[Path, GroupNode]]:
    """Every group with its path, parents first."""
    if isinstance(node, GroupNode):
        yield path, node
        for position, child in enumerate(node.children):
            yield from groups_of(child, (*path, position))


def node_at(root: GroupNode, path: Path) -> Node:
    """Raises ``LookupError`` if nothing stands there."""
    node: Node = root
    for position in path:
        if not isinstance(node, GroupNode) or not 0 <= position < len(node.children):
            raise LookupError(path)
        node = node.children[position]
    return node


def with_child(root: GroupNode, path: Path, child: Node) -> GroupNode:
    """A copy of the rule with ``child`` added at the end of the group at ``path``."""
    group = node_at(root, path)
    if not isinstance(group, GroupNode):
        raise LookupError(path)
    return _replaced(root, path, _with_children(group, (*group.children, child)))


def with_node(root: GroupNode, path: Path, node: Node) -> GroupNode:
    """A copy of the rule with ``node`` in place of what stands at ``path``."""
    node_at(root, path)
    return _replaced(root, path, node)


def without_node(root: GroupNode, path: Path) -> GroupNode:
    """A copy of the rule without what stands at ``path``. The root cannot be removed."""
    if not path:
        raise LookupError(path)
    node_at(root, path)
    parent = node_at(root, path[:-1])
    assert isinstance(parent, GroupNode)  # something stands below it
    rest = tuple(child for position, child in enumerate(parent.children) if position != path[-1])
    return _replaced(root, path[:-1], _with_children(parent, rest))


def _with_children(group: GroupNode, children: tuple[Node, ...]) -> GroupNode:
    return GroupNode(group.combine, children, group.label_pt, group.label_en)


def _replaced(root: GroupNode, path: Path, node: Node) -> GroupNode:
    if not path:
        assert isinstance(node, GroupNode)  # the root of a rule is a group
        return node
    parent = node_at(root, path[:-1])
    assert isinstance(parent, GroupNode)
    children = (*parent.children[: path[-1]], node, *parent.children[path[-1] + 1 :])
    return _replaced(root, path[:-1], _with_children(parent, children))


def as_mapping(node: Node) -> dict[str, Any]:
    """The rule as plain values, for files and fingerprints. ``from_mapping`` reads it back."""
    if isinstance(node, ConditionNode):
        defaults = ConditionNode(indicator="", operator="")
        return {k: v for k, v in asdict(node).items() if v != getattr(defaults, k)}
    labels = {name: getattr(node, name) for name in ("label_pt", "label_en") if getattr(node, name)}
    return {"combine": node.combine, **labels, "of": [as_mapping(child) for child in node.children]}


def from_mapping(data: Mapping[str, Any]) -> Node:
    """Read a rule from plain values. Raises ``ValueError`` naming the key that is wrong."""
    if "combine" not in data:
        unknown = set(data) - set(ConditionNode.__slots__)
        if unknown or "indicator" not in data or "operator" not in data:
            what = ", ".join(sorted(unknown)) if unknown else ", ".join(sorted(data))
            raise ValueError(f"a condition has an indicator, an operator and the fields of a condition; found: {what}")
        values = dict(data)
        if values.get("threshold") is not None:
            values["threshold"] = float(values["threshold"])
        return ConditionNode(**values)
    unknown = set(data) - {"combine", "of", "label_pt", "label_en"}
    if unknown or data["combine"] not in ("all", "any"):
        raise ValueError(f"a group has combine (all or any), of, label_pt and label_en; found: {dict(data)!r:.120}")
    children = tuple(from_mapping(child) for child in data.get("of", ()))
    return GroupNode(data["combine"], children, data.get("label_pt", ""), data.get("label_en", ""))
