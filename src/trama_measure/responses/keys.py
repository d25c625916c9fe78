"""Answer keys: which option is right, in which version of the key, and which items were taken out.

Keys change after a test: an item is annulled, a second option is accepted, a printing error is found in one booklet.
The answers stay as they were and are marked again; every result says which version it stands on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from trama_measure.arrays import BoolArray, ByteArray

from .codes import LETTERS, Code
from .container import Answers, Responses

_ROWS: Final = 16_384  # students marked at a time: their answers fit a second-level cache


@dataclass(frozen=True, slots=True)
class Key:
    """The right option, or options, of each item. An empty text means that the item is annulled."""

    version: str
    options: Mapping[str, str]  # item id: letters accepted as right, such as "C", or "BD"; "" annulled
    reasons: Mapping[str, str] | None = None  # item id: why it was annulled or has more than one right option

    def __post_init__(self) -> None:
        for item, letters in self.options.items():
            if len(set(letters)) < len(letters) or not set(letters) <= set(LETTERS):
                raise ValueError(f"item {item}: found {letters!r}, expected capital letters, none twice")

    @classmethod
    def from_letters(cls, version: str, items: Sequence[str], letters: str, annulled: str = "X*") -> Key:
        """A key printed as one letter an item, such as ``"CABDE"``; the ``annulled`` signs mean no right option.

        Raises
        ------
        ValueError
            If there are not as many letters as items, or a sign is neither a letter nor one of ``annulled``.
        """
        if len(letters) != len(items):
            raise ValueError(f"found {len(letters)} letters, expected one for each of the {len(items)} items")
        return cls(version, {item: "" if sign in annulled else sign for item, sign in zip(items, letters, strict=True)})

    def annul(self, version: str, items: Mapping[str, str]) -> Key:
        """A new version without these items; ``items`` gives the reason for each.

        Raises
        ------
        ValueError
            If an item is not in the key, or the version has the name of this one.
        """
        unknown = sorted(set(items) - set(self.options))
        if unknown or version == self.version:
            raise ValueError(f"not in the key: {', '.join(unknown)}" if unknown else f"version {version} exists")
        return Key(version, {**self.options, **dict.fromkeys(items, "")}, {**(self.reasons or {}), **items})

    def accepted(self, items: Sequence[str], highest: int) -> BoolArray:
        """(k, highest + 1) whether option j of item i counts as right. ``KeyError``-free: unknown items are named.

        Raises
        ------
        ValueError
            If an item has no entry, or its right option is beyond ``highest``.
        """
        absent = [item for item in items if item not in self.options]
        if absent:
            raise ValueError(f"key {self.version} has no entry for {', '.join(absent[:10])} ({len(absent)} items)")
        table = np.zeros((len(items), highest + 1), dtype=bool)
        for row, item in enumerate(items):
            for letter in self.options[item]:
                option = LETTERS.index(letter)
                if option > highest:
                    raise ValueError(
                        f"key {self.version}, item {item}: the right option is {letter}, nobody chose beyond"
                        f" {LETTERS[highest]}; is this the key of another test?"
                    )
                table[row, option] = True
        return table


def mark(answers: Answers, key: Key) -> Responses:
    """Score the answers with a key.

    An annulled item is ``ANNULLED`` for everyone it was presented to, also for those who left it blank. Two marks stay
    ``DOUBLE_MARK`` even where both options are accepted: what the student meant cannot be known.

    Raises
    ------
    ValueError
        If the key has no entry for an item, or its right option is one that no answer of the test has.
    """
    codes = np.empty_like(answers.codes)
    accepted = key.accepted(answers.items, highest_option(answers.codes))
    only = accepted.argmax(axis=1).astype(np.uint8)
    others = np.flatnonzero(accepted.sum(axis=1) != 1)  # annulled, or with more than one right option
    for start in range(0, len(codes), _ROWS):
        given, out = answers.codes[start : start + _ROWS], codes[start : start + _ROWS]
        np.equal(given, only, out=out.view(np.bool_))
        np.copyto(out, given, where=given >= Code.OMITTED)
    for column in others.tolist():
        table = np.arange(256, dtype=np.uint8)
        if accepted[column].any():
            table[:26] = Code.WRONG
            table[: accepted.shape[1]][accepted[column]] = Code.RIGHT
        else:
            table[: Code.NOT_PRESENTED] = Code.ANNULLED
        codes[:, column] = table[answers.codes[:, column]]
    return Responses(codes, answers.items, answers.roster, answers.booklets, key=key.version)


def highest_option(codes: ByteArray) -> int:
    """The last option that anybody chose; 0 if nobody chose any."""
    highest = 0
    for start in range(0, len(codes), _ROWS):
        block = codes[start : start + _ROWS]
        highest = max(highest, int(np.where(block < Code.OMITTED, block, 0).max(initial=0)))
    return highest
