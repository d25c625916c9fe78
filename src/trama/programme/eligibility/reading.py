"""A rule as a nested list of sentences, for pages that show it without any network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .tree import GroupNode, Node, Path
from .wording import condition_figure, demand, group_words


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One condition or group in words, with where it stands."""

    path: str  # "0.2": positions from the root; "" is the root
    words: str
    label: str = ""
    figure: str = ""
    demand: str = ""
    indicator: Any = None
    use_bounds: bool = False
    combine: str = ""  # of a group
    children: tuple["RuleLine", ...] = ()

    @property
    def is_group(self) -> bool:
        return bool(self.combine)


def rule_lines(node: Node, indicators: Mapping[str, Any], path: Path = ()) -> RuleLine:
    """The rule as one line with its children."""
    address = path_text(path)
    if isinstance(node, GroupNode):
        children = tuple(rule_lines(child, indicators, (*path, i)) for i, child in enumerate(node.children))
        return RuleLine(address, group_words(node), label=node.label, combine=node.combine, children=children)
    indicator = indicators[node.indicator]
    figure, asked = condition_figure(node, indicator), demand(node, indicator)
    return RuleLine(
        address,
        f"{figure}: {asked}",
        label=node.label,
        figure=figure,
        demand=asked,
        indicator=indicator,
        use_bounds=node.use_bounds,
    )


def path_text(path: Path) -> str:
    return ".".join(str(position) for position in path)


def path_from(text: str) -> Path:
    """Read a path from an address. Raises ``LookupError`` if it is not one."""
    if not text:
        return ()
    parts = text.split(".")
    if len(parts) > 8 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise LookupError(text)
    return tuple(int(part) for part in parts)
