"""JSON files, read whole: they are small beside the tables, and their ceiling is lower."""

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from .base import Member, UnreadableFile
from .problems import refuse, unreadable

JSON_BYTES = 64 << 20
OPENINGS = (b"{", b"[")


def is_json(member: Member) -> bool:
    """Whether the file begins as JSON does. Cheap: it looks at the first bytes only."""
    with member.path.open("rb") as file:
        head = file.read(256)
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(OPENINGS)


def read_json(member: Member) -> Any:
    """The content of a JSON file in UTF-8, with or without BOM. Raises ``UnreadableFile`` for anything else."""
    status = member.path.stat()
    return _read(member.name, member.path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _read(name: str, path: Path, _changed: int, size: int) -> Any:
    if size > JSON_BYTES:
        refuse(name, f"{size >> 20} MiB", _("a JSON file of at most %(mib)d MiB") % {"mib": JSON_BYTES >> 20})
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise unreadable(name, error, _("text in UTF-8")) from None
    except json.JSONDecodeError as error:
        expected = _("whole JSON; the file is damaged or was cut short")
        raise unreadable(name, error.msg, expected, row=error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise unreadable(name, error, _("whole JSON; the file is damaged or was cut short")) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def loaded(member: Member) -> Any:
    """The content, or None where it is not readable JSON: for recognising."""
    if not is_json(member):
        return None
    try:
        return read_json(member)
    except UnreadableFile:
        return None


def whole_code(value: object) -> int | None:
    """A code that may stand as a number or as text; None if it is neither a whole number nor its text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        return int(value)
    return None


def degrees(value: object, low: float, high: float) -> float | None:
    """A coordinate within bounds, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = float(value)
    return number if math.isfinite(number) and low <= number <= high else None
