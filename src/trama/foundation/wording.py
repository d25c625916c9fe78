"""Two texts, word by word: what stayed, went and came."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

type Piece = tuple[Literal["same", "gone", "new"], str]

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 6000  # of both texts together: longer ones are compared line by line


def word_by_word(before: str, after: str) -> Iterator[Piece]:
    """What stayed, went and came, in the order of reading."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for change, i, j, k, m in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if change == "equal":
            yield "same", "".join(old[i:j])
            continue
        if i < j:
            yield "gone", "".join(old[i:j])
        if k < m:
            yield "new", "".join(new[k:m])
