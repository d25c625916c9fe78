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
        self._number_of_kind: dict[str, int] = {}
        kinds: list[int] = []
        keys: list[int] = []
        weights: list[float] = []
        lengths: list[int] = []
        firsts: list[str] = []
        pairs: dict[str, list[int]] = {}
        hints: dict[str, list[int]] = {}
        for number, entry in enumerate(entries):
            words = search_form(entry.name).split()
            kinds.append(self._number_of_kind.setdefault(entry.kind, len(self._number_of_kind)))
            keys.append(entry.key)
            weights.append(entry.weight)
            firsts.append(words[0] if words else "")
            lengths.append(sum(len(word) for word in words if word not in FILLERS) or 1)
            for word in dict.fromkeys(words):
                pairs.setdefault(word, []).append(number)
            for word in dict.fromkeys(search_form(entry.hint).split()):
                hints.setdefault(word, []).append(number)
        self._kinds = np.array(kinds, dtype=np.int8)
        self._kind_names = list(self._number_of_kind)
        self._keys = np.array(keys, dtype=np.int64)
        self._weights = np.array(weights, dtype=np.float32)
        self._firsts = firsts
        self._lengths = np.array(lengths, dtype=np.float32)
        self._words = sorted(pairs)
        self._starts = np.cumsum([0, *(len(pairs[word]) for word in self._words)])
        self._entries = np.fromiter((n for word in self._words for n in pairs[word]), dtype=np.int32)
        self._hints = {word: np.array(numbers, dtype=np.int32) for word, numbers in hints.items()}

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, query: str, *, limits: Sequence[tuple[Sequence[str], int]]) -> list[Hit]:
        """The best things for a query, best first, at most so many of each set of kinds; few letters find nothing.

        ``limits`` pairs kinds with how many to give, such as ``[(("school",), 5), (("state",), 9)]``.
        """
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
        hits: list[Hit] = []
        for kinds, limit in limits:
            numbers = self._fitting(matched, len(telling), kinds)
            covered = np.minimum(letters[numbers] / self._lengths[numbers], 1.0)
            final = score[numbers] / len(telling) + 0.6 * covered + 0.35 * self._weights[numbers]
            # Look closer at the best only: a name that begins as the query does goes first.
            look = min(4 * limit + 40, len(numbers))
            best = np.argpartition(-final, look - 1)[:look].tolist() if look else []
            marks = {
                int(numbers[at]): float(final[at]) + (0.25 if self._firsts[numbers[at]].startswith(telling[0]) else 0.0)
                for at in best
            }
            chosen = sorted(marks, key=lambda n: (-marks[n], n))[:limit]
            hits += [Hit(self._kind_names[self._kinds[n]], int(self._keys[n]), marks[n]) for n in chosen]
        return hits

    def _fitting(self, matched: npt.NDArray[np.int16], wanted: int, kinds: Sequence[str]) -> npt.NDArray[np.intp]:
        """Things of these kinds that fit every word of the query, or all but one where none fits every word."""
        among = np.isin(self._kinds, [self._number_of_kind.get(kind, -1) for kind in kinds])
        numbers = np.flatnonzero((matched == wanted) & among)
        if not len(numbers) and wanted > 1:
            numbers = np.flatnonzero((matched == wanted - 1) & among)  # one word too many, or that nobody knows
        return numbers

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
