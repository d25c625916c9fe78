"""Full-text search inside one version: every word must stand somewhere in the criterion, accents and case apart."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .models import Area, Criterion, Dimension
from .structure import LEVELS

MOST_WORDS = 8
AROUND = 70  # characters of the text before and after the word found


@dataclass(frozen=True, slots=True)
class Hit:
    """A criterion that fits, and the piece of its text where the first word stands."""

    criterion: Criterion
    area: Area
    before: str
    found: str
    after: str


def plain(text: str) -> str:
    """The text in small letters without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _in_place(text: str) -> str:
    """Like ``plain``, one letter for each: positions stay the same. Slower, so only for what is shown."""
    return "".join((plain(char) or char)[0] for char in text)


def search(dimensions: Iterable[Dimension], query: str) -> list[Hit]:
    """Criteria of the loaded dimensions in which every word of the query stands, in the order of the instrument."""
    words = plain(query).split()[:MOST_WORDS]
    if not words:
        return []
    hits = []
    for dimension in dimensions:
        for area in dimension.areas.all():
            for criterion in area.criteria.all():
                texts = _texts(criterion)
                folded = [plain(text) for text in texts]
                if all(any(word in text for text in folded) for word in words):
                    hits.append(_hit(criterion, area, texts, folded, words[0]))
    return hits


def _texts(criterion: Any) -> list[str]:
    """What can be found, the most telling first."""
    return [
        criterion.title,
        criterion.question,
        *(getattr(criterion, level) for level in LEVELS),
        *criterion.evidence,
        criterion.why,
        criterion.law,
        criterion.code,
    ]


def _hit(criterion: Criterion, area: Area, texts: list[str], folded: list[str], word: str) -> Hit:
    """The piece around the word; not of the title, which is shown anyway, where it stands elsewhere too."""
    number = next((n for n, text in enumerate(folded) if n and word in text), 0)
    text = texts[number]
    start = _in_place(text).find(word)
    if start < 0:
        return Hit(criterion, area, "", "", "")
    end = start + len(word)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        before = f"…{before.partition(' ')[2]}"
    if len(text) - end > AROUND:
        after = f"{after.rpartition(' ')[0]}…"
    return Hit(criterion, area, before, text[start:end], after)
