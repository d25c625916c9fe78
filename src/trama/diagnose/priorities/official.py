"""What stands beside a priority on the page that explains it: official figures, and the evidence of the team."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..answers.official import Beside, figures_beside
from ..answers.selectors import evidence_of
from ..instruments.models import Level
from ..rounds.models import Round
from .lines import PriorityLine

SHOWN_EVIDENCE = 3
SHOWN_FIGURES = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """Official figures with a value, titles of evidence, and what would show that the criterion got better."""

    figures: list[Beside]
    evidence: list[str]
    look_at: str  # the level to reach, in the words of the instrument


def beside(of: Round, lines: Sequence[PriorityLine]) -> list[Shown]:
    """Figures and evidence of each priority, in order. Four queries; a group of networks has no figures of its own."""
    attached: dict[int, list[str]] = {}
    for one in evidence_of([line.priority.item_id for line in lines]):
        attached.setdefault(one.item_id, []).append(one.title)
    indicators = [link for line in lines if line.criterion is not None for link in line.criterion.indicators.all()]
    figures = figures_beside(indicators, of)
    return [
        Shown(
            [one for one in figures.get(line.priority.item.criterion_id or 0, []) if one.last is not None][
                :SHOWN_FIGURES
            ],
            attached.get(line.priority.item_id, [])[:SHOWN_EVIDENCE],
            aim_of(line),
        )
        for line in lines
    ]


def aim_of(line: PriorityLine) -> str:
    """What the next level from adequate on looks like; nothing where a question has no descriptions."""
    asked = line.criterion if line.criterion is not None else line.priority.item.own_question
    if asked is None or line.level is None:
        return ""
    return next((text for level, text in asked.anchors if level == max(line.level + 1, Level.ADEQUATE)), "")
