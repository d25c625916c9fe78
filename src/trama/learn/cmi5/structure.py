"""The course structure: cmi5.xml read into blocks and units. Nothing here reads files, the database or the clock.

No Django here: this runs where packages are read, in a process apart. What is wrong is said in codes, which have their
words where packages have theirs. Source: cmi5 specification (quartz), section 13, and its schema CourseStructure.xsd.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element

from ..statements.checking.formats import is_iri

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
MOVE_ON = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")
LAUNCH_METHODS = ("AnyWindow", "OwnWindow")
LAUNCH_PARAMETERS = frozenset({"endpoint", "fetch", "actor", "registration", "activityId"})
MAX_DEPTH = 20
type Words = dict[str, str]  # by language tag


class BadStructure(Exception):
    """The structure is not as the specification says: a code, the element in the file's own words, what was found."""

    def __init__(self, code: str, where: str = "", found: str = "") -> None:
        self.code, self.where, self.found = code, where, found[:200]
        super().__init__(code, where, found)


@dataclass(frozen=True, slots=True)
class Unit:
    """An assignable unit. ``key`` names it in its course: "au-1" is the first in the order of the file."""

    key: str
    publisher_id: str
    title: Words
    description: Words
    url: str
    move_on: str = "NotApplicable"
    mastery_score: float | None = None
    launch_method: str = "AnyWindow"
    launch_parameters: str = ""
    entitlement_key: str = ""
    activity_type: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a course that holds others; the course itself has the key "course"."""

    key: str
    publisher_id: str
    title: Words
    description: Words
    parts: "tuple[Block | Unit, ...]" = field(default_factory=tuple)

    def units(self) -> Iterator[Unit]:
        """Every unit below, in order."""
        for part in self.parts:
            if isinstance(part, Unit):
                yield part
            else:
                yield from part.units()

    def blocks(self) -> "Iterator[Block]":
        """Every block below, the innermost first, and this one last."""
        for part in self.parts:
            if isinstance(part, Block):
                yield from part.blocks()
        yield self


def parse(root: Element) -> Block:
    """Read a course structure from its first element. Raises ``BadStructure``."""
    if root.tag != f"{{{NAMESPACE}}}courseStructure":
        raise BadStructure("cmi5_root", "", str(root.tag))
    return _Reader().course(root)


class _Reader:
    """Reads one structure: keys are counted, ids may stand once."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.units = self.blocks = 0

    def course(self, root: Element) -> Block:
        about = _child(root, "course", "courseStructure")
        name = self._id(about, "course")
        title, description = _words(about, "title", "course"), _words(about, "description", "course")
        parts = self._parts(root, 1)
        if not self.units:
            raise BadStructure("cmi5_no_au", "courseStructure")
        return Block("course", name, title, description, parts)

    def _parts(self, element: Element, depth: int) -> tuple[Block | Unit, ...]:
        if depth > MAX_DEPTH:
            raise BadStructure("cmi5_deep", f"block {self.blocks}")
        found: list[Block | Unit] = []
        for child in element:
            if child.tag == f"{{{NAMESPACE}}}au":
                found.append(self._unit(child))
            elif child.tag == f"{{{NAMESPACE}}}block":
                found.append(self._block(child, depth))
        return tuple(found)

    def _block(self, element: Element, depth: int) -> Block:
        self.blocks += 1
        key, where = f"block-{self.blocks}", f"block {self.blocks}"
        name = self._id(element, where)
        title, description = _words(element, "title", where), _words(element, "description", where)
        parts = self._parts(element, depth + 1)
        if not parts:
            raise BadStructure("cmi5_no_au", where)
        return Block(key, name, title, description, parts)

    def _unit(self, element: Element) -> Unit:
        self.units += 1
        where = f"au {self.units}"
        return Unit(
            key=f"au-{self.units}",
            publisher_id=self._id(element, where),
            title=_words(element, "title", where),
            description=_words(element, "description", where),
            url=_url(element, where),
            move_on=_choice(element, "moveOn", MOVE_ON, where),
            mastery_score=_score(element, where),
            launch_method=_choice(element, "launchMethod", LAUNCH_METHODS, where),
            launch_parameters=_text(element, "launchParameters"),
            entitlement_key=_text(element, "entitlementKey"),
            activity_type=element.get("activityType", ""),
        )

    def _id(self, element: Element, where: str) -> str:
        name = (element.get("id") or "").strip()
        if not is_iri(name):
            raise BadStructure("cmi5_id", where, name)
        if name in self.ids:
            raise BadStructure("cmi5_id_twice", where, name)
        self.ids.add(name)
        return name


def _child(element: Element, name: str, where: str) -> Element:
    found = element.find(f"{{{NAMESPACE}}}{name}")
    if found is None:
        raise BadStructure("cmi5_missing", f"{where}, {name}")
    return found


def _text(element: Element, name: str) -> str:
    found = element.find(f"{{{NAMESPACE}}}{name}")
    return (found.text or "").strip() if found is not None else ""


def _words(element: Element, name: str, where: str) -> Words:
    found = {}
    for one in _child(element, name, where).iter(f"{{{NAMESPACE}}}langstring"):
        found[one.get("lang", "und")] = re.sub(r"\s+", " ", one.text or "").strip()
    if not found:
        raise BadStructure("cmi5_no_text", f"{where}, {name}")
    return found


def _choice(element: Element, name: str, known: tuple[str, ...], where: str) -> str:
    found = element.get(name, known[0])
    if found not in known:
        raise BadStructure(f"cmi5_{name}", where, found)
    return found


def _score(element: Element, where: str) -> float | None:
    given = element.get("masteryScore")
    if given is None:
        return None
    if not re.fullmatch(r"\s*(?:0(?:\.\d{1,12})?|1(?:\.0{1,12})?|\.\d{1,12})\s*", given):
        raise BadStructure("cmi5_masteryScore", where, given)
    return float(given)


def _url(element: Element, where: str) -> str:
    """A file of the package, or an address elsewhere by https; its own parameters are none of those of a launch."""
    found = _text(element, "url")
    try:
        parts = urlsplit(found)
        names = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
        elsewhere = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        raise BadStructure("cmi5_url", where, found) from None
    if not found or not found.isprintable() or not (elsewhere or (not parts.scheme and not parts.netloc)):
        raise BadStructure("cmi5_url", where, found)
    if not elsewhere and found.startswith(("/", "\\")):
        raise BadStructure("cmi5_url", where, found)
    if names & LAUNCH_PARAMETERS:
        raise BadStructure("cmi5_parameter", where, min(names & LAUNCH_PARAMETERS))
    return found


def as_json(course: Block) -> dict[str, Any]:
    """The structure as it is kept."""
    shared: dict[str, Any] = {
        "key": course.key,
        "id": course.publisher_id,
        "title": course.title,
        "description": course.description,
    }
    parts = [as_json(one) if isinstance(one, Block) else _unit_json(one) for one in course.parts]
    return {**shared, "parts": parts}


def _unit_json(unit: Unit) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in Unit.__slots__}


def from_json(kept: dict[str, Any]) -> Block:
    """What ``as_json`` made."""
    parts = tuple(from_json(one) if "parts" in one else Unit(**one) for one in kept["parts"])
    return Block(kept["key"], kept["id"], kept["title"], kept["description"], parts)
