"""Two versions of a course side by side: which texts and values differ, word by word, as their authors call them."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trama.foundation.comparing import Difference, Key, differing, label_in_words, value_in_words

from .known import technology_titles
from .models import CourseVersion
from .parts import BESIDE, KINDS, LISTS, MODULE, VERSION_FIELDS, PartKind, name_of

OTHERS: Mapping[str, str | Promise] = {
    "modules": _("modules"),
    "order": _("order of its parts"),
    "audiences": _("for whom"),
    "technologies": _("technologies that it serves"),
    "criteria": _("criteria of the self-diagnosis that it serves"),
    "lesson": _("lesson to go back to"),
    "inner": _("options or levels"),
    "state": _("state"),
}


type Names = Mapping[tuple[str, str], str]  # (kind, slug or number) → title in the language of the page


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two versions (``parts.as_mapping``), in reading order.

    Parts are told apart by their slugs; where a value names parts, it does so by their titles of now.
    """
    names = titles(before) | titles(after)
    return differing(dict(_flat(before, names)), dict(_flat(after, names)))


def titles(data: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """{(kind, slug or number): title} of the parts of a version that have one."""
    found = {}
    for module in data["modules"]:
        found["module", module["slug"]] = _titled(module)
        found |= {(part["part"], part["slug"]): _titled(part) for part in module["parts"]}
    for kind in BESIDE:
        rows = enumerate(data[kind.related], start=1)
        found |= {(kind.name, name_of(kind, row, number)): _titled(row) for number, row in rows}
    return {key: title for key, title in found.items() if title}


def _titled(row: Mapping[str, Any]) -> str:
    language = "en" if (get_language() or "").startswith("en") else "pt"
    return str(
        row.get(f"title_{language}") or row.get("title_pt") or row.get("title") or row.get(f"term_{language}", "")
    )


def named(difference: Difference, names: Names) -> str:
    """Which part a difference is in, by its title: "Reading the map", "What stayed, 2" (its second question)."""
    outer, comma, inner = difference.name.partition(", ")
    kind: PartKind | None = KINDS.get(difference.part)
    while kind is not None and inner and kind.parent and kind.parent != "module":
        kind = KINDS[kind.parent]
    title = names.get((kind.name if kind is not None else "", outer), outer)
    return f"{title}{comma}{inner}"


def _flat(data: Mapping[str, Any], names: Names) -> Iterator[tuple[Key, str]]:
    """((kind, name, field), words) of every value."""
    for field in VERSION_FIELDS:
        yield ("", "", field), value_in_words(CourseVersion, field, data[field])
    for field, (model, key) in LISTS.items():
        known = technology_titles() if field == "technologies" and data[field] else {}
        yield ("", "", field), ", ".join(known.get(one) or value_in_words(model, key, one) for one in data[field])
    yield ("", "", "modules"), ", ".join(names.get(("module", one["slug"]), one["slug"]) for one in data["modules"])
    for module in data["modules"]:
        yield from _row(MODULE, module["slug"], module)
        order = ", ".join(names.get((part["part"], part["slug"]), part["slug"]) for part in module["parts"])
        yield ("module", module["slug"], "order"), order
        for part in module["parts"]:
            yield from _part(part, names)
    for kind in BESIDE:
        for number, row in enumerate(data[kind.related], start=1):
            yield from _row(kind, name_of(kind, row, number), row)


def _part(part: Mapping[str, Any], names: Names) -> Iterator[tuple[Key, str]]:
    kind = KINDS[part["part"]]
    yield from _row(kind, part["slug"], part)
    inner = (("question", "questions", "option", "options"), ("criterion", "criteria", "level", "levels"))
    for one, many, below, belows in inner:
        for number, row in enumerate(part.get(many, ()), start=1):
            name = f"{part['slug']}, {number}"
            yield from _row(KINDS[one], name, row)
            if "lesson" in row:
                yield (one, name, "lesson"), names.get(("lesson", row["lesson"]), row["lesson"])
            for place, lower in enumerate(row[belows], start=1):
                yield from _row(KINDS[below], f"{name}, {place}", lower)


def _row(kind: PartKind, name: str, row: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    for field in kind.fields:
        yield (kind.name, name, field), value_in_words(kind.model, field, row[field])


def field_label(kind: str, field: str) -> str:
    """A field as its form calls it."""
    return label_in_words(KINDS[kind].model if kind else CourseVersion, field, OTHERS)
