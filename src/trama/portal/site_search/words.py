"""How well a text fits a query: whole words or beginnings, without accents; the title counts most. No database here."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

FILLERS = frozenset(
    {"a", "as", "o", "os", "e", "em", "no", "na", "nos", "nas", "de", "do", "da", "dos", "das", "com", "para", "por"}
    | {"um", "uma", "que", "the", "of", "and", "in", "on", "to", "for", "an", "is"}
)
TITLE, SUMMARY, BODY = 4.0, 2.0, 1.0
BEGINNING = 0.7  # of a word, against the whole word
LEAST_LETTERS = 3
_WORD = re.compile(r"[a-z0-9]+")


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


class Text(NamedTuple):
    """Something that can be found, with the words of its parts."""

    key: str
    title: frozenset[str]
    summary: frozenset[str]
    body: frozenset[str]


def text_of(key: str, title: str, summary: str, body: str) -> Text:
    return Text(key, frozenset(words_of(title)), frozenset(words_of(summary)), frozenset(words_of(body)))


@dataclass(frozen=True, slots=True)
class Words:
    """Texts of one language, held in memory: some hundreds."""

    texts: Sequence[Text]

    def find(self, query: str, most: int) -> list[str]:
        """Keys of the texts that fit every telling word of a query, best first."""
        asked = [word for word in words_of(query) if word not in FILLERS]
        if sum(map(len, asked)) < LEAST_LETTERS:
            return []
        marked = ((self._mark(text, asked), text.key) for text in self.texts)
        found = sorted((mark for mark in marked if mark[0] > 0), key=lambda mark: -mark[0])
        return [key for _mark, key in found[:most]]

    def _mark(self, text: Text, asked: Sequence[str]) -> float:
        """The sum over the words; 0 where one of them is not there at all."""
        total = 0.0
        for word in asked:
            best = max(
                weight * _fit(word, words)
                for weight, words in ((TITLE, text.title), (SUMMARY, text.summary), (BODY, text.body))
            )
            if not best:
                return 0.0
            total += best
        return total


def _fit(word: str, words: frozenset[str]) -> float:
    if word in words:
        return 1.0
    return BEGINNING if any(one.startswith(word) for one in words) else 0.0
