"""Two versions of a technology side by side: which texts differ, word by word."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trama.foundation.comparing import Difference, Key, differing, label_in_words, value_in_words

from .checks import part_name
from .models import TechnologyAudience, TechnologyDimension, TechnologyVersion
from .parts import KINDS, OF_VERSION, STEP, VERSION_FIELDS, PartKind

_LISTS = (("dimensions", TechnologyDimension, "code"), ("audiences", TechnologyAudience, "audience"))
OTHERS: Mapping[str, str | Promise] = {
    "dimensions": _("dimensions"),
    "audiences": _("for whom"),
    "instruments": _("instruments"),
    "state": _("state"),
}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two versions (``parts.as_mapping``), in reading order."""
    names = titles(before) | titles(after)
    return differing(dict(_flat(before, names)), dict(_flat(after, names)))


def titles(data: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """{(kind, name): title} of the parts of a version that have one, in the language of the page."""
    found = {}
    for kind in OF_VERSION:
        for number, row in enumerate(data[kind.related], start=1):
            found[kind.name, part_name(kind, row, number)] = _titled(row) or _context(kind, row)
            steps = enumerate(row.get("steps", ()), start=1)
            found |= {("step", part_name(STEP, step, order)): _titled(step) for order, step in steps}
    return {key: title for key, title in found.items() if title}


def _titled(row: Mapping[str, Any]) -> str:
    language = "en" if (get_language() or "").startswith("en") else "pt"
    return str(row.get(f"title_{language}") or row.get("title_pt") or "")


def _context(kind: PartKind, row: Mapping[str, Any]) -> str:
    return value_in_words(kind.model, "context", row.get("context"))


def _flat(data: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> Iterator[tuple[Key, str]]:
    """((kind, part, field), text) of every value."""
    for field in VERSION_FIELDS:
        yield ("", "", field), value_in_words(TechnologyVersion, field, data[field])
    for field, model, key in _LISTS:
        yield ("", "", field), ", ".join(value_in_words(model, key, one) for one in data[field])
    for kind in OF_VERSION:
        for number, row in enumerate(data[kind.related], start=1):
            yield from _row(kind, row, number)
            for order, step in enumerate(row.get("steps", ()), start=1):
                yield from _row(STEP, step, order)
                yield (
                    ("step", part_name(STEP, step, order), "instruments"),
                    ", ".join(names.get(("instrument", slug), slug) for slug in step["instruments"]),
                )


def _row(kind: PartKind, row: Mapping[str, Any], number: int) -> Iterator[tuple[Key, str]]:
    for field in kind.fields:
        yield (kind.name, part_name(kind, row, number), field), value_in_words(kind.model, field, row[field])


def field_label(kind: str, field: str) -> str:
    """A field as its form calls it."""
    return label_in_words(KINDS[kind].model if kind else TechnologyVersion, field, OTHERS)
