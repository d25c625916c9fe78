"""The index: words, the things they name, and how well a query fits each thing. No database here."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from ..territory.names import search_form

FILLERS = frozenset({"a", "as", "com", "da", "das", "de", "do", "dos", "e", "em", "na", "no", "o", "os"})
SHORT_FORMS = {
    "sta": "santa",
    "sto": "santo",
    "stos": "santos",
    "pres": "presidente",
    "gov": "governador",
    "prof": "professor",
}

WHOLE_WORD = 1.0
BEGINNING = 0.85
CLOSE = 0.75  # times the similarity of the spelling, 0 to 1
CLOSE_ENOUGH = 68.0  # rapidfuzz ratio, 0 to 100
LEAST_LETTERS = 2


class Entry(NamedTuple):
    """One thing that can be found."""

    kind: str  # "country", "region", "state", "municipality", "school", "network", "group"
    key: int  # its code or primary key
    name: str
    hint: str  # further words that help to find it, such as the state's acronym; they count less
    weight: float  # 0 to 1: what to show first among equals


@dataclass(frozen=True, slots=True)
class Hit:
    kind: str
    key: int
    score: float


class SearchIndex:
    """Built once from all entries; ``find`` does not change it, so threads may share it.

    Memory: about 40 bytes a word of a name. A national list of 230 thousand names builds in about three seconds.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        kinds: list[str] = []
        keys: list[int] = []
        weights: list[float] = []
        lengths: list[int] = []
        firsts: list[str] = []
        pairs: dict[str, list[int]] = {}
        hints: dict[str, list[int]] = {}
        for number, entry in enumerate(entries):
            words = search_form(entry.name).split()
            kinds.append(entry.kind)
            keys.append(entry.key)
            weights.append(entry.weight)
            firsts.append(words[0] if words else "")
            lengths.append(sum(len(word) for word in words if word not in FILLERS) or 1)
            for word in dict.fromkeys(words):
                pairs.setdefault(word, []).append(number)
            for word in dict.fromkeys(search_form(entry.hint).split()):
                hints.setdefault(word, []).append(number)
        self._kinds = np.array(kinds, dtype=object)
        self._keys = np.array(keys, dtype=np.int64)
        self._weights = np.array(weights, dtype=np.float32)
        self._firsts = np.array(firsts, dtype=object)
        self._lengths = np.array(lengths, dtype=np.float32)
        self._words = sorted(pairs)
        self._starts = np.cumsum([0, *(len(pairs[word]) for word in self._words)])
        self._entries = np.fromiter((n for word in self._words for n in pairs[word]), dtype=np.int32)
        self._hints = {word: np.array(numbers, dtype=np.int32) for word, numbers in hints.items()}

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, query: str, *, limit: int = 60, kinds: Sequence[str] | None = None) -> list[Hit]:
        """The best ``limit`` things for a query, best first; nothing for a query shorter than two letters."""
        words = [SHORT_FORMS.get(word, word) for word in search_form(query).split()]
        if not len(self) or sum(len(word) for word in words) < LEAST_LETTERS:
            return []
        telling = [word for word in words if word not in FILLERS or word == words[-1]] or words
        score = np.zeros(len(self), dtype=np.float32)
        matched = np.zeros(len(self), dtype=np.int16)
        letters = np.zeros(len(self), dtype=np.float32)
        for word in telling:
            quality = self._quality(word)
            score += quality
            matched += quality > 0
            letters += np.where(quality > 0, len(word), 0)
        if kinds is not None:
            matched[~np.isin(self._kinds, list(kinds))] = 0
        wanted = matched == len(telling)
        if not wanted.any() and len(telling) > 1:
            wanted = matched == len(telling) - 1  # one word too many, or one that nobody knows
        numbers = np.flatnonzero(wanted)
        covered = np.minimum(letters[numbers] / self._lengths[numbers], 1.0)
        final = score[numbers] / len(telling) + 0.6 * covered + 0.35 * self._weights[numbers]
        final += np.array([0.25 if first.startswith(telling[0]) else 0.0 for first in self._firsts[numbers]])
        best = numbers[np.argsort(-final, kind="stable")[:limit]]
        ranked = dict(zip(numbers.tolist(), final.tolist(), strict=True))
        return [Hit(str(self._kinds[n]), int(self._keys[n]), ranked[int(n)]) for n in best]

    def _quality(self, word: str) -> npt.NDArray[np.float32]:
        """How well one query word fits each thing, 0 to 1."""
        quality = np.zeros(len(self), dtype=np.float32)
        if word in self._hints:
            quality[self._hints[word]] = 0.5
        low, high = bisect_left(self._words, word), bisect_left(self._words, word + "\uffff")
        beginning = self._entries[self._starts[low] : self._starts[high]]
        if len(word) >= 4 and len(beginning) < 40:
            for _, similarity, at in process.extract(
                word, self._words, scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH, limit=12
            ):
                close = self._entries[self._starts[at] : self._starts[at + 1]]
                quality[close] = np.maximum(quality[close], CLOSE * similarity / 100)
        quality[beginning] = BEGINNING
        if low < len(self._words) and self._words[low] == word:
            quality[self._entries[self._starts[low] : self._starts[low + 1]]] = WHOLE_WORD
        return quality
