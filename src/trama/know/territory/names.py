"""Names of places, in the form they are searched by and with the words that go before them."""

import unicodedata

# “do Acre”, “da Bahia”, “de Alagoas”: the word before the name of a state.
_BEFORE_STATE = {
    "do": {12, 13, 15, 16, 17, 21, 22, 23, 24, 32, 33, 41, 43, 53},
    "da": {25, 29},
}


def search_form(text: str) -> str:
    """Lower case, no accents, single spaces: ``"Biritiba-Mirim  D'Oeste"`` gives ``"biritiba mirim d oeste"``.

    Hyphens and apostrophes become spaces, because people type names with and without them.
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in plain.casefold()).split())


def of_state(code: int, name: str) -> str:
    """The name of a state after “of”, in Portuguese: ``"do Acre"``, ``"da Bahia"``, ``"de Alagoas"``."""
    word = next((word for word, codes in _BEFORE_STATE.items() if code in codes), "de")
    return f"{word} {name}"
