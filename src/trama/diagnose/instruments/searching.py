"""Full-text search inside one version: every word must stand somewhere in the criterion, accents and case apart."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from ..keeping import Memory
from .models import Area, Criterion, InstrumentVersion
from .selectors import dimensions_of
from .structure import LEVELS

MOST_WORDS = 8
AROUND = 70  # characters of the text before and after the word found


@dataclass(frozen=True, slots=True)
class Hit:
    """A criterion that fits, and the piece of its text where the first word stands. Plain values only."""

    key: str
    code: str
    title: str
    area: str
    before: str
    found: str
    after: str


def plain(text: str) -> str:
    """The text in small letters without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


class _Letters(dict[int, str]):
    """For ``str.translate``: each letter small and without its accent, thought about once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = found = (plain(char) or char)[0]
        return found


_letters = _Letters()


def _in_place(text: str) -> str:
    """Like ``plain``, one letter for each: positions stay the same."""
    return text.translate(_letters)


@dataclass(frozen=True, slots=True)
class Searchable:
    """A criterion with its texts in the language of the page, as they are and as they are searched."""

    criterion: Criterion
    area: Area
    texts: list[str]
    folded: list[str]


_known: Memory[list[Searchable]] = Memory(20)


def searchable(version: InstrumentVersion) -> list[Searchable]:
    """The criteria of a version with their texts, in order. Kept under what the version says: it never changes."""
    if not version.content_hash:
        return _read(version)
    return _known.get((version.pk, version.content_hash, get_language()), lambda: _read(version))


def _read(version: InstrumentVersion) -> list[Searchable]:
    found = []
    for dimension in dimensions_of(version):
        for area in dimension.areas.all():
            for criterion in area.criteria.all():
                texts = _texts(criterion)
                found.append(Searchable(criterion, area, texts, [plain(text) for text in texts]))
    return found


def search(among: Iterable[Searchable], query: str) -> list[Hit]:
    """Criteria in which every word of the query stands, in the order of the instrument."""
    words = plain(query).split()[:MOST_WORDS]
    if not words:
        return []
    return [_hit(one, words[0]) for one in among if all(any(word in text for text in one.folded) for word in words)]


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


def _hit(one: Searchable, word: str) -> Hit:
    """The piece around the word; not of the title, which is shown anyway, where it stands elsewhere too."""
    named = (one.criterion.key, one.criterion.code, one.criterion.title, one.area.title)
    number = next((n for n, text in enumerate(one.folded) if n and word in text), 0)
    text = one.texts[number]
    start = _in_place(text).find(word)
    if start < 0:
        return Hit(*named, "", "", "")
    end = start + len(word)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        before = f"…{before.partition(' ')[2]}"
    if len(text) - end > AROUND:
        after = f"{after.rpartition(' ')[0]}…"
    return Hit(*named, before, text[start:end], after)
