"""One byte an answer: what a student did with an item, before and after the key.

A *scored* answer is 0 wrong or 1 right. A *raw* answer is the option chosen: 0 is A, 1 is B and so on. Both share the
codes from 251 on, for what is neither: these say why there is no option.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from trama_measure.arrays import ByteArray


class Code(IntEnum):
    """Codes of a scored answer. Those from ``OMITTED`` on also stand in raw answers."""

    WRONG = 0
    RIGHT = 1
    OMITTED = 251  # seen and left blank
    NOT_REACHED = 252  # blank, and so is everything after it
    DOUBLE_MARK = 253  # two options marked
    ANNULLED = 254  # the item was taken out of the test, for everyone
    NOT_PRESENTED = 255  # the item is not in the student's booklet


LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Names of the raw codes 0 to 25."""

_ROWS: Final = 16_384  # students decoded at a time: their answers fit a second-level cache
_UNKNOWN: Final = 200  # never a code: marks characters that the alphabet does not know


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Which character of a file means what. Letters are the same in capitals and small.

    Every character may stand once; ``options`` in the order A, B, C ... of the key.
    """

    options: str = "ABCDE"
    omitted: str = " ._-"
    not_reached: str = ""
    double_mark: str = "*"
    not_presented: str = ""

    def table(self) -> ByteArray:
        """(256,) code of each byte; ``_UNKNOWN`` where the alphabet is silent."""
        table = np.full(256, _UNKNOWN, dtype=np.uint8)
        groups = [(character, place) for place, character in enumerate(self.options)]
        for characters, code in (
            (self.omitted, Code.OMITTED),
            (self.not_reached, Code.NOT_REACHED),
            (self.double_mark, Code.DOUBLE_MARK),
            (self.not_presented, Code.NOT_PRESENTED),
        ):
            groups += [(character, int(code)) for character in characters]
        for character, meaning in groups:
            for form in {character.upper(), character.lower()}:
                byte = ord(form)
                if byte > 255 or table[byte] != _UNKNOWN:
                    raise ValueError(f"the character {form!r} must be one byte and have one meaning")
                table[byte] = meaning
        return table


ENEM: Final = Alphabet(omitted=". ", not_presented="9")
"""Answer strings of the Enem microdata: ``.`` blank, ``*`` two marks, ``9`` the other foreign language."""

SAEB_1995: Final = Alphabet(omitted="_ ", not_reached=".")
"""Answer strings of Saeb 1995: ``.`` not reached, blank omitted (written ``_`` in copies that would lose blanks)."""


def decode(characters: ByteArray, alphabet: Alphabet = Alphabet()) -> ByteArray:
    """Raw codes of answers given as characters.

    Parameters
    ----------
    characters : (n, k) array of bytes, one character an answer, one row a student

    Raises
    ------
    ValueError
        If a character is not in the alphabet: says the row, the column and the character.
    """
    table = alphabet.table()
    found = np.empty(characters.shape, dtype=np.uint8)
    for start in range(0, len(characters), _ROWS):
        block = characters[start : start + _ROWS]
        np.take(table, block, out=found[start : start + _ROWS], mode="clip")
        strange = found[start : start + _ROWS] == _UNKNOWN
        if strange.any():
            row, column = (int(place) for place in np.argwhere(strange)[0])
            known = alphabet.omitted + alphabet.not_reached + alphabet.double_mark + alphabet.not_presented
            raise ValueError(
                f"row {start + row}, answer {column + 1}: found {chr(int(block[row, column]))!r}, expected an option of"
                f" {alphabet.options!r} or a mark of {known!r}"
            )
    return found


def trailing_blanks_are_not_reached(raw: ByteArray) -> ByteArray:
    """A copy in which the blanks after the last answer are "not reached", all but the first of them.

    The first blank after the last answer was seen, and left: it stays omitted (the convention of NAEP). Answers that
    are not in the booklet are passed over. Two marks count as an answer. ``raw`` is (n, k), items in the order in
    which the student meets them.

    Source
    ------
    NAEP Technical Documentation, "Treatment of missing responses in NAEP" (nces.ed.gov/nationsreportcard/tdw).
    """
    blank = raw == Code.OMITTED
    given = ~blank & (raw < Code.NOT_REACHED) | (raw == Code.DOUBLE_MARK)
    later = np.flip(np.logical_or.accumulate(np.flip(given, axis=1), axis=1), axis=1)  # an answer here or later
    tail = blank & ~later
    first = tail & (np.cumsum(tail, axis=1) == 1)
    found = raw.copy()
    found[tail & ~first] = Code.NOT_REACHED
    return found
