"""Numbers of receipts: ``AD-2026-7KQ2-M9XB-T``. Read aloud and typed by people, so they check themselves.

Eight random symbols of an alphabet of 31 (no I, L, O, 0 or 1): 8.5 × 10^11 numbers a year, so none is found by trying.
The last symbol is a weighted sum modulo 31. 31 is a prime and the weights differ, so every single wrong symbol and
every swap of two symbols is noticed.
"""

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_SHAPE = re.compile(rf"AD-(\d{{4}})-([{ALPHABET}]{{4}})-([{ALPHABET}]{{4}})-([{ALPHABET}])")


def _check_symbol(year: int, body: str) -> str:
    values = [int(digit) for digit in f"{year:04d}"] + [ALPHABET.index(symbol) for symbol in body]
    return ALPHABET[sum(weight * value for weight, value in enumerate(values, start=2)) % 31]


def new_number(year: int) -> str:
    """A new number. Whether it is free is decided by the database's unique key."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"AD-{year:04d}-{body[:4]}-{body[4:]}-{_check_symbol(year, body)}"


def is_well_formed(number: str) -> bool:
    """Whether a number has the shape and the check symbol of a receipt; it may still belong to none."""
    match = _SHAPE.fullmatch(number)
    return match is not None and _check_symbol(int(match[1]), match[2] + match[3]) == match[4]


def tidy(typed: str) -> str:
    """What a person typed, as numbers are written: capitals, no spaces."""
    return "".join(typed.split()).upper()
