"""Two versions of a course side by side: which texts differ, word by word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trama.foundation.wording import Piece, word_by_word

from .models import CourseVersion
from .parts import BESIDE, KINDS, LISTS, MODULE, VERSION_FIELDS, PartKind, name_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One text that differs. ``part`` names the kind ("" is the version itself), ``name`` which of them."""

    part: str
    name: str
    field: str
    pieces: tuple[Piece, ...]


type Key = tuple[str, str, str]  # kind, name, field


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two versions (``parts.as_mapping``), in reading order."""
    old, new = dict(_flat(before)), dict(_flat(after))
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        gone, come = old.get(key, ""), new.get(key, "")
        if gone != come:
            found.append(Difference(*key, tuple(word_by_word(gone, come))))
    return found


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    """((kind, name, field), text) of every value."""
    for field in VERSION_FIELDS:
        yield ("", "", field), _text(data[field])
    for field in LISTS:
        yield ("", "", field), ", ".join(data[field])
    yield ("", "", "modules"), ", ".join(module["slug"] for module in data["modules"])
    for module in data["modules"]:
        yield from _row(MODULE, module["slug"], module)
        order = ", ".join(f"{part['part']}:{part['slug']}" for part in module["parts"])
        yield ("module", module["slug"], "order"), order
        for part in module["parts"]:
            yield from _part(part)
    for kind in BESIDE:
        for number, row in enumerate(data[kind.related], start=1):
            yield from _row(kind, name_of(kind, row, number), row)


def _part(part: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    kind = KINDS[part["part"]]
    yield from _row(kind, part["slug"], part)
    inner = (("question", "questions", "option", "options"), ("criterion", "criteria", "level", "levels"))
    for one, many, below, belows in inner:
        for number, row in enumerate(part.get(many, ()), start=1):
            name = f"{part['slug']}, {number}"
            yield from _row(KINDS[one], name, row)
            if "lesson" in row:
                yield (one, name, "lesson"), row["lesson"]
            for place, lower in enumerate(row[belows], start=1):
                yield from _row(KINDS[below], f"{name}, {place}", lower)


def _row(kind: PartKind, name: str, row: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    for field in kind.fields:
        yield (kind.name, name, field), _text(row[field])


def _text(value: Any) -> str:
    return "" if value is None or value is False else str(value)


def field_label(kind: str, field: str) -> str:
    """A field as its form calls it."""
    model: Any = KINDS[kind].model if kind else CourseVersion
    names = {one.name for one in model._meta.get_fields()}
    label = getattr(model._meta.get_field(field), "verbose_name", field) if field in names else field
    return str(label)
