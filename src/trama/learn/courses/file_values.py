"""The values in the files of a course: each found where it is expected and of its kind, or a mistake that says so."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from trama.foundation.content import ContentError
from trama.foundation.content_values import only, strings_of, text_of

from .parts import LANGUAGES, PartKind

LINES = frozenset({"objectives", "accepted"})  # lists of texts in the files, one a line in the database
WHOLE = frozenset({"position", "hours", "minutes", "pass_percent", "attempts", "time_limit", "draw", "weight"})
WHOLE |= {"peers", "peers_days", "seconds"}
YES_OR_NO = frozenset({"right", "captions_there", "peers_anonymous", "peers_asked"})
LARGEST_WHOLE = 32_767  # of the columns
NUMBERS = frozenset({"answer", "tolerance"})
MAY_MISS = frozenset(
    {
        "target",
        "custom",
        "asks",
        "attempts",
        "time_limit",
        "draw",
        "answer",
        "tolerance",
        "right",
        "peers",
        "peers_days",
        "peers_anonymous",
        "peers_asked",
        "weight",
        "what_you_need",
        "note",
        "what_changed",
    }
)
DEFAULTS: dict[str, Any] = {"attempts": 0, "right": False, "weight": 1, "time_limit": None, "draw": None}
DEFAULTS |= {"peers": 0, "peers_days": 7, "peers_anonymous": True, "peers_asked": False}
DEFAULTS |= {"asks": "open"}


def toml_of(file: Path, path: str) -> dict[str, Any]:
    """What a TOML file says; ``path`` names it in mistakes. Raises ``ContentError``, as everything here."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError as error:
        raise ContentError(f"{path}: found no such file, expected one") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: {error}") from error


def words_of(file: Path) -> str:
    """The text of a Markdown file, without a byte order mark."""
    name = "/".join(file.parts[-3:])
    try:
        return file.read_text(encoding="utf-8").lstrip("\ufeff")
    except FileNotFoundError as error:
        raise ContentError(f"{name}: found no such file, expected its text") from error
    except UnicodeDecodeError as error:
        raise ContentError(f"{name}: {error}, expected UTF-8") from error


def no_strangers(folder: Path, rows: list[dict[str, Any]], path: str) -> None:
    """Every file in a folder belongs to one of the rows."""
    if folder.is_dir() or rows:
        files_are(folder, {f"{row['slug']}.{language}.md" for row in rows for language in LANGUAGES}, path)


def files_are(folder: Path, expected: set[str], path: str) -> None:
    """A folder holds nothing but these files."""
    strangers = sorted({inner.name for inner in folder.iterdir()} - expected)
    if strangers:
        raise ContentError(
            f"{path}: found {', '.join(strangers)} beside it, expected only {', '.join(sorted(expected))}"
        )


def plain_slug(slug: str, name: str, path: str) -> None:
    """Before a slug names a file, it cannot lead out of its folder."""
    if not slug or not all(letter.isalnum() or letter == "-" for letter in slug):
        raise ContentError(f"{path}: {name}, slug: found {slug!r}, expected small letters, digits, hyphens")


def row_of(
    raw: Any,
    kind: PartKind,
    path: str,
    *,
    more: set[str] | None = None,
    without: set[str] | None = None,
    place: str = "",
) -> dict[str, Any]:
    """One entry of a kind: the values of its fields, but ``without`` some; ``more`` names may stand beside them."""
    names = [name for name in kind.fields if name not in (without or set())]
    where = place or f"{path}: {kind.name} {raw.get('slug', '') if isinstance(raw, dict) else ''}".strip()
    if not isinstance(raw, dict):
        raise ContentError(f"{where}: found {raw!r}, expected [[{kind.name}]]")
    only(raw, {*names, *(more or ())}, where)
    return {name: value_of(raw, name, where, optional=kind.optional) for name in names}


def value_of(raw: Mapping[str, Any], name: str, place: str, *, optional: frozenset[str] = frozenset()) -> Any:
    """One value of the kind that its name has; where it may be missing, what stands for it."""
    stem = name[:-3] if name.endswith(("_pt", "_en")) else name
    value = raw.get(name)
    if value is None and (stem in MAY_MISS or stem in optional):
        return DEFAULTS.get(name, None if name in NUMBERS else "")
    if stem in LINES:
        return "\n".join(line.strip() for line in strings_of(raw, name, place))
    if name in WHOLE:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ContentError(f"{place}: {name}: found {value!r}, expected a whole number")
        if not 0 <= value <= LARGEST_WHOLE:
            raise ContentError(f"{place}: {name}: found {value}, expected a number from 0 to {LARGEST_WHOLE}")
        return value
    if name in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            raise ContentError(f"{place}: {name}: found {value!r}, expected a number")
        return Decimal(value)
    if name in YES_OR_NO:
        if not isinstance(value, bool):
            raise ContentError(f"{place}: {name}: found {value!r}, expected true or false")
        return value
    return text_of(raw, name, place)
