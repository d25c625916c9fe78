"""Why a network is eligible, is not, or cannot be told: one finding per condition, and what would decide.

Built from the evaluated rule, so that the explanation cannot say anything but what was computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from trama.know.api import NO_RECORD, Cell, ValueStatus, indicators_by_code, loaded_cells, release_info
from trama_measure.indicators.conditions import Truth

from .bounds import Bounds
from .evaluation import NO_YEAR, Evaluated, World
from .tree import ConditionNode, GroupNode
from .wording import (
    condition_figure,
    condition_words,
    demand,
    figure_name,
    formatted,
    group_words,
    joined,
    protected,
    reference_words,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one condition, or one group of them, says about one network."""

    truth: Truth
    words: str  # the condition as a sentence, or how the group combines
    label: str = ""
    found: str = ""  # the figure of the network, or "" where there is none
    found_year: int = 0
    source: Any = None  # know.Release of the figure
    inference: str = ""  # the bound that settled it, in words
    wanted: str = ""  # "at most 500,000", "below 5.5 (the figure published for Brazil, …)"
    reference: str = ""  # the reference figure, where there is one
    reference_source: Any = None
    reason: str = ""  # why it is unknown
    decides: str = ""  # what would settle it: "enrolments … above 10,000"
    figure: str = ""  # which figure of the network: "Enrolments, elementary school, urban, 2018"
    definition: str = ""
    children: tuple["Finding", ...] = ()
    combine: str = ""  # "all" or "any" for a group

    @property
    def is_group(self) -> bool:
        return bool(self.combine)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict of one category for one network, with everything it stands on."""

    verdict: Truth
    root: Finding
    decides: str = ""  # for an unknown verdict: "enrolments … above 10,000 and …"

    @property
    def missing(self) -> list[str]:
        """The figures whose absence leaves the verdict unknown, each once."""
        return list(dict.fromkeys(_missing_figures(self.root))) if self.verdict == Truth.UNKNOWN else []

    @property
    def refused(self) -> list[str]:
        """The conditions at the top of the rule that are not met, in words."""
        return [child.words for child in self.root.children if child.truth == Truth.NOT_MET]


class Explainer:
    """Explains networks of one evaluated rule. Two queries for labels and sources, plus one per missing figure."""

    def __init__(self, world: World, evaluated: Evaluated, indicators: Mapping[str, Any] | None = None) -> None:
        self.world = world
        self.evaluated = evaluated
        self.indicators = indicators if indicators is not None else indicators_by_code()
        self._releases: dict[int, Any] | None = None
        self._loaded: dict[Cell, bool] = {}

    def explain(self, position: int) -> Explanation:
        """The network at ``position`` of the world."""
        root = self._finding(self.evaluated, position)
        decides = deciding_words(root) if root.truth == Truth.UNKNOWN else ""
        return Explanation(root.truth, root, decides)

    @property
    def releases(self) -> dict[int, Any]:
        if self._releases is None:
            ids: set[int] = set()
            for column in (*self.world.columns.values(), *self.world.references.values()):
                ids.update(np.unique(column.releases).tolist())
            self._releases = release_info(ids)
        return self._releases

    def _finding(self, evaluated: Evaluated, position: int) -> Finding:
        truth = Truth(int(evaluated.truth[position]))
        node = evaluated.node
        if isinstance(node, GroupNode):
            children = tuple(self._finding(child, position) for child in evaluated.children)
            reason = "" if children else _("This group has no conditions yet.")
            return Finding(truth, group_words(node), children=children, combine=node.combine, reason=reason)
        return self._condition_finding(evaluated, node, truth, position)

    def _condition_finding(self, evaluated: Evaluated, node: ConditionNode, truth: Truth, at: int) -> Finding:
        assert evaluated.cell is not None
        assert evaluated.column is not None
        assert evaluated.threshold is not None
        assert evaluated.reference_releases is not None
        indicator = self.indicators[node.indicator]
        value, threshold = float(evaluated.column.values[at]), float(evaluated.threshold[at])
        has_value, has_threshold = not np.isnan(value), not np.isnan(threshold)
        by_reference = node.threshold is None
        inference = ""
        if not has_value and truth != Truth.UNKNOWN and evaluated.bounds is not None:
            inference = self._inference(evaluated.bounds, truth, node, at)
        reason = ""
        if truth == Truth.UNKNOWN:
            reason = self._reason(evaluated.cell, evaluated.column.statuses[at], has_value, node)
        return Finding(
            truth,
            condition_words(node, self.indicators),
            label=node.label,
            found=protected(value, indicator) if has_value else "",
            found_year=evaluated.cell.year,
            source=self.releases.get(int(evaluated.column.releases[at])) if has_value else None,
            inference=inference,
            wanted=demand(node, indicator),
            reference=formatted(threshold, indicator) if by_reference and has_threshold else "",
            reference_source=self.releases.get(int(evaluated.reference_releases[at])) if by_reference else None,
            reason=reason,
            decides=self._decides(node, threshold if has_threshold else None),
            figure=condition_figure(node, indicator),
            definition=indicator.definition,
        )

    def _decides(self, node: ConditionNode, threshold: float | None) -> str:
        """What a person would have to know: the figure and the number it is held against, where that is known."""
        indicator = self.indicators[node.indicator]
        asked = demand(node, indicator)
        if node.threshold is None and threshold is not None:
            asked = _("%(demand)s, which is %(number)s") % {"demand": asked, "number": formatted(threshold, indicator)}
        return _("%(figure)s is %(demand)s") % {"figure": condition_figure(node, indicator), "demand": asked}

    def _reason(self, cell: Cell, status: str, has_value: bool, node: ConditionNode) -> str:
        indicator = self.indicators[cell.indicator]
        if has_value:
            return _("The reference is not known: %(reference)s, %(year)s, is in no official file loaded here.") % {
                "reference": reference_words(node),
                "year": cell.year,
            }
        if status not in (NO_RECORD, ValueStatus.VALUE):
            return _("There is no figure for this network: %(why)s.") % {"why": ValueStatus(status).label}
        name = figure_name(cell, indicator)
        if cell.year == NO_YEAR:
            return _("No official file with this figure is loaded: %(figure)s.") % {"figure": name}
        if not self._is_loaded(cell):
            return _("No official file with this figure is loaded: %(figure)s.") % {"figure": name}
        return _("The official files loaded do not mention this network: %(figure)s.") % {"figure": name}

    def _is_loaded(self, cell: Cell) -> bool:
        if cell not in self._loaded:
            self._loaded[cell] = cell in loaded_cells([cell])
        return self._loaded[cell]

    def _inference(self, bounds: Bounds, truth: Truth, node: ConditionNode, at: int) -> str:
        """Which part or whole settled a condition whose own figure is missing."""
        growing = node.operator in ("gt", "ge")
        by_part = (truth == Truth.MET) == growing
        value, which, cells = (
            (bounds.lower[at], bounds.lower_cell[at], bounds.part_cells)
            if by_part
            else (bounds.upper[at], bounds.upper_cell[at], bounds.whole_cells)
        )
        cell = cells[int(which)]
        indicator = self.indicators[cell.indicator]
        words = {"number": protected(float(value), indicator), "figure": figure_name(cell, indicator)}
        if by_part:
            return _("At least %(number)s: a part of it alone has that many (%(figure)s).") % words
        return _("At most %(number)s: the whole it belongs to has no more (%(figure)s).") % words


def _missing_figures(finding: Finding) -> list[str]:
    """Figures of the unknown findings that still matter, in reading order."""
    if not finding.is_group:
        return [finding.figure]
    return [figure for child in finding.children if child.truth == Truth.UNKNOWN for figure in _missing_figures(child)]


def deciding_words(finding: Finding) -> str:
    """What would settle an unknown finding in favour of the network: only the unknowns that still matter."""
    if not finding.is_group:
        return finding.decides
    open_ = [child for child in finding.children if child.truth == Truth.UNKNOWN]
    sentences = [deciding_words(child) for child in open_]
    several = len(sentences) > 1
    return joined(
        [f"({s})" if several and child.is_group else s for s, child in zip(sentences, open_, strict=True)],
        finding.combine,
    )
