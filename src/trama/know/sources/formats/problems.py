"""Short ways to say what is wrong with a file."""

from typing import NoReturn

from django.utils.translation import gettext as _

from .base import Problem, UnreadableFile

FOUND_CHARS = 200


def shown(value: object) -> str:
    """What stands in a cell, fit for a report: one line, no control or direction marks, at most 200 characters."""
    text = "" if value is None else str(value)
    text = "".join(char if char.isprintable() else " " for char in text[: FOUND_CHARS * 2])
    return text if len(text) <= FOUND_CHARS else text[: FOUND_CHARS - 1] + "…"


def problem(member: str, row: int, column: str, found: object, expected: str) -> Problem:
    return Problem(shown(member), row, shown(column), shown(found), expected)


def fitting(name: str, most: int, member: str, row: int, column: str, problems: list[Problem]) -> str:
    """The name, cut where it is too long, with a problem that says so."""
    if len(name) > most:
        problems.append(
            problem(member, row, column, name, _("a name of at most %(count)d characters") % {"count": most})
        )
    return name[:most]


def unreadable(member: str, found: object, expected: str, *, row: int = 0, column: str = "") -> UnreadableFile:
    """The error to raise when the file as a whole cannot be read."""
    return UnreadableFile([problem(member, row, column, found, expected)])


def refuse(member: str, found: object, expected: str, *, row: int = 0, column: str = "") -> NoReturn:
    raise unreadable(member, found, expected, row=row, column=column)
