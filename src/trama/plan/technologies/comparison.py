"""Two versions of a technology side by side: which texts differ, word by word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trama.foundation.wording import Piece, word_by_word

from .checks import part_name
from .models import TechnologyVersion
from .parts import KINDS, OF_VERSION, STEP, VERSION_FIELDS, PartKind


@dataclass(frozen=True, slots=True)
class Difference:
    """One text that differs. ``part`` names the kind and the part ("" is the version itself)."""

    part: str
    name: str
    field: str
    pieces: tuple[Piece, ...]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two versions (``parts.as_mapping``), in reading order."""
    old, new = dict(_flat(before)), dict(_flat(after))
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        gone, come = old.get(key, ""), new.get(key, "")
        if gone != come:
            found.append(Difference(*key, tuple(word_by_word(gone, come))))
    return found


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """((kind, part, field), text) of every value."""
    for field in VERSION_FIELDS:
        yield ("", "", field), str(data[field])
    for field in ("dimensions", "audiences"):
        yield ("", "", field), ", ".join(data[field])
    for kind in OF_VERSION:
        for number, row in enumerate(data[kind.related], start=1):
            yield from _row(kind, row, number)
            for order, step in enumerate(row.get("steps", ()), start=1):
                yield from _row(STEP, step, order)
                yield ("step", part_name(STEP, step, order), "instruments"), ", ".join(step["instruments"])


def _row(kind: PartKind, row: Mapping[str, Any], number: int) -> Iterator[tuple[tuple[str, str, str], str]]:
    for field in kind.fields:
        yield (kind.name, part_name(kind, row, number), field), str(row[field])


def field_label(kind: str, field: str) -> str:
    """A field as its form calls it."""
    model: Any = KINDS[kind].model if kind else TechnologyVersion
    names = {one.name for one in model._meta.get_fields()}
    label = getattr(model._meta.get_field(field), "verbose_name", field) if field in names else field
    return str(label)
