"""The values in a content file: each of its kind where it is expected, or a ``ContentError`` that says where."""

from collections.abc import Mapping
from typing import Any

from .content import ContentError


def text_of(raw: Mapping[str, Any], name: str, place: str) -> str:
    """A text, without spaces around it."""
    value = raw.get(name)
    if not isinstance(value, str):
        raise ContentError(f"{place}: {name}: found {value!r}, expected a text")
    return value.strip()


def rows_of(raw: Mapping[str, Any], name: str, place: str) -> list[Any]:
    """The entries of a list, none where it is missing; what they are is not looked at."""
    rows = raw.get(name, [])
    if not isinstance(rows, list):
        raise ContentError(f"{place}: {name}: found {rows!r}, expected [[{name}]]")
    return rows


def strings_of(raw: Mapping[str, Any], name: str, place: str) -> list[str]:
    """A list of texts, none of them empty."""
    values = raw.get(name)
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise ContentError(f"{place}: {name}: found {values!r}, expected a list of texts")
    return values


def only(raw: Any, known: set[str], place: str) -> None:
    """The entry is a table, and nothing stands in it but these names."""
    if not isinstance(raw, dict):
        raise ContentError(f"{place}: found {raw!r}, expected a table")
    unknown = sorted(set(raw) - known)
    if unknown:
        raise ContentError(f"{place}: found {', '.join(unknown)}, expected only {', '.join(sorted(known))}")
