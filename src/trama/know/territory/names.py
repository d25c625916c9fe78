"""Names as people type them: one form for comparing and searching, and the words that go before a name."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^0-9a-z]+")
# “do Acre”, “da Bahia”, “de Alagoas”: the word before the name of a state.
_BEFORE_STATE = {
    "do": {12, 13, 15, 16, 17, 21, 22, 23, 24, 32, 33, 41, 43, 53},
    "da": {25, 29},
}


def search_form(text: str) -> str:
    """Lower case, no accents, words parted by single spaces: ``"Bom Jesus d'Oeste"`` → ``bom jesus d oeste``."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _NOT_A_WORD.sub(" ", plain).strip()


def of_state(code: int, name: str) -> str:
    """The name of a state after “of”, in Portuguese: ``"do Acre"``, ``"da Bahia"``, ``"de Alagoas"``."""
    word = next((word for word, codes in _BEFORE_STATE.items() if code in codes), "de")
    return f"{word} {name}"


def in_state(code: int, name: str) -> str:
    """The name of a state after “in”, in Portuguese: ``"no Acre"``, ``"na Bahia"``, ``"em Alagoas"``."""
    word = {"do": "no", "da": "na", "de": "em"}[of_state(code, "").strip()]
    return f"{word} {name}"
