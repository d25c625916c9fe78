"""Names as people type them: one form for comparing and searching."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^0-9a-z]+")


def normalise(text: str) -> str:
    """Lower case, no accents, words parted by single spaces: ``"Alta Floresta D'Oeste"`` → ``alta floresta d oeste``."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _NOT_A_WORD.sub(" ", plain).strip()
