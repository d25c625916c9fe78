"""Loading the paths that ship as content (``content/paths/<slug>.toml``), after the courses they name.

A path that was changed on the site has no fingerprint any more: a reload leaves it to the people who changed it.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path as File
from typing import Any

from trama.foundation.content import ContentError, Outcome, fingerprint
from trama.foundation.content_values import only

from .models import Course, Path
from .parts import in_both
from .path_services import MATERIAL, TEXTS, missing_of, write_stops

_KEYS = {"slug", "position", "at_least", "course", "material", *TEXTS}


def load_paths(directory: File, at: datetime) -> Outcome:
    """Load every file of ``directory/paths``. Raises ``ContentError`` naming file, place, found and expected."""
    outcome = Outcome()
    for file in sorted((directory / "paths").glob("*.toml")):
        outcome += _load(_read(file), file.name, at)
    return outcome


def _read(file: File) -> dict[str, Any]:
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{file.name}: {error}") from error
    only(raw, _KEYS, file.name)
    if raw.get("slug") != file.stem:
        raise ContentError(f"{file.name}: slug: found {raw.get('slug')!r}, expected {file.stem!r}, the file's name")
    data: dict[str, Any] = {name: _text(raw, name, file.name) for name in TEXTS}
    data |= {"slug": file.stem, "position": _whole(raw, "position", file.name), "at_least": None}
    if "at_least" in raw:
        data["at_least"] = _whole(raw, "at_least", file.name)
    data["courses"] = [_course(one, f"{file.name}: course {n}") for n, one in enumerate(_rows(raw, "course", file), 1)]
    data["materials"] = [
        _material(one, f"{file.name}: material {n}") for n, one in enumerate(_rows(raw, "material", file), 1)
    ]
    return data


def _course(raw: Any, place: str) -> dict[str, Any]:
    only(raw, {"slug", "required"}, place)
    required = raw.get("required", False)
    if not isinstance(required, bool):
        raise ContentError(f"{place}: required: found {required!r}, expected true or false")
    return {"slug": _text(raw, "slug", place), "required": required}


def _material(raw: Any, place: str) -> dict[str, str]:
    only(raw, set(MATERIAL), place)
    optional = in_both(("note",))
    row = {name: _text(raw, name, place) if name not in optional or name in raw else "" for name in MATERIAL}
    own = row["address"].startswith("/") and not row["address"].startswith("//")
    if not own and not row["address"].startswith("https://"):
        expected = "https://… or an address of this site"
        raise ContentError(f"{place}: address: found {row['address']!r}, expected {expected}")
    return row


def _load(data: Mapping[str, Any], name: str, at: datetime) -> Outcome:
    wanted = fingerprint(data)
    held = Path.objects.filter(slug=data["slug"]).first()
    if held is not None and held.content_hash != wanted and not held.content_hash:
        return Outcome(kept=1)
    if held is not None and held.content_hash == wanted:
        return Outcome(unchanged=1)
    courses = {one.slug: one for one in Course.objects.filter(slug__in=[row["slug"] for row in data["courses"]])}
    for row in data["courses"]:
        if row["slug"] not in courses:
            raise ContentError(f"{name}: course: found {row['slug']!r}, expected the slug of a course")
    fields = {field: data[field] for field in (*TEXTS, "position", "at_least")}
    path, new = Path.objects.update_or_create(
        slug=data["slug"],
        defaults={**fields, "content_hash": wanted, "changed_at": at},
        create_defaults={**fields, "content_hash": wanted, "changed_at": at, "created_at": at},
    )
    stops = [{"course": courses[row["slug"]], "required": row["required"]} for row in data["courses"]]
    write_stops(path, stops, data["materials"])
    if missing := missing_of(path):
        raise ContentError("\n".join(f"{name}: {sentence}" for sentence in missing))
    if new:
        Path.objects.filter(pk=path.pk).update(state=Path.State.PUBLISHED)
    return Outcome(created=1) if new else Outcome(updated=1)


def _rows(raw: Mapping[str, Any], name: str, file: File) -> list[Any]:
    rows = raw.get(name, [])
    if not isinstance(rows, list):
        raise ContentError(f"{file.name}: {name}: found {rows!r}, expected [[{name}]]")
    return rows


def _text(raw: Mapping[str, Any], name: str, place: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ContentError(f"{place}: {name}: found {value!r}, expected a text")
    return value.strip()


def _whole(raw: Mapping[str, Any], name: str, place: str) -> int:
    value = raw.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1000:
        raise ContentError(f"{place}: {name}: found {value!r}, expected a whole number")
    return value
