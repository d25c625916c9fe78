"""Short ways to say what is wrong with a file."""

from typing import NoReturn

from .base import Problem, UnreadableFile

FOUND_CHARS = 200


def shown(value: object) -> str:
    """What stands in a cell, fit for a report: one line, no control or direction marks, at most 200 characters."""
    text = "" if value is None else str(value)
    text = "".join(char if char.isprintable() else " " for char in text[: FOUND_CHARS * 2])
    return text if len(text) <= FOUND_CHARS else text[: FOUND_CHARS - 1] + "…"


def problem(member: str, row: int, column: str, found: object, expected: str) -> Problem:
    return Problem(shown(member), row, shown(column), shown(found), expected)


def unreadable(member: str, found: object, expected: str, *, row: int = 0, column: str = "") -> UnreadableFile:
    """The error to raise when the file as a whole cannot be read."""
    return UnreadableFile([problem(member, row, column, found, expected)])


def refuse(member: str, found: object, expected: str, *, row: int = 0, column: str = "") -> NoReturn:
    raise unreadable(member, found, expected, row=row, column=column)
